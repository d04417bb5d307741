"""ARM's template language: read, checked, evaluated; no resource of any provider is known here.

An expression has one of three answers: a value; a `Deferred`, known only once some resources are deployed; an
`UnresolvedValue`, not in the source, with the name of what is missing. The last two are `Unknown` and may stand
anywhere in a value.

    document = read_document(text)                                     # JSON with comments, many lines in a string
    plan = plan_deployment(document, DeploymentScope("<subscription>", "rg-shop"),
                           parameters=read_parameter_file(parameters_text))
    for instance in plan.instances:                                    # each after what it depends on
        ...  # instance.id, .type, .name, .api_version, .condition, .existing, .dependencies, .body

Who deploys hands in a `Resolver` that answers `reference()` and `list*`, and asks again when it is a resource's turn:
`plan.body(instance, resolver)`, `plan.nested(instance, resolver)`, `plan.outputs(resolver)`. Who only reads sets
`Evaluation(allow_unresolved=True)`: nothing is required, what cannot be evaluated is an `UnresolvedValue`, and
`plan.walk()` gives every resource, those of nested deployments included.

Every fault is a `TemplateError` with Azure's code and text, a path, and line and column where the text is known. The
documented functions, the limits and the texts are data: `schemas/template.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.template.deployment_plan import DeploymentPlan, plan_deployment
from provisioner.template.deployment_scope import DeploymentScope, resource_id
from provisioner.template.evaluation_context import Context, Evaluation, NothingDeployed, Resolver, Target
from provisioner.template.evaluator import resolve
from provisioner.template.json_values import text_of
from provisioner.template.parameter_file import parameter_section, read_parameter_file
from provisioner.template.parameter_filling import Parameter, parameter_values
from provisioner.template.resource_instances import ResourceInstance
from provisioner.template.template_document import Document, read_document
from provisioner.template.template_errors import TemplateError, path_text
from provisioner.template.template_expression_parser import is_expression
from provisioner.template.template_facts import limit
from provisioner.template.template_outputs import Output
from provisioner.template.template_variables import Variables
from provisioner.template.unknown_values import Deferred, Unknown, UnresolvedValue, unknowns_in, unresolved

__all__ = [
    "Deferred",
    "DeploymentPlan",
    "DeploymentScope",
    "Document",
    "Evaluation",
    "NothingDeployed",
    "Output",
    "Parameter",
    "Resolver",
    "ResourceInstance",
    "Target",
    "TemplateError",
    "Unknown",
    "UnresolvedValue",
    "evaluate_expression",
    "is_expression",
    "parameter_section",
    "parameter_values",
    "path_text",
    "plan_deployment",
    "read_document",
    "read_parameter_file",
    "resource_id",
    "text_of",
    "unknowns_in",
    "unresolved",
]


def evaluate_expression(
    value: Any,
    scope: DeploymentScope | None = None,
    *,
    parameters: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    evaluation: Evaluation | None = None,
) -> Any:
    """The value of one expression, `[concat('a', 'b')]`, or of any value with expressions in it.

    `parameters` are plain values by name; `variables` are as a template declares them. Raises TemplateError whose path
    leads into the value, and whose `offset` counts in the expression.
    """
    context = Context(
        evaluation or Evaluation(),
        scope or DeploymentScope(),
        parameters={name.lower(): parameter for name, parameter in (parameters or {}).items()},
    )
    try:
        context.variables = Variables(variables or {}, context)
        return resolve(value, context)
    except RecursionError:
        raise TemplateError("too-deep", most=limit("json_depth")) from None
