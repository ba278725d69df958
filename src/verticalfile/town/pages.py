"""The pages of the portal: its index, a landing page for each dataset, the county's terms."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from verticalfile.town.days import FILES
from verticalfile.town.descriptions import DESCRIPTIONS, TERMS_PATH
from verticalfile.town.streets import COUNTY, TOWN

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
<h1>{heading}</h1>
{inner}
</body>
</html>
"""
_INDEX = """<p><strong>{town} and {county} are made up.</strong> Streets, firms, people and amounts are
invented, to show how Vertical File works. Any likeness to a real place is chance.</p>
<ul>
{datasets}
</ul>
<p><a href="/data.json">All of them as data.json</a>. The terms on the pages of the datasets belong to
the story; in truth whoever likes may copy, change and share these files (CC0 1.0).</p>"""
_TERMS = """<p>You may copy, use and share the data of the Health Department of {county} for any purpose,
as long as you name the Department as its source and do not say that it endorses what you made.</p>"""


def index(listed: Sequence[str]) -> bytes:
    """The datasets whose files are there now, with the addresses of the files."""
    datasets = []
    for name in dict.fromkeys(FILES[file].dataset for file in listed):
        title = escape(DESCRIPTIONS[name].title)
        datasets.append(f'<li><a href="/dataset/{name}">{title}</a>: {_files(name, listed)}</li>')
    inner = _INDEX.format(town=TOWN, county=COUNTY, datasets="\n".join(datasets))
    title = f"Open files of {TOWN} (a made-up town)"
    return _page(title, f"Open files of {TOWN}", inner)


def landing(name: str, listed: Sequence[str]) -> bytes:
    """What the publisher says of a dataset."""
    told = DESCRIPTIONS[name]
    facts = [
        ("Publisher", escape(told.publisher)),
        ("Updated", escape(told.frequency)),
        ("Contact", f'<a href="mailto:{escape(told.email)}">{escape(told.contact)}</a>'),
        ("Terms", _terms(told.licence, told.rights)),
        ("Files", _files(name, listed)),
        ("Columns", f'<a href="/dictionary/{name}.csv">{name}.csv</a>' if told.columns else ""),
    ]
    spanish = f'<p lang="es">{escape(told.title_es)}. {escape(told.about_es)}</p>\n'
    lines = "\n".join(f"<dt>{term}</dt><dd>{fact}</dd>" for term, fact in facts if fact)
    inner = (
        f"<p>{escape(told.about)}</p>\n{spanish if told.title_es else ''}"
        f'<dl>\n{lines}\n</dl>\n<p><a href="/">All files of {TOWN}, a made-up town</a></p>'
    )
    return _page(f"{told.title}, {TOWN} (a made-up town)", told.title, inner)


def terms() -> bytes:
    """The page that one licence points to."""
    title = f"Terms of use, {COUNTY} Health Department (made up)"
    return _page(title, "Terms of use", _TERMS.format(county=COUNTY))


def _page(title: str, heading: str, inner: str) -> bytes:
    return _PAGE.format(title=escape(title), heading=escape(heading), inner=inner).encode()


def _files(name: str, listed: Sequence[str]) -> str:
    own = [FILES[file].path for file in listed if FILES[file].dataset == name]
    return ", ".join(f'<a href="/{path}">{path.rsplit("/", 1)[1]}</a>' for path in own)


def _terms(licence: str, rights: str) -> str:
    if licence == TERMS_PATH:
        return f'<a href="/{TERMS_PATH}">Terms of use</a>'
    return f'<a href="{escape(licence)}">{escape(licence)}</a>' if licence else escape(rights)
