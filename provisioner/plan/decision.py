"""Whether a plan can be applied as it stands, what has to be accepted first, and what cannot be done at all."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from provisioner.plan.planning import ALLOW_MISSING_RIGHTS, Plan, Refusal
from provisioner.text import plural

_MAX_BLOCKED = 3
"""Impossible changes that the last line tells in full; the rest stands with each change."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What stands between a plan and its apply.

    `needs_allow` are the values of `--allow` that were not given, `blocked` the changes that Azure cannot make.
    """

    needs_allow: tuple[str, ...]
    blocked: tuple[Refusal, ...]

    @property
    def applicable(self) -> bool:
        """Whether apply would carry it out with the options of the plan."""
        return not self.needs_allow and not self.blocked


def decide(plan: Plan) -> Decision:
    """What has to be accepted, or changed in the manifest, before a plan can be applied."""
    refusals = tuple(plan.refusals(plan.options.allow))
    # A right that is missing is asked for, and not accepted: the value that tries it all the same is not proposed.
    blocked = tuple(refusal for refusal in refusals if refusal.allow in {None, ALLOW_MISSING_RIGHTS})
    needed = dict.fromkeys(refusal.allow for refusal in refusals if refusal.allow and refusal not in blocked)
    return Decision(tuple(needed), blocked)


def decision_text(plan: Plan, command: str) -> str:
    """The sentence that says what comes next; `command` would carry the plan out but for the acceptances."""
    decision = decide(plan)
    # First what no acceptance helps against: a command to copy would be refused all the same.
    if decision.blocked:
        shown = "; ".join(refusal.text for refusal in decision.blocked[:_MAX_BLOCKED])
        more = len(decision.blocked) - _MAX_BLOCKED
        rest = f"; and {more} more, told above" if more > 0 else ""
        return f"{plural(blocked_changes(plan), 'change')} cannot be done: {shown}{rest}."
    verb = command.split()[1]
    if not decision.needs_allow:
        return f"{verb.capitalize()} will carry this out."
    return f"To accept what is breaking or destructive: {accepting_command(plan, command)}"


def blocked_changes(plan: Plan) -> int:
    """How many changes Azure cannot make; one may have several reasons."""
    return sum(any(reason.blocked for reason in change.reasons) for change in plan.changes)


def accepting_command(plan: Plan, command: str) -> str:
    """The command with an `--allow` for everything that the plan's options accept and all that it still needs."""
    # Values that the plan was made with come first: some of them, such as a column's removal, made changes of it.
    accepted = dict.fromkeys((*plan.options.allow, *decide(plan).needs_allow))
    return " ".join([command, *(f"--allow {shlex.quote(value)}" for value in accepted)])


def plan_command(plan: Plan) -> str:
    """The command that applies a plan of the manifest in the current directory, without acceptances."""
    options = plan.options
    words = ["provisioner", "apply"]
    words += ["-e", plan.environment] if plan.environment else []
    words += [word for name in options.only for word in ("--only", name)]
    words += ["--prune"] if options.prune else []
    return shlex.join(words)
