"""`vf handout`: a sheet for the table in the library, as PDF."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

import click

from verticalfile.cli import say
from verticalfile.cli.archive_option import opened_for_pages
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive

APPLICATION = "verticalfile.site.wsgi"


@click.command("handout")
@click.argument("name", metavar="NAME")
@click.option("--at", metavar="WHEN", help="What it said then: 2021, 2021-03, 2021-03-01T14:15 ...")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False), help="The file; else NAME.pdf here."
)
@click.option("--changes", is_flag=True, help="What changed since the version before.")
@click.option("--table", "rows", is_flag=True, help="The first rows of its table.")
@click.option("--chart", metavar="COLUMN", help="Draw this column through time.")
@click.option("--large", is_flag=True, help="Large print, 18 point.")
@click.option("--lang", type=click.Choice(("en", "es")), default="en", help="In which language.")
@click.option("--paper", type=click.Choice(("letter", "a4")), default="letter")
@click.pass_context
def handout_command(
    context: click.Context,
    name: str,
    at: str | None,
    output: str | None,
    changes: bool,
    rows: bool,
    chart: str | None,
    large: bool,
    lang: str,
    paper: str,
) -> None:
    """Make a hand-out of one or two pages as PDF: what the public may see, to give away."""
    if changes and rows:
        raise InputRefused("Both --changes and --table were given.", mend="give one of them.")
    of = "changes" if changes else "table" if rows else None
    asked = {"of": of, "chart": chart, "large": "yes" if large else None, "paper": paper}
    os.environ["VF_HOSTS"] = "*"  # we ask ourselves
    archive = opened_for_pages(context)
    address = _address(archive, name, at, {k: v for k, v in asked.items() if v})
    base = archive.settings().get("address", "")
    root = archive.root.resolve()
    archive.index.close()
    body = _asked(root, ("/es" if lang == "es" else "") + address, base)
    target = Path(output or f"{name.replace('/', '_')}.pdf")
    target.write_bytes(body)
    say.out(f"Wrote {target} ({len(body):,} bytes).")
    if not base:
        say.beside("Not set in settings.json: address; the sheet's own address leads nowhere.")


def _address(archive: Archive, name: str, at: str | None, asked: dict[str, str]) -> str:
    """The address of the sheet, below the language. Raises NotHeld, NotThen, SeveralFiles, Withdrawn."""
    from verticalfile.services.names import find_dataset
    from verticalfile.services.printing.printing import CannotPrint, can_print
    from verticalfile.services.reading.at_hand import Asked, GoTo, at_hand
    from verticalfile.services.visibility import Viewer, must_be_visible

    find_dataset(archive, name)  # which tells what is held where there is none of that name
    dataset, _, rest = name.partition("/")
    file, _, table = rest.partition("/")
    found = at_hand(archive, Asked(dataset, file, at or "", "", table), viewer=Viewer.PUBLIC)
    if isinstance(found, GoTo):
        asked_for = Asked(dataset, file, found.moment, "", table)
        found = at_hand(archive, asked_for, viewer=Viewer.PUBLIC)
    assert not isinstance(found, GoTo)
    if found.version is None:
        raise InputRefused(
            f"Nothing of {name} is kept yet.", mend=f"run `vf collect {name}` first."
        )
    must_be_visible(Viewer.PUBLIC, found.version, archive.zone)
    if "chart" in asked and asked["chart"] not in found.columns:
        raise InputRefused(
            f"This version of {name} has no column “{asked['chart']}”.",
            mend="see them with `vf show`.",
        )
    if not can_print():
        raise CannotPrint(
            "This machine has not the libraries that make PDF files.",
            mend="install libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0.",
        )
    words = [dataset, *([file] if len(found.files) > 1 else []), f"@{found.moment}", "handout.pdf"]
    query = asked | ({"t": table} if table else {})
    return "/d/" + "/".join(quote(word, safe="@:~") for word in words) + "?" + urlencode(query)


def _asked(root: Path, address: str, base: str) -> bytes:
    """What the reading room answers, asked within this process. Raises InputRefused."""
    (root / "cache" / "static").mkdir(parents=True, exist_ok=True)  # asked for, and not needed
    place = urlsplit(base or "http://localhost")
    path, _, query = address.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": unquote(path),
        "QUERY_STRING": query, "SERVER_NAME": place.hostname or "localhost", "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.version": (1, 0), "wsgi.url_scheme": place.scheme,
        "wsgi.input": sys.stdin.buffer, "wsgi.errors": sys.stderr, "wsgi.multithread": False,
        "wsgi.multiprocess": False, "wsgi.run_once": True, "HTTP_HOST": place.netloc or "localhost",
    }  # fmt: skip
    told: list[str] = []
    application = importlib.import_module(APPLICATION).application
    body = b"".join(application(environ, lambda status, headers, *_: told.append(status)))
    if not told[0].startswith("200") or not body.startswith(b"%PDF-"):
        raise InputRefused(
            f"A sheet of this could not be made (the reading room answered {told[0]}).",
            mend="ask for less: without --chart or --changes, or another version.",
        )
    return body
