"""Import never grants what the source does not: which role assignments become grants, and which are listed."""

from __future__ import annotations

import pytest

from provisioner.adopt import ImportOptions
from tests.support.arm_templates import (
    GROUP,
    OPTIONS,
    PRINCIPAL,
    PUBLISHER,
    READER,
    SUBSCRIPTION,
    assignment,
    findings,
    imported,
    rule,
    table,
    template,
)

ROLE_PATH = f"/providers/Microsoft.Authorization/roleDefinitions/{PUBLISHER}"
ON_THE_RULE = "[resourceId('Microsoft.Insights/dataCollectionRules', 'dcr-ops')]"
TO_THE_SENDER = {"sender-1": {"principal": PRINCIPAL}}


@pytest.mark.parametrize(
    "scope",
    [
        ON_THE_RULE,
        "Microsoft.Insights/dataCollectionRules/dcr-ops",
        "[format('Microsoft.Insights/dataCollectionRules/{0}', 'DCR-OPS')]",
        f"{GROUP}/providers/microsoft.insights/datacollectionrules/dcr-ops",
        "[resourceGroup().id]",
        "[subscription().id]",
        f"/subscriptions/{SUBSCRIPTION}",
        None,
    ],
)
def test_a_scope_that_covers_the_rule_gives_the_grant(tmp_path, scope):
    result = imported(tmp_path, template(table(), rule(), assignment(scope)))
    assert result.fields["grants"] == TO_THE_SENDER


@pytest.mark.parametrize(
    "scope",
    [
        "[resourceId('Microsoft.Insights/dataCollectionRules', 'dcr-someone-else')]",
        "[resourceId('rg-other', 'Microsoft.Insights/dataCollectionRules', 'dcr-ops')]",
        "[resourceId('Microsoft.Storage/storageAccounts', 'st1')]",
        "[resourceId('Microsoft.KeyVault/vaults', 'kv1')]",
        "[resourceId('Microsoft.Storage/storageAccounts', 'dcr-ops')]",
        "[resourceId('Microsoft.OperationalInsights/workspaces', 'law-x')]",
        "[resourceId('Microsoft.Insights/dataCollectionEndpoints', 'dcr-ops')]",
        f"{GROUP}/providers/Microsoft.Insights/dataCollectionRules/dcr-ops-2",
        "/subscriptions/99999999-8b86-4d01-b42d-00c04fc964ff",
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg",
        "[parameters('where')]",
        "[reference('x').id]",
    ],
)
@pytest.mark.parametrize("role", [PUBLISHER, READER])
def test_an_assignment_on_something_else_is_listed_and_gives_nothing(tmp_path, scope, role):
    source = template(table(), rule(), assignment(scope, role), parameters={"where": {"type": "string"}})
    result = imported(tmp_path, source)
    assert "grants" not in result.fields
    assert [skipped.type for skipped in result.skipped] == ["grant"]
    assert "Seen and not imported" in result.yaml_text()


def test_a_deployment_to_another_group_gives_its_assignments_there(tmp_path):
    nested = {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": "elsewhere",
        "resourceGroup": "rg-other",
        "properties": {"mode": "Incremental", "template": template(assignment(None))},
    }
    assert "grants" not in imported(tmp_path, template(table(), rule(), nested)).fields


def test_the_older_form_names_the_rule_in_its_type(tmp_path):
    older = assignment(None) | {
        "type": "Microsoft.Insights/dataCollectionRules/providers/roleAssignments",
        "name": "[concat('dcr-ops', '/Microsoft.Authorization/', guid('a'))]",
    }
    assert imported(tmp_path, template(table(), rule(), older)).fields["grants"] == TO_THE_SENDER
    other = older | {"name": "[concat('dcr-other', '/Microsoft.Authorization/', guid('a'))]"}
    assert "grants" not in imported(tmp_path, template(table(), rule(), other)).fields


@pytest.mark.parametrize(
    "role",
    [
        f"[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{PUBLISHER}')]",
        f"[resourceId('Microsoft.Authorization/roleDefinitions', '{PUBLISHER}')]",
        f"[tenantResourceId('Microsoft.Authorization/roleDefinitions', '{PUBLISHER}')]",
        f"[extensionResourceId(subscription().id, 'Microsoft.Authorization/roleDefinitions', '{PUBLISHER.upper()}')]",
        f"[concat('/subscriptions/', subscription().subscriptionId, '{ROLE_PATH}')]",
        f"[format('/subscriptions/{{0}}{ROLE_PATH}', parameters('elsewhere'))]",
        "[variables('role')]",
        PUBLISHER,
    ],
)
def test_a_role_is_known_however_its_id_is_written(tmp_path, role):
    source = template(
        table(),
        rule(),
        assignment(ON_THE_RULE, role),
        parameters={"elsewhere": {"type": "string"}},
        variables={"role": f"[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{PUBLISHER}')]"},
    )
    assert imported(tmp_path, source).fields["grants"] == TO_THE_SENDER


