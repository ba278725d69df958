"""The feed of what collecting found, an entry for each of the last days; figures alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext, ngettext

from verticalfile.kernel.moments import day_of
from verticalfile.services.gathering.reports import Report, report, runs
from verticalfile.services.library import library_of
from verticalfile.web.context import site
from verticalfile.web.feeds import TYPES, Form, id_of
from verticalfile.web.heavy import heavy
from verticalfile.web.templatetags.portals import check_outcome
from verticalfile.web.templatetags.reading import count

DAYS = 7


@heavy
def report_feed(request: HttpRequest) -> HttpResponse:
    """Atom (RFC 4287); a day's entry has the same id for good and changes while the day lasts."""
    archive = request.archive
    ended = {day_of(run.ended_at, archive.zone): run.ended_at for run in reversed(runs(archive))}
    base, author = site(request), library_of(archive).name or "Vertical File"
    made = Atom1Feed(
        f"{gettext('What a run found')} · {author}", base + reverse("report"),
        gettext("Where the data comes from"), language=request.LANGUAGE_CODE, author_name=author,
        feed_url=base + request.path, feed_guid=id_of(request.path),
    )  # fmt: skip
    for day in sorted(ended, reverse=True)[:DAYS]:
        page = base + reverse("run", kwargs={"run": day})
        made.add_item(
            day, page, _told(day, report(archive, day)), unique_id=id_of("report", day),
            pubdate=ended[day], updateddate=ended[day],
        )  # fmt: skip
    body = made.writeString("utf-8")
    return HttpResponse(body, content_type=f"{TYPES[Form.ATOM]}; charset=utf-8")


def _told(day: str, found: Report) -> str:
    looked = ngettext(
        "%(since)s: %(count)s file was looked at.",
        "%(since)s: %(count)s files were looked at.",
        found.looked,
    ) % {"since": day, "count": count(found.looked)}
    outcomes = [f"{check_outcome(word)}: {count(n)}" for word, n in found.outcomes.items()]
    return " ".join([looked, "; ".join(outcomes)])
