"""Encodings of text: base64, compression, URL escapes, code points, Punycode. What does not decode is null."""

from __future__ import annotations

import base64
import binascii
from uuid import UUID

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import Value, replace_surrogates, to_text

_UNESCAPED_PUNCTUATION = "-_.!*()"
_LABEL_SEPARATORS = dict.fromkeys(map(ord, "。．｡"), ".")
"""The other dots that separate labels (RFC 3490)."""
# Python's gzip module writes the time of writing into the header; a function's result must not depend on it.
_GZIP_HEADER = bytes((0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF))
_MAX_DECOMPRESSED_BYTES = 64 * 1024 * 1024
"""The limit of decompression: no string of Kusto's is longer, and a few bytes of input can ask for gigabytes."""


def _decode_base64(text: str) -> bytes | None:
    # Strict: without `validate` Python drops the characters that are no base64 and decodes what remains.
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


@scalar_function("base64_encode_tostring(text: string) -> string", "base64_encodestring(text: string) -> string")
def base64_encode_tostring(text: str) -> str:
    """The text's UTF-8 bytes in base64."""
    return base64.b64encode(text.encode("utf-8", "replace")).decode()


@scalar_function("base64_decode_tostring(text: string) -> string", "base64_decodestring(text: string) -> string")
def base64_decode_tostring(text: str) -> str:
    """The text whose UTF-8 bytes the base64 encodes; empty where it is no base64 or no UTF-8."""
    data = _decode_base64(text)
    try:
        return data.decode() if data else ""
    except UnicodeDecodeError:
        return ""


@scalar_function("base64_decode_toarray(text: string) -> dynamic")
def base64_decode_toarray(text: str) -> list[int] | None:
    """The bytes that the base64 encodes, as numbers."""
    data = _decode_base64(text)
    return None if data is None else list(data)


@scalar_function("base64_encode_fromarray(numbers: dynamic) -> string")
def base64_encode_fromarray(numbers: Value) -> str:
    """The bytes in base64; empty where a member is no byte."""
    if not isinstance(numbers, list):
        return ""
    data = [byte for byte in numbers if type(byte) is int and 0 <= byte < 256]
    return base64.b64encode(bytes(data)).decode() if len(data) == len(numbers) else ""


@scalar_function("base64_decode_toguid(text: string) -> guid")
def base64_decode_toguid(text: str) -> UUID | None:
    """The guid whose 16 bytes the base64 encodes."""
    # .NET's byte order of guids: the first three groups little-endian.
    data = _decode_base64(text)
    return UUID(bytes_le=data) if data and len(data) == 16 else None


@scalar_function("base64_encode_fromguid(value: guid) -> string")
def base64_encode_fromguid(value: UUID) -> str:
    """The 16 bytes of the guid in base64."""
    return base64.b64encode(value.bytes_le).decode()


@scalar_function("zlib_compress_to_base64_string(text: string) -> string")
def zlib_compress_to_base64_string(text: str) -> str:
    """The text compressed by zlib, in base64."""
    import zlib

    # Header and checksum by hand, since what is between them may be stored instead of deflated (see _deflate).
    data = text.encode("utf-8", "replace")
    return base64.b64encode(b"\x78\1" + _deflate(data) + zlib.adler32(data).to_bytes(4, "big")).decode()


@scalar_function("gzip_compress_to_base64_string(text: string) -> string")
def gzip_compress_to_base64_string(text: str) -> str:
    """The text compressed by gzip, in base64."""
    import zlib

    data = text.encode("utf-8", "replace")
    tail = zlib.crc32(data).to_bytes(4, "little") + (len(data) % 2**32).to_bytes(4, "little")
    return base64.b64encode(_GZIP_HEADER + _deflate(data) + tail).decode()


def _deflate(data: bytes) -> bytes:
    """The bytes deflated, or stored where deflating would not make them fewer, as in Kusto's documented example."""
    import zlib

    fast = zlib.compressobj(1, zlib.DEFLATED, -15)
    deflated = fast.compress(data) + fast.flush()
    if len(deflated) < len(data):
        return deflated
    store = zlib.compressobj(0, zlib.DEFLATED, -15)
    return store.compress(data) + store.flush()


