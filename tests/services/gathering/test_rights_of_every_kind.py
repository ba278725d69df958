"""What a portal says of use is read from its list, wherever its kind of software keeps it."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_following import Town

from verticalfile.rights.together import Said, read_together
from verticalfile.rights.vocabulary import Label
from verticalfile.services.known.received import rights_told
from verticalfile.services.known.selection import Selection
from verticalfile.services.rights.concluding import conclusion_of
from verticalfile.town.portals.arcgis_hub import HubSite
from verticalfile.town.portals.ckan import CkanSite
from verticalfile.town.portals.dcat_ap import DcatApSite
from verticalfile.town.portals.dcat_us import DcatUsSite
from verticalfile.town.portals.dkan import DkanSite
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.opendatasoft import OpendatasoftSite
from verticalfile.town.portals.socrata import SocrataSite

KINDS = (CkanSite, DcatApSite, DcatUsSite, DkanSite, HubSite, OpendatasoftSite, SocrataSite)


@pytest.mark.parametrize("kind", KINDS)
def test_an_open_licence_that_a_list_tells_is_concluded(tmp_path: Path, kind: type) -> None:
    holdings = Holdings(4)
    town = Town(tmp_path, kind(holdings), holdings)
    with town.open():
        town.follow(Selection())
        town.day()
    titles = town.archive.index.datasets()
    by_title = {title: name for name, title in titles.items()}
    told = 0
    for holding in holdings.held:
        expected = read_together([Said("license", holding.licence)])
        if expected.label not in (Label.OPEN_LICENCE, Label.PUBLIC_DOMAIN):
            continue
        found = conclusion_of(town.archive, by_title[holding.title])
        assert found.label == expected.label, holding
        # CKAN's ids have no versions, and its addresses are not believed beside them
        assert found.licence_id in (expected.licence_id, "CC-BY" if kind is CkanSite else ""), (
            holding
        )
        told += 1
    assert told >= 2


OPEN = "https://creativecommons.org/licenses/by/4.0/"
CLOSED = "https://creativecommons.org/licenses/by-nc/4.0/"


@pytest.mark.parametrize(
    "record",
    [
        {"dcat:distribution": [{"dct:license": {"@id": OPEN}}, {"dct:license": {"@id": CLOSED}}]},
        {"dct:license": [{"@id": OPEN}, {"@id": CLOSED}]},
        {"dct:license": {"@id": OPEN}, "dct:rights": {"rdfs:label": {"@value": "No resale."}}},
        {"license": OPEN, "rights": ["Cite us.", "Not for commercial use."]},
        {"license": OPEN, "distribution": {"license": CLOSED}},
        {"license": OPEN, "distribution": [{"license": OPEN}] * 60 + [{"license": CLOSED}]},
        {
            "license": OPEN,
            "distribution": [{"useRestriction": {"restrictionStatus": "Restricted - Fully"}}],
        },
        {"license": {"@id": OPEN}, "distribution": [{"license": {"@id": CLOSED}}]},
        {"license_id": "cc-by", "resources": [{"license": CLOSED}]},
        {
            "license_id": "cc-by",
            "extras": [{"key": "access_constraints", "value": "Not for commercial use."}],
        },
    ],
)
def test_terms_of_one_file_or_in_a_list_are_not_passed_over_for_friendlier_ones(
    record: dict[str, object],
) -> None:
    told = [Said(field, text) for field, text in rights_told(record, None)]
    assert read_together(told).kind == "conflict"


def test_a_licence_that_is_told_as_an_object_is_read_by_address_and_words() -> None:
    for value in ({"@id": OPEN}, {"@value": "CC BY 4.0"}, [{"rdfs:label": "CC BY 4.0"}], OPEN):
        (told,) = rights_told({"license": value}, None)
        assert read_together([Said(*told)]).licence_id == "CC-BY-4.0"
