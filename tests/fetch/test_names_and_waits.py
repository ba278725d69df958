"""What headers say about names, kinds and waits, read with doubt."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import hurried
from verticalfile.fetch.client import user_agent
from verticalfile.fetch.errors import SourceAway
from verticalfile.fetch.manners.waiting import pause_s, quota_reset_s, retry_after_s
from verticalfile.fetch.naming import NAME_MAX_BYTES, file_name_of, media_type_of, plain_name
from verticalfile.kernel.errors import InputRefused

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
URL = "https://example.org/d/streets%20of%20town.csv?v=2"


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("", "streets of town.csv"),
        ("attachment", "streets of town.csv"),
        ('attachment; filename="a b.csv"', "a b.csv"),
        ("attachment; filename=a.csv", "a.csv"),
        ("attachment; filename*=UTF-8''stra%C3%9Fen.csv; filename=x.csv", "straßen.csv"),
        ('attachment; filename="stra\u00c3\u009fen.csv"', "straßen.csv"),
        ('attachment; filename="stra\u00dfen.csv"', "straßen.csv"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\temp\\\\a.csv"', "a.csv"),
        ('attachment; filename=".."', "streets of town.csv"),
        ('attachment; filename="/"', "streets of town.csv"),
        ('attachment; filename=".htaccess"', "htaccess"),
        ('attachment; filename="-rf"', "rf"),
        ('attachment; filename="CON.csv"', "_CON.csv"),
        ('attachment; filename="a\u202egpj.csv"', "agpj.csv"),
        ('attachment; filename="a:b|c?.csv"', "abc.csv"),
        ("attachment; filename*=nonsense''%ZZ", "%ZZ"),
        ("attachment; filename*=UTF-8''a%00b.csv", "ab.csv"),
    ],
)
def test_the_file_name_is_plain(disposition: str, name: str) -> None:
    assert file_name_of(disposition, URL) == name


@pytest.mark.parametrize("url", ["https://example.org", "https://example.org/", "https://example.org/.."])  # fmt: skip
def test_a_file_without_any_name_is_called_download(url: str) -> None:
    assert file_name_of("", url) == "download"


def test_a_long_name_keeps_its_ending() -> None:
    name = plain_name("ü" * 400 + ".geojson")
    assert name.endswith("ü.geojson")
    assert NAME_MAX_BYTES - 2 < len(name.encode()) <= NAME_MAX_BYTES


@given(st.text(max_size=300) | st.text("./\\ -:~con\u0301\u202e\0", max_size=30))
def test_a_plain_name_is_one_harmless_name_and_stays_itself(text: str) -> None:
    name = plain_name(text)
    assert not set(name) & set('/\\\0<>:"|?*')
    assert not name.startswith((".", "-", " "))
    assert not name.endswith((".", " "))
    assert len(name.encode()) <= NAME_MAX_BYTES + 1
    assert not any(unicodedata.category(c).startswith("C") for c in name)
    assert plain_name(name) == name


@given(st.text(max_size=200), st.text(max_size=80))
def test_no_header_is_too_odd_for_a_name(disposition: str, path: str) -> None:
    assert file_name_of(disposition, f"https://example.org/{path}")


@pytest.mark.parametrize(
    ("header", "kind"),
    [("text/csv", "text/csv"), ("Text/CSV; charset=utf-8", "text/csv"), ("", ""), ("csv", ""),
     ("text/csv, text/html", ""), ("application/geo+json ;x", "application/geo+json")],
)  # fmt: skip
def test_the_media_type_is_without_its_parameters(header: str, kind: str) -> None:
    assert media_type_of(header) == kind


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        ("0", 0.0), ("120", 120.0), (" 7 ", 7.0), ("1.5", 1.5), ("-3", 0.0), ("999999", 86400.0),
        ("9" * 5000, 86400.0), ("", None), ("soon", None), ("١٢", None), ("1e3", None),
        ("Mon, 23 Nov 2026 12:05:00 GMT", 300.0), ("Mon, 23 Nov 2026 07:05:00 -0500", 300.0),
        ("Monday, 23-Nov-26 12:05:00 GMT", 300.0), ("Mon Nov 23 12:05:00 2026", 300.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0), ("Sun, 23 Nov 2036 11:00:00 GMT", 86400.0),
        ("Mon, 99 Nov 2026 12:05:00 GMT", None), ("Fri, 31 Dec 9999 23:59:59 -2300", None),
    ],
)  # fmt: skip
def test_trap_67_retry_after_is_read_in_all_its_forms(value: str, wait_s: float | None) -> None:
    assert retry_after_s(value, date="", now=NOW) == wait_s


@pytest.mark.parametrize("value", ["Mon, 23 Nov 2026 12:05:00 GMT", "soon", "-5", "9" * 40])
def test_trap_67_who_takes_it_for_seconds_stops_or_sleeps_for_ever(value: str) -> None:
    try:
        slept_s = hurried.wait_s(value)
    except ValueError:
        return  # a date ends the run
    assert not 0 <= slept_s <= 86400


def test_a_date_is_counted_from_the_servers_own_clock() -> None:
    value, date = "Sun, 06 Nov 1994 08:50:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"
    assert retry_after_s(value, date=date, now=NOW) == 60.0


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_retry_after_is_too_odd(value: str, date: str) -> None:
    wait_s = retry_after_s(value, date=date, now=NOW)
    assert wait_s is None or 0 <= wait_s <= 86400


@pytest.mark.parametrize(
    ("page", "header", "wait_s"),
    [
        (b'{"reset_time": "2026-11-23T13:00:00Z"}', "", 3600.0),
        (b'{"reset_time": "2026-11-23T14:00:00+02:00"}', "", 0.0),
        (b'\xef\xbb\xbf{"reset_time": "2026-11-23T13:00:00"}', "9", 3600.0),
        (b'{"reset_time": "2027-01-01T00:00:00Z"}', "", 86400.0),
        (b'{"reset_time": 12}', "", None), (b'{"reset_time": "soon"}', "30", 30.0),
        (b"Too many requests", str(int(NOW.timestamp()) + 90), 90.0), (b"[]", "90", 90.0),
        (b"{", "-5", None), (b"", "1" * 13, None), (b"[" * 100_000, "", None),
    ],
)  # fmt: skip
def test_trap_51_the_end_of_a_quota_is_read_in_the_answer_and_its_header(
    page: bytes, header: str, wait_s: float | None
) -> None:
    assert quota_reset_s(page, header, date="", now=NOW) == wait_s


@given(st.binary(max_size=60) | st.text(max_size=20).map(lambda t: f'{{"reset_time": "{t}"}}'.encode()),
       st.text(max_size=20))  # fmt: skip
@example(page=b"", header="0\x1f")
def test_no_end_of_a_quota_is_too_odd(page: bytes, header: str) -> None:
    wait_s = quota_reset_s(page, header, date="", now=NOW)
    assert wait_s is None or 0 <= wait_s <= 86400


def test_a_source_that_says_wait_no_time_is_given_a_second() -> None:
    error = SourceAway("Away.", mend="wait.", passing=True, retry_after_s=0.0)
    assert pause_s(error, tried=1, paused_s=0.0) == 1.0


def test_what_will_not_pass_is_not_tried_again() -> None:
    assert pause_s(SourceAway("Away.", mend="wait.", passing=False), tried=1, paused_s=0) is None


@pytest.mark.parametrize("contact", ["a\r\nHost: x", "büro@example.org", "x) (y", "a\\b"])
def test_a_contact_that_no_header_can_carry_is_refused(contact: str) -> None:
    with pytest.raises(InputRefused):
        user_agent(contact)


def test_the_user_agent_names_us_and_a_contact() -> None:
    assert user_agent("mailto:desk@example.org").endswith(" (+mailto:desk@example.org)")
    assert user_agent("").startswith("verticalfile/")
    assert "(" not in user_agent("")
