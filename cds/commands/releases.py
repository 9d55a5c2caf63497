"""Commands about releases: freeze one, compare two, approve one, list them all."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date, timedelta
from pathlib import Path

from cds.api.service import today_in_oslo
from cds.cohort import SIZE
from cds.content.folder import read_content
from cds.content.texts import LANGUAGES
from cds.diff import diff
from cds.diff.picture import picture, state_names
from cds.diff.readable import as_markdown
from cds.errors import ContentError
from cds.release.approvals import Approvers, approve, frozen_by
from cds.release.approvers import ROLES
from cds.release.freeze import freeze
from cds.release.frozen import RULES, Release, Releases, unfrozen
from cds.settings import Settings
from cds.signing import SigningKey

_FAILED = 1
_DRAFT = "draft"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the commands."""
    command = commands.add_parser("releases", help="list all rule releases, who approved them, and which is in force")
    command.set_defaults(run=_releases)

    command = commands.add_parser("release", help="freeze the draft rules as a release")
    command.add_argument("version")
    command.add_argument(
        "--in-force-from",
        type=date.fromisoformat,
        help="first day in force; tomorrow if left out, and today for the very first. On the day itself the release "
        "before it was in force too",
    )
    command.add_argument(
        "--author-key", type=Path, required=True, help="your own key (cds key FILE): you will not be able to approve it"
    )
    command.set_defaults(run=_release)

    command = commands.add_parser("diff", help="what differs between two releases, and whom it moves")
    command.add_argument("old")
    command.add_argument("new", help=f"a version, or {_DRAFT}")
    command.add_argument("--json", action="store_true", help="print it as JSON")
    command.add_argument("--people", type=int, default=SIZE, help=f"size of the invented cohort ({SIZE} if left out)")
    command.add_argument("--picture", type=Path, help="write the picture of who moves to an SVG file as well")
    command.add_argument("--language", choices=LANGUAGES, default="en", help="the language of the picture")
    command.set_defaults(run=_diff)

    command = commands.add_parser("key", help="make a key for approving, and print its public half")
    command.add_argument("file", type=Path, help="where its private half is written; never over another file")
    command.set_defaults(run=_key)

    command = commands.add_parser("approve", help="sign a release in one of the two roles")
    command.add_argument("version")
    command.add_argument("--role", choices=ROLES, required=True)
    command.add_argument("--key", type=Path, required=True, help="the private half of your key")
    command.set_defaults(run=_approve)


def _approvers() -> Approvers:
    settings = Settings()
    return Approvers.of(settings.approvers, production=settings.environment == "production")


def _releases(_: argparse.Namespace) -> int:
    releases, approvers, today = Releases(), _approvers(), today_in_oslo()
    for release in releases:
        until = "" if release.in_force_until is None else f" until {release.in_force_until}"
        now = ", in force today" if release is releases.in_force(today) else ""
        _tell(f"{release.version} {release.digest}")
        _tell(f"  in force from {release.in_force_from}{until}{now}")
        found = approvers.approvals(release, today)
        _tell(f"  frozen by {f'the key {found.frozen_by[:8]}…' if found.frozen_by else 'an author unknown'}")
        for line in found.lines:
            who = f"{line.function} ({line.role}, {line.approved_on})" if line.kid is not None else line.file
            _tell(f"  {'approved by' if line.valid else 'not counted:'} {who}{f': {line.because}' * (not line.valid)}")
        for missing in found.missing:
            _tell(f"  missing: {missing}")
    return 0


def _release(options: argparse.Namespace) -> int:
    today = today_in_oslo()
    soonest = today + timedelta(days=1) if list(Releases()) else today
    first_day = options.in_force_from or soonest
    if first_day < today:
        raise ContentError([f"{options.version}: cannot come into force in the past"])
    release = freeze(options.version, first_day, RULES, author=SigningKey.read(options.author_key).public)
    _tell(f"{release.version} {release.digest} in force from {release.in_force_from}")
    return 0


def _diff(options: argparse.Namespace) -> int:
    releases = Releases()
    old, new = (_named(name, releases) for name in (options.old, options.new))
    difference = diff(old, new, options.people)
    if options.picture is not None:
        names = state_names(new.content, options.language)
        options.picture.write_text(picture(difference, names, options.language) + "\n", encoding="utf-8")
    if options.json:
        _tell(json.dumps(difference.model_dump(mode="json"), ensure_ascii=False, indent=2))
    else:
        sys.stdout.write(as_markdown(difference))
    return 0


def _named(name: str, releases: Releases) -> Release:
    if name == _DRAFT:
        return unfrozen(_DRAFT, today_in_oslo(), RULES / "draft", read_content(RULES / "draft"))
    return releases[name]


def _key(options: argparse.Namespace) -> int:
    key = SigningKey.new()
    key.write(options.file)
    _tell(json.dumps(key.public.as_jwk(), indent=2, sort_keys=True))
    return 0


def _approve(options: argparse.Namespace) -> int:
    release, today = Releases()[options.version], today_in_oslo()
    key = SigningKey.read(options.key)
    approver = _approvers().by_kid.get(key.public.kid)
    refusals = {
        "the key is on no list of approvers here; CDS_APPROVERS names the list": approver is None,
        f"the key may not approve in the role {options.role}": approver and options.role not in approver.roles,
        "the key is not valid today": approver and not approver.valid_on(today),
        "whoever froze a release does not approve it": key.public.kid == frozen_by(release),
    }
    for reason, holds in refusals.items():
        if holds:
            sys.stderr.write(f"Not signed: {reason}\n")
            return _FAILED
    _tell(str(approve(release, options.role, key, today)))
    return 0


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
