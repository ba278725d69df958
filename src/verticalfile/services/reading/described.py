"""What a dataset is said to be, as every page shows it: the one place that asks."""

from __future__ import annotations

from dataclasses import dataclass

from verticalfile.services.archive import Archive
from verticalfile.services.known.statements import Description, Said, description_of


@dataclass(frozen=True, slots=True)
class Words:
    """A text and the language it is in; "" is that of the library."""

    text: str
    language: str
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """A dataset in words; what nobody said is empty."""

    name: str
    said: Description
    language: str = ""  # of columns and cells

    def title_in(self, language: str) -> Words:
        """The title in a language, else in the one that there is."""
        said = self.said.title
        if language not in said:
            language = next(code for code in ("en", *said) if code in said)
        # where a publisher has a title in another language alone it stands for the English one too
        if language == "en":
            same = (code for code, one in said.items() if code != "en" and one == said["en"])
            language = next(same, "en")
        found = said[language]
        return Words(found.value, language if found.by else "", found)

    def description_in(self, language: str) -> Words:
        """The sentence in a language, else in the one that there is, else nothing."""
        said = self.said.description
        found = said.get(language) or next(iter(said.values()), None)
        if found is None:
            return Words("", "")
        return Words(found.value, next(code for code, one in said.items() if one is found), found)

    @property
    def title(self) -> str:
        """The title that citations have, whatever the language of the page."""
        return self.said.title["en"].value

    @property
    def publisher(self) -> str:
        return self.said.publisher.value if self.said.publisher else ""

    @property
    def official(self) -> str:
        """The publisher's own page of it."""
        return self.said.landing_page.value if self.said.landing_page else ""


def described(archive: Archive, name: str) -> Described:
    """A dataset that is held."""
    return Described(name, description_of(archive, name))
