"""nginx and Caddy as the guide configures them, on the loopback, in front of a real `vf run`.

Of the guide's blocks only that is changed which a test must: ports, paths, the certificate.
"""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from guide import HOST, block, blocks, changed

# Made for these tests alone: for data.library.example, which exists nowhere, from 2026 to 2126.
CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIByzCCAXKgAwIBAgIUYmPQRcETNg2X7vngq5YPfF/K0eUwCgYIKoZIzj0EAwIw
KjEoMCYGA1UEAwwfbWFkZS11cCBzaXRlIGZvciBsb29wYmFjayB0ZXN0czAgFw0y
NjExMjgxNjAzMzhaGA8yMTI2MTEwNDE2MDMzOFowKjEoMCYGA1UEAwwfbWFkZS11
cCBzaXRlIGZvciBsb29wYmFjayB0ZXN0czBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABJ55U7rQXEHKBRVQOvZbPqWOkOhJ19bbSYzI1QJF1LIJWcuRq05hmvTTZ1Sh
r+MPvT7nzAv+G5xiY5rXUuFsLiKjdDByMB0GA1UdDgQWBBQ7umfnRllLrh+iSTnl
kunMRh6lsTAfBgNVHSMEGDAWgBQ7umfnRllLrh+iSTnlkunMRh6lsTAPBgNVHRMB
Af8EBTADAQH/MB8GA1UdEQQYMBaCFGRhdGEubGlicmFyeS5leGFtcGxlMAoGCCqG
SM49BAMCA0cAMEQCIA4VBYuOok1lp5mRKk4HA7vrwDG83vLTZs3YQRihnI6FAiAz
lJsSc15ps7VJ1VmNzhNFxCcmGG/+L3U7JCyY36+Ulw==
-----END CERTIFICATE-----
"""
KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBxCMPQystv3gs8Kt
KJRRbMmlg2j6rYkZ3IA4mxPTYoahRANCAASeeVO60FxBygUVUDr2Wz6ljpDoSdfW
20mMyNUCRdSyCVnLkatOYZr002dUoa/jD70+58wL/hucYmOa11LhbC4i
-----END PRIVATE KEY-----
"""
PLACES = ("/usr/sbin", f"{sys.prefix}/proxies/usr/sbin", f"{sys.prefix}/proxies/usr/bin")
"""Where the programs may be beside the usual; `make proxies` puts them into the last two."""
DEBIANS = """\
user {user};
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
    default_type application/octet-stream;
    access_log {folder}/access.log;
    gzip on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site;
}}
"""
"""What Debian's nginx.conf sets around a site, with both of its logs."""


Edit = Callable[[str], str]
"""What is done to the guide's block, to show what a line of it is for."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _has_six() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


SIX = _has_six()
"""Many containers have no IPv6."""


@dataclass
class Process:
    """A program of the test: what it says goes to files, and it is stopped by its number alone."""

    words: list[str]
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, port: int) -> None:
        with (self.folder / "stdout").open("ab") as out, (self.folder / "stderr").open("ab") as err:
            self.process = subprocess.Popen(
                self.words, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                env={**os.environ, **self.environment}, cwd=self.folder,
            )  # fmt: skip
        for _ in range(1200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                return
            except OSError:
                assert self.process.poll() is None, (self.folder / "stderr").read_text()
                time.sleep(0.1)
        self.process.kill()
        raise AssertionError(f"{self.words[0]} did not answer")

    def stop(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)
        try:
            self.process.wait(timeout=90)
        finally:
            self.process.kill()  # does nothing to what has ended


def vf_run(archive: Path, folder: Path, port: int) -> Process:
    """`vf run` with the environment of the guide's unit."""
    folder.mkdir()
    told = [line.removeprefix("Environment=") for line in blocks("ini")[0].splitlines()]
    environment = dict(line.split("=", 1) for line in told if line.startswith("VF_"))
    assert environment["VF_HOSTS"].split(",")[0] == HOST
    words = [sys.executable, "-m", "verticalfile", "run", "--port", str(port)]
    room = Process(words, folder, {**environment, "VF_ARCHIVE": str(archive)})
    room.start(port)
    return room


@dataclass
class Proxy:
    """Where it listens, and the folder in which everything is that it wrote."""

    name: str
    folder: Path
    http: int
    https: int
    process: Process


def _nginx(folder: Path, backend: int, http: int, https: int, edit: Edit) -> list[str]:
    site = changed(
        edit(block("nginx")),
        ("listen 80;", f"listen 127.0.0.1:{http};"),
        ("listen [::]:80;", f"listen [::1]:{http};" if SIX else ""),
        ("listen 443 ssl", f"listen 127.0.0.1:{https} ssl"),
        ("listen [::]:443 ssl http2;", f"listen [::1]:{https} ssl http2;" if SIX else ""),
        (f"/etc/letsencrypt/live/{HOST}/fullchain.pem", f"{folder}/fullchain.pem"),
        (f"/etc/letsencrypt/live/{HOST}/privkey.pem", f"{folder}/privkey.pem"),
        ("/var/www/html", f"{folder}/html"),
        ("127.0.0.1:8000", f"127.0.0.1:{backend}"),
    )
    (folder / "site").write_text(site)
    frame = DEBIANS.format(user=getpass.getuser(), folder=folder)
    (folder / "nginx.conf").write_text(frame)
    early = ["-e", f"{folder}/error.log", "-p", str(folder), "-g", "daemon off;"]
    return [*early, "-c", str(folder / "nginx.conf")]


def _caddy(folder: Path, backend: int, http: int, https: int, edit: Edit) -> list[str]:
    asked = [f"http_port {http}", f"https_port {https}", "admin off", "default_bind 127.0.0.1"]
    certificate = f"tls {folder}/fullchain.pem {folder}/privkey.pem"
    site = changed(
        edit(block("caddy")),
        ("{\n\tlog default", "".join(f"{line}\n\t" for line in ["{", *asked]) + "log default"),
        (f"{HOST} {{\n", f"{HOST} {{\n\t{certificate}\n"),
        ("127.0.0.1:8000", f"127.0.0.1:{backend}"),
    )
    (folder / "Caddyfile").write_text(site)
    return ["run", "--environ", "--config", str(folder / "Caddyfile")]


CONFIGURED = {"nginx": _nginx, "caddy": _caddy}


def proxy(name: str, folder: Path, backend: int, edit: Edit = lambda text: text) -> Proxy:
    """Started in front of a port."""
    program = shutil.which(name, path=":".join([os.environ["PATH"], *PLACES]))
    if program is None:
        pytest.fail(f"There is no {name}. To mend it: sudo apt-get install {name}")
    folder.mkdir()
    (folder / "html" / ".well-known" / "acme-challenge").mkdir(parents=True)
    (folder / "fullchain.pem").write_text(CERTIFICATE)
    (folder / "privkey.pem").write_text(KEY)
    http, https = free_port(), free_port()
    words = [program, *CONFIGURED[name](folder, backend, http, https, edit)]
    own = {"HOME": "home", "XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data"}
    process = Process(words, folder, {key: str(folder / place) for key, place in own.items()})
    process.start(https)
    return Proxy(name, folder, http, https, process)
