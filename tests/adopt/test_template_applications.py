"""Templates with the Microsoft.Graph extension of Bicep: what they make in Entra becomes `applications`."""

from __future__ import annotations

import pytest

from tests.support.arm_templates import assignment, findings, imported, loaded, rule, table, template

EXTENSION = {"import": "microsoftGraphV1"}
ISSUER, SUBJECT = "https://token.actions.githubusercontent.com", "repo:shop/web:ref:refs/heads/main"
ON_THE_RULE = "[resourceId('Microsoft.Insights/dataCollectionRules', 'dcr-ops')]"


def graph(type_, properties):
    return {**EXTENSION, "type": f"Microsoft.Graph/{type_}@v1.0", "properties": properties}


def with_application(folder, **changes):
    """The import of a table, a rule, and an application that may send to it; `changes` replace its resources."""
    resources = {
        "table": table(),
        "rule": rule(),
        "app": graph("applications", {"displayName": "Shop sender", "uniqueName": "shop-sender"}),
        "sp": graph("servicePrincipals", {"appId": "[reference('app').appId]"}),
        "credential": graph(
            "applications/federatedIdentityCredentials",
            {
                "name": "[format('{0}/github', reference('app').uniqueName)]",
                "issuer": ISSUER,
                "subject": SUBJECT,
                "audiences": ["api://AzureADTokenExchange"],
            },
        ),
        "grant": assignment(ON_THE_RULE, principal="[reference('sp').id]"),
        **changes,
    }
    source = template(languageVersion="2.0", parameters={"subject": {"type": "string"}})
    return imported(folder, {**source, "resources": resources})


def test_an_application_comes_with_its_credential_and_its_grant(tmp_path):
    result = with_application(tmp_path)
    credential = {"issuer": ISSUER, "subject": SUBJECT, "audience": "api://AzureADTokenExchange", "name": "github"}
    assert result.fields["applications"] == {"shop-sender": {"federated": [credential]}}
    assert result.fields["grants"] == {"sender-1": {"principal": {"application": "shop-sender"}}}
    assert result.skipped == ()
    # The client id is another one: that is told.
    assert len(findings(result, "IMP004")) == 1
    assert loaded(tmp_path, result).manifest.applications["shop-sender"].federated[0].name == "github"


@pytest.mark.parametrize("value", ["[parameters('subject')]", None, 7])
def test_a_credential_that_the_source_does_not_say_is_told_and_left_out(tmp_path, value):
    properties = {"name": "shop-sender/github", "issuer": ISSUER, "subject": value, "audiences": ["a"]}
    result = with_application(tmp_path, credential=graph("applications/federatedIdentityCredentials", properties))
    assert result.fields["applications"] == {"shop-sender": {}}
    [message] = findings(result, "IMP002")
    assert "subject" in str(message)


def test_a_principal_of_another_application_stays_a_variable(tmp_path):
    other = graph("servicePrincipals", {"appId": "7d3ad8a1-9b5f-4b8b-a1a8-50d4c6f4a009"})
    result = with_application(tmp_path, sp=other)
    assert list(result.fields["variables"]) == ["reference"]
    assert [one.type for one in result.skipped] == ["Microsoft.Graph/servicePrincipals@v1.0"]


def test_names_that_no_manifest_takes_are_changed(tmp_path):
    first = graph("applications", {"displayName": "1 Sender (West)"})
    second = graph("applications", {"displayName": "1 Sender, West"})
    result = with_application(tmp_path, app=first, second=second)
    assert list(result.fields["applications"]) == ["app-1-Sender-West", "app-1-Sender-West-2"]
