"""Who may issue tokens for this service, read strictly from one file.

    entrances:
      - url: https://overdose.example.no        # as callers write it; what a DPoP proof must name
        scheme: DPoP                            # or Bearer; an entrance accepts one, never both
        issuers:
          - name: helseid
            kind: helseid                       # helseid, entra, tokenx or maskinporten
            issuer: https://helseid-sts.nhn.no
            jwks_url: https://helseid-sts.nhn.no/.well-known/openid-configuration/jwks
            audience: example:overdose
            scopes:                             # what the issuer calls it, and what it lets a caller do here
              example:overdose/gp: [odr:decide:gp, odr:rules:read]
      - url: https://overdose.intern.example.no
        scheme: Bearer
        issuers:
          - name: entra
            kind: entra
            issuer: https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/v2.0
            jwks_url: https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/discovery/v2.0/keys
            audience: 11111111-1111-1111-1111-111111111111
            clients:                            # for issuers whose tokens carry no scopes of ours
              22222222-2222-2222-2222-222222222222: [odr:decide:nav, odr:rules:read]

An entrance is a public address. HelseID wants every endpoint to accept either DPoP or Bearer and never both, so the two
kinds of caller get addresses of their own, and the address a request was sent to decides which issuers are believed.
"""

from __future__ import annotations

import stat
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr, TypeAdapter, ValidationError, model_validator

from cds.auth.scopes import Scope
from cds.content.texts import Many
from cds.strict_yaml import read

Scheme = Literal["DPoP", "Bearer"]
Kind = Literal["helseid", "entra", "tokenx", "maskinporten", "development"]
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
ALGORITHMS: tuple[Algorithm, ...] = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512"),
)
"""Asymmetric only: with a symmetric algorithm the public key would be the secret."""
DEVELOPMENT_ISSUER = "urn:cds-overdose:development"
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


class BadIssuers(ValueError):
    """The issuers are not such that the service could start with them."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Issuer(_Strict):
    """One issuer of tokens, and what its tokens let their holders do here."""

    name: Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
    kind: Kind
    issuer: Annotated[StrictStr, Field(min_length=1)]
    """Compared with `iss` letter by letter."""
    jwks_url: Annotated[StrictStr, Field(min_length=1)]
    audience: Annotated[StrictStr, Field(min_length=1)] | None = None
    """What this service is called there. Without one, a token that names any service is refused: it is another's."""
    algorithms: Annotated[Many[Algorithm], Field(min_length=1)] = ALGORITHMS
    scopes: dict[StrictStr, Many[Scope]] = {}
    clients: dict[StrictStr, Many[Scope]] = {}
    user_required: StrictBool = False
    """HelseID: whether there must be a person behind the call, signed in at `security_level`."""
    security_level: Annotated[StrictStr, Field(pattern=r"^[1-4]$")] = "4"
    require: dict[StrictStr, Annotated[Many[StrictStr], Field(min_length=1)]] = {}
    """Claims that must have one of these values, as `acr` of TokenX or `idtyp` of Entra."""

    @model_validator(mode="after")
    def _complete(self) -> Issuer:
        if self.audience is None and self.kind != "maskinporten":
            raise ValueError("audience is missing; only Maskinporten may issue tokens without one")
        if not self.scopes and not self.clients:
            raise ValueError("neither scopes nor clients: nobody could do anything")
        if self.user_required and self.kind != "helseid":
            raise ValueError("user_required is for HelseID; use require")
        return self

    @property
    def asked_as(self) -> dict[Scope, str]:
        """What the issuer calls each of our scopes."""
        return {scope: name for name, scopes in self.scopes.items() for scope in scopes}


class Entrance(_Strict):
    """One public address, the scheme it accepts and the issuers it believes."""

    url: Annotated[StrictStr, Field(pattern=r"^https?://[^/?#@]+$")]
    scheme: Scheme
    issuers: Annotated[Many[Issuer], Field(min_length=1)]

    @property
    def authority(self) -> str:
        """Host and port as a Host header writes them."""
        return urlsplit(self.url).netloc.lower()

    def issued_by(self, iss: object) -> Issuer | None:
        """The issuer that calls itself so, if this entrance believes it."""
        return next((issuer for issuer in self.issuers if issuer.issuer == iss), None)


class _File(_Strict):
    entrances: Annotated[Many[Entrance], Field(min_length=1)]


def read_issuers(file: Path) -> tuple[Entrance, ...]:
    """The entrances of a file. Raises BadIssuers with every problem, and where the file can be written by others."""
    try:
        mode = file.stat().st_mode
        document = read(file)
    except OSError as error:
        raise BadIssuers(f"{file}: {error.strerror}") from None
    if mode & _OTHERS_MAY_WRITE:
        raise BadIssuers(f"{file}: others than its owner may write it, and so decide who may call (chmod go-w)")
    if document.problems:
        raise BadIssuers("; ".join(document.problems))
    try:
        entrances = TypeAdapter(_File).validate_python(document.value).entrances
    except ValidationError as error:
        lines = error.errors(include_url=False, include_input=False, include_context=False)
        raise BadIssuers(
            "; ".join(f"{document.at(line['loc'])}: {'.'.join(map(str, line['loc']))}: {line['msg']}" for line in lines)
        ) from None
    _refuse(file, entrances)
    return entrances


def _refuse(file: Path, entrances: tuple[Entrance, ...]) -> None:
    authorities = [entrance.authority for entrance in entrances]
    names = [issuer.name for entrance in entrances for issuer in entrance.issuers]
    if len(set(authorities)) != len(authorities):
        raise BadIssuers(f"{file}: an address stands there twice; it accepts DPoP or Bearer, never both")
    if len(set(names)) != len(names):
        raise BadIssuers(f"{file}: a name stands there twice; clients are told apart by it")
    for entrance in entrances:
        issued = [issuer.issuer for issuer in entrance.issuers]
        if len(set(issued)) != len(issued):
            raise BadIssuers(f"{file}: an issuer stands twice at {entrance.url}")
        for issuer in entrance.issuers:
            if issuer.kind == "development" or issuer.issuer == DEVELOPMENT_ISSUER:
                raise BadIssuers(f"{file}: development keys are for this machine and for no file")
            if insecure(issuer.jwks_url):
                raise BadIssuers(f"{file}: the keys of {issuer.name} would be fetched without TLS")


def insecure(url: str) -> bool:
    """Whether an address is neither https nor on this machine."""
    parts = urlsplit(url)
    return parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
