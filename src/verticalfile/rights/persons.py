"""Columns that look like data of persons: by their names, and by the values of a sample.

Meant are private persons: who asked, complained, lives, was hurt. Names of shops, addresses of
buildings and work addresses of officials are civic data and are left. A flag holds a table back
until a person has looked (docs/how-to/rights.md tells the rule), so it must be right more often
than not; what it misses a person can withhold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

SAMPLE_ROWS = 500
"""Rows that are looked at; a kind of value that stands in a tenth of the rows is met 50 times."""
LONGEST_CELL = 400
"""Characters of a cell that are looked at; a longer one is prose."""
SHARE = 0.5
"""Share of filled cells that must look like it, where the name of the column says so."""
SHARE_IN_TEXT = 0.05
FEWEST = 3
"""Cells that must look like it, so that a typing error flags nothing."""


class Kind(StrEnum):
    """What is taken to be of a person."""

    NUMBER = "identity number"
    BIRTH = "date of birth"
    NAME = "name"
    EMAIL = "e-mail"
    PHONE = "phone"
    HOME = "home address"
    POINT = "exact place of a person"


@dataclass(frozen=True, slots=True)
class Flag:
    """A column that looks like persons' data. Holds no value of it."""

    column: str
    kind: Kind
    why: str
    share: float  # of the filled cells of the sample, 0 to 1; 1 where the name alone says so


_SPLIT = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-zÀ-ÿ0-9]+")

_ROLES = frozenset(
    [
        "applicant", "complainant", "caller", "requester", "requestor", "resident", "owner",
        "homeowner", "tenant", "renter", "occupant", "patient", "student", "pupil", "victim",
        "suspect", "defendant", "plaintiff", "arrestee", "inmate", "offender", "decedent",
        "voter", "client", "customer", "patron", "parent", "guardian", "child", "witness",
        "driver", "donor", "taxpayer", "beneficiary", "minor", "person", "citizen", "juvenile",
        "solicitante", "denunciante", "residente", "propietario", "dueño", "inquilino", "paciente",
        "estudiante", "alumno", "víctima", "victima", "acusado", "votante", "cliente", "usuario",
        "padre", "madre", "tutor", "menor", "persona", "testigo", "conductor", "contribuyente",
        "beneficiario", "detenido", "ciudadano",
    ]
)  # fmt: skip
"""Words for private persons in the names of columns, English and Spanish."""
_PUBLIC = frozenset(
    [
        "department", "dept", "position", "title", "salary", "office", "party", "district",
        "agency", "candidate", "committee", "employer", "jobtitle", "job", "departamento",
        "puesto", "cargo", "salario", "sueldo", "partido", "dependencia", "organization",
        "organisation", "company", "firm", "business",
    ]
)  # fmt: skip
"""Words that say that the persons of a table act for an office or a firm."""
_NAME_WORDS = frozenset(["name", "names", "nombre", "nombres", "fullname"])
_FIRST = frozenset(
    ["firstname", "fname", "givenname", "forename", "nombre", "nombres", "primernombre"]
)
_LAST = frozenset(
    ["lastname", "lname", "surname", "familyname", "apellido", "apellidos", "primerapellido"]
)
_BIRTH = re.compile(
    r"^(?:dob|d o b|date of birth|birth ?date|birthday|birth (?:day|dt)|date birth|fecha (?:de )?nacimiento"
    r"|nacimiento|\w+ (?:dob|date of birth|birth ?date))$"
)
_IDENTITY = re.compile(
    r"\b(?:ssn|social security(?: (?:no|number|num))?|curp|seguro social|passport(?: (?:no|number))?"
    r"|driver(?:s|'s)? licen[cs]e(?: (?:no|number|num))?|medicaid id|medical record(?: number)?|mrn)\b"
)
_MAIL = re.compile(r"\b(?:e ?mail|correo)\b")
_PHONE = re.compile(
    r"\b(?:phone|telephone|tel|cell|mobile|teléfono|telefono|celular|móvil|movil)\b"
)
_PRIVATE = re.compile(
    r"\b(?:home|personal|private|cell|mobile|celular|casa|particular|domicilio|móvil|movil)\b"
)
_HOME = re.compile(
    r"\b(?:home (?:address|street|zip|addr)|residence(?: address)?|residential address|resident address"
    r"|domicilio(?: particular)?|dirección (?:particular|de casa|del domicilio)|mailing address)\b"
)
_ADDRESS = re.compile(r"\b(?:address|addr|street|dirección|direccion|domicilio)\b")
_LATITUDE = frozenset(["lat", "latitude", "latitud", "y", "ycoord", "point y", "geo lat"])
_LONGITUDE = frozenset(
    ["lon", "lng", "long", "longitude", "longitud", "x", "xcoord", "point x", "geo lon"]
)
_AGE = re.compile(r"\b(?:age|edad)\b(?! (?:group|range|band|of (?:tree|building|pipe)))")
_SEX = re.compile(r"\b(?:sex|gender|sexo|género|genero)\b")
_RACE = re.compile(r"\b(?:race|ethnicity|ethnic|raza|etnia)\b")

