"""The main job, unchanged, against the emulator or with `--live` against Azure.

With `--live` the variables PROVISIONER_LIVE_SUBSCRIPTION, PROVISIONER_LIVE_GROUP and PROVISIONER_LIVE_LOCATION say
where, and azure-identity finds who. What is made stays until `provisioner destroy` is run by hand.
"""

from __future__ import annotations

import os

import pytest

from provisioner import Project
from provisioner.verify import VerifyOptions
from tests.journeys.test_journey import edit, project, stop

WHERE = ("subscription", "group", "location")


@pytest.fixture
def shop(request, tmp_path):
    """The quickstart, aimed at the emulator or at Azure."""
    folder = project(tmp_path / "shop")
    if not request.config.getoption("--live"):
        yield Project.load(folder, environment="local")
        stop(folder / ".provisioner")
        return
    names = [f"PROVISIONER_LIVE_{key.upper()}" for key in WHERE]
    if missing := [name for name in names if name not in os.environ]:
        pytest.skip(f"set {', '.join(missing)}")
    subscription, group, location = (os.environ[name] for name in names)
    target = f"target: {{subscription: {subscription}, resource_group: {group}, location: {location}}}"
    edit(folder, "environments:\n", f"environments:\n  live: {{{target}, workspace: {{location: {location}}}}}\n")
    yield Project.load(folder, environment="live")


@pytest.mark.live
def test_what_is_applied_plans_empty_and_each_column_arrives(shop):
    with shop.connect() as azure:
        outcomes = shop.apply(shop.plan(azure), azure)
        assert all(outcome.state == "applied" for outcome in outcomes), outcomes
        assert shop.plan(azure).empty
        verified = shop.verify(azure, VerifyOptions(grant_self=True))
        assert verified.ok, verified.json()
