"""What an operator can set, as `CDS_*` environment variables."""

from __future__ import annotations

from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from cds.engine import durable


class InsecureSettings(RuntimeError):
    """The service refuses to start like this."""


class Settings(BaseSettings):
    """Settings; the defaults are for trying the service on one's own machine."""

    model_config = SettingsConfigDict(env_prefix="CDS_", frozen=True, extra="ignore")

    environment: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    max_body_bytes: int = Field(default=262_144, ge=1_024)
    issuers: Path | None = None
    """The file that says whose tokens are believed (cds/auth/issuers.py shows its form)."""
    development_scheme: Literal["Bearer", "DPoP"] = "Bearer"
    """How development tokens are sent."""
    quota_per_minute: int = Field(default=6_000, ge=1)
    """What one client may ask in a minute."""
    max_batch_bytes: int = Field(default=16_777_216, ge=1_024)
    max_batch_lines: int = Field(default=10_000, ge=1)
    v1_deprecated: date | None = None
    v1_sunset: date | None = None
    """The last day of `/v1`, once there is one; told in every answer below it."""
    database_url: SecretStr | None = None
    """The ledger: `postgresql://…` or `sqlite:///FILE`; a file in `state` where none is named."""
    state: Path = Path("var")
    """Where a development service keeps its ledger and its keys."""

    @property
    def ledger_url(self) -> str:
        """The database of the ledger."""
        if self.database_url is None:
            return f"sqlite:///{self.state / 'ledger.sqlite'}"
        return self.database_url.get_secret_value()

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
        if self.environment == "production" and not durable.available():
            raise InsecureSettings("refusing to start in production with one evaluator: durable-rules is not installed")
        if self.issuers is None and self.environment == "production":
            raise InsecureSettings("refusing to start in production without authentication: set CDS_ISSUERS")


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
