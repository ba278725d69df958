"""Harvested files are opened only in a child process, never in this one (design 7).

A crafted file may crash, hang or bloat whatever parses it (DuckDB's own security page: data files
are trusted). `Readers` starts one *nursery*, a process that has the parsers loaded and never sees
a harvested byte; it forks a *worker* for each batch, which has limits on memory, time and files
and answers in JSON and Arrow. A worker that dies or hangs costs its file a reason, nothing more.
The same reading without a child is `verticalfile.tables.read.read`.
"""
