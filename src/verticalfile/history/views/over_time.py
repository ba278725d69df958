"""One column through all ordinals, in SQL: counts by value, sums, lowest, median, highest.

A state is the sum of the events before it, so what adds up (counts, sums) is one pass over the
events; what does not (lowest, median, highest) is asked of the values alive at each ordinal. No
version is loaded. `wanted` ordinals are all that is looked at: what stands only in others leaves
no trace in any answer, as withdrawn versions must not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from types import TracebackType
from typing import Self

from verticalfile.history import segments
from verticalfile.history.encoding import literal, quoted
from verticalfile.history.history import History

Amount = Decimal | float

NUMBER = (
    r"\s*(?:[-+]?[$€£]?|[$€£][-+]?)(?:0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d+)?"
    r"(?:[eE][-+]?\d{1,3})?\s?%?\s*"
)
"""A plain number as in tables/cells.py, and besides with thousands, a sign of money or percent."""
_EXACT = Context(prec=60)
EXACT_SCALE, EXACT_DIGITS = 10, 20
"""Decimals, and digits before the point, up to which sums of 10^8 rows are exact in 128 bits."""


@dataclass(frozen=True, slots=True)
class Lens:
    """How the texts of a column are read as numbers. `scale` None: as doubles, not exact."""

    numbers: int  # over all wanted ordinals
    other: int  # texts that are no numbers, likewise
    scale: int | None
    sign: str  # of money or percent, where all numbers have it


class ColumnOverTime:
    """The events of one column, ready for questions; use it in a `with` block.

    `wanted` may be made fewer afterwards, for the questions that cost much.
    """

    def __init__(self, history: History, column: str, wanted: Sequence[int]) -> None:
        self._history = history
        self._column = column
        self.wanted = sorted(set(wanted))

    def __enter__(self) -> Self:
        self._connection = self._history.connect()
        self._gather()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        self._connection.close()

    def _gather(self) -> None:
        """`deltas`: how often each text came (or went) at each ordinal; `wanted`: the ordinals."""
        run = self._connection
        last = self.wanted[-1] if self.wanted else 0
        run.execute("CREATE TEMP TABLE wanted (o INTEGER)")
        if self.wanted:
            run.execute(f"INSERT INTO wanted VALUES {', '.join(f'({n})' for n in self.wanted)}")
        folder, listed = self._history.folder, self._history.manifest.segments
        births = segments.births(folder, listed, [self._column], last)
        later = segments.relation(folder, [s for s in listed if not s.dense and s.first <= last])
        value = f"b.{quoted(self._column)} AS v"
        run.execute(
            f"CREATE TEMP TABLE deltas AS SELECT v, o, sum(dn) AS dn FROM (SELECT {value},"
            f" b._ord AS o, b._dn AS dn FROM {births} b UNION ALL SELECT {value}, e._ord, e._dn"
            f" FROM {later} e JOIN {births} b USING (_rid) WHERE NOT e._born AND e._ord <= {last})"
            " GROUP BY 1, 2 HAVING sum(dn) <> 0"
        )
        # how many wanted ordinals a change is in force for: a text in none of them weighs nothing
        run.execute(
            "CREATE TEMP TABLE weights AS SELECT o, (SELECT count(*) FROM wanted w WHERE w.o >= d.o)"
            " AS k FROM (SELECT DISTINCT o FROM deltas) d"
        )
        run.execute(
            "CREATE TEMP TABLE texts AS SELECT v, sum(dn * k) AS weight FROM deltas JOIN weights"
            " USING (o) WHERE v IS NOT NULL AND trim(v) <> '' GROUP BY v HAVING sum(dn * k) > 0"
        )

    def _rows(self, query: str) -> list[tuple[object, ...]]:
        return self._connection.execute(query).fetchall()

    def _one(self, query: str) -> tuple[object, ...]:
        [row] = self._rows(query)
        return row

    def blank(self) -> dict[int, int]:
        """`{ordinal: rows without a text}`: null, empty, or spaces alone."""
        return self._running("v IS NULL OR trim(v) = ''")

    def not_numbers(self) -> dict[int, int]:
        """`{ordinal: texts that are no numbers}`."""
        return self._running(f"trim(v) <> '' AND NOT {_is_number('v')}")

    def _running(self, where: str) -> dict[int, int]:
        found = self._rows(
            "SELECT w.o, coalesce(sum(d.dn), 0) FROM wanted w LEFT JOIN"
            f" (SELECT o, sum(dn) AS dn FROM deltas WHERE {where} GROUP BY o) d ON d.o <= w.o"
            " GROUP BY w.o"
        )
        return {int(str(o)): int(str(n)) for o, n in found}

    def distinct(self) -> int:
        """Different texts in all wanted ordinals together."""
        return int(str(self._one("SELECT count(*) FROM texts")[0]))

    def commonest(self, at_most: int) -> list[str]:
        """The texts with the most rows over all wanted ordinals, the commonest first."""
        found = self._rows(f"SELECT v FROM texts ORDER BY weight DESC, v LIMIT {at_most}")
        return [str(v) for (v,) in found]

    def counts(self, texts: Sequence[str]) -> dict[str, dict[int, int]]:
        """`{text: {ordinal: rows}}`."""
        if not texts:
            return {}
        found = self._rows(
            "SELECT d.v, w.o, sum(d.dn) FROM wanted w JOIN deltas d ON d.o <= w.o"
            f" WHERE d.v IN ({', '.join(literal(t) for t in texts)}) GROUP BY 1, 2"
        )
        counted: dict[str, dict[int, int]] = {t: dict.fromkeys(self.wanted, 0) for t in texts}
        for text, ordinal, rows in found:
            counted[str(text)][int(str(ordinal))] = int(str(rows))
        return counted

    def lens(self) -> Lens:
        """Whether the texts are numbers, and how exactly they can be counted."""
        number = _is_number("v")
        numbers, other, exponents, scale, digits = self._one(
            f"SELECT coalesce(sum(weight) FILTER ({number}), 0),"
            f" coalesce(sum(weight) FILTER (NOT {number}), 0),"
            f" count(*) FILTER ({number} AND v ILIKE '%e%'),"
            f" coalesce(max(length(regexp_extract(v, '\\.(\\d+)', 1))) FILTER ({number}), 0),"
            f" coalesce(max(length(regexp_extract(replace(v, ',', ''), '\\d+'))) FILTER ({number}), 0)"
            " FROM texts"
        )
        signs = self._rows(
            f"SELECT DISTINCT regexp_extract(v, '[$€£%]') FROM texts WHERE {number} LIMIT 2"
        )
        is_exact = not exponents and int(str(scale)) <= EXACT_SCALE and int(str(digits)) <= EXACT_DIGITS  # fmt: skip
        return Lens(
            int(str(numbers)), int(str(other)), int(str(scale)) if is_exact else None,
            str(signs[0][0]) if len(signs) == 1 else "",
        )  # fmt: skip

    def sums(self, lens: Lens) -> dict[int, Amount]:
        """`{ordinal: sum of the numbers}`, where there is any."""
        found = self._rows(
            "SELECT w.o, sum(d.total) FROM wanted w JOIN (SELECT o, sum(dn * "
            f"{_amount('v', lens)}) AS total, sum(dn) AS n FROM deltas WHERE {_is_number('v')}"
            " GROUP BY o) d ON d.o <= w.o GROUP BY w.o HAVING sum(d.n) > 0"
        )
        return {int(str(o)): _as_amount(total, lens) for o, total in found}

    def extremes(self, lens: Lens) -> dict[int, tuple[Amount, Amount]]:
        """`{ordinal: (lowest, highest)}`, where there is any number."""
        self._make_alive(lens)
        found = self._rows(
            "SELECT w.o, min(a.x), max(a.x) FROM wanted w JOIN alive a"
            " ON w.o >= a.first AND w.o < a.past"
            f" WHERE w.o IN ({', '.join(map(str, self.wanted)) or 'NULL'}) GROUP BY w.o"
        )
        return {
            int(str(o)): (_as_amount(low, lens), _as_amount(high, lens)) for o, low, high in found
        }

    def medians(self, lens: Lens) -> dict[int, Amount]:
        """`{ordinal: median}`; between two middle numbers it is half-way."""
        self._make_alive(lens)
        found: dict[int, Amount] = {}
        for ordinal in self.wanted:
            lower, upper = self._one(
                "SELECT quantile_disc(x, 0.5), -quantile_disc(-x, 0.5) FROM alive, range(n) copies"
                f" WHERE first <= {ordinal} AND past > {ordinal}"
            )
            if lower is not None:
                low, high = _as_amount(lower, lens), _as_amount(upper, lens)
                found[ordinal] = low if low == high else _half_way(low, high)
        return found

    def _make_alive(self, lens: Lens) -> None:
        """`alive`: each number with how often it is there, from one ordinal to before another."""
        self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE alive AS SELECT * FROM (SELECT x,"
            " (sum(dn) OVER (PARTITION BY x ORDER BY o))::BIGINT AS n, o AS first,"
            " lead(o, 1, 2147483647) OVER (PARTITION BY x ORDER BY o) AS past"
            f" FROM (SELECT {_amount('v', lens)} AS x, o, sum(dn) AS dn FROM deltas"
            f" WHERE {_is_number('v')} GROUP BY 1, 2)) WHERE n > 0"
        )


def _is_number(name: str) -> str:
    return f"regexp_full_match({name}, {literal(NUMBER)})"


def _amount(name: str, lens: Lens) -> str:
    """SQL of a number: as a whole number of its smallest decimals, or as a double."""
    bare = f"regexp_replace({name}, '[$€£%,+\\s]', '', 'g')"
    if lens.scale is None:
        return f"TRY_CAST({bare} AS DOUBLE)"
    whole = f"split_part({bare}, '.', 1)"
    decimals = f"rpad(split_part({bare}, '.', 2), {lens.scale}, '0')"
    return f"TRY_CAST(concat({whole}, {decimals}) AS HUGEINT)"


def _as_amount(value: object, lens: Lens) -> Amount:
    if lens.scale is None:
        assert isinstance(value, float)
        return value
    return _EXACT.scaleb(Decimal(int(str(value))), -lens.scale)


def _half_way(low: Amount, high: Amount) -> Amount:
    if isinstance(low, Decimal) and isinstance(high, Decimal):
        return _EXACT.divide(_EXACT.add(low, high), Decimal(2))
    return float(low) / 2 + float(high) / 2
