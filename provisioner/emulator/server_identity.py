"""What one state directory owns: its tenant and default application, its signing key, its certificate authority."""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
import ssl
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.errors import DamagedState
from provisioner.model import LOCAL_SUBSCRIPTION, LOCAL_TENANT
from provisioner.private_files import write_private_text

if TYPE_CHECKING:
    from pathlib import Path


WILDCARD_ADDRESSES = {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """Tenant, subscription and default application of a state directory; `signing_key` is PEM."""

    tenant: str
    subscription: str
    client_id: str
    client_secret: str
    object_id: str
    signing_key: str


def load_identity(state_directory: Path) -> ServerIdentity:
    """The identity of a state directory, created at its first use; raises OSError and DamagedState."""
    path = state_directory / "identity.json"
    if not path.exists():
        write_private_text(path, json.dumps(_new_identity()))
    try:
        return ServerIdentity(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        message = f"{path} is damaged ({error}): the id and secret of this local Azure's application are lost"
        raise DamagedState(message) from error


def _new_identity() -> dict[str, str]:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    # RS256, because Entra signs with it and clients may insist.
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


def host_names(host: str) -> list[str]:
    """The names and addresses by which a server that listens on `host` is reached; loopback always."""
    own = [host]
    if host in WILDCARD_ADDRESSES:
        own = [socket.gethostname(), *_own_addresses()]
    return list(dict.fromkeys(["127.0.0.1", "localhost", "::1", *own]))


def _own_addresses() -> list[str]:
    with contextlib.suppress(OSError):
        addresses = [
            str(address[4][0]) for address in socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)
        ]
        # A link-local address with a zone (%eth0) cannot stand in a certificate.
        return [address for address in addresses if "%" not in address]
    return []


def load_certificate(state_directory: Path, host: str) -> tuple[Path, Path]:
    """The files of the authority's certificate and of the server's key with its chain, created at first use."""
    authority_file, server_file = state_directory / "ca.pem", state_directory / f"server-{host.replace(':', '_')}.pem"
    if not _are_readable(authority_file, server_file):
        _issue_certificates(state_directory, authority_file, server_file, host)
    return authority_file, server_file


def _are_readable(authority_file: Path, server_file: Path) -> bool:
    """Whether both files are there and whole. Nothing is lost with one that is not: another is issued."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(server_file)
        context.load_verify_locations(authority_file)
    except (OSError, ValueError):  # ssl.SSLError is an OSError
        return False
    return True


def _issue_certificates(state_directory: Path, authority_file: Path, server_file: Path, host: str) -> None:
    import trustme

    authority_key_file = state_directory / "ca.key"
    # Another host gets a certificate of the same authority: clients trust the file that they have.
    try:
        authority = trustme.CA.from_pem(authority_file.read_bytes(), authority_key_file.read_bytes())
    except (OSError, ValueError):
        authority = trustme.CA(organization_name="provisioner emulator", key_type=trustme.KeyType.ECDSA)
    certificate = authority.issue_cert(*host_names(host), key_type=trustme.KeyType.ECDSA)
    write_private_text(authority_key_file, authority.private_key_pem.bytes().decode())
    write_private_text(server_file, certificate.private_key_and_cert_chain_pem.bytes().decode())
    write_private_text(authority_file, authority.cert_pem.bytes().decode())
