"""The door: who is calling is settled before a route runs or a body is read, by the one table of `cds.auth.scopes`."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from cds.api.problems import Problem
from cds.audit.store import Store
from cds.auth.callers import Callers, DevelopmentCallers, Shown
from cds.auth.development import ANYONE, DevelopmentKeys, entrance
from cds.auth.issuers import ALGORITHMS, BadIssuers, Entrance, read_issuers
from cds.auth.jwks import FetchedKeys, Keys
from cds.auth.profiles import Caller
from cds.auth.quotas import Quotas
from cds.auth.refusals import Refused, challenge
from cds.auth.replay import ReplayStore
from cds.auth.scopes import Access, access_to
from cds.settings import InsecureSettings, Settings

_UNAUTHORIZED, _FORBIDDEN, _UNAVAILABLE = 401, 403, 503
_NAMES = {_UNAUTHORIZED: "unauthorized", _FORBIDDEN: "forbidden", _UNAVAILABLE: "cannot-authenticate"}
_WITHOUT_A_TOKEN = 100
"""On one's own machine requests without a token have this many times the quota: it is one's own machine."""
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class Door:
    """A dependency of every route. Leaves the caller in `request.state.caller`, its name in `request.state.client`."""

    def __init__(self, callers: Callers, quotas: Quotas, anyone: Quotas) -> None:
        self._callers = callers
        self._quotas = quotas
        self._anyone = anyone

    async def __call__(self, request: Request) -> None:
        """Let the request in, or raise Problem 401, 403, 429 or 503 with the headers it owes."""
        access = access_of(request)
        if access is None:
            raise Problem(_FORBIDDEN, "forbidden", "Nobody may use this")
        if access.open:
            return
        shown = _shown(request)
        try:
            if shown.authorization or shown.proofs:
                # Keys may have to be fetched and proofs remembered; neither may hold up other requests.
                caller = await run_in_threadpool(self._callers.who, shown)
            else:
                caller = self._callers.who(shown)
            caller.require(access.any_of)
        except Refused as refused:
            told = {"WWW-Authenticate": challenge(refused, self._callers.scheme_at(shown.host), ALGORITHMS)}
            request.state.headers = {"Retry-After": "5"} if refused.status == _UNAVAILABLE else told
            raise Problem(refused.status, _NAMES[refused.status], refused.text) from None
        self._charge(request, caller, access)
        request.state.caller = caller
        request.state.client = caller.client

    def _charge(self, request: Request, caller: Caller, access: Access) -> None:
        spent = (self._anyone if caller is ANYONE else self._quotas).spend(caller.client, access.cost)
        request.state.headers = spent.headers()
        if spent.wait:
            raise Problem(429, "quota-exceeded", "This client has asked too much; wait as long as Retry-After says")


def caller_of(request: Request) -> Caller:
    """The caller of a request that was let in."""
    caller = request.state.caller
    assert isinstance(caller, Caller)
    return caller


def access_of(request: Request) -> Access | None:
    """The table's line for the route of a request."""
    path = getattr(request.scope.get("route"), "path", None)
    return None if path is None else access_to(request.method, path)


def _shown(request: Request) -> Shown:
    headers = request.headers
    raw = request.scope.get("raw_path") or request.scope["path"].encode()
    return Shown(
        host=headers.get("host", ""),
        method=request.method,
        path=raw.partition(b"?")[0].decode("latin-1"),
        authorization=headers.getlist("authorization"),
        proofs=headers.getlist("dpop"),
        forwarded=any(name in headers for name in _FORWARDED),
    )


def door(settings: Settings, database: Store, clock: Callable[[], float], stopwatch: Callable[[], float]) -> Door:
    """The door as the settings say; used proofs are remembered in the ledger's database.

    Raises InsecureSettings where issuers are not such that it could be guarded.
    """
    quotas = Quotas("client", settings.quota_per_minute, stopwatch)
    anyone = Quotas("development", settings.quota_per_minute * _WITHOUT_A_TOKEN, stopwatch)
    replay = ReplayStore(database)
    if settings.issuers is None:
        return Door(_development(settings, replay, clock), quotas, anyone)
    try:
        entrances = read_issuers(settings.issuers)
        _refuse_beyond_this_machine(settings, entrances)
    except BadIssuers as error:
        raise InsecureSettings(f"refusing to start with these issuers: {error}") from None
    keys: dict[str, Keys] = {
        issuer.name: FetchedKeys(issuer.jwks_url, stopwatch) for entrance in entrances for issuer in entrance.issuers
    }
    return Door(Callers(entrances, keys, replay, clock), quotas, anyone)


def _development(settings: Settings, replay: ReplayStore, clock: Callable[[], float]) -> DevelopmentCallers:
    if not settings.development_mode:
        raise InsecureSettings("refusing development keys: they hold in development on this machine only")
    here = entrance(f"http://{settings.host}:{settings.port}", settings.development_scheme)
    return DevelopmentCallers((here,), {"development": DevelopmentKeys(settings.state)}, replay, clock)


def _refuse_beyond_this_machine(settings: Settings, entrances: tuple[Entrance, ...]) -> None:
    """Raise BadIssuers for what is good enough for one's own machine and for nothing beyond it."""
    if settings.environment != "production":
        return
    for each in entrances:
        if each.url.startswith("http://"):
            raise BadIssuers(f"{each.url} is called without TLS")
        for issuer in each.issuers:
            if issuer.jwks_url.startswith("http://"):
                raise BadIssuers(f"the keys of {issuer.name} are fetched without TLS")
