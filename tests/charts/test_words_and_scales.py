"""Numbers and dates per language, ticks that people can read, colours that can be told apart."""

from __future__ import annotations

import ast
import itertools
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verticalfile import charts
from verticalfile.charts import ENGLISH, SPANISH, Unit, Words, spanish, stylesheet, words_for
from verticalfile.charts.alone import LIGHT, rules
from verticalfile.charts.drawing import NARROW, WIDE
from verticalfile.charts.kinds.timeline import BROAD
from verticalfile.charts.plain import bar, spark
from verticalfile.charts.scales import Scale, number_ticks, time_steps, time_ticks

SOURCE = Path(charts.__file__).parents[1]


def messages() -> tuple[set[str], set[str]]:
    """Every message in the code that speaks through `Words`."""
    single, several = set(), set()
    for path in [*(SOURCE / "charts").rglob("*.py"), *(SOURCE / "services").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    if node.func.attr == "gettext":
                        single.add(first.value)
                    elif node.func.attr == "ngettext":
                        several.add(first.value)
    return single, several


def test_every_message_has_its_spanish_and_no_spanish_is_left_over():
    single, several = messages()
    assert single == set(spanish.MESSAGES)
    assert several == set(spanish.PLURALS)


def test_no_spanish_is_its_english_unless_it_is_all_places():
    same = {m for m, s in spanish.MESSAGES.items() if m == s}
    assert all(re.sub(r"%\(\w+\)s|\W", "", m) == "" for m in same), same


def test_spanish_keeps_every_place_of_its_message():
    for message, told in spanish.MESSAGES.items():
        assert set(re.findall(r"%\(\w+\)s", message)) == set(re.findall(r"%\(\w+\)s", told)), (
            message
        )


def test_any_catalogue_with_gettext_and_ngettext_can_feed_it():
    class Loud:
        def gettext(self, message, /):
            return message.upper().replace("%(DAY)S", "%(day)s")

        def ngettext(self, one, many, n, /):
            return one if n == 1 else many

    assert Words("en", Loud()).gettext("As of %(day)s.", day="May 1") == "AS OF May 1."


def test_dates_are_written_as_in_each_language():
    day = date(2024, 6, 1)
    assert (ENGLISH.day(day), SPANISH.day(day)) == ("June 1, 2024", "1 de junio de 2024")
    assert (ENGLISH.short_day(day), SPANISH.short_day(day)) == ("Jun 1, 2024", "1 jun 2024")


def test_numbers_have_the_same_digits_in_both_languages():
    for words in (ENGLISH, SPANISH):
        assert words.number(12406) == "12,406"
        assert words.number(Decimal("12345.60")) == "12,345.60"
        assert words.number(12345.6) == "12,345.6"
        assert words.number(-3.0) == "-3"
        assert words.number(10**40) == "1 × 10^40"


def test_percent_follows_the_language_and_never_rounds_something_to_nothing():
    assert ENGLISH.percent(0.123) == "12.3%"
    assert SPANISH.percent(0.123) == "12.3\u00a0%"
    assert ENGLISH.percent(0) == "0%"
    assert ENGLISH.percent(0.0004) == "less than 0.1%"
    assert SPANISH.percent(0.0004) == "menos de 0.1\u00a0%"


def test_a_language_that_is_not_here_is_english():
    assert words_for("vi") is ENGLISH
    assert words_for("es-pr") is SPANISH


def test_a_unit_stands_around_the_value_and_the_sign_before_both():
    assert Unit("$", "a day").shown(Decimal("-14.10"), ENGLISH) == "−$14.10 a day"


@given(st.floats(-1e12, 1e12), st.floats(1e-6, 1e12), st.integers(1, 10))
def test_ticks_of_numbers_are_even_few_and_hold_both_ends(low, span, at_most):
    high = low + span
    if not high > low:
        return
    ticks = number_ticks(low, high, at_most)
    assert ticks[0] <= low + 1e-6 * span
    assert ticks[-1] >= high - 1e-6 * span
    assert len(ticks) <= at_most + 2
    steps = [b - a for a, b in itertools.pairwise(ticks)]
    assert max(steps) - min(steps) <= 1e-3 * max(steps) + abs(low) * 1e-9


@pytest.mark.parametrize("pair", [(0.0, 5e-324), (1e15, 1e15 + 0.125), (-5e-324, 5e-324), (0.0, 1e-290)])  # fmt: skip
def test_what_lies_closer_than_doubles_can_tell_has_its_ends_for_ticks(pair):
    ticks = number_ticks(*pair, 20)
    assert ticks[0] <= pair[0]
    assert ticks[-1] >= pair[1]


def test_ticks_of_counts_are_whole():
    assert number_ticks(0, 3, 5, whole=True) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("start", "end", "first"),
    [
        (datetime(2024, 3, 3), datetime(2024, 3, 3, 6), datetime(2024, 3, 3)),
        (datetime(2024, 1, 1), datetime(2024, 1, 20), datetime(2024, 1, 1)),
        (datetime(2023, 5, 9), datetime(2024, 4, 20), datetime(2023, 7, 1)),
        (datetime(2019, 6, 4), datetime(2026, 9, 1), datetime(2020, 1, 1)),
        (datetime(1890, 1, 1), datetime(2026, 1, 1), datetime(1900, 1, 1)),
    ],
)
def test_ticks_of_time_are_round_from_hours_to_centuries(start, end, first):
    step = next(iter(time_steps(start, end, 7)))
    ticks = time_ticks(start, end, step)
    assert ticks[0] == first
    assert 3 <= len(ticks) <= 8


