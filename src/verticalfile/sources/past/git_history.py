"""A git repository's history of one path: every committed state over the whole graph.

The walk is `git log --date-order --reverse` over all commits of the branch, not the first parents
alone, which lose versions. A commit makes a state when the blob at the path, or its absence,
differs from the commit before in the walk. A symbolic link is followed inside the commit, as a
check-out would show it. `seen_at` is the largest committer date up to there, since commit dates
run backwards in real repositories; a date that is yet to come is not believed. Names and addresses
of people are not read.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from verticalfile.kernel.letters import is_text, shown
from verticalfile.kernel.originals import Original, gathered, steps_in
from verticalfile.sources.errors import SourceRefused
from verticalfile.sources.state import State

TIMEOUT_S = 3600
SAFE = (
    "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "safe.directory=*",
    "-c", "protocol.allow=never", "-c", "protocol.https.allow=always",
    "-c", "protocol.http.allow=always", "-c", "protocol.file.allow=always",
    "-c", "submodule.recurse=false", "-c", "gc.auto=0",
)  # fmt: skip
"""A stranger's repository must not run programs here (git-config)."""

GITLINK = b"160000"
"""The mode of a submodule, whose commit is in another repository."""
LINK = b"120000"
"""The mode of a symbolic link, whose bytes are the path that it leads to."""
_LINKS = (b"symlink", b"dangling", b"loop", b"notdir")
"""How `cat-file --follow-symlinks` begins when a link leads to no object of the commit."""
_ANSWER_BYTES = 512
"""More than any line of kind and name has."""
RENAME_SHARE = 50
"""Per cent of equal content from which git calls a removed and an added path a rename."""


