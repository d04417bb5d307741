"""What one state directory owns: its secrets, its certificate authority and the names of its default principal."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.model.local import LOCAL_SUBSCRIPTION, LOCAL_TENANT

if TYPE_CHECKING:
    from pathlib import Path


WILDCARDS = {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound


@dataclass(frozen=True, slots=True)
class Identity:
    """The directory's tenant, its one application with a secret, and the key that signs its tokens."""

    tenant: str
    subscription: str
    client_id: str
    client_secret: str
    object_id: str
    signing_key: str


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, all of it or nothing."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    beside.replace(path)


def load_identity(state: Path) -> Identity:
    """The identity of a state directory, made at its first use."""
    path = state / "identity.json"
    if not path.exists():
        write_private(path, json.dumps(_new_identity()))
    return Identity(**json.loads(path.read_text(encoding="utf-8")))


def _new_identity() -> dict[str, str]:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return {
        "tenant": LOCAL_TENANT,
        "subscription": LOCAL_SUBSCRIPTION,
        "client_id": str(uuid.uuid4()),
        "client_secret": secrets.token_urlsafe(30),
        "object_id": str(uuid.uuid4()),
        "signing_key": pem,
    }


def names(host: str) -> list[str]:
    """The names and addresses under which the server is reached when it listens on `host`."""
    own = [host]
    if host in WILDCARDS:
        own = [socket.gethostname(), *_addresses()]
    return list(dict.fromkeys(["127.0.0.1", "localhost", "::1", *own]))


def _addresses() -> list[str]:
    with contextlib.suppress(OSError):
        found = [str(each[4][0]) for each in socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)]
        return [each for each in found if "%" not in each]
    return []


def load_certificate(state: Path, host: str) -> tuple[Path, Path]:
    """The certificate authority's file (public) and the server's key with its chain (private), made at first use."""
    authority, server = state / "ca.pem", state / f"server-{host.replace(':', '_')}.pem"
    if not authority.exists() or not server.exists():
        _issue(state, authority, server, host)
    return authority, server


def _issue(state: Path, authority: Path, server: Path, host: str) -> None:
    import trustme

    key = state / "ca.key"
    if authority.exists() and key.exists():
        ca = trustme.CA.from_pem(authority.read_bytes(), key.read_bytes())
    else:
        ca = trustme.CA(organization_name="provisioner emulator", key_type=trustme.KeyType.ECDSA)
    leaf = ca.issue_cert(*names(host), key_type=trustme.KeyType.ECDSA)
    write_private(key, ca.private_key_pem.bytes().decode())
    write_private(server, leaf.private_key_and_cert_chain_pem.bytes().decode())
    beside = authority.with_name(f".{authority.name}.{os.getpid()}")
    beside.write_bytes(ca.cert_pem.bytes())
    beside.replace(authority)
