"""A publisher's HTML cannot do anything to a reader."""

from __future__ import annotations

import pytest

from verticalfile.web.foreign_html import harmless


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Plain & simple <5", "Plain &amp; simple &lt;5"),
        ("<p>A <b>bold</b> word</p>", "<p>A <b>bold</b> word</p>"),
        ("<script>alert(1)</script>after", "after"),
        ('<img src=x onerror="alert(1)">', ""),
        ('<a href="javascript:alert(1)">x</a>', '<a rel="noopener nofollow">x</a>'),
        (
            '<a href="https://a.example/" onclick="x()" style="color:red">x</a>',
            '<a href="https://a.example/" rel="noopener nofollow">x</a>',
        ),
        ('<svg><script>alert(1)</script></svg><iframe src="//evil"></iframe>', ""),
        ('<form action="//evil"><input name=a>text</form>', "text"),
        ("<h1>Head</h1><style>p{}</style>", "Head"),
    ],
)
def test_only_harmless_elements_stay(given, shown):
    assert harmless(given) == shown