@pytest.mark.parametrize(
    "role",
    [
        READER,
        "99999999-0000-0000-0000-000000000001",
        f"[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{READER}')]",
    ],
)
def test_a_role_that_lets_nobody_send_gives_no_grant(tmp_path, role):
    result = imported(tmp_path, template(table(), rule(), assignment(ON_THE_RULE, role)))
    assert "grants" not in result.fields
    assert ("does not let senders in" in result.skipped[0].reason) is (READER in role)
    assert ("nothing shows" in result.skipped[0].reason) is (READER not in role)


@pytest.mark.parametrize("role", ["[parameters('role')]", "[reference('x').role]", "[noSuchFunction()]"])
def test_a_role_without_a_value_is_told_and_never_empty(tmp_path, role):
    source = template(table(), rule(), assignment(ON_THE_RULE, role), parameters={"role": {"type": "string"}})
    result = imported(tmp_path, source)
    assert "grants" not in result.fields
    [(severity, message)] = findings(result, "IMP002")
    assert severity == "warning"
    assert "its role" in message


@pytest.mark.parametrize(
    "more",
    [
        {"properties": {"condition": "@Resource[x] StringEquals 'y'", "conditionVersion": "2.0"}},
        {"properties": {"condition": "[parameters('limit')]"}},
        {"properties": {"delegatedManagedIdentityResourceId": GROUP}},
        {"properties": {"principalId": ""}},
        {"properties": {"roleDefinitionId": None}},
        {"properties": {"principalType": "ForeignGroup"}},
        {"condition": "[parameters('assign')]"},
        {"condition": False},
    ],
)
def test_what_limits_an_assignment_keeps_it_out(tmp_path, more):
    parameters = {"limit": {"type": "string"}, "assign": {"type": "bool"}}
    result = imported(tmp_path, template(table(), rule(), assignment(ON_THE_RULE, **more), parameters=parameters))
    assert "grants" not in result.fields


def test_an_open_principal_is_one_variable_however_often_it_is_given_rights(tmp_path):
    source = template(
        table(),
        rule(),
        rule("dcr-more"),
        assignment(ON_THE_RULE, principal="[parameters('principalId')]"),
        assignment(
            "[resourceId('Microsoft.Insights/dataCollectionRules', 'dcr-more')]",
            principal="[parameters('principalId')]",
        ),
        parameters={"principalId": {"type": "string"}},
    )
    fields = imported(tmp_path, source).fields
    assert fields["grants"] == {"sender-1": {"principal": "$(principalId)"}}
    assert list(fields["variables"]) == ["principalId"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("[parameters('ids')[0]]", "[parameters('ids')[1]]"),
        ("[parameters('ids').a]", "[parameters('ids').b]"),
        ("[reference('a').identity.principalId]", "[reference('b').identity.principalId]"),
        ("[toLower(parameters('ids'))]", "[substring(parameters('ids'), 1)]"),
    ],
)
def test_two_open_principals_never_become_one(tmp_path, first, second):
    """Each gets rights on its own rule; one variable for both would give each of them both."""
    source = template(
        table(),
        rule(),
        rule("dcr-more"),
        assignment(ON_THE_RULE, principal=first),
        assignment("[resourceId('Microsoft.Insights/dataCollectionRules', 'dcr-more')]", principal=second),
        parameters={"ids": {"type": "array"}},
    )
    grants = imported(tmp_path, source).fields["grants"]
    assert [grant["dcrs"] for grant in grants.values()] == [["dcr-ops"], ["dcr-more"]]
    assert len({grant["principal"] for grant in grants.values()}) == 2


