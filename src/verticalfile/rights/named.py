"""Licences that running text names, sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from verticalfile.rights.addresses import licence_at
from verticalfile.rights.government import OF_NO_PLACE, government_licences
from verticalfile.rights.scope import ARTICLES, OTHER_THINGS, PENDING
from verticalfile.rights.vocabulary import OPEN, Label, Named, by_name, creative_commons

NEAR = 160
"""Characters about a name that say whether it holds; a sentence of 40,000 is read in no more."""
MOST_NAMES = 24
"""Names looked at in one sentence; two that differ are a conflict already."""
_PORTS = {
    "igo": "IGO", "australia": "AU", "austria": "AT", "germany": "DE", "netherlands": "NL",
    "united states": "US", "us": "US", "united kingdom": "UK", "france": "FR", "japan": "JP",
    "canada": "CA", "spain": "ES", "new zealand": "NZ", "scotland": "SCOTLAND", "italy": "IT",
    "österreich": "AT", "deutschland": "DE", "españa": "ES", "italia": "IT", "switzerland": "CH",
    "belgium": "BE", "brazil": "BR", "mexico": "MX", "méxico": "MX", "argentina": "AR", "chile": "CL",
    "ireland": "IE", "norway": "NO", "sweden": "SE", "finland": "FI", "denmark": "DK", "poland": "PL",
    "portugal": "PT", "greece": "GR", "puerto rico": "PR", "colombia": "CO", "peru": "PE",
}  # fmt: skip
_WORDS = {
    "attribution": "by", "by": "by", "noncommercial": "nc", "non-commercial": "nc", "nc": "nc",
    "no derivatives": "nd", "noderivatives": "nd", "no derivative works": "nd", "noderivs": "nd",
    "no derivs": "nd", "nd": "nd", "no-derivatives": "nd", "no derivative": "nd", "noderivative": "nd",
    "share alike": "sa", "sharealike": "sa", "share-alike": "sa", "sa": "sa",
    "non commercial": "nc",
    "atribución": "by", "reconocimiento": "by", "paternité": "by", "namensnennung": "by",
    "nocomercial": "nc", "no comercial": "nc", "pas d'utilisation commerciale": "nc",
    "utilisation non commerciale": "nc", "nicht kommerziell": "nc", "nicht-kommerziell": "nc",
    "sinderivadas": "nd", "sin derivadas": "nd", "sin obra derivada": "nd", "sinobraderivada": "nd",
    "pas de modification": "nd", "pas de modifications": "nd", "keine bearbeitung": "nd",
    "compartirigual": "sa", "compartir igual": "sa", "partage dans les mêmes conditions": "sa",
    "partage à l'identique": "sa", "weitergabe unter gleichen bedingungen": "sa",
}  # fmt: skip
_CREATIVE_COMMONS = re.compile(
    r"\b(?:creativ?e? ?commons?|cc(?=[\s_-]?(?:by|0|zero|attribution)(?:\b|_)))(?P<rest>[\s|,:()/_-]*(?:"
    + "|".join(sorted((re.escape(w).replace("\\ ", "[ -]?") for w in _WORDS), key=len, reverse=True))
    + r"|zero|0|public domain(?: dedication)?|1\.0 universal|universal|licen[cs]e|licencia|unported|internaciona?l|international|generic|version|v\.?"
    + r"|[1-4]\.\d|" + "|".join(_PORTS) + r"|[\s|,:()/_-])*)",
    re.I,
)  # fmt: skip
_TITLE = re.compile(
    r"\battribution(?P<rest>(?:[ -](?:non-?commercial|no-?deriv\w*|share-?alike))* [1-4]\.\d(?: international| unported| generic)?)\b",
    re.I,
)
"""The title of a Creative Commons licence without the name of its maker; the version is a must."""
_OTHERS = (
    (re.compile(r"\bodbl\b|\bopen (?:data commons )?(?:open )?database licen[cs]e", re.I), "ODbL-1.0"),
    (re.compile(r"\bpddl\b|\bpublic domain dedication and licen[cs]e", re.I), "PDDL-1.0"),
    (re.compile(r"\bodc[-_ ]by\b|\bopen data commons attribution(?: licen[cs]e)?", re.I), "ODC-By-1.0"),
    (re.compile(r"\b(?:gnu free documentation licen[cs]e|gfdl)\b", re.I), "GFDL"),
    (re.compile(r"\bpublic domain mark\b", re.I), "CC-PDM-1.0"),
    (
        re.compile(r"\bnot subject to (?:\w+ ){0,2}copyright(?: protection)?(?: in the united states)? (?:under|by|pursuant to) (?:title )?17 u\.?s\.?c\.? (?:§ ?|section )?105\b|\b17 u\.?s\.?c\.? (?:§ ?|section )?105\b|\b(?:is|are) (?:a )?works? of the (?:u\.?s\.?|united states) (?:federal )?government", re.I),
        "US-GOV",
    ),
)  # fmt: skip
_DENIED = re.compile(
    r"\b(?:próximamente|bientôt|demnächst|not|never|no longer|isn't|aren't|won't|cannot be|instead of|rather than|unlike|unless|if"
    r"|some|few|most(?:ly)?|many|(?:the )?others? (?=(?:are|is|may|come|have|under)\b)|the rest|remainder|usually|generally|typically|often|where applicable|var(?:y|ies|ying)|parts?|portions?|except\w*|whether|consider\w*|plan(?:s|ning|ned)?|propos\w+|intend\w*"
    r"|(?:may|might|will|would|could|hopes?|wants?|aims?|supports?)(?! (?:be )?(?:freely |also )?(?:(?:re-?)?us|cop|shar|distribut|redistribut|cit|credit|contain|adapt|modif))"
    r"|working to|work(?:s|ing)? towards?|formerly|previously|until|once|like|such as|pending|default|edition|ask|compatible with|similar to|based on|modell?ed (?:on|after)"
    r"|assum\w+|presum\w+|recommend\w*|chang(?:e[sd]?|ing)|choose|icon|logo|contains?(?! (?:\w+ ){0,3}(?:information|data|datasets?) (?:licen[cs]ed|provided|published|released|made available))|includ(?:es?|ing)|us(?:es|ing)|derived from"
    r"|sin|salvo|excepto|sauf|pas|nicht)\b(?:[^.]|\.\d){0,60}$",
    re.I,
)
_PUT_UNDER = re.compile(
    r"(?<!to be )(?<!not )\b(?:under|licen[cs](?:e[ds]?|ing)|licencias?|terms of|covered by|governed by|subject to|pursuant to"
    r"|dedicat\w+|waive\w*|(?:released|available|published|shared|offered|provided|distributed) (?:as|by|with|via|through)"
    r"|is|are|sous|bajo|unter|según)\b(?:[^.;?]|\.\d){0,80}$",
    re.I,
)
_TITLE_WORDS = frozenset(
    {
        "a", "alike", "an", "and", "any", "attribution", "by", "cc", "commercial", "common",
        "commons", "content", "copyright", "creative", "credit", "crown", "data", "database",
        "dataset", "datasets", "date", "de", "dedication", "deed", "deutschland", "domain",
        "etalab", "file", "files", "for", "from", "full", "generic", "government", "information",
        "international", "is", "kingdom", "licence", "licencia", "license", "licensed", "link",
        "mark", "namensnennung", "noderivatives", "non", "noncommercial", "odbl", "odc", "okd", "compliant", "of",
        "ogl", "open", "our", "ouverte", "pddl", "public", "published", "required", "rights",
        "see", "share", "sharealike", "source", "states", "style", "table", "terms", "text", "the", "this",
        "type", "uk", "under", "united", "universal", "unported", "url", "use", "v", "version",
        "waiver", "with", "zero",
    }
)  # fmt: skip
"""Words that stand about a name without saying anything else."""
_ADDRESS = re.compile(r"https?://[^\s)\]>\"']+")
_WITH_CREDIT = re.compile(
    r"(?:[^\w?]+|cc[ -](?:by|0)[\w.-]*|cc0|odbl|public domain|dedication|licen[cs]e|international|version|v?[\d.]+)*"
    r"(?:which (?:allows?|permits?)\b|"
    r"(?:but |and |with |for |must |should |we |do |please ){0,4}(?:cit(?:e|ed|ing|ation)|credit|acknowledg\w+|attribution|see|consult|read|visit|details|information)\b)"
    r"(?!.{0,120}\b(?:exception|exclu|restrict|terms|agreement|condition|which (?!all)|permission|fees?\b|must|pa(?:y|id)\b|cover|photograph|only|before|first))",
    re.I,
)
"""What may follow a name that stands first: a request for credit, or where to read more."""
_OF_OTHER_THINGS = re.compile(
    rf"\W*(?:{ARTICLES} )?{OTHER_THINGS}\b(?!.{{0,60}}\b(?:and|or|as well as|with) (?:\w+ ){{0,3}}data\w*|\b(?:y|e|et|und) (?:\w+ ){{0,2}}(?:datos|données|daten)\b)"
    r"(?!.{0,12}\bdata(?:set)?\W+(?:of|in)\b)",
    re.I,
)
"""A sentence on the licence of something that is not the data."""
_DOUBTED = re.compile(
    r"\W{0,3}\?|[^.;]{0,40}\b(?:until|exceptions?|exclud\w+|without the|to (?:members|subscribers|partners|staff|schools|residents))\b"
    r"|[^.;]{0,15}\b(?:from|since|before|after) (?:1[89]|20)\d\d\b"
    r"|[^.;]{0,30}\b(?:does not apply|do not apply|may (?:soon )?apply|is (?:being )?(?:considered|planned)|(?:was|were) withdrawn|no longer|only (?:for|to|by|if|when))\b"
    r"|[ -](?:licen[cs]ed )?(?:data|layers?|files?|content) (?:of|from|by)\b"
    rf"|[^.;]{{0,60}}(?:{PENDING})"
    r"|[^.;]{0,20}\bwould be\b|[^.]{0,80}\b(?:was|were|is|are) not (?:chosen|adopted|applied|in force)\b"
    r"|[- ]?(?:compatible|like|style)\b",
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
            if not (named.label in OPEN and _one_of_several(where, address, addresses)):
                found.append((named, where))
                found += [(other, where) for other in _called_otherwise(where, named)]
    exact = [n.licence_id for n, _ in found]
    if any(licence_id.startswith("OGL-") for licence_id in exact):
        found = [(n, s) for n, s in found if n is not OF_NO_PLACE]
    if "ODbL-1.0" in exact:  # the licence of a database's contents goes with it, by its own text
        found = [(n, s) for n, s in found if n.licence_id != "DbCL-1.0"]
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


def _called_otherwise(where: str, named: Named) -> list[Named]:
    """Licences that the sentence of an address calls it by, and that are not the one at it."""
    called = [other for _, other in _matches(where) if other.licence_id]
    same = any(
        other.licence_id.startswith(named.licence_id) or named.licence_id.startswith(other.licence_id)
        for other in called
    )  # fmt: skip
    return [] if same else called


def _one_of_several(where: str, address: str, addresses: Sequence[str]) -> bool:
    """Whether an address may be that of the terms of a part: other addresses stand beside it in the
    sentence, and no licence is called by its name."""
    beside = [a for a in addresses if a != address and a in where and licence_at(a) is None]
    return bool(beside) and next(_matches(where), None) is None


def _in_sentence(sentence: str) -> list[Named]:
    """What a sentence puts something under; where it names two, both, whatever it says of them."""
    found = [m for m in islice(_matches(sentence), MOST_NAMES) if not _denied(sentence, m[0])]
    if len({named.licence_id for _, named in found}) > 1:
        return [named for _, named in found]
    return [named for match, named in found if _is_said_of_it(sentence, match)]


def _matches(sentence: str) -> Iterator[tuple[re.Match[str], Named]]:
    """The instruments whose names come up in a sentence, and where."""
    names = islice(_CREATIVE_COMMONS.finditer(sentence), MOST_NAMES)
    commons = [(m, named) for m in names if (named := _commons(m))]
    title = _TITLE.search(sentence)
    if title and not commons and (named := _commons(title, kind="by")):
        commons = [(title, named)]
    yield from commons[: MOST_NAMES // 2]
    for pattern, licence_id in _OTHERS:
        match, named = pattern.search(sentence), by_name(licence_id)
        if match and named:
            yield match, named
    yield from government_licences(sentence)


_CONDITION = re.compile(
    r"\W*(?:when|where|if|unless|in case)\b(?! (?:you )?(?:using|use|re-?us\w+|citing|cite|sharing|copying)\b)[^.;]{0,200},",
    re.I,
)
"""A sentence that says what holds in one case only."""


def _denied(sentence: str, match: re.Match[str]) -> bool:
    """Whether what goes before or comes after takes the name back, or leaves it open."""
    return bool(
        sentence.rstrip(" )\"'").endswith("?")
        or _DENIED.search(sentence[max(0, match.start() - NEAR) : match.start()])
        or _OF_OTHER_THINGS.match(sentence)
        or _CONDITION.match(sentence)
        or _DOUBTED.match(sentence[match.end() : match.end() + NEAR])
        or _goes_on(sentence, match)
    )


def _is_said_of_it(sentence: str, match: re.Match[str]) -> bool:
    """Whether the sentence puts something under the licence, or is little more than its name.

    A name that merely comes up (*CC BY was considered*) licenses nothing.
    """
    before, after = sentence[: match.start()], sentence[match.end() :]
    first = not set(_words(before)) - _TITLE_WORDS
    if first and len(sentence) < 4 * NEAR and _WITH_CREDIT.match(_ADDRESS.sub("", after)):
        return True
    if match[0].lower().startswith(("is", "are")):  # "is a work of ...": the name has its own verb
        return True
    if _PUT_UNDER.search(before[-NEAR:]):
        return True
    if len(sentence) > 4 * NEAR:
        return False  # far more than a name
    return not set(_words(f"{before} {after}")) - _TITLE_WORDS


def _words(text: str) -> list[str]:
    """The words of a text without its addresses; a question mark is one of them."""
    return re.findall(r"[^\W\d_]+|\?", _ADDRESS.sub(" ", text).lower())


def _goes_on(sentence: str, match: re.Match[str]) -> bool:
    """Whether a name without version goes on with a word that is not known: it may be *not for
    commerce* in a language that is not read here."""
    said, after = match[0].rstrip(), sentence[match.end() : match.end() + NEAR].lstrip()
    return said[-1:] in ("-", "|") and not re.search(r"\d", said) and after[:1].isalpha()


def _commons(match: re.Match[str], kind: str = "") -> Named | None:
    rest = match["rest"].lower()
    if re.match(r"[\s_-]*(?:zero|0)(?![\d.])", rest):
        rest = re.sub(r"[\s)(,]+by\s*$", "", rest)  # "(CC0 1.0) by the city": who waives
    words = re.findall(
        r"(?<![^\W_])(?:"  # not the end of *Zealand*, *France*
        + "|".join(
            sorted((re.escape(w).replace("\\ ", "[ -]?") for w in _WORDS), key=len, reverse=True)
        )
        + r")(?![^\W_])",
        re.sub(r"licen[cs]e|universal|unported|international|generic|version", " ", rest),
    )
    parts = {
        _WORDS.get(w) or _WORDS.get(w.replace("-", " ")) or _WORDS.get(w.replace(" ", ""))
        for w in words
    } | ({kind} if kind else set())
    rest += match.string[match.end() : match.end() + 2]  # 0.5 is no 0
    if re.search(r"zero|(?<![\d.])0\b(?!\.\d)|public domain|universal", rest) and not parts:
        return by_name("cc0")
    kind = "-".join(p for p in ("by", "nc", "nd", "sa") if p in parts)
    if "by" not in parts:
        # "Creative Commons" alone names no licence; with NC or ND alone it is BY since 2.0
        kind = f"by-{kind}" if kind else ""
    version = re.search(r"[1-4]\.\d", rest)
    port = next((code for word, code in _PORTS.items() if re.search(rf"\b{word}\b", rest)), "")
    named = creative_commons(kind, version[0] if version else "", port) if kind else None
    return named if named is None or named.label is not Label.NO_STATEMENT else None
