"""The service's keys: which it signs with now, and every one it ever signed with.

    keys/keys.json      the public halves, each with its purpose, environment, first and last second; never removed
    keys/<kid>.pem      the private halves of those in use (mode 0600)

Receipts and checkpoints have a key each, so that neither kind of text can ever be passed off as the other. In
development the folder is made at first start. Production reads one that `cds keys new` made and the operator keeps, and
refuses keys made for development.

A service that runs looks whether the list has changed before it signs or checks (`Keys`): after a rotation it knows the
new keys at once, signs with them where it can read their private halves, and else with its old ones until they end.
After that it signs nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from cds.audit.store import LedgerUnavailable
from cds.signing import PublicKey, SigningKey, UnknownKey

Purpose = Literal["receipts", "checkpoints"]
Environment = Literal["development", "production"]
PURPOSES: tuple[Purpose, ...] = ("receipts", "checkpoints")
LISTED = "keys.json"
"""The file of public halves."""
KEY_ENDED = "the service may not sign with its key any longer: it must be started with the new keys"
_MINE_ONLY = 0o700


class KeysUnusable(RuntimeError):
    """The service cannot start with these keys."""


@dataclass(frozen=True)
class PublishedKey:
    """A public key and when it was used, in seconds since 1970; `until` is None while it is."""

    key: PublicKey
    purpose: Purpose
    environment: Environment
    since: int
    until: int | None = None

    def used_at(self, second: int) -> bool:
        """Whether this key signed at that second."""
        return self.since <= second and (self.until is None or second < self.until)

    def as_json(self) -> dict[str, Any]:
        """As it is published: a JWK with three members of our own."""
        said = {"purpose": self.purpose, "environment": self.environment, "since": self.since}
        return {**self.key.as_jwk(), **said} | ({} if self.until is None else {"until": self.until})

    @classmethod
    def from_json(cls, said: Any) -> PublishedKey:
        """Read what `as_json` wrote. Raises ValueError."""
        try:
            purpose, environment, since, until = (
                said["purpose"],
                said["environment"],
                said["since"],
                said.get("until"),
            )
            key = PublicKey.from_jwk(said)
        except (KeyError, TypeError, AttributeError):
            raise ValueError("not a published key") from None
        known = purpose in PURPOSES and environment in ("development", "production")
        if not known or type(since) is not int or not (until is None or type(until) is int):
            raise ValueError("not a published key")
        return cls(key, purpose, environment, since, until)


class PublishedKeys:
    """Every key that ever signed here, by its `kid`."""

    def __init__(self, keys: Iterable[PublishedKey]) -> None:
        self.all = tuple(keys)
        self._by_kid = {key.key.kid: key for key in self.all}

    def __getitem__(self, kid: str) -> PublishedKey:
        try:
            return self._by_kid[kid]
        except KeyError:
            raise UnknownKey("signed with a key that is not known here") from None

    def of(self, purpose: Purpose) -> dict[str, PublicKey]:
        """The keys of one purpose by `kid`."""
        return {kid: key.key for kid, key in self._by_kid.items() if key.purpose == purpose}

    def as_json(self) -> dict[str, Any]:
        """As they are published."""
        return {"keys": [key.as_json() for key in self.all]}

    @classmethod
    def from_json(cls, said: Any) -> PublishedKeys:
        """Read what `as_json` wrote. Raises ValueError."""
        if not isinstance(said, dict) or not isinstance(said.get("keys"), list):
            raise ValueError("not a list of keys")
        return cls(map(PublishedKey.from_json, said["keys"]))


@dataclass(frozen=True)
class KeyRing:
    """What the service signs with, and what it publishes."""

    receipts: SigningKey
    checkpoints: SigningKey
    published: PublishedKeys
    environment: Environment

    def signer(self, purpose: Purpose, now: int) -> SigningKey:
        """The key for a purpose at a second. Raises LedgerUnavailable where its time is over: nobody could prove what
        it signs.
        """
        key = self.receipts if purpose == "receipts" else self.checkpoints
        until = self.published[key.public.kid].until
        if until is not None and now >= until:
            raise LedgerUnavailable(KEY_ENDED, KEY_ENDED)
        return key


class Keys:
    """The keys of a folder as they are now. Nothing is read before the first use."""

    def __init__(self, folder: Path, environment: Environment, clock: Callable[[], int]) -> None:
        self._folder = folder
        self._environment = environment
        self._clock = clock
        self._lock = threading.Lock()
        self._ring: KeyRing | None = None
        self._ring_of: object = None
        """The state of the list that the ring was read from."""
        self._published = PublishedKeys(())
        self._published_of: object = None

    def ring(self, *, reread: bool = False) -> KeyRing:
        """What is signed with, and every public key there ever was. Made first where there are none and this is
        development. Raises KeysUnusable.
        """
        with self._lock:
            state = self._list()
            if self._ring is None or reread or state != self._ring_of:
                self._ring = self._open(self._ring)
                self._ring_of = state or self._list()
            return self._ring

    def published(self, *, reread: bool = False) -> PublishedKeys:
        """Every public key there ever was: all that verifying needs. Makes none. Raises KeysUnusable."""
        with self._lock:
            state = self._list()
            if state is None or reread or state != self._published_of:
                self._published, self._published_of = read_published(self._folder / LISTED), state
            return self._published

    def _open(self, before: KeyRing | None) -> KeyRing:
        try:
            return open_keys(self._folder, self._environment, self._clock())
        except KeysUnusable:
            if before is None:
                raise
        try:  # it may read the new list and not the new private halves: its own are good until the list ends them
            listed = read_published(self._folder / LISTED)
        except KeysUnusable:
            return before
        known = {before.receipts.public.kid, before.checkpoints.public.kid} <= {key.key.kid for key in listed.all}
        return replace(before, published=listed) if known else before

    def _list(self) -> object:
        """Tells one state of the list from another: it is replaced whole, never written over."""
        try:
            found = (self._folder / LISTED).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


def open_keys(folder: Path, environment: Environment, now: int) -> KeyRing:
    """The keys in a folder; made first where this is development and there are none. Raises KeysUnusable."""
    if not (folder / LISTED).exists():
        if environment == "production":
            raise KeysUnusable(f"there are no keys in {folder}: cds keys new makes them, CDS_KEYS names their folder")
        new_keys(folder, environment, now)
    published = read_published(folder / LISTED)
    current = {key.purpose: key for key in published.all if key.until is None}
    if current.keys() != set(PURPOSES):
        raise KeysUnusable(f"{folder / LISTED}: one key of each purpose must be in use")
    if any(key.environment != environment for key in current.values()):
        raise KeysUnusable(f"{folder}: made for another environment; {environment} does not sign with these keys")
    private = {purpose: _private(folder, key) for purpose, key in current.items()}
    return KeyRing(private["receipts"], private["checkpoints"], published, environment)


def new_keys(folder: Path, environment: Environment, now: int) -> None:
    """Make a folder of keys, whole or not at all. Another process that does the same first wins."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".keys-", dir=folder.parent))
    made.chmod(_MINE_ONLY)
    _write(made / LISTED, [_new(made, purpose, environment, now) for purpose in PURPOSES])
    try:
        made.rename(folder)
    except OSError:
        shutil.rmtree(made)
        if not (folder / LISTED).exists():
            raise


