"""One registry of formats: the command line, the documentation and the recorded cases have what it has, and no more."""

from __future__ import annotations

import json
import subprocess
import sys

import click
import pytest

from provisioner.cli.main import provisioner as root
from provisioner.diagnostics import Diagnostic, Place
from provisioner.reports import format_registry, formats
from provisioner.reports.format_registry import FORMATS, SUBJECTS, report_formats, subject_views
from tests.golden.stories import FORMS, stories
from tools import format_page

REPORTS = [(subject, name) for subject, forms in FORMATS.items() for name in forms]
FINDING = Diagnostic("NAM003", "error", "a name is wrong", place=Place("a.yaml", 1, 2, 1, 3))


def commands(group, path=""):
    """Every command with its name as it is written: `emulator status`."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")
        else:
            yield f"{path}{name}", command


def choices(command):
    """What a command takes for `--format`; None where it has no such option."""
    for parameter in command.params:
        if "--format" in parameter.opts:
            return tuple(parameter.type.choices)
    return None


CHOICES = {name: choices(command) for name, command in commands(root) if choices(command) is not None}


def test_the_choices_of_every_command_are_those_of_the_registry():
    assert {subject: tuple(forms) for subject, forms in FORMATS.items()} == CHOICES


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_views_of_a_subject_are_those_that_its_room_gives(subject):
    assert set(subject_views(subject)) == SUBJECTS[subject].views


@pytest.mark.parametrize(("subject", "name"), REPORTS)
def test_every_format_has_a_recorded_case(subject, name):
    steps = [step.words for story in stories() for step in story.steps]
    assert [words for words in steps if words.startswith(subject) and f"--format {name}" in words]


@pytest.mark.parametrize(("subject", "name"), REPORTS)
def test_every_format_is_documented(subject, name):
    row = next(line for line in format_page.page_text().splitlines() if line.startswith(f"| `{subject}` |"))
    assert f"[`{name}`](#{name})" in row
    assert f"\n## {name}\n" in format_page.page_text()


def test_a_view_that_no_format_writes_is_a_mistake():
    written = {form.view for subject in SUBJECTS for form in report_formats(subject)}
    assert {view for entry in SUBJECTS.values() for view in entry.views} == written


NEW_FORMAT = '''
"""A list of codes, one a line."""

from provisioner.reports.report_format import report_format


@report_format("codes", view="annotations")
def codes_format(annotations):
    """The codes, one a line."""
    return "".join(f"{annotation.title}\\n" for annotation in annotations)
'''


@pytest.fixture
def new_format(tmp_path, monkeypatch):
    """A format that somebody adds: one file."""
    (tmp_path / "codes_format.py").write_text(NEW_FORMAT)
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    for cached in (format_registry.report_formats, format_registry._formats_in):
        cached.cache_clear()
    yield
    sys.modules.pop("provisioner.reports.formats.codes_format")
    for cached in (format_registry.report_formats, format_registry._formats_in):
        cached.cache_clear()


@pytest.mark.usefixtures("new_format")
def test_a_format_is_one_file():
    """It is there for each command with the view that it writes, and the tests above ask for its cases and its page."""
    having = [subject for subject, forms in FORMATS.items() if "codes" in forms]
    assert having == [subject for subject, entry in SUBJECTS.items() if "annotations" in entry.views]
    assert FORMATS["validate"]["codes"]([FINDING]) == "NAM003\n"
    assert {subject: tuple(FORMATS[subject]) for subject in having} != {subject: FORMS[subject] for subject in having}


def test_an_unknown_subject_or_format_is_a_key_error():
    for subject, name in (("nothing", "text"), ("validate", "nothing")):
        with pytest.raises(KeyError):
            format_registry.render_report(subject, name, ())


def test_the_formats_of_a_command_are_known_without_importing_its_room():
    code = (
        "import sys, json; from provisioner.reports.format_registry import FORMATS;"
        "names = [tuple(FORMATS[name]) for name in ('plan', 'drift', 'verify', 'validate')];"
        "rooms = ('kql', 'load', 'plan', 'live', 'azure', 'verify', 'transform_tests', 'apply', 'emulator');"
        "print(json.dumps([room for room in rooms if f'provisioner.{room}' in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stdout) == []
