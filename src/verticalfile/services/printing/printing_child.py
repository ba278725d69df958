"""The process that prints: HTML on its standard input, PDF on its standard output, then it ends.

It fetches nothing: of all that a sheet could name it is given the one font, and drawings that the
sheet carries within itself. Without words it says only whether it could print.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

FONT = "vf:font"
DRAWING = "data:image/svg+xml"
MEMORY_BYTES = 2 << 30
"""Address space; 75 MB of it are used."""
CPU_S = 30
NO_LIBRARIES, TOO_LONG = 3, 4


def main() -> int:
    """Print the first sheet that fits."""
    _confine()
    try:
        import weasyprint
    except (ImportError, OSError):
        return NO_LIBRARIES
    if len(sys.argv) < 2:
        return 0
    asked = json.load(sys.stdin.buffer)
    fetcher = only_ours(asked["font"])
    for sheet in asked["sheets"]:
        document = weasyprint.HTML(string=sheet, base_url="vf:nowhere", url_fetcher=fetcher).render(
            pdf_variant="pdf/ua-1", pdf_tags=True
        )
        if len(document.pages) <= asked["pages"]:
            out = io.BytesIO()
            document.write_pdf(out, pdf_variant="pdf/ua-1", pdf_tags=True)
            sys.stdout.buffer.write(out.getvalue())
            return 0
    return TOO_LONG


def only_ours(font: str) -> Any:
    """WeasyPrint's way out, closed: the font and drawings within the sheet, nothing else, no file
    of this machine either."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OnlyOurs(URLFetcher):  # type: ignore[misc]  # it ships no types
        def fetch(self, url: str, headers: object = None) -> Any:
            if url == FONT and font:
                body = Path(font).read_bytes()
                return URLFetcherResponse(url, body, {"Content-Type": "font/woff2"})
            if url.startswith(DRAWING):
                return super().fetch(url, headers)
            raise ValueError("A sheet fetches nothing.")

    return OnlyOurs(allowed_protocols=("data",), allow_redirects=False)


def _confine() -> None:
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for what, most in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, CPU_S)):
        hard = resource.getrlimit(what)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))


if __name__ == "__main__":
    sys.exit(main())
