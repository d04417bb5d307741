"""Words and signs of other languages in a transform: one error, with what Kusto has for them."""

from __future__ import annotations

import pytest

from provisioner import kql
from provisioner.suggest import nearest_name

COLUMNS = {"TimeGenerated": "datetime", "name": "string", "Amount": "real", "amount": "real", "ok": "bool"}


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("source | select name", "there is no operator 'select'", "Kusto has `project` for it"),
        ("source | eval a = 1", "there is no operator 'eval'", "Kusto has `extend` for it"),
        ("source | extend a = concat(name, 'x')", "there is no function 'concat'", "Kusto has strcat(…) for it"),
        ("source | extend a = LEN(name)", "there is no function 'LEN'", "Kusto has strlen(…) for it"),
        (
            "source | extend a = ifnull(name, '')",
            "there is no function 'ifnull'",
            "Kusto has iif(isnull(x), y, x) for it",
        ),
        ("source | where name is null", "'is' cannot stand here", "write 'isnull(…)'"),
        ("source | extend a = not ok", "'ok' cannot stand here", "`not` is a function: write not(…)"),
        ("source | order by name", "the transform language does not have 'order'", None),
        ("source | limit 5", "the transform language does not have 'limit'", None),
    ],
)
def test_the_error_names_what_was_written_and_what_is_meant(text, message, hint):
    _, (error,) = kql.bind(text, COLUMNS)
    assert error.message.startswith(message)
    assert hint is None or error.hint == hint


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("source | where ok && Amount > 1", "source | where ok and Amount > 1"),
        ("source | extend a = name + 'x'", "source | extend a = strcat(name, 'x')"),
        ("source | project TimeGenerated, Amont", "source | project TimeGenerated, Amount"),
        ("source | project TimeGenerated, amont", "source | project TimeGenerated, amount"),
    ],
)
def test_the_fix_writes_what_is_meant(text, mended):
    _, (error,) = kql.bind(text, COLUMNS)
    (edit,) = error.edits
    assert text[: edit.span.start] + edit.text + text[edit.span.end :] == mended
    assert kql.bind(mended, COLUMNS)[0] is not None


@pytest.mark.parametrize(
    ("name", "candidates", "nearest"),
    [
        ("Amont", ["amount", "Amount"], "Amount"),
        ("amont", ["Amount", "amount"], "amount"),
        ("AMOUNT", ["amount"], "amount"),
    ],
)
def test_of_names_that_differ_by_case_the_nearest_in_case_is_proposed(name, candidates, nearest):
    assert nearest_name(name, candidates) == nearest
