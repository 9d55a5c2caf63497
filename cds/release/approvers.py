"""The keys that may approve releases, each with the function of its holder: the form of approvers.yaml."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictStr, TypeAdapter, ValidationError

from cds.content.folder import problems_of
from cds.content.texts import Content, Many
from cds.dates import Day
from cds.errors import ContentError
from cds.signing import PublicKey
from cds.strict_yaml import read

Role = Literal["clinical", "technical"]
ROLES: tuple[Role, ...] = ("clinical", "technical")


class Approver(Content):
    """One key that may approve, and in which function it does."""

    function: StrictStr
    """What its holder is, in words; never a name of a person."""
    roles: Annotated[Many[Role], Field(min_length=1)]
    key: dict[StrictStr, StrictStr]
    """The public half as a JWK (RFC 8037)."""
    valid_from: Day
    valid_until: Day
    """The last day on which it may approve."""
    demonstration: StrictBool

    @cached_property
    def public(self) -> PublicKey:
        """The key."""
        return PublicKey.from_jwk(self.key)

    def valid_on(self, day: date) -> bool:
        """Whether the key may approve on a day."""
        return self.valid_from <= day <= self.valid_until


def read_approvers(file: Path) -> tuple[Approver, ...]:
    """Read a list of approvers. Raises ContentError with file and line; never a key twice."""
    document = read(file)
    if document.problems:
        raise ContentError(document.problems)
    try:
        approvers = TypeAdapter(tuple[Approver, ...]).validate_python(document.value)
    except ValidationError as error:
        raise ContentError(problems_of(error, document)) from None
    problems: list[str] = []
    kids: set[str] = set()
    for index, approver in enumerate(approvers):
        try:
            kid = approver.public.kid
        except ValueError as error:
            problems.append(f"{document.at((index,))}: {error}")
            continue
        if kid in kids:
            problems.append(f"{document.at((index,))}: a key stands in the list once, with all its roles")
        kids.add(kid)
    if problems:
        raise ContentError(problems)
    return approvers
