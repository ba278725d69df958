"""Setting an embargo, lifting it, and ending those whose day has come."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from verticalfile.catalog.index import ResourceLine
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive
from verticalfile.services.deciding.withholding import reason_given
from verticalfile.services.decisions import PERSON
from verticalfile.services.journal_keeping import SOFTWARE, event, write_journal
from verticalfile.services.known import derive
from verticalfile.services.known.embargoes import EMBARGOED, ENDED, Embargo, embargo_in
from verticalfile.services.names import NotHeld, find_resource, find_version, name_of
from verticalfile.services.taking_in import rebuild
from verticalfile.vault.notes.journal import Event


def embargo_of(archive: Archive, resource: str) -> Embargo | None:
    """The embargo that a file is under."""
    return embargo_in(archive.index.events([resource]))


def embargo(
    archive: Archive, name: str, *, until: date, reason: str, version: str | None = None
) -> Embargo:
    """Show a file, or one version of it, to the public from that day on and not before.

    Without a version it is of all versions, those that come later among them. One that stands is
    replaced, but never shows what it covers without a word: that has to be lifted first. Raises
    NotHeld, InputRefused.
    """
    reason = reason_given(reason)
    ends_at = datetime.combine(until, time(), tzinfo=archive.zone).astimezone(UTC)
    if ends_at <= archive.clock.now():
        raise InputRefused(
            f"An embargo cannot end on {until.isoformat()}, which has come.",
            mend="give a later day with --until.",
        )
    resource = find_resource(archive, name)
    detail: dict[str, object] = {
        "until": until.isoformat(), "ends_at": ends_at.isoformat(), "reason": reason,
    }  # fmt: skip
    if version is not None:
        wanted = find_version(archive, resource, version, bare_number=True).version
        if wanted.destroyed:
            raise NotHeld(
                f"v{wanted.number} of {name} was destroyed.", mend=f"see vf versions {name} --all."
            )
        detail["originals"] = [wanted.sha256]
        _must_cover(embargo_of(archive, resource.id), {wanted.sha256}, name)
    _decide(archive, resource, event(archive, EMBARGOED, resource.id, by=PERSON, **detail))
    found = embargo_of(archive, resource.id)
    assert found is not None
    return found


def _must_cover(standing: Embargo | None, wanted: set[str], name: str) -> None:
    """Refuse an embargo of one version that would end that of others."""
    if standing is None or (standing.originals is not None and standing.originals <= wanted):
        return
    raise InputRefused(
        f"Another embargo of {name} stands until {standing.until.isoformat()}; this one would end it"
        " for other versions.",
        mend=f"name no version, or lift it first: vf embargo {name} --lift --reason WHY.",
    )


def lift(archive: Archive, name: str, *, reason: str) -> str:
    """End an embargo before its day; returns the name of the file. Raises NotHeld, InputRefused."""
    reason = reason_given(reason)
    resource = find_resource(archive, name)
    if embargo_of(archive, resource.id) is None:
        raise NotHeld(f"{name} is under no embargo.", mend="see those that stand: vf embargo.")
    _decide(archive, resource, event(archive, ENDED, resource.id, by=PERSON, reason=reason))
    return name_of(archive, resource)


def standing(archive: Archive) -> list[tuple[ResourceLine, Embargo]]:
    """All embargoes, the one that ends next first."""
    named = {str(body["subject"]) for body in archive.index.events_of_kind(EMBARGOED)}
    found = [
        (resource, held)
        for resource in archive.index.resources()
        if resource.id in named and (held := embargo_of(archive, resource.id)) is not None
    ]
    return sorted(found, key=lambda pair: (pair[1].ends_at, pair[0].dataset, pair[0].name))


def any_due(archive: Archive) -> bool:
    """Whether the day of an embargo has come and nobody has noted it."""
    return bool(_due(archive))


def end_due(archive: Archive) -> list[str]:
    """End the embargoes whose day has come, with one event each; returns the names of the files.

    Safe to repeat, and after a crash.
    """
    ended = []
    for resource, held in _due(archive):
        reason = f"its day, {held.until.isoformat()}, has come"
        _decide(archive, resource, event(archive, ENDED, resource.id, by=SOFTWARE, reason=reason))
        ended.append(name_of(archive, resource))
    return ended


def _due(archive: Archive) -> list[tuple[ResourceLine, Embargo]]:
    now = archive.clock.now()
    return [(resource, held) for resource, held in standing(archive) if held.ends_at <= now]


def _decide(archive: Archive, resource: ResourceLine, made: Event) -> None:
    with archive.writing(resource.id):
        write_journal(archive, (), [made])
        rebuild.show_all(archive, resource, derive.held(archive, resource.id))
