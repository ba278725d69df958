"""The registers in words: what each one lists, what an entry says, and how we know."""

from __future__ import annotations

from datetime import date, datetime

from django.template.defaultfilters import date as as_date
from django.utils import formats, timezone
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext_lazy

from verticalfile.catalog.register_lines import Order, Register
from verticalfile.services.known.withheld import HOW, OTHER, PERSONAL
from verticalfile.services.telling.registers import Entry
from verticalfile.web.words.sentences import columns_changed, number, reason, rows_changed

NAMES = {
    Register.CHANGED: pgettext_lazy("register", "Changed"),
    Register.VANISHED: pgettext_lazy("register", "Vanished"),
    Register.RETURNED: pgettext_lazy("register", "Came back"),
    Register.HELD: pgettext_lazy("register", "Held for review"),
    Register.UNREADABLE: pgettext_lazy("register", "Not readable"),
    Register.NEW: pgettext_lazy("register", "New here"),
    Register.WITHDRAWN: pgettext_lazy("register", "Withdrawn by the library"),
    Register.REKEYED: pgettext_lazy("register", "Other identifier"),
    Register.SUSPECT: pgettext_lazy("register", "Lists not believed"),
    Register.BLOCKED: pgettext_lazy("register", "Not let in"),
    Register.CLOSED: pgettext_lazy("register", "Behind a login"),
    Register.EXPORT: pgettext_lazy("register", "Written anew"),
}
ONE = {
    Register.CHANGED: pgettext_lazy("one entry", "Changed"),
    Register.VANISHED: pgettext_lazy("one entry", "Vanished"),
    Register.RETURNED: pgettext_lazy("one entry", "Came back"),
    Register.HELD: pgettext_lazy("one entry", "Held for review"),
    Register.UNREADABLE: pgettext_lazy("one entry", "Not readable"),
    Register.NEW: pgettext_lazy("one entry", "New here"),
    Register.WITHDRAWN: pgettext_lazy("one entry", "Withdrawn by the library"),
    Register.REKEYED: pgettext_lazy("one entry", "Other identifier"),
    Register.SUSPECT: pgettext_lazy("one entry", "List not believed"),
    Register.BLOCKED: pgettext_lazy("one entry", "Not let in"),
    Register.CLOSED: pgettext_lazy("one entry", "Behind a login"),
    Register.EXPORT: pgettext_lazy("one entry", "Written anew"),
}
"""Of one entry: other languages have another number, and Spanish an ending for it."""
ORDERS = {
    Order.NEWEST: gettext_lazy("newest first"),
    Order.OLDEST: gettext_lazy("oldest first"),
    Order.NAME: gettext_lazy("by dataset"),
}
LISTS = {
    Register.CHANGED: gettext_lazy(
        "Files that their publishers replaced by others. We say what changed, not why."
    ),
    Register.VANISHED: gettext_lazy(
        "Files that their publishers no longer offer. We keep our copies."
    ),
    Register.RETURNED: gettext_lazy("Files that were gone and that their publishers offer again."),
    Register.HELD: gettext_lazy(
        "Files so unlike the ones before them that a librarian looks at them first."
    ),
    Register.UNREADABLE: gettext_lazy(
        "Files that were kept and that could not be read as a table."
    ),
    Register.NEW: gettext_lazy("Files that we have begun to keep."),
    Register.WITHDRAWN: gettext_lazy("What the library took out of view. Each leaves this note."),
    Register.REKEYED: gettext_lazy(
        "Datasets that their portals call otherwise now. Their history goes on."
    ),
    Register.SUSPECT: gettext_lazy(
        "Lists of portals that lost or swapped so much that nothing was changed here."
    ),
    Register.BLOCKED: gettext_lazy("Publishers whose servers do not let our program in."),
    Register.CLOSED: gettext_lazy("Publishers that ask for a login now."),
    Register.EXPORT: gettext_lazy(
        "Files that were exported anew with the same rows. No news to most."
    ),
}
MARKS = {
    Register.CHANGED: "changed",
    Register.VANISHED: "vanished",
    Register.RETURNED: "added",
    Register.HELD: "care",
    Register.UNREADABLE: "cross",
    Register.NEW: "added",
    Register.WITHDRAWN: "cross",
    Register.REKEYED: "changed",
    Register.SUSPECT: "care",
    Register.BLOCKED: "cross",
    Register.CLOSED: "cross",
    Register.EXPORT: "same",
}
COLOURS = {"changed": "alt", "vanished": "gone", "added": "new", "care": "alt"}


