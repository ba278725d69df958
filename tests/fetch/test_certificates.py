"""TLS: the name stays in SNI and certificate although an address is connected to."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lying_server import (
    BUSY_S,
    PUBLIC,
    LyingServer,
    MadeUpNetwork,
    Sleeper,
    a_clock,
    a_server,
    redirect,
    whole,
)

from verticalfile.fetch.client import Got, get
from verticalfile.fetch.errors import AddressRefused, SourceAway
from verticalfile.fetch.manners.rules import Rules

STRICT = Rules()
# Made for these tests alone: for portal.example.org, which exists nowhere, from 2020 to 2120.
CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBqzCCAVCgAwIBAgIBATAKBggqhkjOPQQDAjAsMSowKAYDVQQDDCFtYWRlLXVw
IHBvcnRhbCBmb3IgbG9vcGJhY2sgdGVzdHMwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
MDAxMDEwMDAwMDBaMCwxKjAoBgNVBAMMIW1hZGUtdXAgcG9ydGFsIGZvciBsb29w
YmFjayB0ZXN0czBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKSQw84YgGvOmMeb
cAGzRu/VX85jjaflM55MWYNcqImAU94D2w9H1FJwmH0k+HELAuy/ULLsmtCpbLxt
diSsjCGjYTBfMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFEOefIjBtztu19+q
xI6JNm6cXwW1MB0GA1UdEQQWMBSCEnBvcnRhbC5leGFtcGxlLm9yZzAOBgNVHQ8B
Af8EBAMCAoQwCgYIKoZIzj0EAwIDSQAwRgIhAOMCc6m7znlWz1L1zzuAPasjTW+b
8uAJFHnMUY0VAjN4AiEA97ppTfglDfJfcKAhrzxO1xapsLwYaBsGt4fNPIwmt6w=
-----END CERTIFICATE-----
"""
KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgy4s1Ays/N8Nrt7F5
ViBkTMtlm78nracbkIHseuNl+TyhRANCAASkkMPOGIBrzpjHm3ABs0bv1V/OY42n
5TOeTFmDXKiJgFPeA9sPR9RScJh9JPhxCwLsv1Cy7JrQqWy8bXYkrIwh
-----END PRIVATE KEY-----
"""


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    path = tmp_path / "portal.pem"
    path.write_text(CERTIFICATE + KEY)
    return path


@pytest.fixture
def names() -> list[str | None]:
    """The server names that clients asked for, by SNI."""
    return []


@pytest.fixture
def server(certificate: Path, names: list[str | None]) -> Iterator[LyingServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with a_server(context) as running:
        running.on("/f", whole(b"id\n1\n"))
        yield running


def fetch(url: str, network: MadeUpNetwork, into: Path, rules: Rules = STRICT) -> Got:
    folder = into / "fetched"
    folder.mkdir()
    found = get(url, rules=rules, into=folder, clock=a_clock(), sleep=Sleeper(), network=network)
    assert isinstance(found, Got)
    return found


def test_the_name_is_kept_in_sni_certificate_and_host(
    server: LyingServer,
    names: list[str | None],
    certificate: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    network = MadeUpNetwork(server.port, portal_example_org=[[PUBLIC]])
    found = fetch("https://portal.example.org/f", network, tmp_path)
    assert found.path.read_bytes() == b"id\n1\n"
    assert names == ["portal.example.org"] * 2  # robots.txt and the file
    assert server.asked("/f")[0].header("Host") == "portal.example.org"
    assert network.connected == [(PUBLIC, 443)] * 2


def test_a_certificate_nobody_vouches_for_is_a_source_that_is_away(
    server: LyingServer, tmp_path: Path
) -> None:
    network = MadeUpNetwork(server.port, portal_example_org=[[PUBLIC]])
    with pytest.raises(SourceAway) as caught:
        fetch("https://portal.example.org/f", network, tmp_path)
    assert "certificate" in caught.value.message
    assert server.requests == []
    assert len(network.connected) == 1


def test_a_certificate_for_another_name_is_not_taken(
    server: LyingServer, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    network = MadeUpNetwork(server.port, other_example_org=[[PUBLIC]])
    with pytest.raises(SourceAway) as caught:
        fetch("https://other.example.org/f", network, tmp_path)
    assert "certificate" in caught.value.message


def test_a_redirect_from_https_to_plain_http_is_not_followed(
    server: LyingServer, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server.on("/f", redirect("http://portal.example.org/f"))
    network = MadeUpNetwork(server.port, portal_example_org=[[PUBLIC]])
    with pytest.raises(AddressRefused) as caught:
        fetch("https://portal.example.org/f", network, tmp_path)
    assert "plain http" in caught.value.message
    assert {port for _, port in network.connected} == {443}


def test_a_server_without_tls_is_a_source_that_is_away(tmp_path: Path) -> None:
    with a_server() as plain:
        network = MadeUpNetwork(plain.port, portal_example_org=[[PUBLIC]])
        began = time.monotonic()
        with pytest.raises(SourceAway):
            fetch("https://portal.example.org/f", network, tmp_path, Rules(connect_s=0.2))
        assert time.monotonic() - began < BUSY_S
