"""Where the values of a key stand on more than one row, at any ordinals, in SQL.

A state is the sum of the events before it; a value repeats from the ordinal at which more than one
row has it until fewer do. No version is loaded, and of what stands only in other ordinals nothing
is told.
"""

from __future__ import annotations

from collections.abc import Sequence

from verticalfile.history import segments
from verticalfile.history.encoding import quoted
from verticalfile.history.history import History


def key_repeats(history: History, key: Sequence[str], wanted: Sequence[int]) -> dict[int, int]:
    """`{ordinal: values of the key that stand on more than one row}`. Grows with the events.

    `key`: ids of columns. A cell without text is a value like others.
    """
    ordinals = sorted(set(wanted))
    if not ordinals or not key:
        return dict.fromkeys(ordinals, 0)
    last, folder, listed = ordinals[-1], history.folder, history.manifest.segments
    births = segments.births(folder, listed, list(key), last)
    later = segments.relation(folder, [s for s in listed if not s.dense and s.first <= last])
    value = f"row({', '.join(f'b.{quoted(column)}' for column in key)}) AS v"
    with history.connect() as connection:
        found = connection.execute(
            f"WITH events AS (SELECT {value}, b._ord AS o, b._dn AS dn FROM {births} b"
            f" UNION ALL SELECT {value}, e._ord, e._dn FROM {later} e JOIN {births} b USING (_rid)"
            f" WHERE NOT e._born AND e._ord <= {last}),"
            " steps AS (SELECT v, o, sum(dn) AS dn FROM events GROUP BY ALL),"
            " rows AS (SELECT v, o, sum(dn) OVER (PARTITION BY v ORDER BY o) AS n FROM steps),"
            " turns AS (SELECT o, n > 1 AS more, lag(n > 1, 1, false) OVER"
            " (PARTITION BY v ORDER BY o) AS before FROM rows)"
            " SELECT o, sum(CASE WHEN more THEN 1 ELSE -1 END) FROM turns"
            " WHERE more <> before GROUP BY o ORDER BY o"
        ).fetchall()
    repeats, told, place = 0, {}, 0
    for ordinal in ordinals:
        while place < len(found) and found[place][0] <= ordinal:
            repeats += int(found[place][1])
            place += 1
        told[ordinal] = repeats
    return told
