"""What the library says of itself: name, place, how to reach it. From the archive's settings."""

from __future__ import annotations

from dataclasses import dataclass

from verticalfile.services.archive import Archive


@dataclass(frozen=True, slots=True)
class Library:
    """Empty where nobody said it yet; pages leave out what is empty."""

    name: str
    place: str  # "Alder Falls and Tamarack County"
    contact: str  # an e-mail address that people may be told
    phone: str
    language: str  # of datasets whose language nobody said
    address: str  # of the public site, without a slash at its end


def library_of(archive: Archive) -> Library:
    """Read `settings.json`; every key is optional."""
    told = archive.settings()
    return Library(
        told.get("library", ""),
        told.get("place", ""),
        told.get("contact", ""),
        told.get("phone", ""),
        told.get("language", "en"),
        told.get("address", "").rstrip("/"),
    )
