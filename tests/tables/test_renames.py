"""Renames by evidence: real ones are found, traps are never taken by themselves."""

from __future__ import annotations

import random

import pyarrow as pa

from verticalfile.tables.reading import ReadTable
from verticalfile.tables.renames import SURE, find_renames

STREETS = ("Oak", "Elm", "Ash", "Fir", "Mill", "Canal", "Depot", "Grange", "Falls", "Cedar")
TYPES = ("new", "alteration", "demolition", "sign", "pool", "fence", "roof", "solar")


def a_table(columns: dict[str, list[str]]) -> ReadTable:
    arrays = {f"c{n}": pa.array(values, pa.string()) for n, values in enumerate(columns.values())}
    return ReadTable("", tuple(columns), pa.table(arrays))


def permits(chance: random.Random, rows: int) -> dict[str, list[str]]:
    return {
        "permit": [f"P-{10_000 + n}" for n in range(rows)],
        "type": [chance.choice(TYPES) for _ in range(rows)],
        "street": [f"{chance.randint(1, 900)} {chance.choice(STREETS)} St" for _ in range(rows)],
        "value": [str(chance.randint(100, 90_000)) for _ in range(rows)],
        "issued": [f"2023-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}" for _ in range(rows)],
        "urgent": [chance.choice("YN") for _ in range(rows)],
        "note": ["" for _ in range(rows)],
        "source": ["city" for _ in range(rows)],
    }  # fmt: skip


def next_version(chance: random.Random, table: dict[str, list[str]]) -> dict[str, list[str]]:
    """A few rows gone, a few new, a few cells changed."""
    rows = len(table["permit"])
    kept = [n for n in range(rows) if chance.random() > 0.04]
    fresh = {name: [values[n] for n in kept] for name, values in table.items()}
    more = permits(chance, 8)
    for name, values in more.items():
        fresh[name] += [f"Q-{v}" for v in values] if name == "permit" else values
    for name in ("type", "value"):
        for n in range(len(fresh[name])):
            if chance.random() < 0.03:
                fresh[name][n] = chance.choice(more[name])
    return fresh


def renamed(table: dict[str, list[str]], names: dict[str, str]) -> dict[str, list[str]]:
    return {names.get(name, name): values for name, values in table.items()}


TRUE_NAMES = (
    ("type", "permit_type"), ("type", "category"), ("street", "address"), ("street", "location"),
    ("value", "estimated_cost"), ("value", "amount"), ("issued", "issue_date"), ("issued", "when"),
    ("type", "Type"), ("street", "STREET"),
)  # fmt: skip


def true_changes(chance: random.Random):
    """40 renames: (old, new, {new name: old name})."""
    for number in range(40):
        old = permits(chance, chance.choice((60, 200, 600)))
        names = [TRUE_NAMES[number % len(TRUE_NAMES)]]
        if number % 4 == 3:  # two at once, one of them moved
            other = next(p for p in TRUE_NAMES[number % 5 :] if p[0] != names[0][0])
            names.append(other)
        new = renamed(next_version(chance, old), dict(names))
        if number % 3 == 2:
            new = dict(sorted(new.items()))
        yield old, new, {n: o for o, n in names}


def traps(chance: random.Random):
    """20 changes in which a column went and another came that is not the same."""
    for number in range(20):
        old = permits(chance, chance.choice((60, 200, 600)))
        new = next_version(chance, old)
        rows = len(new["permit"])
        match number % 10:
            case 0:  # a flag that says another thing, agreeing half the time
                gone, fresh = "urgent", [chance.choice("YN") for _ in range(rows)]
            case 1:  # a flag that agrees mostly, by chance of both being mostly N
                old["urgent"] = ["Y" if chance.random() < 0.02 else "N" for _ in old["urgent"]]
                gone, fresh = (
                    "urgent",
                    ["Y" if chance.random() < 0.02 else "N" for _ in range(rows)],
                )
            case 2:  # constant for constant
                gone, fresh = "source", ["county" for _ in range(rows)]
            case 3:  # the same constant under another name says nothing
                gone, fresh = "source", ["city" for _ in range(rows)]
            case 4:  # empty for empty
                gone, fresh = "note", ["" for _ in range(rows)]
            case 5:  # other amounts at the same place
                gone, fresh = "value", [str(chance.randint(100, 90_000)) for _ in range(rows)]
            case 6:  # other dates of the same year
                gone = "issued"
                fresh = [
                    f"2023-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
                    for _ in range(rows)
                ]
            case 7:  # the same words, shuffled over the rows
                gone, fresh = "type", chance.sample(new["type"], rows)
            case 8:  # streets without numbers: made from the old one, another thing
                gone, fresh = "street", [v.split(" ", 1)[1] for v in new["street"]]
            case _:  # nearly empty
                old["note"] = ["x" if chance.random() < 0.01 else "" for _ in old["note"]]
                gone, fresh = "note", ["x" if chance.random() < 0.01 else "" for _ in range(rows)]
        replaced = {
            ("another" if name == gone else name): (fresh if name == gone else values)
            for name, values in new.items()
        }
        yield old, replaced, gone


def test_no_trap_is_taken_and_most_real_renames_are():
    chance = random.Random(1852)
    found = 0
    for old, new, expected in true_changes(chance):
        for key in (("permit",), ()):
            sure = {
                r.new: r.old
                for r in find_renames(a_table(old), a_table(new), key=key)
                if r.confidence >= SURE
            }
            assert sure.items() <= expected.items()
        found += sure == expected
    assert found >= 36, f"{found} of 40"
    for old, new, gone in traps(chance):
        for key in (("permit",), ()):
            taken = [
                r for r in find_renames(a_table(old), a_table(new), key=key) if r.confidence >= SURE
            ]
            assert not taken, (gone, taken)


def test_a_change_of_case_alone_is_certain():
    old, new = a_table({"Domain Name": ["a"]}), a_table({"domain name": ["b"]})
    (found,) = find_renames(old, new)
    assert (found.old, found.new) == ("Domain Name", "domain name")
    assert found.confidence > 0.95


def test_a_name_that_is_reused_for_another_column_is_seen():
    chance = random.Random(7)
    old = permits(chance, 200)
    before = {"permit": old["permit"], "agency": old["street"], "office": old["value"]}
    after = {"permit": old["permit"], "office": old["street"], "suboffice": old["value"]}
    found = {
        (r.old, r.new)
        for r in find_renames(a_table(before), a_table(after))
        if r.confidence >= SURE
    }
    assert found == {("agency", "office"), ("office", "suboffice")}


def test_no_rename_is_seen_where_the_columns_are_the_same():
    table = a_table(permits(random.Random(1), 50))
    assert find_renames(table, table) == ()


def test_a_beginning_that_all_names_got_or_lost_is_certain() -> None:
    old = permits(random.Random(3), 40)
    longer = renamed(old, {name: f"permits.{name}" for name in old})
    for before, after in ((old, longer), (longer, old)):
        found = find_renames(a_table(before), a_table(after))
        assert {(r.old, r.new) for r in found} == set(zip(before, after, strict=True))
        assert all(r.confidence >= SURE for r in found)


def test_weeks_that_go_and_weeks_that_come_are_not_renamed_for_their_digits() -> None:
    chance = random.Random(4)
    weeks = [{w: [str(chance.randint(0, 999)) for _ in range(40)] for w in "123"} for _ in "ab"]
    later = {f"1{week}": values for week, values in weeks[1].items()}
    assert not [r for r in find_renames(a_table(weeks[0]), a_table(later)) if r.confidence >= SURE]
