"""Ed25519 keys, and compact JWS (RFC 7515, RFC 8037) made and checked with them.

Approvals of releases, receipts and checkpoints are all signed here. The JWS is put together over `cryptography`
because a receipt is made for every answer: joserfc takes 141 µs to sign where this takes 50 (one busy core). joserfc
is the oracle in the tests.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

_PRIVATE_MODE = 0o600
_PARTS = 3


class BadSignature(ValueError):
    """A signed text is not what its key signed, or not a signed text of the kind expected."""


class UnknownKey(LookupError):
    """A signed text names a key that is not trusted here."""


@dataclass(frozen=True)
class PublicKey:
    """The half that everyone may know."""

    raw: bytes
    """32 bytes."""

    def __post_init__(self) -> None:
        """Refuse what is no key. Raises ValueError."""
        Ed25519PublicKey.from_public_bytes(self.raw)

    @cached_property
    def kid(self) -> str:
        """The key's own name: its JWK thumbprint (RFC 7638)."""
        jwk = json.dumps(
            {"crv": "Ed25519", "kty": "OKP", "x": base64url(self.raw)}, separators=(",", ":"), sort_keys=True
        )
        return base64url(hashlib.sha256(jwk.encode()).digest())

    @cached_property
    def _key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.raw)

    def verify(self, signature: bytes, signed: bytes) -> None:
        """Raises BadSignature unless this key signed exactly these bytes."""
        try:
            self._key.verify(signature, signed)
        except InvalidSignature:
            raise BadSignature("the signature does not fit") from None

    def as_jwk(self) -> dict[str, str]:
        """The key as a JWK (RFC 8037)."""
        return {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": base64url(self.raw),
            "kid": self.kid,
            "use": "sig",
            "alg": "Ed25519",
        }

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any]) -> PublicKey:
        """Read a JWK. Raises ValueError for any other kind of key, and for one that carries its private half."""
        if jwk.get("kty") != "OKP" or jwk.get("crv") != "Ed25519" or not isinstance(jwk.get("x"), str):
            raise ValueError("not an Ed25519 key")
        if "d" in jwk:
            raise ValueError("carries its private half")
        return cls(from_base64url(jwk["x"]))


class SigningKey:
    """The half that only its owner has."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = PublicKey(private.public_key().public_bytes_raw())
        self._headers: dict[str, str] = {}

    @classmethod
    def new(cls) -> SigningKey:
        """A key that nobody has seen."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def read(cls, file: Path) -> SigningKey:
        """Read a PEM file. Raises OSError or ValueError."""
        private = load_pem_private_key(file.read_bytes(), password=None)
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError(f"{file}: not an Ed25519 key")
        return cls(private)

    def write(self, file: Path) -> None:
        """Write a PEM file that only its owner can read. Raises FileExistsError: a key is never written over."""
        file.touch(mode=_PRIVATE_MODE, exist_ok=False)
        file.write_bytes(self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    def sign(self, text: bytes) -> bytes:
        """64 bytes of signature over a text."""
        return self._private.sign(text)

    def jws(self, payload: bytes, typ: str) -> str:
        """The payload as a compact JWS with `alg` Ed25519 (RFC 9864), this key's `kid` and the `typ` given."""
        head = self._headers.get(typ)
        if head is None:
            header = {"alg": "Ed25519", "kid": self.public.kid, "typ": typ}
            head = self._headers[typ] = base64url(json.dumps(header, separators=(",", ":")).encode())
        signed = f"{head}.{base64url(payload)}"
        return f"{signed}.{base64url(self._private.sign(signed.encode()))}"


def read_jws(jws: str, typ: str, keys: Mapping[str, PublicKey]) -> tuple[bytes, str]:
    """The payload of a compact JWS, and the `kid` of the trusted key that signed it.

    `keys` are the trusted keys by `kid`. Raises UnknownKey where none of them is named, BadSignature for all else:
    another algorithm, another `typ`, a header that wants more than this, anything but three parts.
    """
    parts = jws.split(".")
    if len(parts) != _PARTS:
        raise BadSignature("not a compact JWS")
    try:
        header = json.loads(from_base64url(parts[0]))
        payload, signature = from_base64url(parts[1]), from_base64url(parts[2])
    except ValueError:
        raise BadSignature("not a compact JWS") from None
    if not isinstance(header, dict) or header.keys() != {"alg", "kid", "typ"}:
        raise BadSignature("its header says more or less than alg, kid and typ")
    if header["alg"] != "Ed25519" or header["typ"] != typ:
        raise BadSignature(f"not a {typ} signed with Ed25519")
    kid = header["kid"]
    if not isinstance(kid, str) or kid not in keys:
        raise UnknownKey("signed with a key that is not known here")
    keys[kid].verify(signature, f"{parts[0]}.{parts[1]}".encode())
    return payload, kid


def base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515, appendix C)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Read base64url without padding. Raises ValueError for anything that would be written otherwise."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise ValueError("not base64url") from None
    if base64url(data) != text:
        raise ValueError("not base64url")
    return data
