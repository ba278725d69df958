"""The document type at the start of XML from outside: taken away where it is only a name.

Old feeds and catalogs begin with the address of their definition. It is never fetched. A document
type that declares an entity or a default of an attribute could swell what is read, or draw in what
nobody sent, and is refused (harvesting.md, trap 58).
"""

from __future__ import annotations

from xml.parsers import expat

_BEGINS = b"<!DOCTYPE"


class _Begun(Exception):
    """The first element was reached."""


def without_doctype(body: bytes) -> bytes:
    """The document with blanks in place of its document type; lines stay where they are.

    What is not well-formed before its first element, or in UTF-16, comes back as it is, its document
    type still there for whoever reads it to refuse. Raises ValueError for one that declares more than
    elements.
    """
    parser = expat.ParserCreate()
    ends: list[int] = []

    def ended() -> None:
        ends.append(parser.CurrentByteIndex)

    def refuse(*_: object) -> None:
        raise ValueError("its document type declares entities or defaults, which could do harm")

    def first(*_: object) -> None:
        raise _Begun

    parser.EntityDeclHandler = parser.UnparsedEntityDeclHandler = refuse
    parser.AttlistDeclHandler, parser.SkippedEntityHandler = refuse, refuse
    parser.EndDoctypeDeclHandler, parser.StartElementHandler = ended, first
    try:
        parser.Parse(body, True)
    except _Begun:
        pass
    except expat.ExpatError:
        return body
    start = body.find(_BEGINS)
    if not ends or start < 0 or body[ends[0] : ends[0] + 1] != b">" or b"\0" in body[: ends[0] + 2]:
        return body
    between = body[start : ends[0] + 1]
    blank = b"".join(b"\n" if byte == 0x0A else b" " for byte in between)
    return body[:start] + blank + body[ends[0] + 1 :]
