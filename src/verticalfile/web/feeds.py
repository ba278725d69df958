"""Feeds: Atom (RFC 4287) and JSON Feed 1.1 of the same entries.

Ids are made from the permanent ids of the registers, so that neither the address of the site nor
the language of the feed changes them.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from verticalfile.kernel.moments import to_iso
from verticalfile.services.reading.news import News
from verticalfile.web.templatetags.reading import named
from verticalfile.web.words import register_words

IDS = uuid.uuid5(uuid.NAMESPACE_URL, "verticalfile:register")


class Form(StrEnum):
    """The forms of a feed, by the end of their addresses."""

    ATOM = "atom"
    JSON = "json"


TYPES = {Form.ATOM: "application/atom+xml", Form.JSON: "application/feed+json"}


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed to write; addresses are whole ones."""

    title: str
    says: str
    page: str  # the page of the same things
    own: str
    site: str
    author: str
    language: str
    news: tuple[News, ...]
    now: datetime

    @property
    def updated_at(self) -> datetime:
        """The newest word in it; of an empty feed, now."""
        return max((each.touched_at for each in self.news), default=self.now)


def written(feed: Feed, form: Form) -> str:
    """The feed in one of its forms."""
    return _atom(feed) if form is Form.ATOM else _json(feed)


def id_of(*words: str) -> str:
    """A permanent name: the same words have the same for good."""
    return f"urn:uuid:{uuid.uuid5(IDS, ' '.join(words))}"


@dataclass(frozen=True, slots=True)
class _Item:
    id: str
    address: str
    title: str
    text: str
    tags: tuple[str, ...]
    published_at: datetime
    updated_at: datetime


def _items(feed: Feed) -> Iterable[_Item]:
    for each in feed.news:
        entry = each.entry
        name = named(each.dataset) + ("" if each.alone else f": {entry.file}")
        register = str(register_words.ONE[entry.register])
        text = f"{register_words.happened(entry)} {register_words.known(entry)}".strip()
        yield _Item(
            id_of(entry.id), feed.site + reverse("entry", kwargs={"number": entry.id}),
            _plain(f"{name}: {register}"), _plain(text), (str(register_words.NAMES[entry.register]),),
            entry.noted_at, each.touched_at,
        )  # fmt: skip


class _Atom(Atom1Feed):
    """Django's, whose date of an empty feed is ours."""

    def latest_post_date(self) -> datetime:
        return self.feed["updated_at"]


def _atom(feed: Feed) -> str:
    made = _Atom(
        _plain(feed.title), feed.page, _plain(feed.says), language=feed.language,
        author_name=feed.author, feed_url=feed.own, feed_guid=id_of(feed.own[len(feed.site) :]),
        updated_at=feed.updated_at,
    )  # fmt: skip
    for item in _items(feed):
        made.add_item(
            item.title, item.address, escape(item.text), unique_id=item.id,
            pubdate=item.published_at, updateddate=item.updated_at, categories=item.tags,
        )  # fmt: skip
    return made.writeString("utf-8")


def _json(feed: Feed) -> str:
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.says,
        "home_page_url": feed.page,
        "feed_url": feed.own,
        "language": feed.language,
        "authors": [{"name": feed.author}],
        "items": [
            {
                "id": item.id, "url": item.address, "title": item.title, "content_text": item.text,
                "date_published": to_iso(item.published_at),
                "date_modified": to_iso(item.updated_at), "tags": list(item.tags),
            }
            for item in _items(feed)
        ],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _plain(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return "".join(c for c in text if c.isprintable() or c == " ")