def test_a_scale_is_straight_and_keeps_inside():
    scale = Scale(0, 10, 100, 200)
    assert [scale.place(v) for v in (-5, 0, 5, 10, 99)] == [100, 100, 150, 200, 200]


def test_text_is_never_below_12_px():
    assert WIDE.size * 640 / WIDE.width >= 12
    assert NARROW.size * 288 / NARROW.width >= 12
    assert BROAD.size * 832 / BROAD.width >= 12


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    a, b = sorted((luminance(one), luminance(other)), reverse=True)
    return (a + 0.05) / (b + 0.05)


def test_marks_have_three_to_one_on_paper_light_and_dark():
    light, dark = stylesheet().split("prefers-color-scheme: dark", 1)
    for text, paper, least in ((light, "#fdfaf3", 5), (dark.split("}")[0], "#15151c", 5)):
        colours = re.findall(r"--c\d: (#[0-9a-f]{6})", text)
        assert len(colours) == least
        assert all(contrast(c, paper) >= 4.5 for c in colours)
    for name in ("ink", "ink-2", "stamp", "hatch"):
        assert contrast(LIGHT[name], LIGHT["paper"]) >= 3


def test_the_colours_of_a_saved_drawing_are_those_of_the_tokens(shared):
    tokens = (shared / "design" / "tokens.css").read_text(encoding="utf-8")
    light = tokens.split("prefers-color-scheme: dark")[0]
    for name, value in LIGHT.items():
        if name != "face":
            assert f"--{name}: {value};" in light, name
    assert "var(" not in rules()


def test_the_stylesheet_uses_only_what_tokens_give(shared):
    tokens = (shared / "design" / "tokens.css").read_text(encoding="utf-8")
    given_names = set(re.findall(r"(--[\w-]+):", tokens)) | {f"--c{n}" for n in range(1, 7)}
    assert set(re.findall(r"var\((--[\w-]+)", stylesheet())) <= given_names


def test_every_class_of_the_drawings_has_a_rule():
    code = "".join(p.read_text(encoding="utf-8") for p in (SOURCE / "charts").glob("*.py"))
    used = {c for c in re.findall(r"\bc-[a-z]+\b", code) if c not in ("c-s", "c-f")}
    ruled = set(re.findall(r"\.(c-[a-z0-9]+)", stylesheet()))
    assert used <= ruled | {"c-svg"}


def test_a_spark_of_text_goes_from_low_to_high_and_dots_what_is_not_known():
    assert spark([1, 2, None, 8]) == "▁▂·█"
    assert spark([5, 5]) == "▅▅"
    assert spark([]) == ""


def test_a_bar_of_text_is_in_eighths():
    assert bar(10, 10, 4) == "████"
    assert bar(5, 10, 4) == "██"
    assert bar(1, 32, 4) == "▏"
    assert bar(None, 10, 4) == ""
    assert bar(-10, 10, 2) == "▒▒"
