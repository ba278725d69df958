"""What the publishers say of their datasets beside the files: the one place where it stands.

As varied as real portals: a licence by its address, one in prose, one that is wrong, terms on a
page of their own, a ban, a mere disclaimer, and nothing at all. All invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verticalfile.town.days import (
    BUDGET,
    INSPECTIONS,
    LIBRARIES,
    PERMITS,
    PRICES,
    REQUESTS,
    RESTAURANTS,
    SALES,
)

TERMS_PATH = "terms"
"""The page of terms, below the portal's address."""


@dataclass(frozen=True, slots=True)
class Description:
    """One dataset in its publisher's words; texts that were not given are empty."""

    id: str  # as the portal numbers it
    title: str
    about: str  # one sentence
    publisher: str
    contact: str
    email: str
    frequency: str  # ISO 8601 repeating duration, as DCAT-US 1.1 has it, or "irregular"
    theme: str
    keywords: tuple[str, ...]
    title_es: str = ""
    about_es: str = ""
    licence: str = ""  # an address; TERMS_PATH is the portal's own page
    rights: str = ""  # a sentence
    columns: Mapping[str, str] = field(default_factory=dict)  # the data dictionary


_CITY, _COUNTY = "City of Alder Falls", "Tamarack County"

DESCRIPTIONS: Mapping[str, Description] = {
    REQUESTS: Description(
        "k3vd-8m2p",
        "Service requests",
        "What people asked the town to mend or clear away, where, and what became of it.",
        f"{_CITY}, Public Works",
        "Public Works front desk",
        "works@alderfalls.example",
        "R/P4W",
        "Streets and sidewalks",
        ("311", "complaints", "potholes", "trees", "leaves", "snow", "baches"),
        title_es="Solicitudes de servicio",
        about_es="Lo que la gente pidió a la ciudad que arreglara o retirara, dónde y qué se hizo.",
        licence="https://creativecommons.org/publicdomain/zero/1.0/",
    ),
    PERMITS: Description(
        "r7qx-wb4t",
        "Building permits",
        "Permits for building, altering and taking down, issued in the last eighteen months.",
        f"{_CITY}, Building and Planning",
        "Permit counter",
        "permits@alderfalls.example",
        "R/P8W",
        "Housing and permits",
        ("construction", "contractors", "housing", "zoning", "vivienda"),
        title_es="Permisos de construcción",
        about_es="Permisos para construir, reformar y demoler, de los últimos dieciocho meses.",
        rights="This data is in the public domain. You may copy, change and share it without asking.",
        columns={
            "Permit Number": "Number of the permit, counted anew each year",
            "Issued": "Day of issue",
            "Work Type": "Kind of work; called Permit Type since March 2023",
            "Description": "The work in the applicant's words",
            "Street Address": "House number and street",
            "Neighborhood": "One of the ten neighborhoods",
            "Contractor": "Firm that does the work, or Owner",
            "Value": "Declared value of the work, in dollars",
            "Fee": "Fee paid, in dollars: 45, and 7 for each thousand of value",
            "Status": "Issued, Inspected, Finaled, Withdrawn or Expired",
            "Finaled": "Day of the last inspection; blank while work goes on",
            "Homes Added": "How many homes the work adds; given since July 2023",
        },
    ),
    INSPECTIONS: Description(
        "m2hf-ye6c",
        "Building inspections",
        "Visits of the town's inspectors to work under permit, and whether it passed.",
        f"{_CITY}, Building and Planning",
        "Permit counter",
        "permits@alderfalls.example",
        "R/P8W",
        "Housing and permits",
        ("construction", "inspections", "safety"),
        title_es="Inspecciones de obras",
    ),
    PRICES: Description(
        "9tua-ds5n",
        "Sidewalk repair prices",
        "What the town charges property owners for work on the sidewalk before their door.",
        f"{_CITY}, Public Works",
        "Sidewalk program",
        "sidewalks@alderfalls.example",
        "R/P1Y",
        "Streets and sidewalks",
        ("sidewalks", "fees", "prices", "aceras"),
        title_es="Precios de reparación de aceras",
        licence="https://creativecommons.org/licenses/by/4.0/",
    ),
    SALES: Description(
        "0f6b2d1c94a54f0e8d3a7b5ce1f82a67",
        "Housing sales",
        "Homes and lots that changed hands since 2019, with price, size and zone; no names.",
        f"{_COUNTY}, Assessor",
        "Assessor's office",
        "assessor@tamarack.example",
        "R/P8W",
        "Housing and permits",
        ("property", "prices", "deeds", "assessor", "zoning"),
        title_es="Ventas de viviendas",
        rights="For personal use only. Not to be resold, nor published in whole or in part, without"
        " written permission of the Tamarack County Assessor.",
        columns={
            "Instrument Number": "Number of the deed at the county",
            "Parcel ID": "Ward and quarter, street, house",
            "Sale Date": "Day of the sale",
            "Recorded": "Day on which the deed was recorded",
            "Street Address": "House number and street, unit if any; part of Location until 2023",
            "Neighborhood": "One of the ten neighborhoods; part of Location until 2023",
            "Class": "210 one family, 220 two families, 311 vacant lot",
            "Year Built": "Year in which the house was built",
            "Living Area": "In square feet",
            "Zone": "Zoning district on the day of the export, not of the sale",
            "Sale Price": "In dollars; 1 or 10 between relatives",
            "Sale Type": "Arm's length, Family, Estate or Foreclosure",
        },
    ),
    RESTAURANTS: Description(
        "7c41e8aa3b0d4e6f9a25d0b6c8f3e914",
        "Restaurant inspections",
        "How clean the county found kitchens that serve the public, in the last two years.",
        f"{_COUNTY}, Health Department",
        "Environmental health",
        "health@tamarack.example",
        "R/P4W",
        "Health and services",
        ("food safety", "restaurants", "schools", "health", "comida"),
        title_es="Inspecciones de restaurantes",
        about_es="Cómo encontró el condado las cocinas que sirven al público, en los últimos dos años.",
        licence=TERMS_PATH,
        columns={
            "inspection_id": "Number of the inspection",
            "license_number": "Number of the kitchen's licence",
            "name": "Name over the door",
            "kind": "Restaurant, bar, school and so on",
            "address": "House number and street",
            "neighborhood": "One of the ten neighborhoods",
            "inspected_on": "Day of the visit",
            "visit": "Routine, Complaint or Follow-up",
            "score": "100 less the points of all that was wrong; below 76 is a fail",
            "result": "Pass, Pass with conditions, Fail",
            "violations": "What was wrong: rule, words, whether critical, whether corrected since",
        },
    ),
    LIBRARIES: Description(
        "w8cn-3jrk",
        "Library branches and door counts",
        "Where the branches of the public library are, when they open, and how many people came in.",
        "Alder Falls Public Library",
        "Library office",
        "office@library.alderfalls.example",
        "R/P1M",
        "Libraries",
        ("libraries", "visits", "loans", "bookmobile", "biblioteca"),
        title_es="Sucursales de la biblioteca y visitas",
        about_es="Dónde están las sucursales, cuándo abren y cuánta gente entró.",
        licence="https://www.usa.gov/government-works",
    ),
    BUDGET: Description(
        "b5zg-x9ha",
        "City budget",
        "What the city means to take in and to spend in each fiscal year, account by account.",
        f"{_CITY}, Finance",
        "Finance department",
        "finance@alderfalls.example",
        "R/P3M",
        "Budget and contracts",
        ("budget", "spending", "taxes", "presupuesto"),
        title_es="Presupuesto de la ciudad",
        rights="Provided as is, without warranty of any kind. The City is not liable for its use.",
        columns={
            "Fiscal Year": "Named by the calendar year in which it ends; it begins in July",
            "Kind": "Revenue or Expense",
            "Fund": "General, Water and sewer, Capital projects",
            "Department": "Who spends or takes in",
            "Division": "Part of the department; given since fiscal year 2024",
            "Account": "Fund, division and object",
            "Account Name": "What it is for",
            "Adopted Budget": "As the council adopted it, in dollars; called Budget until 2023",
            "Amended Budget": "With what the council changed since; given since fiscal year 2024",
            "Actual to Date": "Taken in or spent so far; final once audited, in December",
        },
    ),
}