@dataclass(frozen=True, slots=True)
class RenameOffer:
    """The file went on under another path: `path` at `commit` has `similarity` per cent of it."""

    path: str
    commit: str
    similarity: int
    direction: str  # "from": it came from there; "to": it went on there


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the walk; dates as committed, with their own offsets."""

    id: str
    committed: str
    authored: str


@dataclass(frozen=True, slots=True)
class GitHistory:
    """States of a path in the order of the walk, and what must be said about the repository."""

    source: str  # stable identity of repository and path
    states: tuple[State, ...]
    commits: int
    shallow: bool
    renames: tuple[RenameOffer, ...]


def read_history(
    repository: Path, path: str, *, now: datetime, branch: str | None = None, follow: bool = False
) -> GitHistory:
    """Every state of `path`. With `follow`, states under the names it had before or after are
    joined in where the path itself is absent. Raises SourceRefused."""
    for word in (path, branch or ""):
        if not is_text(word):
            raise SourceRefused(
                f"“{shown(word)}” is not text in UTF-8.", mend="check what was given."
            )
    commits = _commits(repository, branch or "HEAD")
    blobs_by_path = {path: _blobs_of(repository, [c.id for c in commits], path)}
    _refuse_gaps(repository, commits, branch or "HEAD", path, blobs_by_path[path])
    offers = _renames(repository, commits, blobs_by_path[path], path)
    pending = list(offers) if follow else []
    while pending:
        offer = pending.pop()
        if offer.path in blobs_by_path:
            continue
        blobs_by_path[offer.path] = _blobs_of(repository, [c.id for c in commits], offer.path)
        _refuse_gaps(repository, commits, branch or "HEAD", offer.path, blobs_by_path[offer.path])
        pending += _renames(repository, commits, blobs_by_path[offer.path], offer.path)
    states = _states(commits, blobs_by_path, now)
    if not any(state.content for state in states):
        raise _no_such_path(path)
    shallow = _run(repository, "rev-parse", "--is-shallow-repository").strip() == b"true"
    first = _run(repository, "rev-list", "--max-parents=0", "--end-of-options", branch or "HEAD")
    roots = sorted(first.split())
    identity = hashlib.sha256(b"\n".join(roots)).hexdigest()[:20]
    return GitHistory(
        f"git:{identity}:{path}",
        tuple(states),
        len(commits),
        shallow,
        () if follow else tuple(offers),
    )


def must_have(repository: Path, path: str, *, branch: str = "HEAD") -> None:
    """Raises SourceRefused where no commit of the branch ever had the path."""
    if not _run(
        repository, "--literal-pathspecs", "log", "--max-count=1", "--format=%H",
        "--end-of-options", branch, "--", path,
    ):  # fmt: skip
        raise _no_such_path(path)


def _no_such_path(path: str) -> SourceRefused:
    return SourceRefused(
        f"No commit of this branch has a file “{path}”.",
        mend="give the path as `git ls-files` shows it, or name another --branch.",
    )


def _commits(repository: Path, branch: str) -> list[Commit]:
    found = _run(
        repository, "log", "--date-order", "--reverse", "--format=%H%x00%cI%x00%aI",
        "--end-of-options", branch, "--",
    )  # fmt: skip
    return [Commit(*line.split("\0")) for line in found.decode("ascii").splitlines()]


def _blobs_of(repository: Path, commits: Sequence[str], path: str) -> list[str | None]:
    """The blob id at the path in each commit, or of the file that a link there leads to.

    A link that leads out of the repository, or nowhere in it, is an absence.
    """
    return [
        name.decode("ascii") if kind == b"blob" else None
        for kind, name in _asked(repository, commits, path, "--follow-symlinks")
    ]


def _asked(
    repository: Path, commits: Sequence[str], path: str, *options: str
) -> list[tuple[bytes, bytes]]:
    """Kind and name of what stands at the path in each commit, through one `cat-file` process.

    Paths with line feeds cannot be asked by lines; git 2.38 knows `-z` for them.
    """
    asked = [c.encode() + b":" + os.fsencode(path) for c in commits]
    found = _run(
        repository, "cat-file", "--batch-check=%(objecttype) %(objectname)", "-z", *options,
        given=b"".join(name + b"\0" for name in asked),
    )  # fmt: skip
    at, answers = 0, []
    for name in asked:
        if found.startswith(name + b" missing\n", at):
            answers.append((b"missing", b""))
            at += len(name) + len(b" missing\n")
            continue
        line, end, _ = found[at : at + _ANSWER_BYTES].partition(b"\n")
        kind, _, rest = line.partition(b" ")
        at += len(line) + 1
        if kind in _LINKS and rest.isdigit():  # what the link says follows, in so many bytes
            at += int(rest) + 1
        if not end or at > len(found):
            break
        answers.append((kind, rest))
    if len(answers) != len(commits) or at != len(found):
        raise SourceRefused(
            f"git answered {len(answers)} times for {len(commits)} commits of “{path}”.",
            mend="check the repository with `git fsck`.",
        )
    return answers


def _refuse_gaps(
    repository: Path, commits: Sequence[Commit], branch: str, path: str, blobs: Sequence[str | None]
) -> None:
    """`cat-file` says the same of a path that a commit lacks and of bytes that the repository
    lacks, as a partial clone does; only the first is an absence. Raises SourceRefused."""
    if None not in blobs:
        return
    modes = _modes(repository, branch, path)
    named = {name for name, mode in modes.items() if mode not in (GITLINK, LINK)}
    lacking = named.difference(blobs)
    if LINK in modes.values():
        gaps = [c.id for c, blob in zip(commits, blobs, strict=True) if blob is None]
        followed = _asked(repository, gaps, path, "--follow-symlinks")
        links = {
            link[1].decode("ascii")
            for to, link in zip(followed, _asked(repository, gaps, path), strict=True)
            if to[0] == b"missing" and link[0] == b"blob"
        }
        named, lacking = named | links, lacking | links
    if lacking:
        raise SourceRefused(
            f"The repository lacks the bytes of {len(lacking)} of {len(named)} states of “{path}”,"
            " as a partial clone does.",
            mend="fetch it whole (`git clone` without --filter), then run again.",
        )


def _modes(repository: Path, branch: str, path: str) -> dict[str, bytes]:
    """What commits put at the path: the name of the object and its mode."""
    told = _run(
        repository, "--literal-pathspecs", "log", "-m", "--raw", "-z", "--no-abbrev",
        "--no-renames", "--format=", "--end-of-options", branch, "--", path,
    )  # fmt: skip
    return {
        fields[3].decode("ascii"): fields[1]
        for said, where in itertools.pairwise(told.split(b"\0"))
        if where == os.fsencode(path)
        and len(fields := said.strip().split()) == 5
        and fields[1].startswith(b"1")
    }


def _believed(commits: Sequence[Commit], now: datetime) -> list[datetime]:
    """When each commit is known to have been there: its date, or where that is yet to come the
    date of the next commit that says one, as of then it was there."""
    dates = [datetime.fromisoformat(commit.committed).astimezone(UTC) for commit in commits]
    by_then = now
    for n in reversed(range(len(dates))):
        if dates[n] > now:
            dates[n] = by_then
        by_then = dates[n]
    return dates


def _states(
    commits: Sequence[Commit], blobs_by_path: dict[str, list[str | None]], now: datetime
) -> list[State]:
    own, *others = blobs_by_path
    states: list[State] = []
    latest = datetime.min.replace(tzinfo=UTC)
    for n, (commit, date) in enumerate(zip(commits, _believed(commits, now), strict=True)):
        latest = max(latest, date)
        at = own if blobs_by_path[own][n] else next((p for p in others if blobs_by_path[p][n]), own)
        blob = blobs_by_path[at][n]
        newest = states[-1] if states else None
        if newest is not None and newest.content == blob:
            states[-1] = _still_seen(newest, latest, commit)
        elif newest is not None or blob is not None:
            states.append(_state(commit, at, latest, n, blob))
    return states


def _state(commit: Commit, path: str, at: datetime, place: int, blob: str | None) -> State:
    exchange = {"path": path, "committed": commit.committed}  # the commit is the moment's name
    if commit.authored != commit.committed:
        exchange["authored"] = commit.authored
    return State(commit.id, at, "commit date", at, place, blob, exchange)


def _still_seen(state: State, at: datetime, commit: Commit) -> State:
    exchange = {**state.exchange, "last_commit": commit.id}
    return State(
        state.moment_name, state.seen_at, state.seen_how, at, state.walk, state.content, exchange
    )


def _renames(
    repository: Path, commits: Sequence[Commit], blobs: Sequence[str | None], path: str
) -> list[RenameOffer]:
    """Where the path appears or vanishes, ask git what it came from or became."""
    offers: list[RenameOffer] = []
    for n in range(1, len(commits)):
        if (blobs[n - 1] is None) == (blobs[n] is None):
            continue
        arrived = blobs[n] is not None
        try:
            found = _run(
                repository, "diff-tree", "-r", "-z", f"--find-renames={RENAME_SHARE}%",
                "--diff-filter=R", "--name-status", "--no-commit-id", "-m", commits[n].id,
            )  # fmt: skip
        except SourceRefused:  # bytes of another path are lacking: nothing is offered, nothing lost
            continue
        parts = [os.fsdecode(p) for p in found.split(b"\0")]
        for status, old, new in zip(parts[::3], parts[1::3], parts[2::3], strict=False):
            if (new if arrived else old) == path:
                other, way = (old, "from") if arrived else (new, "to")
                offers.append(RenameOffer(other, commits[n].id, int(status[1:]), way))
    return list(dict.fromkeys(offers))


def blobs(
    repository: Path, ids: Iterable[str], into: Callable[[], Path]
) -> Iterator[tuple[str, Original]]:
    """The content of blobs, in the order asked, through one process; large ones go into files."""
    with subprocess.Popen(
        ["git", *SAFE, "-C", str(repository), "cat-file", "--batch"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment(),
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        for wanted in ids:
            process.stdin.write(wanted.encode() + b"\n")
            process.stdin.flush()
            head = process.stdout.readline().split()
            if len(head) != 3 or head[1] != b"blob":
                process.kill()
                raise SourceRefused(
                    f"The repository does not hold {wanted}.",
                    mend="fetch it whole (`git fetch --unshallow`, no --filter), then run again.",
                )
            body = gathered(steps_in(process.stdout, int(head[2])), into)
            process.stdout.read(1)
            yield wanted, body
        process.stdin.close()


def open_repository(what: str, scratch: Path) -> Path:
    """A repository on this disk as it is; a bundle or an address is cloned into `scratch` first.

    Nothing of a foreign repository is run or checked out. Raises SourceRefused.
    """
    local = Path(what)
    if local.is_dir():
        _run(local, "rev-parse", "--git-dir")
        return local
    if not local.is_file() and not what.startswith(("https://", "http://")):
        raise SourceRefused(
            f"{what} is not a git repository that can be reached.",
            mend="give a folder, a bundle file or an https address.",
        )
    target = scratch / "repository.git"
    command = [
        "git",
        *SAFE,
        "clone",
        "--bare",
        "--quiet",
        "--no-tags",
        "--",
        str(local.absolute() if local.is_file() else what),
        str(target),
    ]
    _done(command, what)
    return target


def _environment() -> dict[str, str]:
    """Without the user's settings, prompts or credentials."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C.UTF-8",
    }


