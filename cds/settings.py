"""What an operator can set, as `CDS_*` environment variables."""

from __future__ import annotations

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from cds.engine import durable

_A_HOST = re.compile(r"[a-z0-9.-]+(:[0-9]{1,5})?")


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
    behind_authenticating_proxy: bool = False
    """Says that something in front of the service decides who may call it; the service itself does not yet."""
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
            parts = urlsplit(origin)
            encrypted = parts.scheme == "https" or (parts.scheme == "http" and _loopback(parts.hostname or ""))
            if not encrypted or origin != f"{parts.scheme}://{parts.netloc}" or not _A_HOST.fullmatch(parts.netloc):
                raise ValueError("an origin is https://host or https://host:port, exact and in lower case")
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

    def refuse_if_insecure(self) -> None:
        """Raise InsecureSettings where starting would expose the service or leave it with one evaluator."""
        if not _loopback(self.host) and not self.behind_authenticating_proxy:
            raise InsecureSettings(
                f"refusing to listen on {self.host}: whoever reaches it may call it. Listen on 127.0.0.1, or set "
                "CDS_BEHIND_AUTHENTICATING_PROXY=true where a proxy checks every caller."
            )
        if not _loopback(self.host) and self.environment != "production":
            raise InsecureSettings("refusing to listen beyond this machine: set CDS_ENVIRONMENT=production")
        if self.environment == "production" and not durable.available():
            raise InsecureSettings("refusing to start in production with one evaluator: durable-rules is not installed")
        if self.environment == "production" and (
            self.database_url is None or self.keys is None or self.ledger_name is None
        ):
            raise InsecureSettings(
                "refusing to start in production without a ledger of its own: set CDS_DATABASE_URL, CDS_LEDGER_NAME, "
                "and CDS_KEYS to the folder that cds keys new made"
            )


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
