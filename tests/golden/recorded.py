"""What a story prints, as the texts of its cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tests.golden.normalise import CASES, normalise, without_fingerprint
from tests.golden.runs import Outcome, run, workplace
from tests.golden.stories import Step, Story


def play(story: Story, folder: Path, run_command: Callable[[str], Outcome] = run) -> dict[str, str]:
    """The story carried out in an empty directory: case → what it printed."""
    texts: dict[str, str] = {}
    with workplace(folder):
        for step in story.steps:
            if step.change is not None:
                step.change()
            text = normalise(_text(step, run_command(step.words)), folder)
            texts[step.case] = without_fingerprint(text) if "--prune" in step.words else text
    return texts


def file_of(case: str) -> Path:
    """Where the case is recorded."""
    return CASES / f"{case}.txt"


def recorded_files() -> Iterator[Path]:
    """Every file of a case that there is."""
    return CASES.rglob("*.txt")


def _text(step: Step, outcome: Outcome) -> str:
    parts = [f"$ provisioner {step.words}\nexit code {outcome.code}\n"]
    parts += [_section("stdout", outcome.stdout), _section("stderr", outcome.stderr)]
    for pattern in step.shows:
        parts += [
            _section(str(file), file.read_text("utf-8")) for file in sorted(Path().glob(pattern)) if file.is_file()
        ]
    return "".join(parts)


def _section(name: str, text: str) -> str:
    if not text:
        return f"──── {name}: empty\n"
    return f"──── {name}\n{text}" + ("" if text.endswith("\n") else "\n──── no newline at the end\n")