def rotate(folder: Path, now: int, overlap: int) -> None:
    """New keys for both purposes from now on. The old public halves stay; the old private halves are destroyed.

    A service that runs goes over to the new keys when it sees them. One that cannot read their private halves signs
    with the old keys, which count for `overlap` seconds more.
    """
    published = read_published(folder / LISTED)
    current = [key for key in published.all if key.until is None]
    ended = [replace(key, until=now + overlap) if key.until is None else key for key in published.all]
    new = [_new(folder, key.purpose, key.environment, now) for key in current]
    _write(folder / LISTED, [*ended, *new])
    for key in current:
        (folder / f"{key.key.kid}.pem").unlink(missing_ok=True)


def read_published(file: Path) -> PublishedKeys:
    """Read published keys. Raises KeysUnusable."""
    try:
        return PublishedKeys.from_json(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise KeysUnusable(f"{file}: cannot be read as published keys ({type(error).__name__})") from None


def _new(folder: Path, purpose: Purpose, environment: Environment, now: int) -> PublishedKey:
    key = SigningKey.new()
    key.write(folder / f"{key.public.kid}.pem")
    return PublishedKey(key.public, purpose, environment, now)


def _private(folder: Path, published: PublishedKey) -> SigningKey:
    file = folder / f"{published.key.kid}.pem"
    try:
        if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeysUnusable(f"{file}: others can read it; chmod 600")
        key = SigningKey.read(file)
    except (OSError, ValueError) as error:
        raise KeysUnusable(f"{file}: cannot be read as a private key ({type(error).__name__})") from None
    if key.public != published.key:
        raise KeysUnusable(f"{file}: holds another key than its name says")
    return key


def _write(file: Path, keys: list[PublishedKey]) -> None:
    """Replace the list at once, so that no reader ever sees half of it."""
    text = json.dumps(PublishedKeys(keys).as_json(), indent=2) + "\n"
    new = file.with_suffix(".new")
    with new.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    new.replace(file)
