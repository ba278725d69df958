"""Licences and rights statements by their ids, names and addresses; facts, in `licences.csv`.

Creative Commons is a rule rather than rows: six kinds, six versions and ports in some of them.
RightsStatements.org describes status, it licenses nothing (rights.md 3).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Label(StrEnum):
    """What a statement amounts to."""

    OPEN_LICENCE = "open-licence"  # a named licence that is open by the Open Definition
    PUBLIC_DOMAIN = "public-domain"
    CUSTOM_OPEN = "custom-open"  # own words that clearly allow reuse
    RESTRICTED = "restricted"
    UNCLEAR = "unclear"
    NO_STATEMENT = "no-statement"


OPEN = frozenset({Label.OPEN_LICENCE, Label.PUBLIC_DOMAIN})
"""Labels that a machine may be told as a licence; a false one of these is the harmful error."""


@dataclass(frozen=True, slots=True)
class Named:
    """A named instrument. `licence_id` is "" for a generic one such as CKAN's other-open."""

    licence_id: str
    spdx_id: str
    label: Label
    url: str  # canonical; "" when there is none or the version is not given
    kind: str = "standard-name"
    warnings: tuple[str, ...] = ()


CC_VERSIONS = ("1.0", "2.0", "2.1", "2.5", "3.0", "4.0")
CC_KINDS = {
    "by": "BY", "by-sa": "BY-SA", "by-nc": "BY-NC", "by-nd": "BY-ND", "by-nc-sa": "BY-NC-SA",
    "by-nc-nd": "BY-NC-ND", "by-nd-nc": "BY-NC-ND",
    "sa": "SA", "nc": "NC", "nd": "ND", "nc-sa": "NC-SA", "nd-nc": "NC-ND",
    "sampling": "SAMPLING", "sampling+": "SAMPLING-PLUS", "nc-sampling+": "NC-SAMPLING-PLUS",
    "devnations": "DEVNATIONS",
}  # fmt: skip
"""Path of a Creative Commons licence, and its name in our ids. Without BY: version 1.0 alone."""
CC_SPDX_PORTS = frozenset(
    {
        "CC-BY-2.5-AU", "CC-BY-3.0-AT", "CC-BY-3.0-AU", "CC-BY-3.0-DE", "CC-BY-3.0-IGO",
        "CC-BY-3.0-NL", "CC-BY-3.0-US", "CC-BY-NC-3.0-DE", "CC-BY-NC-ND-3.0-DE",
        "CC-BY-NC-ND-3.0-IGO", "CC-BY-NC-SA-2.0-DE", "CC-BY-NC-SA-2.0-FR", "CC-BY-NC-SA-2.0-UK",
        "CC-BY-NC-SA-3.0-DE", "CC-BY-NC-SA-3.0-IGO", "CC-BY-ND-3.0-DE", "CC-BY-SA-2.0-UK",
        "CC-BY-SA-2.1-JP", "CC-BY-SA-3.0-AT", "CC-BY-SA-3.0-DE", "CC-BY-SA-3.0-IGO",
    }
)  # fmt: skip
"""The ports that SPDX has ids for; the others keep our own id and no SPDX one."""
NO_VERSION = "version-not-given"
NO_PORTS = "port-of-4.0-does-not-exist"
TEXT_UNKNOWN = "licence-text-unknown"

RIGHTS_STATEMENTS: Mapping[str, Label] = {
    "CNE": Label.NO_STATEMENT, "InC": Label.RESTRICTED, "InC-EDU": Label.RESTRICTED,
    "InC-NC": Label.RESTRICTED, "InC-OW-EU": Label.RESTRICTED, "InC-RUU": Label.RESTRICTED,
    "NKC": Label.UNCLEAR, "NoC-CR": Label.RESTRICTED, "NoC-NC": Label.RESTRICTED,
    "NoC-OKLR": Label.RESTRICTED, "NoC-US": Label.PUBLIC_DOMAIN, "UND": Label.UNCLEAR,
}  # fmt: skip
"""RightsStatements.org 1.0, all twelve."""
_STATEMENT_TITLES = {
    "in copyright": "InC", "in copyright - educational use permitted": "InC-EDU",
    "in copyright - non-commercial use permitted": "InC-NC", "in copyright - eu orphan work": "InC-OW-EU",
    "in copyright - rights-holder(s) unlocatable or unidentifiable": "InC-RUU",
    "no copyright - contractual restrictions": "NoC-CR",
    "no copyright - non-commercial use only": "NoC-NC",
    "no copyright - other known legal restrictions": "NoC-OKLR",
    "no copyright - united states": "NoC-US", "no known copyright": "NKC",
    "copyright not evaluated": "CNE", "copyright undetermined": "UND",
}  # fmt: skip
"""Their English titles, of which a statement may consist."""


def creative_commons(kind: str, version: str = "", port: str = "") -> Named | None:
    """A Creative Commons licence of a path such as `by-nc`; a version is never filled in."""
    name = CC_KINDS.get(kind.lower())
    if name is None or (version and version not in CC_VERSIONS):
        return None
    warnings: tuple[str, ...] = () if version else (NO_VERSION,)
    port = port.upper()
    if version == "4.0" and port:
        port, warnings = "", (NO_PORTS,)
    licence_id = "-".join(part for part in ("CC", name, version, port if version else "") if part)
    unported = version and not port and version != "2.1"
    has_spdx = licence_id in CC_SPDX_PORTS or (unported and (name.startswith("BY") or name == "SA"))
    path = "by-nd-nc" if (name, version) == ("BY-NC-ND", "1.0") else name.lower()
    tail = "".join(f"{part}/" for part in (version, port.lower() if version else "") if part)
    open_ = not {"NC", "ND"} & set(name.split("-")) and name.split("-")[-1] in ("BY", "SA")
    return Named(
        licence_id, licence_id if has_spdx else "",
        Label.OPEN_LICENCE if open_ else Label.RESTRICTED,
        f"https://creativecommons.org/licenses/{path}/{tail}", "standard-name", warnings,
    )  # fmt: skip


