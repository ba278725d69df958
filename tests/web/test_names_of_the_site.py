"""A site that names its hosts answers to no other name, in a page that does not repeat it."""

from __future__ import annotations

from django.test import override_settings


def test_another_name_is_refused_in_a_page_that_does_not_say_it(room):
    with override_settings(ALLOWED_HOSTS=["data.library.example"]):
        assert room.get("/", headers={"host": "data.library.example"}).status_code == 200
        for address in ("/", "/d/street-trees/", "/d/street-trees/timegate/", "/nothing/"):
            refused = room.get(address, headers={"host": "evil.example"})
            assert refused.status_code == 400
            assert "evil.example" not in refused.content.decode() + str(refused.headers)
