"""Text in other clothes: base64, compression, URL escapes, code points, Punycode. What does not decode is null."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from uuid import UUID

from provisioner.kql.functions.function_registry import function
from provisioner.kql.values import text_of, unicode_text

_UNESCAPED = "-_.!*()"
_DOTS = dict.fromkeys(map(ord, "。．｡"), ".")
"""The other dots that separate labels (RFC 3490)."""
_GZIP_HEADER = bytes((0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF))
_LARGEST = 64 * 1024 * 1024
"""More than this is not unpacked: Kusto holds no longer string."""


def _decode(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


@function("base64_encode_tostring(text: string) -> string", "base64_encodestring(text: string) -> string")
def base64_encode_tostring(text: str) -> str:
    """The text's UTF-8 bytes in base64."""
    return base64.b64encode(text.encode("utf-8", "replace")).decode()


@function("base64_decode_tostring(text: string) -> string", "base64_decodestring(text: string) -> string")
def base64_decode_tostring(text: str) -> str:
    """The text whose UTF-8 bytes the base64 says; empty where it is no base64 or no UTF-8."""
    data = _decode(text)
    try:
        return data.decode() if data else ""
    except UnicodeDecodeError:
        return ""


@function("base64_decode_toarray(text: string) -> dynamic")
def base64_decode_toarray(text: str) -> list[int] | None:
    """The bytes the base64 says, as numbers."""
    data = _decode(text)
    return None if data is None else list(data)


@function("base64_encode_fromarray(numbers: dynamic) -> string")
def base64_encode_fromarray(numbers: Any) -> str:
    """The bytes in base64; empty where a member is no byte."""
    if not isinstance(numbers, list) or not all(type(byte) is int and 0 <= byte < 256 for byte in numbers):
        return ""
    return base64.b64encode(bytes(numbers)).decode()


@function("base64_decode_toguid(text: string) -> guid")
def base64_decode_toguid(text: str) -> UUID | None:
    """The guid whose 16 bytes the base64 says."""
    data = _decode(text)
    return UUID(bytes_le=data) if data and len(data) == 16 else None


@function("base64_encode_fromguid(value: guid) -> string")
def base64_encode_fromguid(value: UUID) -> str:
    """The 16 bytes of the guid in base64."""
    return base64.b64encode(value.bytes_le).decode()


@function("zlib_compress_to_base64_string(text: string) -> string")
def zlib_compress_to_base64_string(text: str) -> str:
    """The text compressed by zlib, in base64."""
    import zlib

    data = text.encode("utf-8", "replace")
    return base64.b64encode(b"\x78\1" + _deflate(data) + zlib.adler32(data).to_bytes(4, "big")).decode()


@function("gzip_compress_to_base64_string(text: string) -> string")
def gzip_compress_to_base64_string(text: str) -> str:
    """The text compressed by gzip, in base64."""
    import zlib

    data = text.encode("utf-8", "replace")
    tail = zlib.crc32(data).to_bytes(4, "little") + (len(data) % 2**32).to_bytes(4, "little")
    return base64.b64encode(_GZIP_HEADER + _deflate(data) + tail).decode()


def _deflate(data: bytes) -> bytes:
    """The bytes deflated; stored as they are where that would not make them fewer, as the documentation shows."""
    import zlib

    fast = zlib.compressobj(1, zlib.DEFLATED, -15)
    deflated = fast.compress(data) + fast.flush()
    if len(deflated) < len(data):
        return deflated
    store = zlib.compressobj(0, zlib.DEFLATED, -15)
    return store.compress(data) + store.flush()


@function("zlib_decompress_from_base64_string(text: string) -> string")
def zlib_decompress_from_base64_string(text: str) -> str:
    """The text that zlib compressed; empty where it is none."""
    return _unpack(text, 15)


@function("gzip_decompress_from_base64_string(text: string) -> string")
def gzip_decompress_from_base64_string(text: str) -> str:
    """The text that gzip compressed; empty where it is none."""
    return _unpack(text, 31)


def _unpack(text: str, window: int) -> str:
    import zlib

    try:
        return zlib.decompressobj(window).decompress(_decode(text) or b"", _LARGEST).decode()
    except (zlib.error, UnicodeDecodeError):
        return ""


@function("url_encode(text: string) -> string")
def url_encode(text: str) -> str:
    """The text with everything but letters, digits and a few marks escaped, a space as `+`."""
    return url_encode_component(text).replace("%20", "+")


@function("url_encode_component(text: string) -> string")
def url_encode_component(text: str) -> str:
    """The text with everything but letters, digits and a few marks escaped, in small hex digits."""
    keep = frozenset(_UNESCAPED.encode())
    return "".join(
        chr(byte) if byte in keep or (byte < 128 and chr(byte).isalnum()) else f"%{byte:02x}"
        for byte in text.encode("utf-8", "replace")
    )


@function("url_decode(text: string) -> string")
def url_decode(text: str) -> str:
    """The text with escapes undone and `+` a space."""
    from urllib.parse import unquote_plus

    return unquote_plus(text)


@function("unicode_codepoints_from_string(value: scalar) -> dynamic", "to_utf8(value: scalar) -> dynamic", types=True)
def unicode_codepoints_from_string(value: Any, *, types: tuple[str, ...]) -> list[int]:
    """The code points of the value's text."""
    return [ord(character) for character in text_of(value, types[0])]


@function(
    *(
        f"{name}(point: {kind}, more: scalar*) -> string"
        for name in ("unicode_codepoints_to_string", "make_string")
        for kind in ("long", "dynamic")
    )
)
def unicode_codepoints_to_string(*points: Any) -> str:
    """The text of the code points, given alone or in arrays; empty where one is none."""
    flat = [point for entry in points for point in (entry if isinstance(entry, list) else [entry])]
    if not all(type(point) is int and 0 <= point < 0x110000 for point in flat):
        return ""
    return unicode_text("".join(map(chr, flat)))


@function("punycode_from_string(text: string) -> string")
def punycode_from_string(text: str) -> str:
    """The text in Punycode, without the `xn--` of a domain."""
    return _punycode(text)


@function("punycode_to_string(text: string) -> string")
def punycode_to_string(text: str) -> str:
    """The text Punycode says; empty where it is none."""
    return _unpunycode(text)


@function("punycode_domain_to_string(text: string) -> string")
def punycode_domain_to_string(text: str) -> str:
    """The domain with each label beyond ASCII in Punycode."""
    labels = text.translate(_DOTS).split(".")
    return ".".join(label if label.isascii() else "xn--" + _punycode(label) for label in labels)


@function("punycode_domain_from_string(text: string) -> string")
def punycode_domain_from_string(text: str) -> str:
    """The domain that labels in Punycode say; empty where one is none."""
    labels = [(label, _unpunycode(label[4:]) if label.startswith("xn--") else label) for label in text.split(".")]
    return "" if any(label and not plain for label, plain in labels) else ".".join(plain for _, plain in labels)


def _punycode(text: str) -> str:
    encoded = text.encode("punycode").decode()
    return encoded.removesuffix("-") if text.isascii() else encoded


def _unpunycode(text: str) -> str:
    try:
        return unicode_text(text.encode("ascii").decode("punycode"))
    except (UnicodeError, ValueError, OverflowError):
        return ""
