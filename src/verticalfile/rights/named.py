"""Licences that running text names, sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from verticalfile.rights.addresses import licence_at
from verticalfile.rights.vocabulary import Label, Named, by_name, creative_commons

_PORTS = {
    "igo": "IGO", "australia": "AU", "austria": "AT", "germany": "DE", "netherlands": "NL",
    "united states": "US", "us": "US", "united kingdom": "UK", "france": "FR", "japan": "JP",
    "canada": "CA", "spain": "ES", "new zealand": "NZ", "scotland": "SCOTLAND", "italy": "IT",
}  # fmt: skip
_WORDS = {
    "attribution": "by", "by": "by", "noncommercial": "nc", "non-commercial": "nc", "nc": "nc",
    "no derivatives": "nd", "noderivatives": "nd", "no derivative works": "nd", "noderivs": "nd",
    "no derivs": "nd", "nd": "nd", "no-derivatives": "nd", "no derivative": "nd", "noderivative": "nd",
    "share alike": "sa", "sharealike": "sa", "share-alike": "sa", "sa": "sa",
    "non commercial": "nc",
}  # fmt: skip
_CREATIVE_COMMONS = re.compile(
    r"\b(?:creative commons|cc(?=[\s-]?(?:by|0|zero)\b))(?P<rest>[\s|,:()/-]*(?:"
    + "|".join(sorted((re.escape(w).replace("\\ ", "[ -]?") for w in _WORDS), key=len, reverse=True))
    + r"|zero|0|public domain(?: dedication)?|1\.0 universal|universal|licen[cs]e|unported|international|generic|version|v\.?"
    + r"|[1-4]\.\d|" + "|".join(_PORTS) + r"|[\s|,:()/-])*)",
    re.I,
)  # fmt: skip
_OTHERS = (
    (re.compile(r"\bopen government licen[cs]e v(?:ersion)? ?3(?:\.0)?\b", re.I), "OGL-UK-3.0"),
    (re.compile(r"\bodbl\b|\bopen (?:data commons )?(?:open )?database licen[cs]e", re.I), "ODbL-1.0"),
    (re.compile(r"\bpddl\b|\bpublic domain dedication and licen[cs]e", re.I), "PDDL-1.0"),
    (re.compile(r"\bodc[- ]by\b|\bopen data commons attribution licen[cs]e", re.I), "ODC-By-1.0"),
    (re.compile(r"\bopen government licen[cs]e\W+canada|\bcanada open government licen[cs]e", re.I), "OGL-Canada"),
    (re.compile(r"\b(?:gnu free documentation licen[cs]e|gfdl)\b", re.I), "GFDL"),
    (re.compile(r"\bnova scotia open government licen[cs]e", re.I), "OGL-Nova-Scotia"),
    (
        re.compile(r"\b17 u\.?s\.?c\.? (?:§ ?|section )?105\b|\b(?:is|are) (?:a )?works? of the (?:u\.?s\.?|united states) (?:federal )?government", re.I),
        "US-GOV",
    ),
)  # fmt: skip
_DENIED = re.compile(
    r"\b(?:not|no longer|isn't|aren't|cannot be|instead of|rather than|unlike|some|parts?|portions?"
    r"|except\w*|unless|if)\b[^.]{0,60}$",
    re.I,
)


def named_in(said: Sequence[str], addresses: Sequence[str]) -> list[tuple[Named, str]]:
    """The instruments that are named, each with its sentence; the more exact of two wins."""
    found: list[tuple[Named, str]] = []
    for sentence in said:
        found += [(named, sentence) for named in _in_sentence(sentence)]
    for address in addresses:
        if named := licence_at(address):
            where = next((s for s in said if address in s), said[0] if said else address)
            found.append((named, where))
    exact = [n.licence_id for n, _ in found]
    kept: dict[str, tuple[Named, str]] = {}
    for named, sentence in found:
        less_exact = any(
            other != named.licence_id and other.startswith(f"{named.licence_id}-")
            and re.match(r"\d", other.removeprefix(f"{named.licence_id}-"))
            for other in exact
        )  # fmt: skip
        if not less_exact:
            kept.setdefault(named.licence_id, (named, sentence))
    return list(kept.values())


def _in_sentence(sentence: str) -> list[Named]:
    found = [
        named
        for match in _CREATIVE_COMMONS.finditer(sentence)
        if not _DENIED.search(sentence[: match.start()]) and (named := _commons(match))
    ]
    for pattern, licence_id in _OTHERS:
        match = pattern.search(sentence)
        if match and not _DENIED.search(sentence[: match.start()]):
            named = by_name(licence_id)
            found += [named] if named else []
    return found


def _commons(match: re.Match[str]) -> Named | None:
    rest = match["rest"].lower()
    words = re.findall(
        "|".join(
            sorted((re.escape(w).replace("\\ ", "[ -]?") for w in _WORDS), key=len, reverse=True)
        ),
        re.sub(r"licen[cs]e|universal|unported|international|generic|version", " ", rest),
    )
    parts = {
        _WORDS.get(w) or _WORDS.get(w.replace("-", " ")) or _WORDS.get(w.replace(" ", ""))
        for w in words
    }
    if re.search(r"zero|\b0\b|public domain|universal", rest) and not parts:
        return by_name("cc0")
    kind = "-".join(p for p in ("by", "nc", "nd", "sa") if p in parts)
    if "by" not in parts:
        # "Creative Commons" alone names no licence; with NC or ND alone it is BY since 2.0
        kind = f"by-{kind}" if kind else ""
    version = re.search(r"[1-4]\.\d", rest)
    port = next((code for word, code in _PORTS.items() if re.search(rf"\b{word}\b", rest)), "")
    named = creative_commons(kind, version[0] if version else "", port) if kind else None
    return named if named is None or named.label is not Label.NO_STATEMENT else None
