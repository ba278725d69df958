"""What a user must do or leave, as far as a statement says it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from verticalfile.rights import wordings
from verticalfile.rights.vocabulary import Label

CREDIT = "credit"
SHARE_ALIKE = "share-alike"
NON_COMMERCIAL = "non-commercial"
NO_DERIVATIVES = "no-derivatives"
NO_RESALE = "no-resale"
NO_REDISTRIBUTION = "no-redistribution"
KEEP_DISCLAIMER = "keep-disclaimer"
NOTIFY = "notify"
AGREE = "agree"
ASK_FIRST = "ask-first"
CONDITIONS = (
    CREDIT, SHARE_ALIKE, NON_COMMERCIAL, NO_DERIVATIVES, NO_RESALE, NO_REDISTRIBUTION,
    KEEP_DISCLAIMER, NOTIFY, AGREE, ASK_FIRST,
)  # fmt: skip
_TEXTS = (
    (CREDIT, re.compile(r"\b(?:must|shall|should|please|while|with)\b.{0,60}\b(?:credit|acknowledg\w+|attribut\w+|cite)|\backnowledge?ment\b.{0,120}\b(?:required|must|given)", re.I)),
    (NO_RESALE, re.compile(r"\b(?:not|no|prohibited|forbidden)\b.{0,80}\b(?:resale|re-?sold|re-?sell|sold|sell)\b", re.I)),
    (KEEP_DISCLAIMER, re.compile(r"\b(?:must|shall)\b.{0,60}\b(?:include|retain|accompan\w+|carry)\b.{0,40}\bdisclaimer", re.I)),
    (NOTIFY, re.compile(r"\b(?:must|shall|required to|please)\b.{0,30}\b(?:notify|inform)\b", re.I)),
    (AGREE, re.compile(r"\bby (?:using|accessing|downloading)\b.{0,80}\bagree|\buser agrees to\b", re.I)),
)  # fmt: skip

_NAME = r"(?:[^\W\d_a-z][\w'’.-]*(?: (?:am|an der|im|de|del|la|los|upon) (?=\S)| |$)?){1,4}"
_ASKED = re.compile(
    r"(?P<name>.{2,60}?)(?:\s+[-\u2013\u2014|]\s+|\s*[:,;]\s+|\s*\()(?:©\s*)?"
    r"(?:(?:Datenquelle|Quelle|Source|Data source|Fuente|Credit|Attribution|Namensnennung):?\s+)?"
    r"(?P<who>(?:(?:Stadt|Landeshauptstadt|Bundesstadt|Land|Gemeinde|Marktgemeinde|Kanton)"
    r"|(?:City|County|City and County|Town|Township|Village|State|Commonwealth|Government|Municipality) of(?: the)?"
    r"|(?:Ville|Ciudad|Ayuntamiento|Municipio|Gobierno|Comune|Mairie|Métropole) (?:de|del|di)(?: la| los)?"
    rf") {_NAME}|OpenStreetMap contributors)"
    r"(?:\s+-\s+[a-z0-9.-]+\.[a-z]{2,})?\)?"
)
"""A licence's name, and behind a mark the public body that is to be named, and nothing else."""
_NO_NAME = frozenset([
    "only", "internal", "use", "uses", "not", "no", "non", "nor", "without", "except",
    "excluding", "staff", "employees", "officials", "residents", "citizens", "members",
    "partners", "schools", "students", "business", "businesses", "departments", "agencies",
    "licensees", "customers", "vendors", "subscribers", "draft", "pending", "proposed",
    "expired", "withdrawn", "test", "permit", "permission", "required", "private",
    "restricted", "confidential", "commercial", "noncommercial", "purposes", "approval",
    "copyright", "all", "rights", "reserved", "maps", "map", "photos", "photographs",
    "images", "website", "documents", "software", "nur", "intern", "interne", "nicht",
    "keine", "ausser", "außer", "schulen", "bürger", "bewohner", "behörden", "mitarbeiter",
    "mitglieder", "privat", "gewerblich", "entwurf", "solo", "sólo", "interno", "interna",
    "sin", "salvo", "prohibido", "ciudadanos", "empleados", "residentes", "uniquement",
    "seulement", "sans", "sauf", "interdit", "habitants", "agents",
])  # fmt: skip
"""Words that name no place; one of them says for whom or for what it is."""

_PASSING_ON = re.compile(
    r"distribu|disseminat|re-?pack|shar(?:e|ed|ing)\b|cop(?:y|ied|ying)|reprodu|releas|transfer|publi[sc]"
    r"|posted|pass|giv|licen[cs]|re-?us|diffus|difu|divulg|compart|partag|utilis|uso\b",
    re.I,
)
"""Words of passing on that are not words of selling."""


def of_licence(licence_id: str) -> tuple[str, ...]:
    """The conditions of a named licence, by the letters of its id."""
    parts = licence_id.split("-")
    if licence_id.startswith("CC-"):
        wanted = (
            ("BY", CREDIT),
            ("SA", SHARE_ALIKE),
            ("NC", NON_COMMERCIAL),
            ("ND", NO_DERIVATIVES),
        )
        return tuple(condition for letters, condition in wanted if letters in parts)
    if licence_id.startswith("ODbL"):
        return (CREDIT, SHARE_ALIKE)
    attribution = ("ODC-By", "OGL", "etalab", "DL-DE-BY", "NLOD", "IODL", "EU-COM-REUSE", "GFDL")
    return (CREDIT,) if licence_id.startswith(attribution) else ()


def attribution_asked(text: str) -> tuple[str, str]:
    """Of `CC BY 4.0 - Stadt Wien` the name of the licence and whom it asks to name; "" for both
    where a text is anything else. The caller must know the licence by that name.

    Only public bodies by their own kind of name are taken: what else stands behind a licence's
    name may say for whom, for what or until when it holds.
    """
    found = _ASKED.fullmatch(text.strip())
    if found is None or {w.lower() for w in re.findall(r"[^\W\d_]+", found["who"])} & _NO_NAME:
        return "", ""
    return found["name"].strip(), found["who"].strip()


def conditions_in(label: Label, licence_id: str, said: Sequence[str]) -> tuple[str, ...]:
    """What a statement makes its users do or leave."""
    found = list(of_licence(licence_id))
    if label is Label.NO_STATEMENT:
        return ()
    for condition, pattern in _TEXTS:
        if any(pattern.search(sentence) for sentence in said):
            found.append(condition)
    by_kind = {
        "non-commercial": NON_COMMERCIAL, "no-redistribution": NO_REDISTRIBUTION,
        "ask-permission": ASK_FIRST, "no-derivatives": NO_DERIVATIVES,
    }  # fmt: skip
    if label is Label.RESTRICTED:
        for ban in wordings.BANS:
            told = [sentence for sentence in said if ban.found_in(sentence)]
            if ban.kind == "no-redistribution":  # a ban on selling alone lets one give it away
                told = [sentence for sentence in told if _PASSING_ON.search(sentence)]
            if ban.kind in by_kind and told:
                found.append(by_kind[ban.kind])
    return tuple(dict.fromkeys(found))
