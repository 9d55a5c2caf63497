"""Signed texts: joserfc reads what we sign and signs what we read; everything else is refused."""

import json
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as joserfc_jws
from joserfc.jwk import OKPKey

from cds.signing import BadSignature, PublicKey, SigningKey, UnknownKey, base64url, from_base64url, read_jws

KEY = SigningKey.new()
KEYS = {KEY.public.kid: KEY.public}


def test_joserfc_reads_what_is_signed_here():
    read = joserfc_jws.deserialize_compact(
        KEY.jws(b'{"a":1}', "test+jws"), OKPKey.import_key(KEY.public.as_jwk()), ["Ed25519"]
    )
    assert read.payload == b'{"a":1}'
    assert read.protected == {"alg": "Ed25519", "kid": KEY.public.kid, "typ": "test+jws"}


def test_what_joserfc_signs_is_read_here():
    other = OKPKey.generate_key("Ed25519")
    public = PublicKey.from_jwk(other.as_dict(private=False))
    signed = joserfc_jws.serialize_compact(
        {"alg": "Ed25519", "kid": public.kid, "typ": "t"}, b"text", other, ["Ed25519"]
    )
    assert read_jws(signed, "t", {public.kid: public}) == (b"text", public.kid)


def test_a_kid_is_the_thumbprint():
    assert OKPKey.import_key(KEY.public.as_jwk()).thumbprint() == KEY.public.kid


@given(st.data())
def test_one_changed_character_is_found(data):
    signed = KEY.jws(b'{"level":"high"}', "test+jws")
    place = data.draw(st.integers(0, len(signed) - 1))
    other = data.draw(st.sampled_from("ABCDEFabcdef0123456789-_.").filter(lambda c: c != signed[place]))
    with pytest.raises((BadSignature, UnknownKey)):
        read_jws(signed[:place] + other + signed[place + 1 :], "test+jws", KEYS)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "kid": KEY.public.kid, "typ": "t"},
        {"alg": "HS256", "kid": KEY.public.kid, "typ": "t"},
        {"alg": "Ed25519", "kid": KEY.public.kid},
        {"alg": "Ed25519", "kid": KEY.public.kid, "typ": "other"},
        {"alg": "Ed25519", "kid": KEY.public.kid, "typ": "t", "crit": ["b64"], "b64": False},
        {"alg": "Ed25519", "kid": KEY.public.kid, "typ": "t", "jwk": KEY.public.as_jwk()},
        ["alg"],
    ],
)
def test_headers_that_want_something_else_are_refused(header):
    signed = f"{base64url(json.dumps(header).encode())}.{base64url(b'text')}"
    with pytest.raises(BadSignature):
        read_jws(f"{signed}.{base64url(KEY.sign(signed.encode()))}", "t", KEYS)


def test_a_key_that_is_not_trusted_is_named_as_that():
    with pytest.raises(UnknownKey):
        read_jws(SigningKey.new().jws(b"text", "t"), "t", KEYS)


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c.d", "...", "é.é.é", "e30.e30.e30"])
def test_what_is_no_jws_is_refused(text):
    with pytest.raises(BadSignature):
        read_jws(text, "t", KEYS)


@pytest.mark.parametrize(
    "jwk", [{}, {"kty": "RSA"}, {"kty": "OKP", "crv": "Ed25519", "x": "AA"}, KEY.public.as_jwk() | {"d": "AA"}]
)
def test_what_is_no_public_key_is_refused(jwk):
    with pytest.raises(ValueError):  # noqa: PT011 - any reason will do
        PublicKey.from_jwk(jwk)


def test_a_private_key_is_kept_from_others_and_never_written_over(tmp_path):
    file = tmp_path / "key.pem"
    KEY.write(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert SigningKey.read(file).public == KEY.public
    with pytest.raises(FileExistsError):
        SigningKey.new().write(file)


@pytest.mark.parametrize("text", ["A", "AB=", "A+/A", "QQ==", "QR"])
def test_there_is_one_way_to_write_bytes(text):
    with pytest.raises(ValueError, match="not base64url"):
        from_base64url(text)