_SSN = re.compile(r"(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])")
_MAIL_VALUE = re.compile(r"[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
_PROVIDERS = frozenset(
    [
        "gmail.com", "googlemail.com", "yahoo.com", "ymail.com", "hotmail.com", "outlook.com",
        "live.com", "msn.com", "aol.com", "icloud.com", "me.com", "mac.com", "comcast.net",
        "verizon.net", "att.net", "sbcglobal.net", "bellsouth.net", "cox.net", "charter.net",
        "protonmail.com", "proton.me", "hotmail.es", "yahoo.es", "gmx.com", "mail.com", "frontier.com",
    ]
)  # fmt: skip
"""Where private persons have their mail; an address elsewhere is taken for one at work."""
_PHONE_VALUE = re.compile(r"(?:\+?1[ .-]?)?\(?[2-9]\d{2}\)?[ .-]?\d{3}[ .-]?\d{4}(?: ?x\d+)?")
_DATE_VALUE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?|\w{3,9} \d{1,2}, \d{4}|\d{8}")
_STREET_VALUE = re.compile(r"\d+[A-Za-z]? +\S.*|[^\d]+ \d+.*|(?:P\.? ?O\.? )?[Bb]ox \d+.*")
_PERSON = re.compile(r"[^\W\d_][\w'.-]*(?:,? +[^\W\d_][\w'.-]*){1,3},?")
_WORD = re.compile(r"[^\W\d_][\w'. -]*")
_FIRM = re.compile(
    r"\b(?:llc|l\.l\.c|inc|corp|co|company|ltd|llp|lp|trust|bank|church|school|university|college"
    r"|county|city|state|town|village|department|dept|authority|district|association|assn|society"
    r"|group|partners|properties|holdings|realty|services|center|centre|library|hospital|hotel"
    r"|restaurant|cafe|store|market|homes|apartments|builders|construction|housing|united|the|and|of|&)\b",
    re.I,
)
_NUMBER = re.compile(r"\d{1,3}(?:\.0+)?")
_EXACT = re.compile(r"-?\d{1,3}\.\d{4,}")
_POINT = re.compile(r'"type": ?"Point"')

Cells = Sequence[str]


def flags_in(
    columns: Sequence[str], sample: Mapping[str, Sequence[str | None]]
) -> tuple[Flag, ...]:
    """The columns that look like persons' data; `sample` is `{column: cells}` of some rows.

    Cost: one pass over the sample for what shows by its values, one over the names.
    """
    seen = {
        name: [
            cell.strip()[:LONGEST_CELL] for cell in sample.get(name, ()) if cell and cell.strip()
        ]
        for name in columns
    }
    words = {name: in_words(name) for name in columns}
    found: list[Flag] = []
    for name in columns:
        flag = _by_value(name, words[name], seen[name]) or _by_name(name, words[name], seen[name])
        if flag is not None:
            found.append(flag)
    public = any(set(text.split()) & _PUBLIC for text in words.values())
    if not public:
        found += _name_pair(words, seen)
    found += _persons_on_a_map(words, seen)
    return tuple({flag.column: flag for flag in reversed(found)}.values())[::-1]


def in_words(name: str) -> str:
    """A column's name as lower-case words: `OwnerLastName` and `owner_last_name` alike."""
    return " ".join(part.lower() for part in _SPLIT.split(name[:200]) if part)


def _by_value(name: str, words: str, cells: Cells) -> Flag | None:
    """What shows by its values, whatever the column is called."""
    if not cells:
        return None
    joined = "\n".join(cells)
    if "-" in joined and _SSN.search(joined):
        share = _share(cells, _SSN.fullmatch)
        if share >= SHARE and len(cells) >= FEWEST:
            return Flag(name, Kind.NUMBER, "values have the form of Social Security numbers", share)
    if "@" in joined:
        private = [c for c in cells if (m := _MAIL_VALUE.search(c)) and m[1].lower() in _PROVIDERS]
        share = len(private) / len(cells)
        if len(private) >= FEWEST and share >= SHARE_IN_TEXT:
            return Flag(name, Kind.EMAIL, "values have e-mail addresses of private persons", share)
    return None


def _by_name(name: str, words: str, cells: Cells) -> Flag | None:
    """What its name says and its values do not deny."""
    role = bool(set(words.split()) & _ROLES)
    tests: tuple[tuple[bool, Kind, str, Callable[[str], object]], ...] = (
        (bool(_IDENTITY.search(words)), Kind.NUMBER, "it is called a personal number", _long_number),
        (bool(_BIRTH.match(words)), Kind.BIRTH, "it is called a date of birth", _DATE_VALUE.fullmatch),
        (
            bool(_MAIL.search(words)) and (role or bool(_PRIVATE.search(words))),
            Kind.EMAIL, "it is called the e-mail of a person", _MAIL_VALUE.search,
        ),
        (
            bool(_PHONE.search(words)) and (role or bool(_PRIVATE.search(words))),
            Kind.PHONE, "it is called the phone of a person", _PHONE_VALUE.fullmatch,
        ),
        (
            bool(_HOME.search(words)) or (role and bool(_ADDRESS.search(words))),
            Kind.HOME, "it is called the home address of a person", _STREET_VALUE.fullmatch,
        ),
        (role and _names_somebody(words), Kind.NAME, "it is called the name of a person", _is_person),
    )  # fmt: skip
    for called, kind, why, looks_like in tests:
        share = _share(cells, looks_like) if called else 0.0
        if called and share >= SHARE and len(cells) >= FEWEST:
            return Flag(name, kind, why, share)
    return None


def _names_somebody(words: str) -> bool:
    """`owner name`, `owner`, `applicant last name`; not `owner type` or `person id`."""
    parts = words.split()
    return bool(set(parts) & _NAME_WORDS) or (len(parts) == 1 and parts[0] in _ROLES)


def _name_pair(words: Mapping[str, str], seen: Mapping[str, Cells]) -> list[Flag]:
    """A first name beside a last name; alone, `name` may be that of anything."""
    firsts = [
        n
        for n, text in words.items()
        if text.replace(" ", "") in _FIRST or text.endswith("first name")
    ]
    lasts = [
        n
        for n, text in words.items()
        if text.replace(" ", "") in _LAST or text.endswith("last name")
    ]
    if not firsts or not lasts:
        return []
    found = []
    for name in dict.fromkeys([*firsts, *lasts]):
        share = _share(seen[name], _WORD.fullmatch)
        if share >= SHARE and len(seen[name]) >= FEWEST:
            found.append(
                Flag(name, Kind.NAME, "first and last names stand beside each other", share)
            )
    return found


def _persons_on_a_map(words: Mapping[str, str], seen: Mapping[str, Cells]) -> list[Flag]:
    """Exact points in a table whose rows have an age and a sex or race: each row is a person."""
    traits = 0
    for pattern, looks_like in (
        (_AGE, _is_age), (_SEX, _is_letter_word), (_RACE, _is_letter_word),
    ):  # fmt: skip
        traits += any(
            pattern.search(text)
            and len(seen[name]) >= FEWEST
            and _share(seen[name], looks_like) >= SHARE
            for name, text in words.items()
        )
    if traits < 2:
        return []
    latitude = [n for n, text in words.items() if text in _LATITUDE]
    longitude = [n for n, text in words.items() if text in _LONGITUDE]
    exact = [
        n
        for n in (*latitude, *longitude)
        if latitude and longitude and _share(seen[n], _EXACT.fullmatch) >= SHARE
    ]
    exact += [
        n
        for n, text in words.items()
        if text in ("geometry", "location", "the geom") and _share(seen[n], _POINT.search) >= SHARE
    ]
    return [
        Flag(n, Kind.POINT, "exact points stand beside age and sex or race", 1.0) for n in exact
    ]


def _share(cells: Cells, looks_like: Callable[[str], object]) -> float:
    return sum(1 for cell in cells if looks_like(cell)) / len(cells) if cells else 0.0


def _long_number(cell: str) -> bool:
    return sum(c.isdigit() for c in cell) >= 4


def _is_person(cell: str) -> bool:
    return bool(_PERSON.fullmatch(cell)) and not _FIRM.search(cell)


def _is_age(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell)) and float(cell) <= 120


def _is_letter_word(cell: str) -> bool:
    return cell[0].isalpha() and len(cell) <= 40
