"""A secret that stands in a manifest is told, and shown by no output."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest

from provisioner.cli.main import run
from provisioner.secret_mask import SecretMask, mask_source
from tests.support.manifests import write_manifest

KEY = base64.b64encode(hashlib.sha512(b"no key of anything").digest()).decode()
SECRETS = {
    "storage key": (f"DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={KEY}", KEY),
    "shared key": (f"Endpoint=sb://shop/;SharedAccessKey={KEY[:44]}=", KEY[:44]),
    "password": ("Server=tcp:shop;Password=correct-horse-9;", "correct-horse-9"),
    "address": ("https://shop:correct-horse-9@example.com/", "correct-horse-9"),
    "signature": ("https://shop.example.com/c?sv=2024&sig=abcdefghijklmnopqrstuvwxyz%3D", "abcdefghijklmnopqrstuvwxyz"),
    "client secret": ("abc8Q~defghijklmnopqrstuvwxyzABCDEFGH123", "defghijklmnopqrstuvwxyzABCDEFGH123"),
    "bearer": ("Bearer abcdefgh1234567890abcdefgh", "abcdefgh1234567890abcdefgh"),
    "jwt": (f"eyJ{'a' * 20}.eyJ{'b' * 20}.{'c' * 30}", "b" * 20),
    "github": ("ghp_" + "A1b2C3d4E5" * 4, "A1b2C3d4E5A1b2"),
    "workspace key": (KEY[:86] + "==", KEY[:40]),
}
FORMATS = ["text", "json", "sarif", "junit", "github", "azure"]
PLACES = {
    "a tag": "tags: {{note: {0}}}",
    "an unknown key": "{0}: 1",
    "an enum": "tables: {{A_CL: {{plan: {0}, columns: {{TimeGenerated: datetime}}}}}}",
    "a type": "tables: {{A_CL: {{columns: {{TimeGenerated: datetime, B: {0}}}}}}}",
    "a name": "dcrs: {{{0}: {{streams: [Custom-Missing]}}}}",
    "a number": "workspace: {{name: law-webshop, retention: {0}}}",
    "a transform": "streams: {{Custom-A: {{columns: {{TimeGenerated: datetime}}, table: A_CL, transform: {0}}}}}",
    "a comment": "tags: {{a: 1}}  # {0}\nlocation: x",
    "a variable": "variables: {{note: {{default: {0}}}}}\ntags: {{a: $(note)}}\nendpoint: {{name: $(note)}}",
    "a sample": (
        "tables: {{A_CL: {{columns: {{TimeGenerated: datetime, B: int}}}}}}\n"
        "streams: {{Custom-A: {{table: A_CL, samples: [{{B: {0}}}]}}}}"
    ),
}


@pytest.fixture
def everything_said(tmp_path, monkeypatch, capsys):
    """What `validate` prints of a manifest in every format, with `-v` and as a diff."""
    monkeypatch.chdir(tmp_path)

    def say(fragment):
        write_manifest(tmp_path, fragment)
        said = []
        for arguments in [*(["--format", name] for name in FORMATS), ["-v"], ["--diff"]]:
            run(["validate", *arguments])
            captured = capsys.readouterr()
            said.append(captured.out + captured.err)
        run(["test", "--format", "json"])
        return "\n".join([*said, capsys.readouterr().out])

    return say


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_told_and_never_shown(everything_said, kind, place):
    text, secret = SECRETS[kind]
    said = everything_said(PLACES[place].format(json.dumps(text)))
    assert "SEC001" in said
    # Twelve characters of it would do to know it again.
    assert not [start for start in range(0, len(secret) - 11, 4) if secret[start : start + 12] in said]


@pytest.mark.parametrize(
    "fragment",
    [
        "variables: {client_secret: {default: h1dden-value}}\nendpoint: {name: $(client_secret)}",
        "variables:\n  client_secret:\n    default: 'h1dden-value'\ntags: {a: $(client_secret)}",
        "variables: {api_key: {}}\nenvironments: {prod: {variables: {api_key: h1dden-value}, tags: {a: $(api_key)}}}",
    ],
)
def test_the_value_of_a_variable_that_is_called_a_secret_is_never_shown(everything_said, fragment):
    said = everything_said(fragment)
    assert "SEC002" in said
    assert "h1dden" not in said


def test_a_private_key_is_masked_to_its_last_line():
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nAASCBKcwggSjAg==\n-----END PRIVATE KEY-----"
    masked = mask_source(f"a: |\n{key}\nb: 1\n")
    assert "MIIE" not in masked
    assert "AASC" not in masked
    assert masked.endswith("\nb: 1\n")


def test_a_beginning_of_a_secret_is_masked_too():
    mask = SecretMask(["hunter2hunter2"])
    assert mask.mask("'hunter2hun...' is no type; hunter2hunter2") == "'***...' is no type; ***"


def test_a_column_that_is_called_a_secret_keeps_its_type_in_the_excerpt():
    text = "columns: {password: string, api_key: dynamic, TimeGenerated: datetime}"
    assert mask_source(text) == text
