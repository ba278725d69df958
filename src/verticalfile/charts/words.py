"""The words, numbers and dates of charts in a language; messages come from a catalogue.

`Words` has gettext's two functions, so that `xgettext` finds the messages here and any catalogue
with those two can feed it: this room's own Spanish, `gettext.GNUTranslations`, or the module
`django.utils.translation`. Messages are whole sentences with named places (web.md 6). Numbers
have the same digits in both languages, those of the file: 12,345.6.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from gettext import NullTranslations
from typing import Protocol

from verticalfile.charts import spanish

Number = int | float | Decimal
NO_BREAK = "\u00a0"
LONG_NUMBER = 10**15
"""From here on a number is shown with a power of ten: nobody reads sixteen digits."""


class Translations(Protocol):
    """What a catalogue must be able to do."""

    def gettext(self, message: str, /) -> str: ...

    def ngettext(self, one: str, many: str, n: int, /) -> str: ...


@dataclass(frozen=True, slots=True)
class Words:
    """A language: its code, its catalogue, and how it writes numbers and dates."""

    language: str
    catalogue: Translations

    def gettext(self, message: str, **named: object) -> str:
        """The message with its places filled."""
        return self.catalogue.gettext(message) % named if named else self.catalogue.gettext(message)

    def ngettext(self, one: str, many: str, n: int, **named: object) -> str:
        """The message for `n` things; the place `n` is filled with its digits."""
        return self.catalogue.ngettext(one, many, n) % {**named, "n": self.number(n)}

    @property
    def is_spanish(self) -> bool:
        return self.language.split("-")[0] == "es"

    def number(self, value: Number) -> str:
        """Exact, with commas between thousands; a Decimal keeps its digits: 14.10 stays 14.10."""
        if isinstance(value, float) and not math.isfinite(value):
            return str(value)
        size = Decimal(str(abs(value)))
        if size and (size >= LONG_NUMBER or size < Decimal("1e-6")):
            return with_power(value)
        if isinstance(value, float):
            value = Decimal(repr(value))
            value = value.quantize(Decimal(1)) if value == value.to_integral_value() else value
        return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"

    def percent(self, share: float) -> str:
        """One decimal; a share between nothing and 0.1 % is said to be less than that."""
        space = NO_BREAK if self.is_spanish else ""
        if 0 < share < 0.001:
            return self.gettext("less than %(share)s", share=f"0.1{space}%")
        text = f"{100 * share:,.1f}".replace("-", "−")
        text = text.removesuffix(".0") if share in (0, 1) else text
        return f"{text}{space}%"

    def day(self, moment: date) -> str:
        """June 1, 2024; 1 de junio de 2024."""
        if self.is_spanish:
            return f"{moment.day} de {spanish.MONTHS[moment.month - 1]} de {moment.year}"
        return f"{MONTHS[moment.month - 1]} {moment.day}, {moment.year}"

    def short_day(self, moment: date) -> str:
        """Jun 1, 2024; 1 jun 2024."""
        if self.is_spanish:
            return f"{moment.day} {self._short_month(moment)} {moment.year}"
        return f"{self._short_month(moment)} {moment.day}, {moment.year}"

    def short_month(self, moment: date) -> str:
        """Jun 2024; jun 2024."""
        return f"{self._short_month(moment)} {moment.year}"

    def day_of_year(self, moment: date) -> str:
        """Jun 1; 1 jun."""
        name = self._short_month(moment)
        return f"{moment.day} {name}" if self.is_spanish else f"{name} {moment.day}"

    def hour(self, moment: datetime) -> str:
        """Jun 1, 14:00; 1 jun, 14:00."""
        return f"{self.day_of_year(moment)}, {moment:%H:%M}"

    def _short_month(self, moment: date) -> str:
        return (spanish.MONTHS if self.is_spanish else MONTHS)[moment.month - 1][:3]


def with_power(value: Number) -> str:
    """4 significant digits and a power of ten: 1.2 × 10^300."""
    digits, _, power = f"{value:.3e}".partition("e")
    return f"{digits.rstrip('0').rstrip('.')} × 10^{int(power)}"


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip

ENGLISH = Words("en", NullTranslations())
SPANISH = Words("es", spanish.Catalogue())


def words_for(language: str) -> Words:
    """The room's own words for a language code; English where it has no other."""
    return SPANISH if language.split("-")[0] == "es" else ENGLISH
