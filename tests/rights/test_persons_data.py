"""What looks like data of persons, and what is civic data all the same."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verticalfile.rights.persons import SAMPLE_ROWS, Kind, flags_in, in_words

NAMES = ["Ann Brown", "Bob Green", "Lee, Carla", "Dan O'Neil", "Eva María Ruiz"]
FIRMS = ["Flats Hauling LLC", "Second Cup", "City of Alder Falls", "Mill & Sons", "First Church"]
STREETS = ["12 Mill St", "7 Elm St Apt 2", "331 Main St", "59 Quarry St", "PO Box 12"]
PRIVATE = ["ann@gmail.com", "bob@yahoo.com", "c.lee@hotmail.com", "dan@aol.com", "eva@icloud.com"]
OFFICE = [
    "clerk@alderfalls.gov",
    "mayor@alderfalls.gov",
    "fire@co.clark.us",
    "a@firm.com",
    "b@x.org",
]
PHONES = ["555-234-1212", "(555) 234-1213", "5552341214", "555.234.1215", "555-234-1216"]
BIRTHS = ["1960-02-03", "1971-12-01", "2/3/1980", "1990-05-06", "19990101"]


def kinds(**columns):
    return {f.column: f.kind for f in flags_in(tuple(columns), columns)}


@pytest.mark.parametrize(
    ("column", "cells", "kind"),
    [
        ("Applicant Name", NAMES, Kind.NAME),
        ("ownerName", NAMES, Kind.NAME),
        ("complainant", NAMES, Kind.NAME),
        ("Nombre del solicitante", NAMES, Kind.NAME),
        ("propietario", NAMES, Kind.NAME),
        ("DOB", BIRTHS, Kind.BIRTH),
        ("date_of_birth", BIRTHS, Kind.BIRTH),
        ("Fecha de nacimiento", BIRTHS, Kind.BIRTH),
        ("contact", PRIVATE, Kind.EMAIL),
        ("Applicant E-mail", OFFICE, Kind.EMAIL),
        ("Correo del solicitante", OFFICE, Kind.EMAIL),
        ("Home Phone", PHONES, Kind.PHONE),
        ("tenant_phone", PHONES, Kind.PHONE),
        ("teléfono celular", PHONES, Kind.PHONE),
        ("Home Address", STREETS, Kind.HOME),
        ("PatientAddress", STREETS, Kind.HOME),
        ("Domicilio", STREETS, Kind.HOME),
        ("id_no", ["123-45-6789", "223-45-6789", "323-45-6789"], Kind.NUMBER),
        ("SSN", ["123456789", "223456789", "323456789"], Kind.NUMBER),
        ("Details", ["call me", *(f"write to {m}" for m in PRIVATE)], Kind.EMAIL),
    ],
)
def test_columns_of_persons_are_flagged(column, cells, kind):
    assert kinds(**{column: cells}) == {column: kind}


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("name", FIRMS), ("name", NAMES), ("Owner", FIRMS), ("Owner Type", NAMES),
        ("address", STREETS), ("Street Address", STREETS), ("email", OFFICE), ("phone", PHONES),
        ("Inspector", NAMES), ("Contractor", NAMES), ("Mayor", NAMES), ("Births", ["12", "9", "30"]),
        ("Birth Rate", ["1.2", "3.4", "5.6"]), ("DOB", ["NB", "A1", "DM"]),  # also a city department
        ("Parcel", ["101-05-0274", "901-05-0274", "911-05-0274"]),
        ("case", ["2024-12-0001", "2024-12-0002", "2024-12-0003"]),
        ("person_id", ["1", "2", "3"]), ("Patient Count", ["3", "4", "5"]),
        ("Reported By", ["Phone", "App", "Web"]), ("dirección", STREETS),
    ],
)  # fmt: skip
def test_civic_columns_are_not(column, cells):
    assert kinds(**{column: cells}) == {}


def test_first_and_last_names_beside_each_other_are_flagged():
    first, last = ["Ann", "Bob", "Carla"], ["Brown", "Green", "Lee"]
    assert set(kinds(First_Name=first, LastName=last)) == {"First_Name", "LastName"}
    assert set(kinds(nombre=first, apellido=last)) == {"nombre", "apellido"}
    assert kinds(First_Name=first) == {}


def test_names_of_people_in_office_are_not_flagged():
    first, last = ["Ann", "Bob", "Carla"], ["Brown", "Green", "Lee"]
    assert kinds(First_Name=first, Last_Name=last, Department=["Police"] * 3) == {}


def test_points_beside_age_and_sex_are_of_persons():
    place = {
        "lat": ["43.54801", "43.54802", "43.54811"],
        "lon": ["-77.88961", "-77.88962", "-77.8897"],
    }
    person = {"age": ["34", "21", "55"], "sex": ["M", "F", "F"]}
    assert set(kinds(**place, **person)) == {"lat", "lon"}
    assert kinds(**place, age=person["age"]) == {}
    assert kinds(**place) == {}
    coarse = {"lat": ["43.5", "43.5", "43.6"], "lon": ["-77.9", "-77.8", "-77.8"]}
    assert kinds(**coarse, **person) == {}


def test_one_slip_of_the_pen_flags_nothing():
    assert kinds(Remarks=["ok"] * 40 + ["ann@gmail.com"]) == {}
    assert kinds(**{"Applicant Name": ["Ann Brown", "", ""]}) == {}


def test_names_of_columns_are_read_as_words():
    assert in_words("OwnerLastName") == in_words("owner_last_name") == "owner last name"


@given(
    st.lists(st.text(max_size=12), max_size=5, unique=True),
    st.lists(st.text(max_size=30), max_size=6),
)
def test_any_table_is_looked_at_and_no_flag_holds_a_cell(columns, cells):
    for flag in flags_in(columns, dict.fromkeys(columns, cells)):
        assert 0 < flag.share <= 1
        assert flag.column in columns


def test_a_look_at_a_wide_table_takes_no_time_to_speak_of():
    """Some hundredths of a second; an expression that goes back and forth takes for ever."""
    columns = {
        f"column {n}": [f"some words in a cell {r}" for r in range(SAMPLE_ROWS)] for n in range(40)
    }
    begun = time.process_time()
    assert flags_in(tuple(columns), columns) == ()
    assert time.process_time() - begun < 5
