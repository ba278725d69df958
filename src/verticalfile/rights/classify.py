"""A rights statement read into a label, with the sentences that decided: a proposal, not a ruling.

Order: exact address or id, named licence, bans, grants, pointer, credit, disclaimer, audience words
(rights.md 2). Where a ban and a grant meet, the answer is never the friendlier one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from verticalfile.rights import scope, wordings
from verticalfile.rights.addresses import is_legacy, licence_at, normalise
from verticalfile.rights.conditions import CREDIT, attribution_asked, conditions_in, of_licence
from verticalfile.rights.named import named_in
from verticalfile.rights.plain import links, plain, sentences
from verticalfile.rights.vocabulary import OPEN, Label, Named, by_name
from verticalfile.rights.wording import Wording

SHOWN_SENTENCES = 4
"""Sentences that are quoted; the rest is a click away in the statement itself."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules make of a statement. `licence_id` is "" unless a named instrument is meant."""

    label: Label
    kind: str
    rule: str
    raw_sha256: str
    confidence: float  # 0 to 1, by kind of rule; measured figures stand in docs/rights
    licence_id: str = ""
    spdx_id: str = ""
    licence_url: str = ""
    sentences: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    points_to: tuple[str, ...] = field(default=())
    attribution: str = ""  # whom the publisher asks to be named, where the statement says it


def read_statement(raw: str) -> Reading:
    """Read a statement as it was found, mark-up and all."""
    text = plain(raw)
    digest = hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
    found = _whole(raw, text, digest) or _worded(raw, text, digest)
    extra = conditions_in(found.label, found.licence_id, sentences(text))
    return replace(found, conditions=extra, sentences=found.sentences[:SHOWN_SENTENCES])


_EMPTY_WORDS = re.compile(
    r"none|null|nil|n[./]?a\.?|unknown|tb[ad]|todo|lorem ipsum.*|(?:enter|insert|add|type|your) (?:the |a |your )?(?:licen[cs]e|rights|terms|text)(?: \w+)? ?here|to be (?:added|determined|completed|provided)|pending"
    r"|blank|test\w*|x{2,}|undefined|(?:not |un)(?:specified|provided|applicable|available|stated|known)"
    r"|(?:licen[cs]e|rights)\W{1,3}(?:none|n/a|unknown|not (?:specified|given|stated))|none (?:specified|provided|given|stated|known|at this time|needed|yet)|other|ningun[oa]|keine(?: angaben?)?|aucune?(?: licen[cs]e)?|no aplica|no (?:especificad[oa]|disponible)|sin (?:especificar|licencia|información)|non (?:spécifiée?|précisée?|renseignée?)|à (?:venir|compléter)|por (?:definir|determinar)"
)
_NOT_GIVEN = re.compile(
    r"\b(?:no|not|nie|pas|sin|keine?|non|ne)\b.{0,30}\b(?:licen[cs]\w*|licenci[ae]\w*|lizenz|licenza|uvede\w+|fourni\w*|especificad\w+|angegeben)\b"
    r"|\b(?:licen[cs]\w*|licencia|lizenz|licenza)\b.{0,30}\b(?:no|not|nie|n'est|pas|sin|non|nicht|unknown|unspecified|unbekannt|missing)\b"
)
_PLATFORM_DEFAULT = re.compile(
    r"no special restrictions or limitations on using the item's content(?: have been provided|\W*$)",
    re.I,
)
_ISO_CODES = frozenset(
    ["copyright", "patent", "patentpending", "trademark", "license", "licenseunrestricted", "licenseenduser", "licensedistributor", "intellectualpropertyrights", "restricted", "otherrestrictions", "unrestricted", "private", "statutory", "confidential", "sbu", "in-confidence", "unclassified", "public", "topsecret", "secret"]
)  # fmt: skip
_RESTRICTION_STATUS = re.compile(
    r"restricted ?[-\u2013\u2014] ?(fully|partly|possibly)|undetermined", re.I
)
"""`restrictionStatus` of DCAT-US 3.0, after the lists of the National Archives."""
_CLOSED_CODES = frozenset(["restricted", "private", "confidential", "in-confidence", "secret"])
"""One of these alone is a word of anybody's, and it forbids."""


