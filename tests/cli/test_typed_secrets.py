"""A password or a token that is typed into an address is refused, and stands nowhere."""

from __future__ import annotations

import pytest
from typed import typed

SECRET = "s3cr3t-0f-n0b0dy"
ADDRESSES = (
    f"https://data.example.gov/permits.csv?token={SECRET}",
    f"https://data.example.gov/permits.csv?a=1&$$app_token={SECRET}",
    f"https://data.example.gov/permits.csv?sv=1&sig={SECRET}",
    f"https://clerk:{SECRET}@data.example.gov/permits.csv",
    f"https://{SECRET}@data.example.gov/permits.csv",
    f"https://clerk:{SECRET}@data.example.gov",
    f"https://data.example.gov/?api_key={SECRET}",
    f"https://data.example.gov/p.csv#access_token={SECRET}",
    f"ftp://clerk:{SECRET}@data.example.gov/permits.csv",
    f"https://data.example.gov/permits.csv?%74oken={SECRET}",
)


@pytest.fixture
def vf(tmp_path):
    def run(*words: str) -> tuple[int, str]:
        code, answer, beside = typed(tmp_path / "a", *words)
        return code, answer + beside

    run("init", str(tmp_path / "a"))
    return run


def nowhere(folder) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_secret_in_an_address_is_refused_with_a_mend_and_kept_nowhere(vf, tmp_path, address):
    code, said = vf("add", address, "--name", "permits")
    assert code == 10
    assert "secret-keys.json" in said
    assert SECRET not in said
    nowhere(tmp_path / "a")
    assert vf("list")[1].startswith("Nothing is held")


def test_nor_in_the_address_of_a_repository_an_archive_or_a_page(vf, tmp_path):
    (tmp_path / "permits.csv").write_text("id\n1\n")
    assert vf("add", str(tmp_path / "permits.csv"))[0] == 0
    git = f"https://clerk:{SECRET}@git.example.org/town.git"
    for words in (
        ("add", git, "--path", "p.csv", "--name", "other"),
        ("backfill", "permits", "--git", git, "--path", "p.csv"),
        (
            "backfill",
            "permits",
            "--wayback",
            f"https://data.example.gov/p.csv?key=1&token={SECRET}",
        ),
        ("describe", "permits", "--landing-page", f"https://data.example.gov/?token={SECRET}"),
    ):
        code, said = vf(*words)
        assert code == 10, words
        assert "secret-keys.json" in said, words
        assert SECRET not in said, words
    nowhere(tmp_path / "a")


@pytest.mark.parametrize(
    "address",
    [
        "https://data.example.gov/permits.csv?tokens=3&keyword=park&author=clerk",
        "https://data.example.gov/@20240101/permits.csv",
        "https://data.example.gov/permits.csv?token=",
        "https://data.example.gov/permits.csv?mail=a@b.example",
    ],
)
def test_what_is_no_secret_is_added(vf, address):
    assert vf("add", address, "--name", "permits", "--as-file")[0] == 0
