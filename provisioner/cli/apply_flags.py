"""The options of `apply` and `up`, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from provisioner.cli import options

if TYPE_CHECKING:
    from provisioner.apply import ApplyOptions
    from provisioner.plan import PlanOptions


@dataclass(frozen=True, slots=True)
class ApplyFlags:
    """What the options say of the plan and its apply.

    With `yes` no confirmation is asked for; `fingerprint` is the one that the plan must have.
    """

    plan: PlanOptions
    apply: ApplyOptions
    yes: bool = False
    fingerprint: str | None = None


def apply_flags(command: options.Command) -> options.Command:
    """Add the options of an apply; the command gets them as `flags`, an `ApplyFlags`."""

    @options.yes
    @options.allow
    @options.fingerprint
    @options.parallelism
    @options.only
    @options.prune
    @options.via
    @wraps(command)
    def wrapped(
        *args: Any,
        yes: bool,
        allow: tuple[str, ...],
        fingerprint: str | None,
        parallelism: int,
        only: tuple[str, ...],
        prune: bool,
        via: str,
        **kwargs: Any,
    ) -> Any:
        # Imported late: `--help` and a command line that is refused must not pay for the SDKs.
        from provisioner.apply import ApplyOptions
        from provisioner.plan import PlanOptions

        plan_options = PlanOptions(only=only, prune=prune, allow=allow)
        apply_options = ApplyOptions(allow=allow, parallelism=parallelism, deployment=via == "deployment")
        return command(*args, flags=ApplyFlags(plan_options, apply_options, yes, fingerprint), **kwargs)

    return wrapped  # type: ignore[return-value]
