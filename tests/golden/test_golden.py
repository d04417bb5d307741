"""What the command line prints is what is recorded; `python -m tests.golden --write` records it anew."""

from __future__ import annotations

import difflib
import re
from collections import Counter

import pytest

from tests.golden.recorded import file_of, play, recorded_files
from tests.golden.stories import COMMANDS, FORMS, Story, stories

STORIES = list(stories())
STEPS = [step for story in STORIES for step in story.steps]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_command_line_prints_what_is_recorded(story: Story, tmp_path):
    differences = []
    for case, text in play(story, tmp_path.resolve()).items():
        file = file_of(case)
        recorded = file.read_bytes().decode() if file.exists() else ""
        if recorded != text:
            lines = difflib.unified_diff(
                recorded.splitlines(), text.splitlines(), f"{case} recorded", "now", lineterm=""
            )
            differences.append("\n".join(lines) or f"{case}: other line ends")
    assert not differences, "\n\n".join(differences)


def test_every_case_has_a_name_of_its_own_and_no_recorded_file_is_left_over():
    assert [case for case, count in Counter(step.case for step in STEPS).items() if count > 1] == []
    assert {file_of(step.case) for step in STEPS} == {*recorded_files()}


def test_every_form_of_every_command_has_a_case():
    """The forms are read from the recorded help, so a new one cannot be forgotten."""
    for command in COMMANDS:
        text = file_of(f"help/{command.replace(' ', '-')}").read_text("utf-8")
        choices = re.search(r"--format \[([\w|-]+)\]", text)
        assert tuple(choices[1].split("|") if choices else ()) == FORMS.get(command, ()), command
        for form in FORMS.get(command, ()):
            stated = [step for step in STEPS if step.words.startswith(command) and f"--format {form}" in step.words]
            assert stated, f"{command} --format {form}"


def test_every_command_in_the_help_has_cases():
    listed = re.findall(
        r"^  (\w+) ", file_of("help/provisioner").read_text("utf-8").split("Commands:")[1], re.MULTILINE
    )
    assert listed == [command for command in COMMANDS if " " not in command]
    words = [step.words for step in STEPS if "--help" not in step.words]
    assert [command for command in listed if not any(line.startswith(command) for line in words)] == []


def test_nothing_volatile_is_recorded():
    for file in recorded_files():
        text = file.read_text("utf-8")
        assert not re.search(r"/tmp/(?!azure )|127\.0\.0\.1:\d|Traceback", text), file
