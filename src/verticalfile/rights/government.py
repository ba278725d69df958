"""Open licences of governments, by the names that running text gives them: country, place, version.

A family has one name and many texts: the United Kingdom's, Canada's and each province's *Open
Government Licence* are different ones. A place that the vocabulary does not know has a text that
nobody here has read, so it is *custom-open* with that said, and never an open licence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verticalfile.rights.vocabulary import TEXT_UNKNOWN, Label, Named, by_name

_OF_THE_PLACE = Named("", "", Label.CUSTOM_OPEN, "", "standard-name", (TEXT_UNKNOWN,))
OF_NO_PLACE = Named("", "", Label.CUSTOM_OPEN, "", "standard-name", (TEXT_UNKNOWN,))
"""The family's name and nothing else; an address beside it may say which is meant."""
_OPEN_GOVERNMENT = re.compile(
    r"(?P<before>(?:\b(?:uk|canada|ontario|alberta|british columbia|nova scotia|new brunswick|prince edward island) )?)"
    r"\b(?:open government licen[cs]e|licence du gouvernement ouvert|ogl(?![a-z]))(?:\s*\(ogl\))?"
    r"(?P<after>[^.;]{0,6}\bversion [123](?:\.\d)?|[ ,-]{0,2}\(?v?\.? ?[123](?:\.\d)?|)"
    r"(?P<place>(?:\s*[-:(|]+\s*|\s+of\s+|\s+for\s+)(?:the )?(?:(?-i:[A-Z])[\w' -]{1,40}|public sector information)|)",
    re.I,
)
_PLACES = {
    "uk": "OGL-UK", "united kingdom": "OGL-UK", "canada": "OGL-Canada", "ontario": "OGL-Ontario",
    "alberta": "OGL-Alberta", "british columbia": "OGL-BC", "nova scotia": "OGL-Nova-Scotia",
    "new brunswick": "OGL-New-Brunswick", "prince edward island": "OGL-PEI", "pei": "OGL-PEI",
    "public sector information": "OGL-UK",
}  # fmt: skip
_NOT_YET = re.compile(
    r"\b(?:is|are|was|being|will|be|draft|drafted|pending|planned|proposed|not|only)\b"
)
_A_LICENCE = re.compile(
    r"licen|ogl - (?:city|town|county|district|village|region|municipality)\b", re.I
)
_OPEN_DATA = re.compile(
    r"\b(?!(?:the|our|this|its|your|an?|any|no|non\S*|not|see|under|read|view|standard|draft|proposed|italian|creative)\b)"
    r"(?:(?-i:[A-Z])[\w.'-]* (?:of |the |and )*){1,6}open ?data licen[cs]e\b|\bopen ?data licen[cs]e\s*[-:|(]\s*(?:the )?(?!(?:terms|draft|pending|proposed|text|version|summary|page|non|not|no|use|see)\b)(?-i:[A-Z])[\w' -]{2,40}",
    re.I,
)
"""A licence of a place by the other name that is common: it grants use, in words of its own."""
_VERSION = re.compile(r"\b(?:v|version )?\.? ?([123])(?:\.(\d))?\b", re.I)
_FAMILIES = (
    (re.compile(r"\b(?:licence ouverte|open licen[cs]e)\b(?P<after>[^;]{0,40}\b(?:v|version )?[12]\.0\b|[^;]{0,40}\betalab\b[^.;]{0,12}|)|\betalab\b(?P<after2>[^;]{0,20})", re.I), "etalab", ("2.0",)),
    (re.compile(r"\b(?:datenlizenz deutschland|data licen[cs]e germany|dl-de)\b[\W_]*(?:namensnennung|attribution|by)\b[\W_]*(?:nicht|nc|non)\b(?P<after>[^;]{0,30})", re.I), "DL-DE-BY-NC", ("1.0",)),
    (re.compile(r"\b(?:datenlizenz deutschland|data licen[cs]e germany|dl-de)\b[\W_]*(?:namensnennung|attribution|by)\b(?![\W_]*(?:nicht|nc|non)\b)(?P<after>[^;]{0,20})", re.I), "DL-DE-BY", ("1.0", "2.0")),
    (re.compile(r"\b(?:datenlizenz deutschland|data licen[cs]e germany|dl-de)\b[\W_]*zero\b(?P<after>[^;]{0,20})", re.I), "DL-DE-ZERO", ("2.0",)),
    (re.compile(r"\b(?:italian open data licen[cs]e|iodl)\b(?P<after>[^;]{0,20})", re.I), "IODL", ("1.0", "2.0")),
    (re.compile(r"\b(?:norwegian licen[cs]e for open government data|norsk lisens for offentlige data|nlod)\b(?P<after>[^;]{0,20})", re.I), "NLOD", ("1.0", "2.0")),
)  # fmt: skip
"""A name, our id without its version, and the versions that exist."""


def government_licences(sentence: str) -> Iterator[tuple[re.Match[str], Named]]:
    """The government licences that a sentence names, and where."""
    for match in _OPEN_GOVERNMENT.finditer(sentence):
        if named := _open_government(match):
            yield match, named
    if not sentence.isupper():  # where all is in capitals they tell no name
        for match in _OPEN_DATA.finditer(sentence):
            yield match, _OF_THE_PLACE
    for pattern, family, versions in _FAMILIES:
        for match in pattern.finditer(sentence):
            if family == "etalab" and not re.search("ouverte|etalab", match[0], re.I):
                continue  # "open license" is a word of anybody's
            if named := _of_family(family, versions, match[0]):
                yield match, named
                break  # the second name of a title is the same licence


def _open_government(match: re.Match[str]) -> Named | None:
    """The licence of the place that is named; with a version and no place, the kingdom's."""
    told = re.sub(r"[^a-z ]+", " ", f"{match['before']} {match['place']}".lower())
    words = " ".join(
        w for w in told.split() if w not in ("the", "of", "for", "version", "v", "ogl")
    )
    version = _VERSION.search(f"{match['after']} {match['place']}")
    place = next((p for p in _PLACES if re.match(rf"{p}\b", words)), "")
    if _NOT_YET.search(words):
        return None
    if not place and (words or not version):
        of_it = _OF_THE_PLACE if words else OF_NO_PLACE
        return of_it if _A_LICENCE.search(match[0]) else None
    family = _PLACES[place or "uk"]
    if version:
        named = by_name(f"{family}-{version[1]}.{version[2] or '0'}")
        return named or by_name(family)
    return by_name(family)


def _of_family(family: str, versions: tuple[str, ...], text: str) -> Named | None:
    """The version that is named; else, where one is told that does not exist, the plain name."""
    number = re.search(r"\b(?:v|version )?\.? ?([12])(?:[.-](\d))?\b", text, re.I)
    version = f"{number[1]}.{number[2] or '0'}" if number else ""
    if version in versions:
        return by_name(f"{family}-{version}")
    return by_name(family) or by_name(f"{family}-{versions[0]}")