def happened(entry: Entry) -> str:
    """What an entry says happened, and whether the version may lack something."""
    told = _happened(entry)
    return f"{told} {gettext('This version may not be whole.')}" if entry.partial else told


def _happened(entry: Entry) -> str:
    match entry.register:
        case Register.CHANGED | Register.EXPORT:
            return _changed(entry)
        case Register.VANISHED if entry.named:
            return gettext(
                "“%(title)s” once stood on this portal's list. Nothing of it is kept here."
            ) % {"title": entry.named}
        case Register.VANISHED:
            return gettext("The publisher no longer offers this. We keep our copies.")
        case Register.RETURNED:
            return gettext("The publisher offers this again.")
        case Register.HELD:
            return _held(entry)
        case Register.UNREADABLE:
            return gettext("This file could not be read as a table: %(why)s.") % {
                "why": reason(entry.why)
            }
        case Register.NEW:
            return gettext("Kept for the first time.")
        case Register.WITHDRAWN:
            return _withdrawn(entry)
        case Register.REKEYED:
            return gettext("Its portal gave it another identifier. It is the same dataset.")
        case Register.SUSPECT:
            return _suspect(entry)
        case Register.BLOCKED:
            return _with_end(gettext("The publisher's server does not let our program in."), entry)
        case Register.CLOSED:
            return _with_end(gettext("The publisher asks for a login now."), entry)


def _changed(entry: Entry) -> str:
    columns = columns_changed(entry.said)
    rows = rows_changed(entry.added or 0, entry.removed or 0, entry.changed or 0)
    if entry.register is Register.EXPORT:
        return gettext("Written anew: the same rows, none changed.")
    if "format only" in entry.kinds and "data" not in entry.kinds:
        return ngettext(
            "%(n)s row is written differently and says the same.",
            "%(n)s rows are written differently and say the same.",
            entry.changed or 0,
        ) % {"n": number(entry.changed or 0)}
    if rows:
        return " ".join([f"{rows}.", *columns])
    if columns:
        return " ".join([*columns, gettext("No values changed.")])
    return gettext("A new version.")


def _held(entry: Entry) -> str:
    why = {
        "rows gone": gettext("Held for review: many rows were gone."),
        "columns gone": gettext("Held for review: many columns were gone."),
        "all rows changed": gettext("Held for review: all rows were others."),
        "another layer": gettext("Held for review: another layer stood at the address."),
        "table missing": gettext("Held for review: a table was missing."),
    }.get(entry.why, gettext("Held for review: the file was unlike the ones before it."))
    told = {"day": _day(entry.ended_at)}
    ended = {
        "accepted": gettext("A librarian let it through on %(day)s.") % told,
        "refused": gettext("A librarian refused it on %(day)s; it stays held.") % told,
        "repetition": gettext("Shown since %(day)s: later checks found the same.") % told,
    }.get(entry.ended_by, gettext("A librarian decides, or more checks over days find the same."))
    return f"{why} {ended}"


def _suspect(entry: Entry) -> str:
    text = gettext(
        "The portal's list is not believed: of %(of)s datasets %(lost)s are gone and %(swapped)s"
        " have other identifiers. Nothing was changed here."
    ) % {
        "of": number(entry.of or 0), "lost": number(entry.lost or 0),
        "swapped": number(entry.swapped or 0),
    }  # fmt: skip
    return _with_end(text, entry)


def _with_end(text: str, entry: Entry) -> str:
    ended = gettext("This ended on %(day)s.") % {"day": _day(entry.ended_at)}
    return f"{text} {ended}" if entry.ended_at else text


