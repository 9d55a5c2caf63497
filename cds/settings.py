"""What an operator can set, as `CDS_*` environment variables."""

from __future__ import annotations

import re
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from cds.engine import durable

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_A_HOST = re.compile(rf"(?P<name>{_LABEL}(\.{_LABEL})*)(:(?P<port>[1-9][0-9]{{0,4}}))?")
_LAST_PORT = 65_535
_OWN_PORTS = {"https": 443, "http": 80}
"""What a browser leaves out of an origin."""


class InsecureSettings(RuntimeError):
    """The service refuses to start like this."""


class Settings(BaseSettings):
    """Settings; the defaults are for trying the service on one's own machine."""

    model_config = SettingsConfigDict(env_prefix="CDS_", frozen=True, extra="ignore")

    environment: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    max_body_bytes: int = Field(default=4_194_304, ge=1_024)
    """Room for 10,000 statements with every field filled (4.1 MB); ordinary ones take 2 MB."""
    issuers: Path | None = None
    """The file that says whose tokens are believed (cds/auth/issuers.py shows its form)."""
    development_scheme: Literal["Bearer", "DPoP"] = "Bearer"
    """How development tokens are sent."""
    quota_per_minute: int = Field(default=6_000, ge=1)
    """What one client may ask in a minute."""
    max_batch_bytes: int = Field(default=16_777_216, ge=1_024)
    max_batch_lines: int = Field(default=10_000, ge=1)
    v1_deprecated: date | None = None
    """The first day on which `/v1` should no longer be taken into use."""
    v1_sunset: date | None = None
    """The last day of `/v1`, to its end, once there is one; told in every answer below it."""
    approvers: Path | None = None
    """The keys that may approve releases (cds/rules/approvers.yaml shows the form). Empty: in production nobody may."""

    frame_ancestors: Annotated[tuple[str, ...], NoDecode] = ()
    """The exact origins that may show /embed/card in a frame and send it an answer, with spaces between; else none."""

    @field_validator("frame_ancestors", mode="before")
    @classmethod
    def _with_spaces_between(cls, value: Any) -> Any:
        return tuple(value.split()) if isinstance(value, str) else value

    @field_validator("frame_ancestors")
    @classmethod
    def _exact_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not _is_origin(origin):
                raise ValueError("an origin is https://host or https://host:port, exact and as a browser writes it")
        return origins

    database_url: SecretStr | None = None
    """The ledger: `postgresql://…` or `sqlite:///FILE`; a file in `state` where none is named."""
    state: Path = Path("var")
    """Where a development service keeps its ledger and its keys."""
    keys: Path | None = None
    """The folder of keys that `cds keys new` made; in `state` where none is named."""
    ledger_name: str | None = Field(default=None, pattern=r"^[!-*,-~]+$")
    """What the ledger calls itself in its checkpoints: a name nobody else uses, such as a host and a path."""
    build: str = Field(default="", pattern=r"^[0-9A-Za-z.-]*$", max_length=80)
    """Which build of the service this is; receipts tell it."""

    @property
    def ledger_url(self) -> str:
        """The database of the ledger."""
        if self.database_url is None:
            return f"sqlite:///{self.state / 'ledger.sqlite'}"
        return self.database_url.get_secret_value()

    @property
    def ledger_origin(self) -> str:
        """The ledger's name, as checkpoints tell it."""
        return self.ledger_name or f"cds-overdose.invalid/{self.environment}"

    @property
    def keys_folder(self) -> Path:
        """Where the keys are."""
        return self.keys or self.state / "keys"

    @property
    def development_mode(self) -> bool:
        """Whether a request without a token is answered: on one's own machine, with no issuer configured."""
        return self.issuers is None and self.environment == "development" and _loopback(self.host)

    def refuse_if_insecure(self) -> None:
        """Raise InsecureSettings where starting would expose the service or leave it with one evaluator."""
        if self.issuers is None and not _loopback(self.host):
            raise InsecureSettings(
                f"refusing to listen on {self.host} without authentication: whoever reaches it may call it. Listen on "
                "127.0.0.1, or name the issuers whose tokens are believed in CDS_ISSUERS."
            )
        if not _loopback(self.host) and self.environment != "production":
            raise InsecureSettings("refusing to listen beyond this machine: set CDS_ENVIRONMENT=production")
        if self.v1_sunset is not None and self.v1_deprecated is None:
            raise InsecureSettings("CDS_V1_SUNSET needs CDS_V1_DEPRECATED: callers are told before a version ends")
        if self.v1_sunset is not None and self.v1_deprecated is not None and self.v1_sunset < self.v1_deprecated:
            raise InsecureSettings("CDS_V1_SUNSET lies before CDS_V1_DEPRECATED: a version would end before it is old")
        if self.environment == "production" and not durable.available():
            raise InsecureSettings("refusing to start in production with one evaluator: durable-rules is not installed")
        if self.environment == "production" and (
            self.database_url is None or self.keys is None or self.ledger_name is None
        ):
            raise InsecureSettings(
                "refusing to start in production without a ledger of its own: set CDS_DATABASE_URL, CDS_LEDGER_NAME, "
                "and CDS_KEYS to the folder that cds keys new made"
            )
        if self.issuers is None and self.environment == "production":
            raise InsecureSettings("refusing to start in production without authentication: set CDS_ISSUERS")


def _is_origin(origin: str) -> bool:
    """Whether a text is one origin, encrypted or on this machine, as a browser would write it (RFC 6454)."""
    scheme, _, rest = origin.partition("://")
    found = _A_HOST.fullmatch(rest)
    if scheme not in _OWN_PORTS or found is None:
        return False
    name, port = found["name"], int(found["port"] or 0)
    if port > _LAST_PORT or port == _OWN_PORTS[scheme]:
        return False
    if name.rpartition(".")[2].isdigit() and not _is_address(name):
        return False
    return scheme == "https" or _loopback(name)


def _is_address(name: str) -> bool:
    try:
        return str(ip_address(name)) == name
    except ValueError:
        return False


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