@pytest.mark.parametrize(
    ("rule_name", "scope", "is_granted"),
    [
        ("parameters('name')", "resourceId('Microsoft.Insights/dataCollectionRules', parameters('name'))", True),
        ("parameters('name')", "format('Microsoft.Insights/dataCollectionRules/{0}', parameters('name'))", True),
        (
            "parameters('names')[0]",
            "resourceId('Microsoft.Insights/dataCollectionRules', parameters('names')[0])",
            True,
        ),
        (
            "parameters('names')[0]",
            "resourceId('Microsoft.Insights/dataCollectionRules', parameters('names')[1])",
            False,
        ),
        ("parameters('name')", "resourceId('Microsoft.Insights/dataCollectionRules', parameters('names'))", False),
        (
            "parameters('name')",
            "resourceId('Microsoft.Insights/dataCollectionRules', substring(parameters('name'), 2))",
            False,
        ),
        (
            "parameters('name')",
            "resourceId(parameters('resourceGroup'), 'Microsoft.Insights/dataCollectionRules', parameters('name'))",
            False,
        ),
    ],
)
@pytest.mark.parametrize("options", [OPTIONS, ImportOptions(location="westeurope")], ids=["placed", "open"])
def test_a_scope_with_an_open_name_counts_where_it_is_certainly_the_rule(
    tmp_path, rule_name, scope, is_granted, options
):
    open_parameters = {name: {"type": "string"} for name in ("name", "names", "resourceGroup")}
    source = template(table(), rule(f"[{rule_name}]"), assignment(f"[{scope}]"), parameters=open_parameters)
    assert ("grants" in imported(tmp_path, source, options).fields) is is_granted


@pytest.mark.parametrize(
    ("scope", "is_granted"),
    [
        ("[resourceId('Microsoft.Insights/dataCollectionRules', 'dcr-ops')]", True),
        ("[resourceId(resourceGroup().name, 'Microsoft.Insights/dataCollectionRules', 'dcr-ops')]", True),
        ("[resourceId(parameters('resourceGroup'), 'Microsoft.Insights/dataCollectionRules', 'dcr-ops')]", False),
        ("[resourceGroup().id]", True),
        (None, True),
        ("[subscriptionResourceId('Microsoft.Resources/resourceGroups', parameters('resourceGroup'))]", False),
    ],
)
def test_a_parameter_that_is_called_resource_group_is_not_the_group_of_the_rule(tmp_path, scope, is_granted):
    source = template(table(), rule(), assignment(scope), parameters={"resourceGroup": {"type": "string"}})
    assert ("grants" in imported(tmp_path, source, ImportOptions()).fields) is is_granted


@pytest.mark.parametrize("index", [0, 1])
def test_two_deployments_to_open_groups_are_not_taken_for_one(tmp_path, index):
    def deployed(number, *resources):
        properties = {"mode": "Incremental", "template": template(*resources)}
        head = {"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": f"d{number}"}
        return head | {"resourceGroup": f"[parameters('groups')[{number}]]", "properties": properties}

    beside = [assignment(None)] if index == 0 else []
    source = template(
        table(),
        deployed(0, rule(), *beside),
        *([deployed(1, assignment(None))] if index == 1 else []),
        parameters={"groups": {"type": "array"}},
    )
    assert ("grants" in imported(tmp_path, source).fields) is (index == 0)


@pytest.mark.parametrize(("name", "is_granted"), [("{{dcrName}}", True), ("{{otherName}}", False)])
def test_published_bodies_with_placeholders_are_matched_by_them(tmp_path, name, is_granted):
    scope = f"{GROUP}/providers/Microsoft.Insights/dataCollectionRules/{name}"
    source = [table(), rule("{{dcrName}}"), assignment(scope, name="a")]
    assert ("grants" in imported(tmp_path, source).fields) is is_granted


def test_a_turn_of_a_loop_is_granted_to_the_rule_of_that_turn(tmp_path):
    loop = {"copy": {"name": "each", "count": 2}}
    rules = rule("[concat(parameters('names')[copyIndex()], '-a')]") | loop
    one = assignment(
        "[resourceId('Microsoft.Insights/dataCollectionRules', concat(parameters('names')[copyIndex()], '-a'))]",
        principal="[parameters('ids')[copyIndex()]]",
    )
    source = template(
        table(),
        rules,
        one | loop | {"name": "[guid(string(copyIndex()))]"},
        parameters={"names": {"defaultValue": ["x", "y"]}, "ids": {"type": "array"}},
    )
    grants = imported(tmp_path, source).fields["grants"]
    assert [grant["dcrs"] for grant in grants.values()] == [["x-a"], ["y-a"]]
    assert len({grant["principal"] for grant in grants.values()}) == 2


def test_a_source_without_rules_gives_no_grants(tmp_path):
    result = imported(tmp_path, template(table(), assignment("[resourceGroup().id]")))
    assert "grants" not in result.fields


def test_the_type_of_a_principal_is_spelt_as_a_manifest_spells_it(tmp_path):
    source = template(table(), rule(), assignment(ON_THE_RULE, properties={"principalType": "group"}))
    assert imported(tmp_path, source).fields["grants"] == {"sender-1": {"principal": PRINCIPAL, "type": "Group"}}
