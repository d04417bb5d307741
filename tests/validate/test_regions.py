"""Regions: an unknown one is a warning with near names of its own geography, and no fix leads to another region."""

from __future__ import annotations

import pytest

from provisioner import load, validate
from provisioner.package_data import load_facts
from provisioner.validate.azure_regions import geography_of_region, near_regions
from tests.support.manifests import write_manifest

MANIFEST = """\
target: {{subscription: 6f9619ff-8b86-d011-b42d-00c04fc964ff, resource_group: rg, location: "{0}"}}
tables: {{A_CL: {{columns: {{TimeGenerated: datetime}}}}}}
streams: {{Custom-A: A_CL}}
"""


def findings(folder, location):
    diagnostics = validate.check(load.load_document(write_manifest(folder, MANIFEST.format(location))))
    return [diagnostic for diagnostic in diagnostics if diagnostic.code.startswith("REG")]


@pytest.mark.parametrize(
    ("location", "near"),
    [
        ("indianorthcentral", "indiasouthcentral"),
        ("indiasouth", "southindia"),
        ("westeuropa", "westeurope"),
        ("westeurpe", "westeurope"),
        ("eastus9", "eastus"),
        ("australiawest", "australiaeast"),
        ("jiosouthindia", "southindia"),
    ],
)
def test_an_unknown_region_is_a_warning_with_near_names_of_its_geography(tmp_path, location, near):
    (finding,) = findings(tmp_path, location)
    assert (finding.code, finding.severity, finding.fix) == ("REG001", "warning", None)
    assert near in finding.hint
    geography = geography_of_region(near)
    assert all(geography_of_region(region) == geography for region in near_regions(location))


def test_a_name_that_speaks_of_no_geography_gets_no_names(tmp_path):
    (finding,) = findings(tmp_path, "mooneast")
    assert (finding.severity, finding.fix) == ("warning", None)
    assert finding.hint == "`az account list-locations` lists them"


@pytest.mark.parametrize("location", ["West Europe", "west-europe", "West_Europe", "WESTEUROPE", "West  Europe"])
def test_a_region_that_differs_in_spelling_alone_is_mended(tmp_path, location):
    (finding,) = findings(tmp_path, location)
    assert [edit.text.strip('"') for edit in finding.fix.edits] == ["westeurope"]
    assert finding.severity == "warning"


@pytest.mark.parametrize(
    "location", ["indiasouthcentral", "saudiarabiaeast", "denmarkeast", "eastus3", "southeastus", "westcentralusfre"]
)
def test_regions_that_are_live_before_lists_have_them_are_known(tmp_path, location):
    assert findings(tmp_path, location) == []


def test_every_region_has_a_geography():
    names = [name for regions in load_facts("regions.yaml")["clouds"].values() for name in regions]
    assert [name for name in names if geography_of_region(name) is None] == []