def rights_statement(code: str) -> Named | None:
    """A statement of RightsStatements.org, matched without case and written exactly."""
    for exact, label in RIGHTS_STATEMENTS.items():
        if exact.lower() == code.lower():
            address = f"http://rightsstatements.org/vocab/{exact}/1.0/"
            return Named(f"RS:{exact}", "", label, address, "rights-statement")
    return None


_CODE = re.compile(
    r"cc[-_ ](by(?:[-_ ]?(?:nc|nd|sa)){0,2})(?:[-_ ](?:v\.?)?(\d)(?:[._](\d))?)?(?:[-_ ]([a-z]{2,8}))?"
)
_SOCRATA = re.compile(r"cc_(\d)(\d)_(by(?:_nc|_nd|_sa)*)(?:_([a-z]{2,4}))?")
"""Socrata's ids of Creative Commons licences: the version first, as in CC_30_BY_SA."""


def coded(code: str) -> Named | None:
    """A Creative Commons licence by an id such as CC-BY-3.0-US, cc-by-sa or the EU's CC_BYNC_4_0."""
    if socrata := _SOCRATA.fullmatch(code.lower()):
        return creative_commons(
            socrata[3].replace("_", "-"), f"{socrata[1]}.{socrata[2]}", socrata[4] or ""
        )
    found = _CODE.fullmatch(code.lower().replace("ccby", "cc-by"))
    if found is None:
        return None
    letters = re.findall("by|nc|nd|sa", found[1])
    version = f"{found[2]}.{found[3] or 0}" if found[2] else ""
    if found[4] and (not version or found[4] in ("nc", "nd", "sa", "by")):
        return None
    return creative_commons("-".join(letters), version, found[4] or "")


def by_name(text: str) -> Named | None:
    """What a whole text names by a vocabulary's id or title; None if it is none."""
    tidy = " ".join(text.lower().replace("–", "-").replace("’", "'").split()).strip(" .;,")
    tidy = re.sub(r"^(?:the |okd compliant::|other::)|(?: license agreement)$", "", tidy)
    names = _names()
    for candidate in (
        tidy,
        _exact_short_name(tidy),
        _without_short_name(tidy),
        tidy.replace("_", "-"),
    ):
        if candidate in names:
            return names[candidate]
    only = names.get(re.sub(r" v?1\.0$", "", tidy))
    if only is not None and only.licence_id.endswith("1.0"):
        return only
    if tidy in _STATEMENT_TITLES:
        return rights_statement(_STATEMENT_TITLES[tidy])
    return coded(tidy)


_SHORT_NAME = re.compile(r"\s*\(([^()]{2,12})\)$")


def _exact_short_name(title: str) -> str:
    """The short name of a title that is a general word by itself: *Public domain (CC0)*."""
    found = _SHORT_NAME.search(title)
    general = found and _names().get(title[: found.start()])
    exact = found and _names().get(found[1])
    if not (found and general and exact) or general.licence_id or general.label is not exact.label:
        return title
    return found[1]


def _without_short_name(title: str) -> str:
    """A title without the short name that follows it; what else stands in brackets stays."""
    found = _SHORT_NAME.search(title)
    if found is None:
        return title
    long, short = title[: found.start()], _names().get(found[1]) or coded(found[1])
    named = _names().get(long)
    if short and named and named.label is not short.label:
        return title  # the two names are of different things
    return long if short or found[1] in ("ogl", "any", "odc-by") else title


def by_address(matched: str) -> Named | None:
    """The instrument at an address as `addresses.bare` writes it: host and path, no scheme."""
    return _addresses().get(matched.lower().rstrip("/"))


def of_id(licence_id: str) -> Named | None:
    """The instrument with one of our own ids, of which every reading has one or none."""
    if licence_id.startswith("RS:"):
        return rights_statement(licence_id.removeprefix("RS:"))
    for named in _rows():
        if named.licence_id and named.licence_id.lower() == licence_id.lower():
            return named
    return coded(licence_id)


@cache
def _rows() -> tuple[Named, ...]:
    return tuple(dict.fromkeys([*_names().values(), *_addresses().values()]))


@cache
def _table() -> tuple[dict[str, Named], dict[str, Named]]:
    names: dict[str, Named] = {}
    addresses: dict[str, Named] = {}
    text = files(__package__).joinpath("licences.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        warnings = () if row["licence_id"] else (TEXT_UNKNOWN,)
        named = Named(
            row["licence_id"], row["spdx_id"], Label(row["label"]), row["url"], "standard-name",
            warnings if row["label"] in ("custom-open", "public-domain") else (),
        )  # fmt: skip
        names |= {name: named for name in row["names"].split("|") if name}
        if named.licence_id:
            names.setdefault(named.licence_id.lower(), named)
        addresses |= {address: named for address in row["addresses"].split("|") if address}
    return names, addresses


def _names() -> dict[str, Named]:
    return _table()[0]


def _addresses() -> dict[str, Named]:
    return _table()[1]
