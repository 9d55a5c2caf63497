"""What an operator can set about HL7 v2, as `CDS_HL7_*` environment variables. Limits are in bytes, seconds, counts."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from cds.settings import InsecureSettings


class Hl7Settings(BaseSettings):
    """Settings of the HL7 v2 channel; the defaults are for one's own machine."""

    model_config = SettingsConfigDict(env_prefix="CDS_HL7_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(default=2575, ge=0, le=65535)
    senders: Path | None = None
    """The file of senders and destinations."""
    key: Path = Path("var/hl7.key")
    """Secret behind our identifiers: 32 bytes or more in base64. Made on first start in development only."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_client_ca: Path | None = None
    """With it every client must show a certificate of these authorities, and every sender is bound to its own."""

    max_frame_bytes: int = Field(default=1_048_576, ge=1_024, le=16_777_216)
    max_segments: int = Field(default=5_000, ge=1)
    max_repetitions: int = Field(default=200, ge=1)
    max_field_chars: int = Field(default=65_536, ge=256)
    """The longest field that is read; texts and documents, which are not, may be longer."""
    frame_seconds: float = Field(default=10, gt=0)
    """From the first byte of a frame to its last, however slowly they come."""
    idle_seconds: float = Field(default=600, gt=0)
    write_seconds: float = Field(default=10, gt=0)
    """How long a client may leave an answer unread before it is cut off."""
    handshake_seconds: float = Field(default=4, gt=0)
    acknowledgement_seconds: float = Field(default=15, gt=0)
    """How long the acknowledgement of a result is waited for before it is counted as missing."""
    max_connections: int = Field(default=200, ge=1)
    max_connections_per_peer: int = Field(default=8, ge=1)
    queue: int = Field(default=64, ge=1)
    """Messages being assessed at once; while there are more, sockets are not read."""
    duplicate_seconds: float = Field(default=86_400, ge=0)
    duplicate_messages: int = Field(default=100_000, ge=1)

    def refuse_if_insecure(self) -> None:
        """Raise InsecureSettings where starting would send people's health over an open network."""
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise InsecureSettings("CDS_HL7_TLS_CERTIFICATE and CDS_HL7_TLS_KEY belong together")
        if self.tls_client_ca is not None and self.tls_certificate is None:
            raise InsecureSettings("CDS_HL7_TLS_CLIENT_CA needs CDS_HL7_TLS_CERTIFICATE and CDS_HL7_TLS_KEY")
        if self.tls_client_ca is None and not _loopback(self.host):
            raise InsecureSettings(
                f"refusing to listen for HL7 v2 on {self.host} without client certificates: set "
                "CDS_HL7_TLS_CERTIFICATE, CDS_HL7_TLS_KEY and CDS_HL7_TLS_CLIENT_CA"
            )


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
