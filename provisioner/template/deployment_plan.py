"""What a template deploys: its resources in order, with their bodies, and its outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from provisioner.template.budget import Budget
from provisioner.template.declared_types import Types
from provisioner.template.dependencies import connect
from provisioner.template.deployment_scope import DeploymentScope
from provisioner.template.evaluation_context import Context, Evaluation, Mention, Resolver
from provisioner.template.json_values import get, text_of
from provisioner.template.nested_templates import NestedTemplate, evaluate_body, nested_template
from provisioner.template.parameter_filling import fill_parameters
from provisioner.template.resource_instances import ResourceInstance, expand_resources
from provisioner.template.resource_lookup import ResourceLookup
from provisioner.template.resource_loops import CountNotKnownError, loops_in
from provisioner.template.template_document import Document
from provisioner.template.template_errors import TemplateError
from provisioner.template.template_facts import limit
from provisioner.template.template_functions import user_functions
from provisioner.template.template_outputs import Output, evaluate_outputs
from provisioner.template.template_sections import Template, check_scope, template_of
from provisioner.template.template_variables import Variables
from provisioner.template.unknown_values import unknowns_in

Value = TypeVar("Value")


class DeploymentPlan:
    """A template's resources in the order in which they can be deployed, each after what it depends on.

    `parameters` and `instances` are complete; a body, an output or a nested plan has Unknown values where only the
    resolver could say more. Ask `body`, `nested` and `outputs` with a resolver that answers while deploying.
    """

    def __init__(
        self,
        template: Template,
        scope: DeploymentScope,
        name: str,
        supplied: Mapping[str, Any],
        evaluation: Evaluation,
        location: Any = None,
        level: int = 0,
    ) -> None:
        """Use `plan_deployment`, which says where a fault is."""
        self.name, self.scope = name, scope
        self._template, self._level = template, level
        self._types = Types(template.definitions, may_be_untyped=template.symbolic)
        context = Context(
            evaluation,
            scope,
            functions=user_functions(template.functions, self._types, template.document),
            deployment=_deployment(name, template, location),
        )
        self.parameters = fill_parameters(template.parameters, supplied, self._types, context)
        context = context.derive(parameters={parameter.name.lower(): parameter.value for parameter in self.parameters})
        context.variables = Variables(template.variables, context)
        self.instances = expand_resources(template, context)
        self._lookup = ResourceLookup(self.instances, loops_in(template.resources))
        self._context = context.derive(resources=self._lookup)
        self._nested: dict[str, DeploymentPlan] = {}
        self._arrange()
        self._outputs = evaluate_outputs(template.outputs, self._types, self._context)

    @property
    def document(self) -> Document:
        """The template that is planned."""
        return self._template.document

    def _arrange(self) -> None:
        """Bodies, order, nested plans; then once more the bodies that speak of nested deployments."""
        evaluation = self._context.evaluation
        mentioned: dict[str, list[Mention]] = {}
        for instance in self.instances:
            instance.context.resources = self._lookup
            mentioned[instance.key] = []
            if instance.deployed:
                instance.body = evaluate_body(instance, instance.context.derive(mentioned=mentioned[instance.key]))
        self.instances = connect(self.instances, self._lookup, mentioned, allow_unresolved=evaluation.allow_unresolved)
        # Templates are limited in what they expand to, not only in their text.
        size = 0
        for instance in self.instances:
            if any(self._lookup.planned_result(mention.target) for mention in mentioned[instance.key]):
                instance.body = evaluate_body(instance, instance.context)
            size += evaluation.budget.check(instance.body)
            if size > limit("template_bytes"):
                raise TemplateError("expansion", most=limit("template_bytes"))
            if instance.is_deployment and instance.deployed:
                self._plan_nested(instance, evaluation)

    def _plan_nested(self, instance: ResourceInstance, evaluation: Evaluation) -> None:
        nested = nested_template(instance, self._template.document, allow_unresolved=evaluation.allow_unresolved)
        if nested is None:
            return
        try:
            plan = self._inner_plan(instance, nested, evaluation)
        except CountNotKnownError:
            # What-if and validation leave it out; it is planned when it is its turn.
            return
        self._nested[instance.key] = plan
        # As a deployed one would show them: without the values of secure outputs.
        shown = {name: {**output.json()} for name, output in plan.outputs().items()}
        properties = {"provisioningState": "Succeeded", "mode": "Incremental", "outputs": shown}
        content = {"id": instance.id, "name": instance.name, "type": instance.type, "properties": properties}
        self._lookup.plan(instance, content)

    def _inner_plan(self, instance: ResourceInstance, nested: NestedTemplate, evaluation: Evaluation) -> DeploymentPlan:
        # Counted over all levels: a nested deployment in a loop of nested deployments grows by multiplication.
        evaluation.budget.deployments -= 1
        if self._level >= limit("nested_deployments") or evaluation.budget.deployments < 0:
            most = limit("nested_deployments")
            raise TemplateError("deployment-depth", resource=text_of(instance.name), most=most).within(*instance.path)
        return _planned(
            nested.document,
            instance.deployment_scope,
            text_of(instance.name),
            nested.parameters,
            evaluation,
            get(instance.body, "location"),
            self._level + 1,
        )

    def nested(self, instance: ResourceInstance, resolver: Resolver | None = None) -> DeploymentPlan | None:
        """The plan of a nested deployment; None for other resources, and for what is not deployed.

        With a resolver its parameters are evaluated again, when what they wait for is deployed. Raises TemplateError.
        """
        if resolver is None or not instance.is_deployment or not instance.deployed:
            return self._nested.get(instance.key)
        live = self._live(resolver)

        def plan() -> DeploymentPlan | None:
            current = replace(instance, body=evaluate_body(instance, instance.context.derive(evaluation=live)))
            nested_source = nested_template(current, self._template.document, allow_unresolved=live.allow_unresolved)
            return None if nested_source is None else self._inner_plan(current, nested_source, live)

        return _placed(self._template.document, plan)

    def body(self, instance: ResourceInstance, resolver: Resolver | None = None) -> dict[str, Any]:
        """What a PUT of the resource sends. With a resolver evaluated again, when what it waits for is deployed.

        What the resolver itself does not know stays Unknown in it. Raises TemplateError.
        """
        if resolver is None:
            return instance.body
        context = instance.context.derive(evaluation=self._live(resolver))
        return _placed(self._template.document, lambda: evaluate_body(instance, context))

    def outputs(self, resolver: Resolver | None = None) -> dict[str, Output]:
        """The outputs by name; with a resolver complete. Raises TemplateError DeploymentOutputEvaluationFailed."""
        if resolver is None:
            return self._outputs
        context = self._context.derive(evaluation=self._live(resolver))

        def evaluate() -> dict[str, Output]:
            outputs = evaluate_outputs(self._template.outputs, self._types, context)
            for name, output in outputs.items():
                if not context.evaluation.allow_unresolved and next(unknowns_in(output.value), None) is not None:
                    raise TemplateError("output", name=name).within("outputs", name)
            return outputs

        return _placed(self._template.document, evaluate)

    def walk(self) -> Iterator[ResourceInstance]:
        """The resources that are deployed, in order, those of nested deployments in the place of the deployment."""
        for instance in self.instances:
            inner = self._nested.get(instance.key)
            if inner is not None:
                yield from inner.walk()
            elif instance.deployed:
                yield instance

    def nested_deployments(self) -> Iterator[tuple[ResourceInstance, DeploymentPlan]]:
        """The nested deployments that are deployed, at every level, each with its plan."""
        for instance in self.instances:
            inner = self._nested.get(instance.key)
            if inner is not None and instance.deployed:
                yield instance, inner
                yield from inner.nested_deployments()

    def _live(self, resolver: Resolver) -> Evaluation:
        # A fresh budget each time: 800 resources, evaluated one by one, are not one evaluation.
        return replace(self._context.evaluation, resolver=resolver, planning=False, budget=Budget())


def plan_deployment(
    source: Document | Mapping[str, Any],
    scope: DeploymentScope,
    *,
    name: str = "deployment",
    parameters: Mapping[str, Any] | None = None,
    location: str | None = None,
    evaluation: Evaluation | None = None,
) -> DeploymentPlan:
    """The plan of a template (`read_document(text)`, or its value alone) deployed to a scope.

    `parameters` has Azure's form, `{"prefix": {"value": "shop"}}`: see `parameter_values` and `read_parameter_file`.
    `location` is that of the deployment itself, which only those to a group do without.
    Raises TemplateError, with line and column where the document has its text, for all that Azure would refuse before
    it deploys anything.
    """
    document = source if isinstance(source, Document) else Document(source)
    return _placed(
        document,
        lambda: _planned(document, scope, name, parameters or {}, evaluation or Evaluation(), location, level=0),
    )


def _planned(
    document: Document,
    scope: DeploymentScope,
    name: str,
    parameters: Mapping[str, Any],
    evaluation: Evaluation,
    location: Any,
    level: int,
) -> DeploymentPlan:
    def plan() -> DeploymentPlan:
        template = template_of(document, allow_unresolved=evaluation.allow_unresolved)
        if not evaluation.allow_unresolved and level == 0:
            check_scope(template, scope.kind)
        return DeploymentPlan(template, scope, name, parameters, evaluation, location, level)

    # A nested plan that waits for a count is left out by the outer one: reading a large text for its place is in vain.
    return _placed(document, plan, counts=level == 0 or not evaluation.planning)


def _placed(document: Document, action: Callable[[], Value], *, counts: bool = True) -> Value:
    """Run an action; an error of it gets line and column in the document, without `counts` not that of a count."""
    try:
        return action()
    except CountNotKnownError as error:
        raise (document.locate(error) if counts else error) from None
    except TemplateError as error:
        raise document.locate(error) from None
    except RecursionError:
        # Every nesting is bounded by a limit of its own; several of them together can still be too deep for Python.
        raise document.locate(TemplateError("too-deep", most=limit("json_depth"))) from None


def _deployment(name: str, template: Template, location: Any) -> dict[str, Any]:
    """What `deployment()` gives: parameters are left out of it, secrets among them."""
    properties = {
        "template": template.document.value,
        "parameters": {},
        "mode": "Incremental",
        "provisioningState": "Accepted",
    }
    return {"name": name, **({} if location is None else {"location": location}), "properties": properties}