def _run(repository: Path, *arguments: str, given: bytes | None = None) -> bytes:
    # git with fixed words; paths and branches follow `--` or options
    return _done(["git", *SAFE, "-C", str(repository), *arguments], repository.name, given)


def _done(command: Sequence[str], what: str, given: bytes | None = None) -> bytes:
    """What git answers. Raises SourceRefused, `what` being called so."""
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, timeout=TIMEOUT_S, env=_environment(),
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise SourceRefused(
            f"git was not done with {what} after {TIMEOUT_S:,} seconds.",
            mend="clone it yourself, and give the folder.",
        ) from error
    except FileNotFoundError as error:
        raise SourceRefused(
            "git is not installed on this machine.",
            mend="install it, for example with `sudo apt-get install git`; all else works without.",
        ) from error
    if done.returncode:
        raise _refused(what, done.stderr.decode("utf-8", "replace").strip())
    return done.stdout


def _refused(what: str, said: str) -> SourceRefused:
    """What git said, which speaks to those who know it, in a sentence for all others."""
    for words, sentence, mend in _SAID:
        if re.search(words, said, re.IGNORECASE):
            return SourceRefused(sentence.format(what), mend=mend, git=said[-400:])
    return SourceRefused(
        f"git could not read {what}.",
        mend="see what is wrong with `git fsck`, or with `git ls-remote` where it is an address.",
        git=said[-400:],
    )


_SAID = (
    (
        "could not read Username|Authentication failed|error: 40[13]",
        "{} asks for a login, or there is no repository.",
        "look at the address in a browser; clone what is not public yourself, and give the folder.",
    ),
    (
        "not a git repository|not appear to be a git|not look like a v|not found|error: 404",
        "{} is no git repository.",
        "give the folder that holds .git, a bundle, or the address to clone.",
    ),
    (
        "Could not resolve|unable to access|Failed to connect|timed out|hung up|early EOF",
        "git could not reach {}.",
        "check the address and the network, then run the same command again.",
    ),
    (
        "bad revision|unknown revision|ambiguous argument|not have any commits|not a valid object",
        "{} has no such branch, or no commit yet.",
        "see its branches with `git branch --all`, and name one with --branch.",
    ),
    (
        "bad object|corrupt|unable to read|missing|loose object|inflate|bad tree",
        "{} is damaged, so that git cannot read all of it.",
        "see what is wrong with `git fsck`, or clone it anew.",
    ),
)
"""What git says in English (LC_ALL), what people are told, and how it is mended."""
