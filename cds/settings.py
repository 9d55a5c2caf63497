"""What an operator can set, as `CDS_*` environment variables."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Literal

from pydantic import Field
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
    max_body_bytes: int = Field(default=4_194_304, ge=1_024)
    """Room for 10,000 statements with every field filled (4.1 MB); ordinary ones take 2 MB."""
    behind_authenticating_proxy: bool = False
    """Says that something in front of the service decides who may call it; the service itself does not yet."""

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


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
