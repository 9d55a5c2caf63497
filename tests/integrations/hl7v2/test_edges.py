"""TLS with certificates bound to senders, HTTP, and a configuration that is read strictly."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi.testclient import TestClient

from cds.main import create_app, create_listener
from cds.settings import InsecureSettings
from integrations.hl7v2.profiles import InvalidSenders, read_senders
from tests.integrations.hl7v2.wire import HERE, RELEASES, SETTINGS, TODAY, Client, Server, msa, own

A03 = next(raw for name, raw, _ in own() if "prison-release" in name)
LATIN = next(raw for name, raw, _ in own() if "prison-release-with-dependence" in name)


class Authority:
    """Makes certificates for one test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = generate_private_key(SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test authority")])
        self.file = self.write("ca", self.certificate(self.name, self.key, ca=True), self.key)[0]

    def certificate(self, subject: x509.Name, key: EllipticCurvePrivateKey, *, ca: bool = False) -> x509.Certificate:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .sign(self.key, hashes.SHA256())
        )

    def write(self, name: str, certificate: x509.Certificate, key: EllipticCurvePrivateKey) -> tuple[Path, Path]:
        files = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
        files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return files

    def issue(self, name: str) -> tuple[Path, Path]:
        key = generate_private_key(SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        return self.write(name, self.certificate(subject, key), key)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that both sides trust."""
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def secured(authority: Authority) -> Iterator[Server]:
    """A listener with mutual TLS, whose prison sender is bound to one certificate."""
    senders = authority.folder / "senders.yaml"
    senders.write_text(
        "senders:\n  - {name: prison, application: FENGSEL, kind: prison, certificates: [prison.example]}\n",
        encoding="utf-8",
    )
    certificate, key = authority.issue("server")
    tls = {"tls_certificate": certificate, "tls_key": key, "tls_client_ca": authority.file}
    with Server(senders=senders, key=authority.folder / "hl7", handshake_seconds=20, **tls) as running:
        yield running


def client_context(authority: Authority, name: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authority.file)
    if name is not None:
        context.load_cert_chain(*authority.issue(name))
    return context


def test_a_certificate_speaks_for_its_sender_only(secured: Server, authority: Authority) -> None:
    with Client(secured.port, client_context(authority, "prison.example")) as client:
        assert msa(client.ask(A03)) == ("AA", "N001")
    with Client(secured.port, client_context(authority, "other.example")) as client:
        ack = client.ask(A03)
        assert msa(ack) == ("AR", "N001")
        assert b"may not speak for the sender" in ack


def test_with_client_certificates_nobody_unknown_is_heard(secured: Server, authority: Authority) -> None:
    with Client(secured.port, client_context(authority, "prison.example")) as client:
        assert msa(client.ask(A03.replace(b"FENGSEL", b"ANOTHER"))) == ("AR", "N001")


@pytest.mark.parametrize(
    "senders",
    [
        None,
        "senders:\n  - {name: a, application: A, certificates: [a.example]}\n  - {name: b, application: B}\n",
        "senders:\n  - {name: a, application: A, certificates: []}\n",
    ],
    ids=["only the default", "one of two", "an empty list"],
)
def test_with_client_certificates_a_sender_bound_to_none_keeps_the_listener_from_starting(
    authority: Authority, tmp_path: Path, senders: str | None
) -> None:
    file = tmp_path / "senders.yaml"
    file.write_text(senders or "", encoding="utf-8")
    certificate, key = authority.issue("server")
    tls = {"tls_certificate": certificate, "tls_key": key, "tls_client_ca": authority.file}
    changes = {"key": tmp_path / "key", **({"senders": file} if senders else {})}
    create_listener(changes, SETTINGS, RELEASES, lambda: TODAY)
    with pytest.raises(InsecureSettings, match="certificates"):
        create_listener(changes | tls, SETTINGS, RELEASES, lambda: TODAY)


def test_without_a_certificate_nobody_is_heard(secured: Server, authority: Authority) -> None:
    with (
        pytest.raises((ssl.SSLError, ConnectionError, EOFError)),
        Client(secured.port, client_context(authority, None)) as client,
    ):
        client.ask(A03)


def test_plain_bytes_on_the_tls_port_are_cut_off(secured: Server) -> None:
    with Client(secured.port) as client, pytest.raises((EOFError, ConnectionError)):
        client.ask(A03)


@pytest.mark.parametrize(
    "changes", [{"host": "192.0.2.1"}, {"tls_certificate": "x.pem"}, {"tls_client_ca": "ca.pem"}, {"port": 99_999}]
)
def test_an_open_listener_does_not_start(changes: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(InsecureSettings):
        create_listener({"key": tmp_path / "k", **changes}, SETTINGS, RELEASES, lambda: TODAY)


def test_production_needs_its_own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InsecureSettings):
        create_listener(
            {"key": tmp_path / "missing"}, SETTINGS.model_copy(update={"environment": "production"}), RELEASES
        )
    assert not (tmp_path / "missing").exists()


@pytest.fixture
def http(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The service over HTTP, with the same senders."""
    monkeypatch.setenv("CDS_HL7_KEY", str(tmp_path / "key"))
    monkeypatch.setenv("CDS_HL7_SENDERS", str(HERE / "senders.yaml"))
    with TestClient(create_app(SETTINGS, RELEASES, lambda: TODAY)) as client:
        yield client


def test_http_answers_with_acknowledgement_and_result(http: TestClient) -> None:
    headers = {"content-type": "application/hl7-v2"}
    answer = http.post("/hl7/v2", content=LATIN, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/hl7-v2")
    ack, result = answer.content.split(b"\rMSH", 1)
    assert msa(ack) == ("AA", "N002")
    assert "Svært høy".encode("latin-1") in result
    assert http.post("/hl7/v2", content=LATIN, headers=headers).content.split(b"\rMSH", 1)[1] == result


@pytest.mark.parametrize("body", [b"", b"hello", b"MSH|", LATIN.replace(b"A03", b"A99"), b"\xff\xfe"])
def test_http_is_200_for_a_refused_message_too(http: TestClient, body: bytes) -> None:
    answer = http.post("/hl7/v2", content=body, headers={"content-type": "application/hl7-v2"})
    assert answer.status_code == 200
    assert msa(answer.content)[0] == "AR"


def test_http_speaks_of_transport_with_its_status(http: TestClient) -> None:
    assert http.post("/hl7/v2", content=LATIN, headers={"content-type": "text/plain"}).status_code == 415
    huge = http.post("/hl7/v2", content=b"x" * 1_100_000, headers={"content-type": "application/hl7-v2"})
    assert huge.status_code == 413
    assert http.get("/hl7/v2").status_code == 405


@pytest.mark.parametrize(
    "text",
    [
        "senders:\n  - {name: a, aplication: X}\n",
        "senders:\n  - {name: a}\n",
        "senders:\n  - {name: a, application: X, destination: nowhere}\n",
        "senders:\n  - {name: a, application: X}\n  - {name: a, application: Y}\n",
        "senders:\n  - {name: a, application: X, application: Y}\n",
        "senders:\n  - {name: a, application: X, charset: KLINGON}\n",
        "senders:\n  - {name: a, application: X, kind: castle}\n",
        "unknown: {name: anyone}\n",
    ],
)
def test_a_mistake_in_the_senders_is_told_with_its_place(tmp_path: Path, text: str) -> None:
    file = tmp_path / "senders.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidSenders) as refused:
        read_senders(file, unknown_allowed=True)
    assert f"{file}:" in str(refused.value)


def test_the_example_of_senders_is_valid() -> None:
    example = Path(__file__).parents[3] / "examples" / "hl7v2" / "senders.yaml"
    assert read_senders(example, unknown_allowed=False).unknown is None
