"""Where a stranger's link may lead: every form of a private address is refused, unconnected."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lying_server import (
    PUBLIC,
    LyingServer,
    MadeUpNetwork,
    Sleeper,
    a_clock,
    a_server,
    redirect,
    whole,
)

import hurried
from verticalfile.fetch.address import is_private, is_public, judge_address, judge_url
from verticalfile.fetch.client import Got, get
from verticalfile.fetch.errors import AddressRefused, SourceAway
from verticalfile.fetch.manners.rules import Rules

STRICT = Rules()
CAMPUS = Rules(allow_private=True)

PRIVATE = ["127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255",
           "192.168.1.1", "100.64.0.1", "100.127.255.255", "::1", "fc00::1", "fd12:3456::1",
           "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a00:1"]  # fmt: skip
NEVER = ["0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1", "192.0.0.8", "192.0.2.1",
         "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
         "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::127.0.0.1", "::8.8.8.8",
         "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
         "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "64:ff9b:1::808:808", "100::1", "2001::1",
         "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1", "2001:20::1", "2001:db8::1",
         "2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::1", "3fff::1", "4000::1", "5f00::1",
         "fe80::1", "fec0::1", "ff02::1", "ff0e::1"]  # fmt: skip
PUBLIC_ONES = [PUBLIC, "8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "192.0.3.1", "126.9.9.9",
               "2606:4700::1", "2001:4860:4860::8888", "2a00:1450::1", "::ffff:8.8.8.8",
               "64:ff9b::808:808", "2002:808:808::1"]  # fmt: skip


@pytest.fixture
def server() -> Iterator[LyingServer]:
    with a_server() as running:
        yield running


def fetch(url: str, network: MadeUpNetwork, into: Path, rules: Rules = STRICT) -> Got:
    found = get(url, rules=rules, into=into, clock=a_clock(), sleep=Sleeper(), network=network)
    assert isinstance(found, Got)
    return found


@pytest.mark.parametrize("address", PRIVATE + NEVER)
def test_trap_68_no_address_off_the_public_internet_is_connected_to(
    address: str, tmp_path: Path
) -> None:
    network = MadeUpNetwork(1, data_example_org=[[address]])
    with pytest.raises(AddressRefused) as caught:
        fetch("http://data.example.org/f", network, tmp_path)
    assert caught.value.exit_code == 30
    shown = f"[{address}]" if ":" in address else address
    with pytest.raises(AddressRefused):
        fetch(f"http://{shown}/f", network, tmp_path)
    assert network.connected == []


@pytest.mark.parametrize("address", PUBLIC_ONES)
def test_a_public_address_is_allowed(address: str) -> None:
    judge_address(address, host="data.example.org", rules=STRICT)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_setting_opens_private_networks(address: str) -> None:
    judge_address(address, host="data.campus.example.edu", rules=CAMPUS)


@pytest.mark.parametrize("address", NEVER)
def test_no_setting_opens_metadata_multicast_or_translated_addresses(address: str) -> None:
    with pytest.raises(AddressRefused):
        judge_address(address, host="data.campus.example.edu", rules=CAMPUS)


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "0x7f000001", "017700000001", "127.0.1",
     "0x7f.0x0.0x0.0x1", "00000127.0.0.1", "127.0.0.01", "1.2.3.4.5", "256.1.1.1", "127.0.0.1.",
     "127。0。0。1", "127．0．0．1", "１２７.0.0.1", "①②⑦.0.0.1", "0x", "8.8.8.08", "134744072",
     "a.0x7f", "[::1]", "[::1%25lo]", "[fe80::1%eth0]", "[127.0.0.1]", "[::ffff:7f00:1]",
     "[0:0:0:0:0:0:0:1]", "[::1]."],
)  # fmt: skip
@pytest.mark.parametrize("rules", [STRICT, Rules(extra_ports=frozenset({1}))])
def test_trap_68_a_host_that_programs_read_as_a_number_is_refused(host: str, rules: Rules) -> None:
    with pytest.raises(AddressRefused):
        judge_url(f"http://{host}/", rules=rules)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "[::ffff:7f00:1]"])
def test_trap_68_who_looks_at_the_text_of_an_address_is_led_inside(
    server: LyingServer, host: str
) -> None:
    server.on("/secret", whole(b"the router's password"))
    url = f"http://{host}:{server.port}/secret"
    assert hurried.looks_public(url)
    if ":" not in host:  # this machine's programs read it as 127.0.0.1
        assert hurried.fetched(url) == b"the router's password"
    server.on("/f", redirect(server.url("/secret")))
    assert hurried.fetched(server.url("/f")) == b"the router's password"  # nobody looks again


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "0x7f000001"])
def test_not_even_a_campus_needs_numbers_for_names(host: str) -> None:
    with pytest.raises(AddressRefused):
        judge_url(f"http://{host}/", rules=CAMPUS)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "localhost.", "a.localhost", "printer",
                                  "nas.local", "metadata.google.internal", "box.home.arpa"])  # fmt: skip
def test_names_of_local_networks_need_the_setting(host: str) -> None:
    with pytest.raises(AddressRefused):
        judge_url(f"http://{host}/", rules=STRICT)
    assert judge_url(f"http://{host}/", rules=CAMPUS).host == host.lower().rstrip(".")


@pytest.mark.parametrize(
    "url",
    ["", "/etc/passwd", "data.example.org/f", "file:///etc/passwd", "ftp://example.org/",
     "gopher://example.org/", "javascript:alert(1)", "http:example.org", "http:///f", "http://",
     "http://user@example.org/", "http://user:secret@example.org/", "http://@example.org/",
     "http://example.org\\@127.0.0.1/", "http://example.org%2f@127.0.0.1/", "http://exam%70le.org/",
     "http://example.org\n/", "http://example.org/a\r\nHost: x", "http://exa mple.org/",
     "\thttp://example.org/", "http://-a.example.org/", "http://a..example.org/",
     "http://example.org:0/", "http://example.org:22/", "http://example.org:6379/",
     "http://example.org:99999/", "http://example.org:x/", "http://" + "a" * 64 + ".org/",
     "http://" + "a." * 130 + "org/", "http://{host}/"],
)  # fmt: skip
def test_a_url_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused) as caught:
        judge_url(url, rules=STRICT)
    assert "secret" not in str(caught.value)
    assert "secret" not in str(caught.value.facts)


@pytest.mark.parametrize(
    ("url", "host", "port", "header"),
    [("http://Data.Example.org", "data.example.org", 80, "data.example.org"),
     ("https://data.example.org:443/f", "data.example.org", 443, "data.example.org"),
     ("https://data.example.org:8443/f#x", "data.example.org", 8443, "data.example.org:8443"),
     ("http://data.example.org.:8080/", "data.example.org", 8080, "data.example.org:8080"),
     ("http://bücher.example/", "xn--bcher-kva.example", 80, "xn--bcher-kva.example"),
     ("http://data_city.example.org/", "data_city.example.org", 80, "data_city.example.org"),
     ("http://[2606:4700:0::1]/", "2606:4700::1", 80, "[2606:4700::1]")],
)  # fmt: skip
def test_an_honest_url_is_understood(url: str, host: str, port: int, header: str) -> None:
    place = judge_url(url, rules=STRICT)
    assert (place.host, place.port, place.host_header) == (host, port, header)
    assert judge_url(place.url, rules=STRICT) == place


def test_blanks_and_braces_are_escaped_on_request_only() -> None:
    place = judge_url("http://example.org/a b/{x}.csv?q=ü#top", rules=STRICT)
    assert place.target == b"/a%20b/%7Bx%7D.csv?q=%C3%BC"


def test_a_port_is_opened_by_the_rules() -> None:
    assert judge_url("http://example.org:6080/", rules=Rules(extra_ports=frozenset({6080}))).port


def test_the_judged_address_is_the_one_connected_to_and_host_keeps_the_name(
    server: LyingServer, tmp_path: Path
) -> None:
    server.on("/f", whole(b"a\n"))
    network = MadeUpNetwork(server.port, data_example_org=[[PUBLIC], [PUBLIC], ["127.0.0.1"]])
    found = fetch("http://data.example.org/f", network, tmp_path)
    assert network.connected == [(PUBLIC, 80), (PUBLIC, 80)]  # robots.txt and the file
    assert len(network.asked) == 2  # once a connection, never twice
    assert [r.header("Host") for r in server.requests] == ["data.example.org"] * 2
    assert found.exchange["address"] == PUBLIC


def test_trap_68_a_name_that_turns_private_is_refused_at_its_next_use(
    server: LyingServer, tmp_path: Path
) -> None:
    server.on("/f", whole(b"a\n"))
    network = MadeUpNetwork(server.port, data_example_org=[[PUBLIC], ["127.0.0.1"]])
    with pytest.raises(AddressRefused):
        fetch("http://data.example.org/f", network, tmp_path)
    assert network.connected == [(PUBLIC, 80)]
    assert server.asked("/f") == []
    hurried_network = MadeUpNetwork(server.port, data_example_org=[[PUBLIC], ["127.0.0.1"]])
    (judged,) = hurried_network.addresses("data.example.org", 80)
    assert hurried.looks_public(f"http://{judged}/f")
    assert hurried_network.addresses("data.example.org", 80) == ["127.0.0.1"]  # and connects there


def test_trap_68_one_private_address_among_public_ones_refuses_the_name(tmp_path: Path) -> None:
    network = MadeUpNetwork(1, data_example_org=[[PUBLIC, "8.8.8.8", "::ffff:10.0.0.1"]])
    with pytest.raises(AddressRefused) as caught:
        fetch("http://data.example.org/f", network, tmp_path)
    told = str(caught.value.facts["address"])  # Pythons write it in two ways
    assert IPv6Address(told) == IPv6Address("::ffff:10.0.0.1")
    assert network.connected == []
    first, *_ = network.addresses("data.example.org", 80)
    assert hurried.looks_public(f"http://{first}/f")


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1/secret", "http://10.0.0.1/", "//127.0.0.1/", "http://inside.example.org/",
     "http://2130706433/", "http://[::ffff:127.0.0.1]/", "http://localhost/", "http://other.example.org:22/"],
)  # fmt: skip
def test_trap_68_a_redirect_is_judged_like_the_first_address(
    server: LyingServer, tmp_path: Path, location: str
) -> None:
    server.on("/f", redirect(location))
    network = MadeUpNetwork(
        server.port,
        data_example_org=[[PUBLIC]],
        inside_example_org=[["192.168.7.7"]],
        other_example_org=[[PUBLIC]],
    )
    with pytest.raises(AddressRefused) as caught:
        fetch("http://data.example.org/f", network, tmp_path)
    assert {address for address, _ in network.connected} == {PUBLIC}
    assert caught.value.facts["exchange"]["redirects"][0]["status"] == 302


def test_a_robots_file_cannot_lead_inside_either(server: LyingServer, tmp_path: Path) -> None:
    server.on("/robots.txt", redirect("http://127.0.0.1/admin"))
    network = MadeUpNetwork(server.port, data_example_org=[[PUBLIC]])
    with pytest.raises(AddressRefused):
        fetch("http://data.example.org/f", network, tmp_path)
    assert len(network.connected) == 1


def test_a_second_address_is_tried_when_the_first_is_dead(
    server: LyingServer, tmp_path: Path
) -> None:
    server.on("/f", whole(b"a\n"))
    network = MadeUpNetwork(server.port, data_example_org=[["2606:4700::1", PUBLIC]])
    network.dead = {"2606:4700::1"}
    assert fetch("http://data.example.org/f", network, tmp_path).exchange["address"] == PUBLIC


def test_an_unknown_name_is_a_source_that_is_away_and_is_asked_once(tmp_path: Path) -> None:
    network = MadeUpNetwork(1)
    with pytest.raises(SourceAway) as caught:
        fetch("http://gone.example.org/f", network, tmp_path)
    assert network.asked == ["gone.example.org"]
    assert "no name server knows" in caught.value.message


def test_a_name_server_that_never_answers_meets_the_limit(tmp_path: Path) -> None:
    with a_server() as waiting:

        class Slow(MadeUpNetwork):
            def addresses(self, host: str, port: int) -> list[str]:
                waiting.stopped.wait(20)
                return [PUBLIC]

        rules = Rules(connect_s=0.1)
        with pytest.raises(SourceAway):
            fetch("http://data.example.org/f", Slow(1), tmp_path, rules)


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_is_judged_alike_in_all_its_ipv6_dresses(number: int) -> None:
    plain = IPv4Address(number)
    assert is_public(plain) == is_public(IPv6Address(0xFFFF << 32 | number))
    assert is_public(plain) == is_public(IPv6Address(0x64FF9B << 96 | number))
    assert is_public(plain) == is_public(IPv6Address(0x2002 << 112 | number << 80 | 1))
    assert is_private(plain) == is_private(IPv6Address(0xFFFF << 32 | number))


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_public(ip: IPv4Address | IPv6Address) -> None:
    if not ip.is_global:
        # by what an address carries we judge, as a Python of its year may not
        inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
        assert not is_public(ip) or (inner and is_public(inner))
    assert not (is_public(ip) and is_private(ip))


@given(st.text(max_size=60) | st.from_regex(r"https?://[^/]{0,20}(/.{0,20})?", fullmatch=True))
def test_any_text_is_either_a_place_or_refused(text: str) -> None:
    try:
        place = judge_url(text, rules=STRICT)
    except AddressRefused:
        return
    assert place.scheme in ("http", "https")
    assert place.target.startswith(b"/")
    assert not set(place.target) & set(b"\r\n \t")
    if place.host.replace(".", "").isdigit() or ":" in place.host:
        assert is_public(ip_address(place.host))
