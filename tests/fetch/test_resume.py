"""Going on with a file that broke off: only the very same file, and never two joined into one."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lying_server import (
    Line,
    LyingServer,
    Reply,
    Request,
    Sleeper,
    a_server,
    fails,
    got,
    head,
    raw,
    status,
    whole,
)

import hurried
from verticalfile.fetch.errors import AnswerRefused, CutShort, SourceAway
from verticalfile.kernel.errors import LimitReached

FILE = b"".join(b"%06d,Elm Street\n" % n for n in range(5000))
OTHER = FILE.replace(b"Elm", b"Oak")
CUT = 40_000
SATURDAY = "Sat, 21 Nov 2026 08:00:00 GMT"
MONDAY = "Mon, 23 Nov 2026 12:00:00 GMT"


@pytest.fixture
def server() -> Iterator[LyingServer]:
    with a_server() as running:
        yield running


def a_cut(body: bytes = FILE, at: int = CUT, **headers: str) -> Reply:
    """The beginning of a file whose whole length was announced."""
    return raw(head(200, Content_Length=str(len(body)), **headers) + body[:at])


def a_rest(body: bytes = FILE, at: int = CUT, cut: int | None = None, **headers: str) -> Reply:
    rest = body[at:]
    told = {
        "Content_Length": str(len(rest)),
        "Content_Range": f"bytes {at}-{len(body) - 1}/{len(body)}",
    } | headers
    return raw(head(206, **told) + rest[:cut])


def test_a_file_that_broke_off_is_gone_on_with(server: LyingServer, tmp_path: Path) -> None:
    url = server.on("/f", a_cut(ETag='"1"'), a_rest(ETag='"1"', cut=10_000), a_rest(at=50_000))
    found = got(server, url, tmp_path)
    assert found.path.read_bytes() == FILE
    assert found.sha256 == hashlib.sha256(FILE).hexdigest()
    assert found.completeness == {
        "how": "gone on with after a break; the length of the whole matched",
        "received_bytes": len(FILE),
        "gone_on_at": [CUT, 50_000],
    }
    _, second, third = server.asked("/f")
    assert (second.header("Range"), second.header("If-Range")) == ("bytes=40000-", '"1"')
    assert (third.header("Range"), third.header("If-Range")) == ("bytes=50000-", '"1"')
    assert list(tmp_path.iterdir()) == [found.path]


def test_trap_61_a_file_that_changed_meanwhile_is_begun_anew(
    server: LyingServer, tmp_path: Path
) -> None:
    url = server.on("/f", a_cut(ETag='"1"'), whole(OTHER, ETag='"2"'))
    found = got(server, url, tmp_path)
    assert found.path.read_bytes() == OTHER
    assert found.completeness["how"] == "content-length matched"
    url = server.on("/g", a_cut(ETag='"1"'), a_rest(OTHER, ETag='"2"'))
    mixed = tmp_path / "mixed"
    assert hurried.saved(url, mixed) == FILE[:CUT]
    assert hurried.resumed(url, mixed) not in (FILE, OTHER)  # a file that never was


@pytest.mark.parametrize(
    "second",
    [
        a_rest(OTHER + b"more\n", Content_Range=f"bytes {CUT}-{len(FILE) + 4}/{len(FILE) + 5}"),
        a_rest(OTHER, ETag='"2"'),
        a_rest(OTHER, Last_Modified=MONDAY),
        a_rest(OTHER, at=CUT - 1),
        a_rest(OTHER, at=CUT + 1),
        a_rest(OTHER, Content_Range="bytes */85000"),
        a_rest(OTHER, Content_Range=f"bytes {CUT}-{len(FILE) - 2}/{len(FILE)}"),
        a_rest(OTHER, Content_Range=f"bytes {CUT}-{len(FILE) - 1}/*"),
        a_rest(OTHER, Content_Range=f"lines {CUT}-{len(FILE) - 1}/{len(FILE)}"),
        a_rest(OTHER, Content_Type="multipart/byteranges; boundary=x"),
        a_rest(OTHER, Content_Encoding="gzip"),
        raw(head(206, Content_Length="5") + b"12345"),
        status(416, Content_Range="bytes */100"),
        status(416),
    ],
)
def test_trap_61_what_does_not_fit_is_never_joined(
    server: LyingServer, tmp_path: Path, second: Reply
) -> None:
    url = server.on("/f", a_cut(ETag='"1"', Last_Modified=SATURDAY), second, whole(OTHER))
    found = got(server, url, tmp_path)
    assert found.path.read_bytes() == OTHER
    assert server.asked("/f")[2].header("Range") is None


def test_trap_61_a_rest_from_another_place_is_never_joined(
    server: LyingServer, tmp_path: Path
) -> None:
    url = server.on("/f", status(302, Location="/node1"), status(302, Location="/node2"))
    server.on("/node1", a_cut(ETag='"1"'))
    server.on("/node2", a_rest(OTHER, ETag='"1"'), whole(OTHER))
    assert got(server, url, tmp_path).path.read_bytes() == OTHER
    server.on("/node2", a_rest(OTHER, ETag='"1"'))
    mixed = tmp_path / "mixed"
    mixed.write_bytes(FILE[:CUT])
    url = server.on("/f", status(302, Location="/node2"))
    assert hurried.resumed(url, mixed) not in (FILE, OTHER)


def test_trap_61_the_sources_own_digest_unmasks_a_lying_etag(
    server: LyingServer, tmp_path: Path
) -> None:
    digest = base64.b64encode(hashlib.sha256(OTHER).digest()).decode()
    url = server.on(
        "/f", a_cut(ETag='"always"'),
        a_rest(OTHER, ETag='"always"', Repr_Digest=f"sha-256=:{digest}:"),
        whole(OTHER, Digest=f"sha-256={digest}"),
    )  # fmt: skip
    found = got(server, url, tmp_path)
    assert found.path.read_bytes() == OTHER
    assert found.completeness["digest"] == "the source's own SHA-256 matched"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"ETag": 'W/"1"'},
        {"ETag": "unquoted"},
        {"ETag": 'W/"1"', "Last_Modified": SATURDAY, "Date": MONDAY},
        {"Last_Modified": SATURDAY},
        {"Last_Modified": MONDAY, "Date": MONDAY},
        {"Last_Modified": "Mon, 23 Nov 2026 12:00:05 GMT", "Date": MONDAY},
        {"Last_Modified": "lately", "Date": MONDAY},
    ],
)
def test_without_a_strong_validator_it_is_begun_anew(
    server: LyingServer, tmp_path: Path, headers: dict[str, str]
) -> None:
    url = server.on("/f", a_cut(**headers), whole(FILE))
    assert got(server, url, tmp_path).path.read_bytes() == FILE
    assert [asked.header("Range") for asked in server.asked("/f")] == [None, None]


def test_a_date_that_had_time_to_settle_is_a_validator(server: LyingServer, tmp_path: Path) -> None:
    url = server.on("/f", a_cut(Last_Modified=SATURDAY, Date=MONDAY), a_rest())
    assert got(server, url, tmp_path).path.read_bytes() == FILE
    assert server.asked("/f")[1].header("If-Range") == SATURDAY


def test_a_conditional_request_is_not_conditional_when_it_goes_on(
    server: LyingServer, tmp_path: Path
) -> None:
    url = server.on("/f", a_cut(ETag='"2"'), a_rest(ETag='"2"'))
    assert got(server, url, tmp_path, etag='"1"').path.read_bytes() == FILE
    first, second = server.asked("/f")
    assert first.header("If-None-Match") == '"1"'
    assert second.header("If-None-Match") is None


def test_trap_62_a_body_that_is_cut_again_and_again_is_never_kept(
    server: LyingServer, tmp_path: Path
) -> None:
    url = server.on("/f", a_cut())
    error = fails(CutShort, server, url, tmp_path)
    assert error.facts["received_bytes"] == CUT
    assert len(server.asked("/f")) == 3
    assert hurried.saved(url, tmp_path / "half") == FILE[:CUT]  # half a file, without a word


def test_trap_62_a_chunked_body_that_is_cut_is_gone_on_with_by_its_length(
    server: LyingServer, tmp_path: Path
) -> None:
    chunk = b"%x\r\n%s\r\n" % (CUT, FILE[:CUT])
    url = server.on("/f", raw(head(200, Transfer_Encoding="chunked", ETag='"1"') + chunk), a_rest())
    assert got(server, url, tmp_path).path.read_bytes() == FILE


def a_link_that_breaks(body: bytes, every: int) -> Reply:
    """Serves ranges and breaks off after so many bytes, each time."""

    def reply(line: Line, request: Request) -> None:
        asked = request.header("Range")
        at = int(re.sub(r"\D", "", asked)) if asked else 0
        told = {"ETag": '"1"', "Content_Length": str(len(body) - at)}
        if asked:
            told["Content_Range"] = f"bytes {at}-{len(body) - 1}/{len(body)}"
        line.send(head(206 if asked else 200, **told) + body[at : at + every])

    return reply


def test_a_large_file_comes_over_a_line_that_breaks_all_the_time(
    server: LyingServer, tmp_path: Path
) -> None:
    body = bytes(range(256)) * 50_000  # 12.8 MB
    sleeper = Sleeper()
    url = server.on("/f", a_link_that_breaks(body, 1_200_000))
    found = got(server, url, tmp_path, sleep=sleeper)
    assert found.sha256 == hashlib.sha256(body).hexdigest()
    assert found.exchange["tries"] == 11
    assert sleeper.slept_s == [1.0] * 10


def test_a_line_that_brings_little_each_time_is_given_up_after_three_tries(
    server: LyingServer, tmp_path: Path
) -> None:
    url = server.on("/f", a_link_that_breaks(bytes(5_000_000), 1000))
    fails(CutShort, server, url, tmp_path)
    assert len(server.asked("/f")) == 3


def test_the_limit_of_size_holds_over_all_parts(server: LyingServer, tmp_path: Path) -> None:
    url = server.on("/f", a_link_that_breaks(bytes(5_000_000), 1_200_000))
    fails(LimitReached, server, url, tmp_path, max_bytes=4_000_000)
    chunk = b"%x\r\n%s\r\n" % (CUT, FILE[:CUT])
    url = server.on("/g", raw(head(200, Transfer_Encoding="chunked", ETag='"1"') + chunk), a_rest())
    fails(LimitReached, server, url, tmp_path, max_bytes=len(FILE) - 1)


def test_an_unasked_part_is_no_file(server: LyingServer, tmp_path: Path) -> None:
    fails(AnswerRefused, server, server.on("/f", a_rest(ETag='"1"')), tmp_path)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    cuts=st.lists(st.integers(0, 300), min_size=1, max_size=3),
    changes_at=st.integers(0, 3),
    ranges=st.sampled_from(["obeys", "ignores", "off by one", "wrong total"]),
    longer=st.booleans(),
)
def test_no_sequence_of_breaks_and_changes_gives_a_mixture(
    server: LyingServer, tmp_path: Path, cuts: list[int], changes_at: int, ranges: str, longer: bool,
) -> None:  # fmt: skip
    """With an honest validator the result is one of the two states, or nothing."""
    states = [b"a" * 300, b"b" * (301 if longer else 300)]
    asked = 0

    def reply(line: Line, request: Request) -> None:
        nonlocal asked
        new = asked >= changes_at
        body = states[new]
        own = f'"{int(new)}"'
        cut = cuts[asked] if asked < len(cuts) else 999
        asked += 1
        wanted = request.header("Range")
        fits = request.header("If-Range") == own
        if wanted and fits and ranges != "ignores":
            at = int(re.sub(r"\D", "", wanted)) + (ranges == "off by one")
            total = len(body) + (ranges == "wrong total")
            told = {"Content_Range": f"bytes {at}-{total - 1}/{total}", "ETag": own}
            line.send(head(206, Content_Length=str(len(body) - at), **told) + body[at:][:cut])
        else:
            line.send(head(200, Content_Length=str(len(body)), ETag=own) + body[:cut])

    try:
        found = got(server, server.on("/f", reply), tmp_path)
    except (CutShort, SourceAway):
        pass
    else:
        assert found.path.read_bytes() in states
        found.path.unlink()
    assert list(tmp_path.iterdir()) == []