@scalar_function("zlib_decompress_from_base64_string(text: string) -> string")
def zlib_decompress_from_base64_string(text: str) -> str:
    """The text that zlib compressed into the base64; empty where it is no such text."""
    return _decompress(text, 15)  # a zlib header


@scalar_function("gzip_decompress_from_base64_string(text: string) -> string")
def gzip_decompress_from_base64_string(text: str) -> str:
    """The text that gzip compressed into the base64; empty where it is no such text."""
    return _decompress(text, 31)  # a gzip header


def _decompress(text: str, window: int) -> str:
    import zlib

    try:
        return zlib.decompressobj(window).decompress(_decode_base64(text) or b"", _MAX_DECOMPRESSED_BYTES).decode()
    except (zlib.error, UnicodeDecodeError):
        return ""


@scalar_function("url_encode(text: string) -> string")
def url_encode(text: str) -> str:
    """The text with everything but letters, digits and a few marks escaped, a space as `+`."""
    return url_encode_component(text).replace("%20", "+")


@scalar_function("url_encode_component(text: string) -> string")
def url_encode_component(text: str) -> str:
    """The text with everything but letters, digits and a few marks escaped, in small hex digits."""
    # As .NET's HttpUtility.UrlEncode, which Kusto uses; urllib.parse.quote writes capitals and keeps other marks.
    unescaped = frozenset(_UNESCAPED_PUNCTUATION.encode())
    return "".join(
        chr(byte) if byte in unescaped or (byte < 128 and chr(byte).isalnum()) else f"%{byte:02x}"
        for byte in text.encode("utf-8", "replace")
    )


@scalar_function("url_decode(text: string) -> string")
def url_decode(text: str) -> str:
    """The text with escapes decoded and `+` as a space."""
    from urllib.parse import unquote_plus

    return unquote_plus(text)


@scalar_function(
    "unicode_codepoints_from_string(value: scalar) -> dynamic", "to_utf8(value: scalar) -> dynamic", takes_types=True
)
def unicode_codepoints_from_string(value: Value, *, types: tuple[str, ...]) -> list[int]:
    """The code points of the value's text."""
    return [ord(character) for character in to_text(value, types[0])]


@scalar_function(
    *(
        f"{name}(point: {type_name}, more: scalar*) -> string"
        for name in ("unicode_codepoints_to_string", "make_string")
        for type_name in ("long", "dynamic")
    )
)
def unicode_codepoints_to_string(*points: Value) -> str:
    """The text of the code points, alone or in arrays; empty where one is no code point."""
    members = [point for entry in points for point in (entry if isinstance(entry, list) else [entry])]
    code_points = [point for point in members if type(point) is int and 0 <= point < 0x110000]
    if len(code_points) < len(members):
        return ""
    return replace_surrogates("".join(map(chr, code_points)))


@scalar_function("punycode_from_string(text: string) -> string")
def punycode_from_string(text: str) -> str:
    """The text in Punycode, without the `xn--` of a domain."""
    return _to_punycode(text)


@scalar_function("punycode_to_string(text: string) -> string")
def punycode_to_string(text: str) -> str:
    """The text that the Punycode encodes; empty where it is no Punycode."""
    return _from_punycode(text)


@scalar_function("punycode_domain_to_string(text: string) -> string")
def punycode_domain_to_string(text: str) -> str:
    """The domain with each label beyond ASCII in Punycode."""
    labels = text.translate(_LABEL_SEPARATORS).split(".")
    return ".".join(label if label.isascii() else "xn--" + _to_punycode(label) for label in labels)


@scalar_function("punycode_domain_from_string(text: string) -> string")
def punycode_domain_from_string(text: str) -> str:
    """The domain with each label in Punycode decoded; empty where one is no Punycode."""
    labels = [(label, _from_punycode(label[4:]) if label.startswith("xn--") else label) for label in text.split(".")]
    return "" if any(label and not plain for label, plain in labels) else ".".join(plain for _, plain in labels)


def _to_punycode(text: str) -> str:
    encoded = text.encode("punycode").decode()
    # Python ends the Punycode of an ASCII text with a delimiter that nothing follows.
    return encoded.removesuffix("-") if text.isascii() else encoded


def _from_punycode(text: str) -> str:
    try:
        return replace_surrogates(text.encode("ascii").decode("punycode"))
    except (UnicodeError, ValueError, OverflowError):
        return ""
