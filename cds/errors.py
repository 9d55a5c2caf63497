"""Everything that can go wrong below the edge. No message ever carries a value from a request."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


class FactError(ValueError):
    """What was sent cannot be true together or at this date.

    `errors` are everything found, each with a JSON pointer into the request; `path` and `reason` are the first.
    """

    def __init__(self, path: str, reason: str, *more: tuple[str, str]) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason
        self.errors = ((path, reason), *more)


def refuse(errors: Iterable[tuple[str, str]]) -> None:
    """Raise FactError with everything found wrong (path, reason), if anything was."""
    found = tuple(errors)
    if found:
        (path, reason), *more = found
        raise FactError(path, reason, *more)


class ContentError(ValueError):
    """The content of a release is wrong; every problem found, each as `file:line: what`."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class ReleaseAltered(RuntimeError):
    """A byte of a frozen release differs from what was frozen."""

    def __init__(self, file: Path | str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = str(file)


class UnknownRelease(LookupError):
    """No release of that version is here."""


class NoReleaseInForce(LookupError):
    """No release was in force on the day asked for."""


class EngineDisagreement(RuntimeError):
    """The two evaluators differ: no answer may be given. Carries rule ids, never facts."""

    def __init__(self, rules: Iterable[str]) -> None:
        self.rules = tuple(sorted(rules))
        super().__init__("evaluators disagree on: " + ", ".join(self.rules))


class EngineFailure(RuntimeError):
    """durable-rules reported an error code: no answer may be given."""


class ReleaseNotApproved(RuntimeError):
    """A release that two approvers have not signed; it is not used in production. Says what is missing."""

    def __init__(self, version: str, missing: Iterable[str]) -> None:
        self.version = version
        self.missing = tuple(missing)
        super().__init__(f"release {version} is not approved: " + "; ".join(self.missing))
