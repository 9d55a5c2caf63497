"""On whose behalf a client calls: the part of its name that keeps one organisation's receipts from another's.

One system may be used by many organisations and call for each of them as the same client; each is a caller of its own.
What cannot be read as an organisation is therefore refused, and never read as none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cds.auth.issuers import Issuer
from cds.auth.refusals import bad_token

_CLAIM = "helseid://claims/client/claims/orgnr_{}"
_DETAIL = "helseid_authorization"
_PARENT_AND_CHILD = "urn:oid:1.0.6523"
"""The system of a value that names a legal entity and, perhaps, a unit below it (HelseID, multi-tenant clients)."""
_NUMBER = re.compile(r"[0-9]{9}")
_PARENT_CHILD = re.compile(r"NO:ORGNR:(?P<parent>[0-9]{9})(?::(?P<child>[0-9]{9})?)?")
_ISO_6523 = re.compile(r"0192:(?P<number>[0-9]{9})")
_SYSTEM_USER = "urn:altinn:systemuser"


def organisation(claims: Mapping[str, Any], issuer: Issuer) -> str | None:
    """Whom the client calls for: `parent`, `parent/child` or `/child`, nine digits each; None where nobody is named.

    For Maskinporten the consumer, and after it the organisation of the system user. Raises Refused.
    """
    if issuer.kind == "maskinporten":
        return _maskinporten(claims)
    if issuer.kind == "helseid":
        return _helseid(claims)
    return None


def _helseid(claims: Mapping[str, Any]) -> str | None:
    """HelseID tells it in claims of their own or, for clients of many organisations, in `authorization_details`."""
    told = [tuple(_claimed(claims, place) for place in ("parent", "child"))]
    told += [_detailed(detail) for detail in _details(claims, _DETAIL)]
    named = []
    for place in zip(*told, strict=True):
        numbers = {number for number in place if number is not None}
        if len(numbers) > 1:
            raise bad_token("The token names more than one organisation")
        named.append(numbers.pop() if numbers else "")
    parent, child = named
    return f"{parent}/{child}" if child else parent or None


def _claimed(claims: Mapping[str, Any], place: str) -> str | None:
    number = claims.get(_CLAIM.format(place))
    if number is not None and not (isinstance(number, str) and _NUMBER.fullmatch(number)):
        raise bad_token("The token names an organisation that cannot be read")
    return number


def _detailed(detail: Mapping[str, Any]) -> tuple[str | None, str | None]:
    identifier: Any = detail
    for step in ("practitioner_role", "organization", "identifier"):
        identifier = identifier.get(step) if isinstance(identifier, dict) else None
    system, value = (identifier.get("system"), identifier.get("value")) if isinstance(identifier, dict) else (None, "")
    if isinstance(value, str):
        both = _PARENT_CHILD.fullmatch(value)
        if both is not None and system == _PARENT_AND_CHILD:
            return both["parent"], both["child"]
        if _NUMBER.fullmatch(value) and system != _PARENT_AND_CHILD:
            return None, value  # a client of one organisation names the unit below it alone
    raise bad_token("The token names an organisation that cannot be read")


def _maskinporten(claims: Mapping[str, Any]) -> str:
    """The consumer and, for a system that others have bought, whose user of it asks (`systemuser_org`)."""
    consumer = _iso_6523(claims.get("consumer"))
    if consumer is None:
        raise bad_token("The token does not name its consumer")
    users = {_iso_6523(detail.get("systemuser_org")) for detail in _details(claims, _SYSTEM_USER)}
    if not users:
        return consumer
    if len(users) > 1 or None in users:
        raise bad_token("The token does not name the one organisation of its system user")
    return f"{consumer}/{users.pop()}"


def _iso_6523(named: object) -> str | None:
    number = named.get("ID") if isinstance(named, dict) else None
    found = _ISO_6523.fullmatch(number) if isinstance(number, str) else None
    return None if found is None else found["number"]


def _details(claims: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    """The authorization details (RFC 9396) of one type; those of other types say nothing about the organisation.

    Raises Refused where the type of one cannot be read: it may be the one that names the organisation.
    """
    details = claims.get("authorization_details", [])
    for detail in details if isinstance(details, list) else [details]:
        if not (isinstance(detail, dict) and isinstance(detail.get("type"), str)):
            raise bad_token("The token names an organisation that cannot be read")
        if detail["type"] == kind:
            yield detail
