"""Secrets of every kind in every place where an author may leave one."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.blind.base_manifests import GUID, leading_stream, leading_table, read_expression, set_value
from tests.support.blind.mutant import Change, Operator

KEY = "Zm9v" * 21  # no key: the letters of foo
SECRETS = {
    "a client secret": f"abc8Q~{KEY[:34]}",
    "a SAS": f"https://shop.blob.core.windows.net/c?sv=2022-11-02&sp=rwd&se=2027-01-01&sig={KEY[:43]}%3D",
    "a storage connection string": f"DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={KEY}YQ==",
    "an event hub connection string": f"Endpoint=sb://x.example/;SharedAccessKeyName=Root;SharedAccessKey={KEY[:43]}=",
    "a workspace key": f"{KEY}YQ==",
    "an instrumentation connection string": f"InstrumentationKey={GUID};IngestionEndpoint=https://westeurope-5.in.example/",
    "a database connection string": "Server=tcp:shop.example;Database=shop;User ID=app;Password=hunter2!Hunter2;",
    "a bearer token": f"Bearer eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL21vbml0b3IifQ.{KEY[:24]}",
    "a private key": "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----",
    "a password in an address": "https://app:hunter2Hunter2@shop.example/",
}
UNSETTLED = {
    "an instrumentation connection string": "an instrumentation key names a resource; Azure does not call it a secret",
}


def secret_positions(value: str) -> Iterator[tuple[str, Change]]:
    """Where a secret may be left."""
    literal = value.replace("\n", " ")
    yield "as a variable's default", lambda m: m.setdefault("variables", {}).__setitem__("spare", {"default": value})
    yield "in a tag", set_value("tags")({"note": value})
    yield "in a description", lambda m: leading_table(m)[1].__setitem__("description", value)
    yield "in a transform", read_expression(f'strcat(C, "{literal}")')
    yield (
        "in a sample",
        lambda m: leading_stream(m)[1].__setitem__("samples", [{next(iter(leading_stream(m)[1]["columns"])): value}]),
    )


def secrets() -> Iterator[Operator]:
    """Each secret in each place."""
    for what, value in SECRETS.items():
        for where_, change in secret_positions(value):
            yield Operator(f"{what} {where_}", "dropped", change, unsettled=UNSETTLED.get(what, ""))
    for key in ("client_secret", "shared_key", "password"):
        yield Operator(f"the key {key}", "refused", set_value("target", key)("hunter2"), key)
