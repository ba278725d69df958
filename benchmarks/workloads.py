"""W1, W2, W4 and the real histories. Each runs in a process of its own, so that memory is its own."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.arcgis_layer import arcgis_layer
from benchmarks.big_catalog import big_catalog
from benchmarks.finding import finding
from benchmarks.generator import w1_bodies, w1_versions, w2_versions, w4_of
from benchmarks.hub_series import hub_series
from benchmarks.measuring import Figure, an_archive, bare_scan_s, blocks_bytes, take, timed
from benchmarks.peers import cold, keeping, lists
from benchmarks.portal import portal
from benchmarks.reading_room import reading_room
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting import backfill
from verticalfile.services.datasets import adding
from verticalfile.services.taking_in import quick_intake


def w1(folder: Path, data: Path, *, rows: int, versions: int) -> list[Figure]:
    """The next version by record diff, the first, memory, disk, and W4 on top."""
    paths = w1_versions(data, rows=rows, versions=versions)
    archive = an_archive(folder / "w1", "w1")
    ratios, sizes = [], []
    for number, path in enumerate(paths):
        bare = min(bare_scan_s(path) for _ in range(2))
        body = path.read_bytes()
        before = blocks_bytes(archive.root / "vault") + blocks_bytes(archive.root / "history")
        spent = timed(lambda body=body, number=number: take(archive, "w1", [body], number))
        after = blocks_bytes(archive.root / "vault") + blocks_bytes(archive.root / "history")
        ratios.append(spent / bare)
        sizes.append((after - before) / len(body))
        print(
            f"  w1 v{number + 1}: {spent:.2f} s, bare {bare:.2f} s, {ratios[-1]:.1f} times",
            flush=True,
        )
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    later = statistics.median(ratios[1:])
    size = paths[0].stat().st_size / 1e6
    figures = [
        Figure("W1 first version, times a bare scan", "at most 16 (aim 9)", f"{ratios[0]:.1f}", ratios[0] <= 16),
        Figure("W1 next version by record diff, median, times a bare scan", "at most 7",
               f"{later:.1f} (from {min(ratios[1:]):.1f} to {max(ratios[1:]):.1f}, {size:.0f} MB)", later <= 7),
        Figure("W1 peak memory", "under 1,500 MB", f"{peak_mb:,.0f} MB", peak_mb < 1500),
        Figure("W1 bytes on disk for each plain further version", "(2.3 % amortised over 64)",
               f"{statistics.median(sizes[1:]):.2%}", None),
    ]  # fmt: skip
    newest = archive.vault.captures(archive.index.resources("w1")[0].id)[-1]
    plain = timed(
        lambda: (
            shutil.copy(paths[-1], folder / "copy"),
            hashlib.sha256((folder / "copy").read_bytes()),
        )
    )
    cached = timed(lambda: archive.vault.original(newest))
    volume = next(
        v for v in archive.vault.volumes(newest.taken.resource) if v.number == newest.stored.volume
    )
    deepest = max(volume.captures(), key=lambda c: len(volume.chain(c)))
    restored = timed(lambda: volume.original(deepest))
    figures += [
        Figure("restore: newest from the cache, times cp + sha256sum", "under 3", f"{cached / plain:.1f}", cached / plain < 3),
        Figure(f"restore: deepest of these versions ({len(volume.chain(deepest))} frames), times cp + sha256sum",
               "under 14 (12 frames)", f"{restored / plain:.1f}", restored / plain < 14),
    ]  # fmt: skip
    body = w4_of(paths[-1])
    segments = len(list((archive.root / "history").rglob("*.parquet")))
    spent = timed(lambda: take(archive, "w1", [body], versions))
    table = archive.index.tables(archive.index.resources("w1")[0].id)[0]
    verdict = archive.index.comparisons(table.id)[(versions, versions + 1)]
    same = len(list((archive.root / "history").rglob("*.parquet"))) == segments
    figures.append(
        Figure("W4: the same rows shuffled and quoted", "no new history; “only the export changed”",
               f"{'no' if same else 'NEW'} history, {', '.join(verdict.kinds)} ({spent:.1f} s)",
               same and verdict.kinds == ("export only",))
    )  # fmt: skip
    return figures


def w1_digest(folder: Path, data: Path, *, rows: int, versions: int) -> list[Figure]:
    """The same by reading every version whole."""
    quick_intake.LARGEST_BYTES = 0
    paths = w1_versions(data, rows=rows, versions=versions)[:4]
    archive = an_archive(folder / "w1d", "w1")
    ratios = []
    for number, path in enumerate(paths):
        bare = min(bare_scan_s(path) for _ in range(2))
        body = path.read_bytes()
        ratios.append(
            timed(lambda body=body, number=number: take(archive, "w1", [body], number)) / bare
        )
    later = statistics.median(ratios[1:])
    return [
        Figure(
            "W1 next version by the digest path, median, times a bare scan",
            "at most 11",
            f"{later:.1f}",
            later <= 11,
        )
    ]


def w1_volume(folder: Path, data: Path, *, rows: int, versions: int) -> list[Figure]:
    """Bytes a version over a full volume of 64, and memory after 64 in one process."""
    archive = an_archive(folder / "w1v", "w1")
    alone, sizes = 0, []
    for number, body in enumerate(w1_bodies(rows=rows, versions=64)):
        take(archive, "w1", [body], number)
        sizes.append(len(body))
        alone = alone or _on_disk(archive)
        if number % 16 == 15:
            print(f"  w1_volume v{number + 1}", flush=True)
    share = (_on_disk(archive) - alone) / 63 / statistics.mean(sizes[1:])
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return [
        Figure("W1 bytes for each further version over a full volume of 64", "at most 2.3 %",
               f"{share:.2%}", share <= 0.023),
        Figure(f"W1 peak memory after 64 in one process (the last {sizes[-1] / 1e6:.0f} MB; the "
               "generator's own rows are in it)", "", f"{peak_mb:,.0f} MB", None),
    ]  # fmt: skip


def _on_disk(archive: Archive) -> int:
    return sum(blocks_bytes(archive.root / part) for part in ("vault", "history"))


def w2(folder: Path, data: Path, *, rows: int, versions: int) -> list[Figure]:
    """1,000 versions in one back-fill, and the flatness of their cost."""
    count = 1000 if rows >= 1_000_000 else 100
    archive = an_archive(folder / "w2", "w2")
    bodies = list(w2_versions(versions=count))
    quarters = []
    quarter = count // 4
    for n in range(4):
        part = bodies[n * quarter : (n + 1) * quarter]
        quarters.append(timed(lambda part=part, n=n: take(archive, "w2", part, n * quarter)))
    whole = an_archive(folder / "w2whole", "w2")
    spent = timed(lambda: take(whole, "w2", bodies, 0))
    used = sum(blocks_bytes(whole.root / part) for part in ("vault", "history"))
    scale = count / 1000
    flat = max(quarters[1:]) / min(quarters[1:])
    return [
        Figure(
            f"W2: {count:,} versions back-filled",
            "under 12 s",
            f"{spent:.1f} s",
            spent < 12 * scale,
        ),
        Figure("W2: on disk in blocks", "under 8 MB", f"{used / 1e6:.1f} MB", used < 8e6),
        Figure(
            "W2: cost per version flat (slowest to fastest quarter)",
            "flat",
            f"{flat:.2f} times",
            flat < 1.5,
        ),
    ]


def real_histories(folder: Path, data: Path, *, rows: int, versions: int) -> list[Figure]:
    """The six real histories: time, frames and disk against the git bundle."""
    shared = Path(os.environ.get("VF_SHARED", Path(__file__).parents[2] / "shared"))
    figures = []
    for history in sorted((shared / "fixtures" / "histories").iterdir()):
        if not history.is_dir():
            continue
        expected = json.loads((history / "expected.json").read_text())["series"]
        bundle = history / f"{history.name}.bundle"
        archive = init(folder / history.name)
        started = time.perf_counter()
        for number, path in enumerate(dict.fromkeys(s["path"] for s in expected.values())):
            (found,) = adding.add(archive, str(bundle), path=path, name=f"series-{number}")
            backfill.from_git(archive, lambda found=found: found, str(bundle), path)
        spent = time.perf_counter() - started
        packs = sum(p.stat().st_size for p in (archive.root / "vault").rglob("frames.zst"))
        used = sum(blocks_bytes(archive.root / part) for part in ("vault", "history"))
        size = bundle.stat().st_size
        limit = 1.6 if history.name.startswith("toronto") else 1.3
        figures += [
            Figure(f"{history.name}: frames, times the git bundle", f"at most {limit}", f"{packs / size:.2f}", packs / size <= limit),
            Figure(f"{history.name}: vault and history in blocks, times the bundle", "at most 5", f"{used / size:.1f}", used / size <= 5),
            Figure(f"{history.name}: back-filled", "under 60 s", f"{spent:.1f} s", spent < 60),
        ]  # fmt: skip
        print(f"  {history.name}: {spent:.1f} s", flush=True)
    return figures


WORKLOADS = {
    f.__name__: f
    for f in (
        w1,
        w1_digest,
        w1_volume,
        w2,
        real_histories,
        keeping,
        cold,
        lists,
        finding,
        reading_room,
        arcgis_layer,
        big_catalog,
        hub_series,
        portal,
    )
}


def main() -> None:
    """`python -m benchmarks.workloads NAME DATA ROWS VERSIONS OUT`: figures as JSON into OUT."""
    name, data, rows, versions, out = sys.argv[1:]
    folder = Path(tempfile.mkdtemp())
    try:
        figures = WORKLOADS[name](folder, Path(data), rows=int(rows), versions=int(versions))
        Path(out).write_text(json.dumps([vars(f) for f in figures]))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
