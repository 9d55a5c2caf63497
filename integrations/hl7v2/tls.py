"""TLS for the listener, and who a client says it is by its certificate."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

from integrations.hl7v2.settings import Hl7Settings


def context(settings: Hl7Settings) -> ssl.SSLContext | None:
    """TLS 1.2 or later, with client certificates required where an authority is set; None: plain (loopback only)."""
    if settings.tls_certificate is None:
        return None
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.load_cert_chain(settings.tls_certificate, settings.tls_key)
    if settings.tls_client_ca is not None:
        made.load_verify_locations(settings.tls_client_ca)
        made.verify_mode = ssl.CERT_REQUIRED
    return made


def names(certificate: Mapping[str, Any] | None) -> frozenset[str] | None:
    """The common names and DNS names of a verified client certificate, as `getpeercert` gives it."""
    if not certificate:
        return None
    subject = {value for part in certificate.get("subject", ()) for key, value in part if key == "commonName"}
    return frozenset(subject | {value for key, value in certificate.get("subjectAltName", ()) if key == "DNS"})