def _whole(raw: str, text: str, digest: str) -> Reading | None:
    """What a text is as a whole: nothing, an id, an address, a list of codes."""
    if not any(c.isalnum() for c in text) and not links(raw):
        return Reading(Label.NO_STATEMENT, "blank", "blank", digest, 1.0)
    tidy = text.lower().strip(" .;,!*")
    if word := is_legacy(text):
        named = by_name(word)
        return (
            _of_named(named, text, digest)
            if named
            else _unclear("pointer", "old-converter", text, digest)
        )
    if named := by_name(text) or (licence_at(text) if " " not in text.strip() else None):
        return _of_named(named, text, digest)
    licence, who = attribution_asked(text)
    if (named := by_name(licence)) and CREDIT in of_licence(named.licence_id):
        return replace(_of_named(named, text, digest, confidence=0.95), attribution=who)
    if _EMPTY_WORDS.fullmatch(tidy) or (len(tidy) == 4 and _one_letter_from(tidy, "none")):
        return Reading(
            Label.NO_STATEMENT, "placeholder", "placeholder", digest, 1.0, sentences=(text,)
        )
    if (
        len(tidy) <= 60
        and _NOT_GIVEN.search(tidy)
        and "permission" not in tidy
        and "restrict" not in tidy
        and not re.search(r"creative|\bcc\b|odbl|[;]|\bbut\b", tidy)
        and not _matches(wordings.BANS, [text])
    ):
        return Reading(
            Label.NO_STATEMENT, "placeholder", "licence-not-given", digest, 0.95, sentences=(text,)
        )
    if _PLATFORM_DEFAULT.search(text) and len(text) < 120:
        return Reading(
            Label.NO_STATEMENT,
            "platform-default",
            "platform-default",
            digest,
            1.0,
            sentences=(text,),
        )
    if status := _RESTRICTION_STATUS.fullmatch(tidy):
        if status[1] in ("fully", "partly"):
            return Reading(
                Label.RESTRICTED, "restriction-status", "restriction-status", digest, 1.0,
                sentences=(text,),
            )  # fmt: skip
        return _unclear("restriction-status", "restriction-status", text, digest)
    codes = [each for each in re.split(r"[,;|/\s]+", tidy) if each]
    if codes and tidy not in _CLOSED_CODES and all(each in _ISO_CODES for each in codes):
        return _unclear("iso19115-codes", "iso19115-codes", text, digest)
    address = normalise(text) if " " not in text else ""
    if address:
        own = re.search(r"/datasets/[^/]+/license(?:\.json)?/?$", address)
        reading = _unclear("self-link" if own else "pointer", "address-of-terms", text, digest)
        return replace(reading, points_to=tuple(links(raw)) or (address,))
    return None


def _worded(raw: str, text: str, digest: str) -> Reading:
    """What running text says."""
    said = sentences(text)
    named = named_in(said, links(raw))
    bans = _matches(wordings.BANS, said)
    grants = _matches((*wordings.DEDICATIONS, *wordings.GRANTS), said)
    notices = _matches(wordings.NOTICES, said)
    if len({n.licence_id for n, _ in named}) > 1:
        return _unclear("conflict", "two-licences", [s for _, s in named], digest)
    if named:
        (instrument, sentence), quoted = named[0], [s for _, s in bans]
        quoted += [s for _, s in _matches(wordings.LIMITS, said)]
        if instrument.label in (*OPEN, Label.CUSTOM_OPEN) and quoted:
            return _unclear("conflict", "licence-and-ban", [sentence, *quoted], digest)
        return _of_named(instrument, sentence, digest, confidence=0.9)
    if bans:
        rule = bans[0][0]
        also = [s for _, s in grants]
        return Reading(
            Label.RESTRICTED, rule.kind, rule.rule, digest, 0.9,
            sentences=_once([*(s for _, s in bans), *also]),
            warnings=("also-grants",) if also else (),
        )  # fmt: skip
    if grants and (limits := _matches(wordings.LIMITS, said)):
        quoted = [s for _, s in (*grants, *limits)]
        return _unclear("conflict", "grant-with-limits", quoted, digest)
    if grants and (open_ := _matches(scope.HELD_OPEN, [s for _, s in grants])):
        return _unclear(open_[0][0].kind, open_[0][0].rule, [s for _, s in open_], digest)
    if grants:
        return _granted(grants, notices, digest)
    if notices and notices[0][0].kind != "mixed":
        return Reading(
            Label.RESTRICTED, notices[0][0].kind, notices[0][0].rule, digest, 0.7,
            sentences=_once(s for _, s in notices),
        )  # fmt: skip
    return _without_grant(raw, said, digest)


