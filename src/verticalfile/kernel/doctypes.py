"""XML from outside: its document type, taken away where it is only a name, and what is wrong with it.

Old feeds and catalogs begin with the address of their definition. It is never fetched. A document
type that declares an entity or a default of an attribute could swell what is read, or draw in what
nobody sent, and is refused (harvesting.md, trap 58).
"""

from __future__ import annotations

from xml.parsers import expat
from xml.sax import SAXParseException

_BEGINS = b"<!DOCTYPE"

_OF_XML = {
    expat.errors.XML_ERROR_NO_ELEMENTS: "it ends too soon",
    expat.errors.XML_ERROR_UNCLOSED_TOKEN: "a tag is not finished",
    expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION: "a CDATA section is not closed",
    expat.errors.XML_ERROR_TAG_MISMATCH: "a tag is closed that is not the last one opened",
    expat.errors.XML_ERROR_INVALID_TOKEN: "a character stands where it may not",
    expat.errors.XML_ERROR_SYNTAX: "a character stands where it may not",
    expat.errors.XML_ERROR_BAD_CHAR_REF: "a character is named that XML may not have",
    expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE: "an attribute stands twice in a tag",
    expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: "something follows after its end",
    expat.errors.XML_ERROR_MISPLACED_XML_PI: "something stands before its beginning",
    expat.errors.XML_ERROR_UNDEFINED_ENTITY: "it uses an entity that it does not define",
    expat.errors.XML_ERROR_UNBOUND_PREFIX: "it uses a prefix that it does not declare",
    expat.errors.XML_ERROR_PARTIAL_CHAR: "a letter is cut off",
    expat.errors.XML_ERROR_UNKNOWN_ENCODING: "its encoding is not known",
    expat.errors.XML_ERROR_INCORRECT_ENCODING: "its encoding is not the one it declares",
}  # fmt: skip
"""What the parser says, and what we say of it; of all else only the place is told."""


def trouble_of_xml(error: expat.ExpatError | SAXParseException) -> str:
    """What is wrong with a document that should be XML: `it ends too soon at line 1 column 5`.

    The words of the parser, which speaks to programmers, stay with the error that it raised.
    """
    if isinstance(error, SAXParseException):
        said, line, before = error.getMessage(), error.getLineNumber(), error.getColumnNumber()
    else:
        said, line, before = expat.ErrorString(error.code), error.lineno, error.offset
    what = _OF_XML.get(said, "something is wrong")
    return what if line is None or before is None else f"{what} at line {line} column {before + 1}"


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