def _withdrawn(entry: Entry) -> str:
    part = {
        "hide": gettext("The library took one or more of its versions out of view."),
        "restrict": gettext("The library took one or more of its versions out of public view."),
        "destroy": gettext("The library destroyed one or more of its versions."),
        "embargo": gettext("The library shows one of its versions from %(day)s on, and not before.")
        % {"day": _ends(entry)},
    }
    how = part.get(entry.how) if entry.in_part else None
    how = how or {
        "hide": gettext("The library took this out of view."),
        "restrict": gettext("The library took this out of public view."),
        "withhold": gettext("The library holds this back until a librarian has looked at it."),
        "embargo": gettext("The library shows this from %(day)s on, and not before.")
        % {"day": _ends(entry)},
    }.get(entry.how, gettext("The library destroyed this."))
    if entry.decided_by:
        how = f"{how} {gettext('It was decided by two people.')}"
    back = gettext("It is shown again since %(day)s.") % {"day": _day(entry.ended_at)}
    return f"{how} {back}" if entry.ended_at else how


def class_of_reason(entry: Entry) -> str:
    """Why the library took something out of view, where the reason is one of our own; else ""."""
    return {
        PERSONAL: gettext("it may hold personal data"),
        OTHER: gettext("a librarian looks at it"),
    }.get(entry.why if entry.how == HOW else "", "")


def _ends(entry: Entry) -> str:
    """The day of an embargo's end in words."""
    try:
        return formats.date_format(date.fromisoformat(entry.why.removeprefix("until ")))
    except ValueError:
        return entry.why


def known(entry: Entry) -> str:
    """How we know, with the dates that belong to it; "" where the entry itself is the proof."""
    copies = gettext("Known from copies that another archive made.") if entry.copies else ""
    return f"{_known(entry)} {copies}".strip()


def _known(entry: Entry) -> str:
    match entry.register:
        case Register.CHANGED | Register.EXPORT if entry.before_last_seen_at:
            return gettext("It was otherwise when last seen, on %(day)s. %(seen)s") % {
                "day": _day(entry.before_last_seen_at), "seen": seen(entry.seen_how),
            }  # fmt: skip
        case Register.CHANGED | Register.EXPORT | Register.UNREADABLE:
            return seen(entry.seen_how)
        case Register.VANISHED:
            return _gone(entry)
        case Register.RETURNED:
            return gettext("It was missed from %(day)s on.") % {"day": _day(entry.missed_from)}
        case Register.NEW if entry.first_seen_at:
            return gettext("The oldest version that we have was first seen on %(day)s.") % {
                "day": _day(entry.first_seen_at)
            }
        case _:
            return ""


def _gone(entry: Entry) -> str:
    evidence = {
        "404": gettext("Its address answers that nothing is there (404)."),
        "410": gettext("Its address answers that it is gone for good (410)."),
        "history": gettext("Its publisher's own record shows that it was removed."),
        "listing": gettext("Whole lists of its portal have missed it."),
    }.get(entry.evidence, gettext("The file was not where it used to be."))
    said = []
    if entry.last_seen_at:
        said.append(gettext("Last seen on %(day)s.") % {"day": _day(entry.last_seen_at)})
    said.append(evidence)
    if entry.checks and entry.evidence != "history":
        said.append(
            ngettext(
                "%(n)s check found it missing, the last on %(day)s.",
                "%(n)s checks found it missing, the last on %(day)s.",
                entry.checks,
            )
            % {"n": number(entry.checks), "day": _day(entry.last_missed_at)}
        )
    if entry.returned_at:
        said.append(gettext("It came back on %(day)s.") % {"day": _day(entry.returned_at)})
    return " ".join(said)


def seen(how: str) -> str:
    """How the date of a version is known."""
    told = {
        "own visit": gettext("We saw it ourselves."),
        "commit date": gettext("The date is that of its publisher's own record."),
        "file name": gettext("The date is that of the file's name."),
        "captured by another (Wayback)": gettext("Another archive captured it then."),
        "captured by another (Memento)": gettext("Another archive captured it then."),
    }
    return told.get(how, gettext("The date is that which came with the file."))


def _day(moment: datetime | None) -> str:
    """The date as plain text."""
    return as_date(timezone.localtime(moment), formats.get_format("DATE_FORMAT")) if moment else ""
