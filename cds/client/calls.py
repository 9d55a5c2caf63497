"""The calls: each takes and gives what the service itself describes, and raises what cds/client/errors.py shows.

The client writes no log of its own, never repeats what it sent, and does not ask a second time by itself: every answer
is an entry in the ledger. The person is in the body alone, never in an address or a header.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2
from joserfc.jwk import ECKey
from pydantic import TypeAdapter, ValidationError

from cds.api.assessments import AdviceAnswer, AssessmentAnswer, AssessmentRequest
from cds.api.batch import MEDIA_TYPE, BatchLine, BatchProblem, BatchSummary
from cds.api.receipts import QuestionGiven, ReplayAnswer, VerifyAnswer
from cds.api.releases import ReleaseDetail, ReleaseList
from cds.api.service import seconds_now
from cds.audit.keys import PublishedKeys
from cds.auth.dpop import make_proof
from cds.auth.issuers import insecure
from cds.client.errors import CallFailed, CutOff, NotUnderstood, ProofBroken, Unreachable, problem_of
from cds.client.witness import Witness
from cds.diff.shapes import Difference

T = TypeVar("T")
Wanted = AssessmentRequest | Mapping[str, Any]
Token = str | Callable[[], str]
Proven = AssessmentAnswer | AdviceAnswer
"""What has a receipt."""
_LINES: TypeAdapter[BatchLine | BatchProblem | BatchSummary] = TypeAdapter(BatchLine | BatchProblem | BatchSummary)
_JSON = {"Content-Type": "application/json"}
_SECONDS, _DIFFERENCE_SECONDS = 10.0, 120.0


def as_sent(request: Wanted) -> bytes:
    """The bytes of a request, the same each time: what a receipt calls `raw`."""
    if isinstance(request, AssessmentRequest):
        return request.model_dump_json(exclude_none=True).encode()
    return json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode()


class Client:
    """One caller of one service; may be shared by threads. Close it, or use it in a `with` statement.

    `token` is an access token, or what gives a fresh one for each call; none at all is for one's own machine. With
    `key`, the P-256 key that the token is bound to, every call carries a DPoP proof. `keys` are the service's public
    keys, got from elsewhere than the service itself; where none are given, those it published first are kept to.
    """

    def __init__(
        self,
        url: str,
        token: Token | None = None,
        *,
        key: ECKey | None = None,
        keys: PublishedKeys | None = None,
        witness: Witness | None = None,
        http: httpx2.Client | None = None,
        clock: Callable[[], float] = seconds_now,
    ) -> None:
        if insecure(url):
            raise ValueError("the address must be https, or on this machine")
        if key is not None and token is None:
            raise ValueError("a key is of no use without the token that is bound to it")
        self._url = url.rstrip("/")
        self._token = token
        self._key = key
        self._keys = keys
        self._clock = clock
        self._http = http or httpx2.Client(timeout=_SECONDS, follow_redirects=False)
        self.witness = witness or Witness()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def assess(self, request: Wanted) -> AssessmentAnswer:
        """One person at one date, for health services."""
        return self._read(AssessmentAnswer, self._call("POST", "/v1/assessments", as_sent(request)))

    def advice(self, request: Wanted) -> AdviceAnswer:
        """The same for NAV and municipal social services, who get advice and no assessment."""
        return self._read(AdviceAnswer, self._call("POST", "/v1/assessments", as_sent(request)))

    def batch(self, requests: Iterable[Wanted]) -> Iterator[BatchLine | BatchProblem]:
        """Many persons, answered in their order as the answers come. Raises CutOff where not all of them did."""
        body = b"".join(as_sent(request) + b"\n" for request in requests)
        persons, summary = 0, None
        for text in self._stream("/v1/assessments/batch", body):
            line = self._parsed(_LINES, text.encode())
            if isinstance(line, BatchSummary):
                summary = line
                continue
            persons += 1
            yield line
        if summary is None or not persons == summary.persons == body.count(b"\n"):
            raise CutOff("the batch ended before its count")

    def releases(self) -> ReleaseList:
        """All releases of the rules."""
        return self._read(ReleaseList, self._call("GET", "/v1/releases"))

    def release(self, version: str) -> ReleaseDetail:
        """One release."""
        return self._read(ReleaseDetail, self._call("GET", f"/v1/releases/{_part(version)}"))

    def diff(self, old: str, new: str) -> Difference:
        """What differs between two releases, and whom it moves; may take a minute when first asked for."""
        path = f"/v1/releases/{_part(old)}/diff/{_part(new)}"
        return self._read(Difference, self._call("GET", path, seconds=_DIFFERENCE_SECONDS))

    def verify(self, answer: Proven, request: Wanted | None = None, asked: QuestionGiven | None = None) -> VerifyAnswer:
        """What the receipt of an answer proves. Its way into the ledger, and from the checkpoint kept here to the
        ledger's present one, is followed on this side as well: raises ProofBroken where it does not lead there,
        or where nothing failed and none is shown. Where it does, the present one is kept from then on.

        `request` is checked to be the one that was sent; `asked` is needed where the answer does not show it.
        """
        if answer.receipt is None:
            raise ValueError("the answer has no receipt")
        held = self.witness.note
        body: dict[str, Any] = {"receipt": answer.receipt.model_dump(), "checkpoint": held}
        if isinstance(answer, AssessmentAnswer):
            body["assessment"] = _plain(answer.assessment)
        if request is not None:
            body["raw"] = base64.b64encode(as_sent(request)).decode()
        if asked is not None:
            body["input"] = _plain(asked)
        checked = self._read(VerifyAnswer, self._call("POST", "/v1/receipts/verify", _written(body)))
        if checked.proof is not None:
            self.witness.follow(answer.receipt.jws, checked.proof, self._published(), held)
        elif checked.ok or any(line.name == "included" and line.result == "ok" for line in checked.lines):
            # Where something failed there may be no proof, and the lines say why. Nothing is well without one.
            raise ProofBroken("the service says that the receipt is proven, and does not show it in the ledger")
        return checked

    def replay(
        self, answer: AssessmentAnswer, asked: QuestionGiven | None = None, release: str | None = None
    ) -> ReplayAnswer:
        """The answer made again, under its own release or another, and what its receipt proves."""
        body = {
            "assessment": _plain(answer.assessment),
            "input": None if asked is None else _plain(asked),
            "receipt": None if answer.receipt is None else answer.receipt.model_dump(),
            "release": release,
        }
        return self._read(ReplayAnswer, self._call("POST", "/v1/receipts/replay", _written(body)))

    def checkpoint(self) -> str:
        """The newest signed checkpoint, kept as the witness where there is none yet; `verify` alone moves that on."""
        note = self._call("GET", "/v1/ledger/checkpoint").text
        self.witness.keep(note, self._published())
        return note

    def _published(self) -> PublishedKeys:
        if self._keys is None:
            try:
                self._keys = PublishedKeys.from_json(self._send("GET", "/v1/ledger/keys", None, _SECONDS).json())
            except ValueError:
                raise NotUnderstood("the service's keys") from None
        return self._keys

    def _call(self, method: str, path: str, body: bytes | None = None, *, seconds: float = _SECONDS) -> httpx2.Response:
        response = self._send(method, path, body, seconds)
        self._witness(response)
        return response

    def _send(self, method: str, path: str, body: bytes | None, seconds: float) -> httpx2.Response:
        # The failure is raised outside of its handler: the library's error holds the request and all that was sent.
        failure = "no answer"
        try:
            response = self._http.request(
                method, self._url + path, content=body, headers=_JSON | self._shown(method, path), timeout=seconds
            )
        except httpx2.HTTPError as error:
            failure = type(error).__name__
        else:
            if response.status_code == 200:  # noqa: PLR2004 - the only status with an answer
                return response
            raise problem_of(response)
        raise Unreachable(failure)

    def _stream(self, path: str, body: bytes) -> Iterator[str]:
        failure = "no answer"
        headers = {"Content-Type": MEDIA_TYPE} | self._shown("POST", path)
        try:
            with self._http.stream("POST", self._url + path, content=body, headers=headers) as response:
                if response.status_code == 200:  # noqa: PLR2004 - as above
                    self._witness(response)
                    yield from response.iter_lines()
                    return
                response.read()
        except httpx2.HTTPError as error:
            failure = type(error).__name__
        else:
            raise problem_of(response)
        raise Unreachable(failure)

    def _shown(self, method: str, path: str) -> dict[str, str]:
        """Who is calling, for one request."""
        if self._token is None:
            return {}
        token = self._token if isinstance(self._token, str) else self._token()
        if self._key is None:
            return {"Authorization": f"Bearer {token}"}
        now, once = int(self._clock()), secrets.token_urlsafe(16)
        proof = make_proof(token, self._key, method=method, url=self._url + path, now=now, jti=once)
        return {"Authorization": f"DPoP {token}", "DPoP": proof}

    def _witness(self, response: httpx2.Response) -> None:
        """Keep the checkpoint that came along, if it is the first. That none could be kept makes no answer worse."""
        shown = response.headers.get("CDS-Checkpoint")
        if shown is None or self.witness.note is not None:
            return
        try:
            self.witness.keep(base64.b64decode(shown, validate=True).decode(), self._published())
        except (CallFailed, OSError, ValueError):
            return

    def _read(self, model: type[T], response: httpx2.Response) -> T:
        return self._parsed(TypeAdapter(model), response.content)

    @staticmethod
    def _parsed(adapter: TypeAdapter[T], text: bytes) -> T:
        try:
            return adapter.validate_json(text)
        except ValidationError:
            pass  # raised outside: the error repeats what was answered
        raise NotUnderstood("the answer is not one that this version of the client knows")


def _part(name: str) -> str:
    if not name.replace(".", "").isalnum():
        raise ValueError("not the version of a release")
    return name


def _plain(model: Any) -> Any:
    return model.model_dump(mode="json", exclude_none=True, by_alias=True)


def _written(body: Mapping[str, Any]) -> bytes:
    return json.dumps({name: part for name, part in body.items() if part is not None}, ensure_ascii=False).encode()
