"""The form to the library: read, judged and answered without a cookie and without a trace.

Who posts it is shown to come from a page of ours by two things: what the browser itself says of the
request (`Sec-Fetch-Site`, else `Origin`), and a signed moment within the form. Decision 0035.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext, ngettext

from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.limits import FORM_BYTES
from verticalfile.services.telling.messages import LONGEST
from verticalfile.web.words.sentences import number

FORM_TYPE = "application/x-www-form-urlencoded"
VALID_S = 86_400
"""A day: nobody's typing is cut off (WCAG 2.2.1), and a copied form does not work for ever."""
TRAP = "website"
"""A field that no person sees and programs fill."""
_signer = signing.TimestampSigner(salt="form-to-the-library")


@dataclass(slots=True)
class Letter:
    """What was typed, and what is wrong with it, by field; "" is of the whole form."""

    about: str = ""
    text: str = ""
    reply: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """A fresh one each time the form is shown."""
        return _signer.sign("form")

    @property
    def longest(self) -> int:
        return LONGEST["text"]


def begun(get: QueryDict) -> Letter:
    """An empty form; the page that it is about comes along in the address, a path of ours alone."""
    about = get.get("about", "")
    ours = about.startswith("/") and not about.startswith("//")
    return Letter(about=about if ours and len(about) <= LONGEST["about"] else "")


def is_form(request: HttpRequest) -> bool:
    """Whether the body is a form of bearable size; asked before any of it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    small = length.isdigit() and int(length) <= FORM_BYTES
    return small and request.content_type == FORM_TYPE


def sent_letter(request: HttpRequest) -> Letter:
    """What came, with what is wrong in the way it came."""
    post = request.POST
    letter = Letter(post.get("about", ""), post.get("text", ""), post.get("reply", ""))
    if not _from_here(request) or not _signed(post.get("token", "")):
        letter.errors[""] = gettext("The form was open for more than a day, or was not sent from this page. Your words are still here: please send it again.")  # fmt: skip
    elif post.get(TRAP):
        letter.errors[""] = gettext("A hidden field was filled in, as programs do. It is empty now: please send it again.")  # fmt: skip
    return letter


def _from_here(request: HttpRequest) -> bool:
    """What the browser says: a page of another site cannot write these two headers."""
    site = request.headers.get("Sec-Fetch-Site", "")
    if site:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin", "")
    return not origin or urlsplit(origin).netloc == request.get_host()


def _signed(token: str) -> bool:
    try:
        return _signer.unsign(token, max_age=VALID_S) == "form"
    except signing.BadSignature:
        return False


def refused(letter: Letter, error: InputRefused) -> None:
    """Say at its field what is wrong with it and how to mend it."""
    name, why = str(error.facts.get("field", "")), error.facts.get("why")
    if why == "empty":
        letter.errors[name] = gettext("Write your question or what is wrong.")
    elif why == "long":
        most = int(str(error.facts["most"]))
        letter.errors[name] = ngettext(
            "This is too long: %(has)s characters. Say it in at most %(n)s.",
            "This is too long: %(has)s characters. Say it in at most %(n)s.", most,
        ) % {"has": number(int(str(error.facts["has"]))), "n": number(most)}  # fmt: skip
    else:
        letter.errors[name] = gettext("This has signs that cannot be shown. Type it as plain text.")
