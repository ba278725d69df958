"""How much of what we hold may be reused, by publisher, and of how much it is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from verticalfile.rights.vocabulary import Label
from verticalfile.services.archive import Archive
from verticalfile.services.known.statements import description_of
from verticalfile.services.known.withheld import withholding_in
from verticalfile.services.rights.concluding import Conclusion, conclusion_of

NOT_SAID = "publisher not said"


@dataclass
class Line:
    """The datasets of one publisher."""

    publisher: str
    datasets: int = 0
    labels: Counter[Label] = field(default_factory=Counter)
    judged: int = 0
    withheld: int = 0
    reusable: int = 0  # that anybody may copy and share, on whose word soever
    doubted: int = 0  # with a warning

    @property
    def not_known(self) -> int:
        return self.labels[Label.UNCLEAR] + self.labels[Label.NO_STATEMENT]

    def add(self, found: Conclusion, *, withheld: bool) -> None:
        """Count a dataset."""
        self.datasets += 1
        self.labels[found.label] += 1
        self.judged += found.is_judged
        self.reusable += found.is_free
        self.withheld += withheld
        self.doubted += bool(found.warnings)


def report(archive: Archive) -> tuple[Line, list[Line]]:
    """All datasets together, and by publisher, the one with most first. Reads each dataset."""
    whole, lines = Line("all"), dict[str, Line]()
    for dataset in sorted(archive.index.with_files()):
        said = description_of(archive, dataset)
        publisher = said.publisher.value if said.publisher else NOT_SAID
        found = conclusion_of(archive, dataset)
        files = archive.index.resources(dataset)
        withheld = any(withholding_in(archive.index.events([f.id])).stands for f in files)
        for line in (whole, lines.setdefault(publisher, Line(publisher))):
            line.add(found, withheld=withheld)
    return whole, _ordered(list(lines.values()))


def _ordered(lines: Sequence[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (-line.datasets, line.publisher))
