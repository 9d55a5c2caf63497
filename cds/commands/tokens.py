"""cds dev-token: a token for trying the service on one's own machine, for any profile."""

from __future__ import annotations

import argparse
import secrets
import sys
from typing import Any

from cds.api.service import seconds_now
from cds.auth.development import calling_key, issuing_key, token
from cds.auth.dpop import make_proof
from cds.auth.profiles import Profile
from cds.settings import InsecureSettings, Settings


def add(commands: Any) -> None:
    """Register the command."""
    command = commands.add_parser("dev-token", help="print a token for a profile, for one's own machine and an hour")
    command.add_argument("profile", choices=[profile.value for profile in Profile])
    command.add_argument(
        "--dpop", nargs=2, metavar=("METHOD", "URL"), help="print both headers of one request under DPoP instead"
    )
    command.set_defaults(run=_dev_token)


def _dev_token(options: argparse.Namespace) -> int:
    settings = Settings()
    if not settings.development_mode:
        raise InsecureSettings("there are no development tokens here: issuers are configured, or it is production")
    profile, now = Profile(options.profile), int(seconds_now())
    key = issuing_key(settings.state)
    if options.dpop is None:
        sys.stdout.write(f"{token(profile, key, now)}\n")
        return 0
    method, url = options.dpop
    caller = calling_key(settings.state)
    bound = token(profile, key, now, bound_to=caller)
    shown = make_proof(bound, caller, method=method, url=url, now=now, jti=secrets.token_urlsafe(16))
    sys.stdout.write(f"Authorization: DPoP {bound}\nDPoP: {shown}\n")
    return 0