def _granted(
    grants: Sequence[tuple[Wording, str]], notices: Sequence[tuple[Wording, str]], digest: str
) -> Reading:
    rule = grants[0][0]
    if rule in wordings.DEDICATIONS:
        if notices:
            return _unclear(
                "conflict", "dedication-and-notice", [grants[0][1], notices[0][1]], digest
            )
        licence = "CC0-1.0" if rule.rule == "waiver-of-all-rights" else ""
        named = by_name(licence)
        return Reading(
            Label.PUBLIC_DOMAIN, rule.kind, rule.rule, digest, 0.8, licence, licence,
            named.url if named else "", _once(s for _, s in grants),
        )  # fmt: skip
    if notices:
        both = _once([grants[0][1], *(s for _, s in notices)])
        return Reading(Label.CUSTOM_OPEN, "mixed", rule.rule, digest, 0.6, sentences=both)
    return Reading(
        Label.CUSTOM_OPEN, rule.kind, rule.rule, digest, 0.85, sentences=_once(s for _, s in grants)
    )


def _without_grant(raw: str, said: Sequence[str], digest: str) -> Reading:
    """Neither licence, nor ban, nor grant: what else it is."""
    for family in (wordings.POINTERS, wordings.CREDITS, wordings.DISCLAIMERS, wordings.PURPOSES):
        found = _matches(family, said)
        if family is wordings.POINTERS and not (links(raw) or _short_pointer(said)):
            continue
        if found:
            reading = _unclear(found[0][0].kind, found[0][0].rule, [s for _, s in found], digest)
            return replace(reading, points_to=tuple(links(raw)))
    for unread in (scope.SPEAKS_OF_USE, scope.ANOTHER_LANGUAGE):
        if found := _matches((unread,), said):
            return _unclear(unread.kind, unread.rule, [s for _, s in found], digest)
    return Reading(
        Label.NO_STATEMENT,
        "off-topic",
        "about-something-else",
        digest,
        0.6,
        sentences=tuple(said[:1]),
    )


def _short_pointer(said: Sequence[str]) -> bool:
    return sum(map(len, said)) < 300 and len(said) <= 3


def _of_named(named: Named, sentence: str, digest: str, *, confidence: float = 1.0) -> Reading:
    return Reading(
        named.label, named.kind, "vocabulary" if confidence == 1.0 else "named-in-text", digest,
        confidence, "" if named.licence_id.startswith("RS:") else named.licence_id, named.spdx_id,
        named.url, (sentence,), (), named.warnings,
    )  # fmt: skip


def _unclear(kind: str, rule: str, quoted: str | Iterable[str], digest: str) -> Reading:
    shown = (quoted,) if isinstance(quoted, str) else _once(quoted)
    return Reading(Label.UNCLEAR, kind, rule, digest, 0.8, sentences=shown)


def _matches(family: Sequence[Wording], said: Sequence[str]) -> list[tuple[Wording, str]]:
    return [(each, sentence) for each in family for sentence in said if each.found_in(sentence)]


def _once(sentences_: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sentences_))


def _one_letter_from(word: str, other: str) -> bool:
    return sum(a != b for a, b in zip(word, other, strict=True)) == 1 and word.isalpha()
