"""cds verify, replay, export, keys: what an auditor does without the service, and how keys come to be.

Exit status: 0 everything holds, 1 a fault was found or the answers differ, 2 it could not be checked.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cds.api.assessments import AssessmentAnswer
from cds.api.bodies import parse_json
from cds.api.problems import Problem
from cds.api.receipts import asked, assessment_of
from cds.api.service import proofs_of, second, today_in_oslo
from cds.assess import Assessor
from cds.audit.check import Checked, Given, Name
from cds.audit.checkpoint import notes_in
from cds.audit.export import NotAnExport
from cds.audit.keys import KeysUnusable, new_keys, rotate
from cds.audit.proofs import Proofs
from cds.audit.replay import NothingToReplay, Question, question_of, replay
from cds.audit.report import Report
from cds.audit.seal import LedgerDamaged
from cds.audit.store import LedgerUnavailable
from cds.commands.exports import verify_export
from cds.records.reader import Record
from cds.release.frozen import Releases
from cds.settings import InsecureSettings, Settings

_OK, _FAULT, _NOT_CHECKED = 0, 1, 2
_MOST_SHOWN = 40
_LEFT_OPEN: Mapping[Name, str] = {
    "output": "whether this answer is what the receipt was made for",
    "included": "whether the receipt stands in the ledger",
}


def add(commands: Any) -> None:
    """Register the commands."""
    command = commands.add_parser("verify", help="recompute the ledger, an export of it, or the receipt of an answer")
    command.add_argument("file", type=Path, nargs="?", help="an export, or an answer with its receipt; else the ledger")
    command.add_argument(
        "--checkpoint", type=Path, action="append", default=[], help="a signed checkpoint that was kept elsewhere"
    )
    command.add_argument("--keys", type=Path, help="the published keys, from elsewhere than the export")
    command.add_argument("--approvers", type=Path, help="of an export: who may approve; else CDS_APPROVERS names them")
    command.add_argument("--request", type=Path, help="the request of an answer, byte for byte as it was sent")
    command.add_argument("--tree-only", action="store_true", help="leave out the signature of each row")
    command.set_defaults(run=_verify)

    command = commands.add_parser("replay", help="make an answer again and tell what differs")
    command.add_argument("file", type=Path, help="an answer as it was given")
    command.add_argument("--release", help="under another release than its own")
    command.add_argument("--request", type=Path, help="the request; needed for an answer in an emergency")
    command.set_defaults(run=_replay)

    command = commands.add_parser("export", help="write the whole ledger, with keys and releases, as lines of JSON")
    command.set_defaults(run=_export)

    command = commands.add_parser("keys", help="make, rotate or publish the service's keys")
    actions = command.add_subparsers(required=True, metavar="ACTION")
    action = actions.add_parser("new", help="make a folder of keys for production; CDS_KEYS names it to the service")
    action.add_argument("folder", type=Path)
    action.set_defaults(run=_new_keys)
    action = actions.add_parser("rotate", help="make new keys; the old public halves stay, the private are destroyed")
    action.add_argument("folder", type=Path)
    action.add_argument("--overlap-hours", type=int, default=24, help="how long services not yet restarted may sign on")
    action.set_defaults(run=_rotate)
    action = actions.add_parser("published", help="print every public key")
    action.set_defaults(run=_published)


def with_receipt(made: AssessmentAnswer, record: Record, municipality: str | None, raw: bytes) -> AssessmentAnswer:
    """An answer of the command line with its receipt, committed to the ledger that the settings name."""
    with _proofs() as proofs:
        entry, proof = proofs.sign(
            made.assessment,
            record.facts,
            municipality=municipality,
            conflicts=record.conflicts,
            raw=raw,
            client="command-line",
        )
        proofs.ledger.commit_now([entry])
    return made.model_copy(update={"receipt": proof})


@contextmanager
def _proofs() -> Iterator[Proofs]:
    proofs = proofs_of(Settings(), Releases())
    try:
        yield proofs
    finally:
        proofs.ledger.close()


@contextmanager
def _told() -> Iterator[None]:
    """What cannot be checked is told in one line; the exit status says so too."""
    try:
        yield
    except LedgerUnavailable as error:
        raise _NotChecked(f"The ledger cannot be read: {error}") from None
    except (LedgerDamaged, NotAnExport, NothingToReplay, KeysUnusable, InsecureSettings) as error:
        raise _NotChecked(str(error)) from None
    except Problem as problem:
        reasons = "".join(f"\n  {path}: {reason}" for path, reason in problem.errors)
        raise _NotChecked(f"{problem.title}.{reasons}") from None
    except OSError as error:
        raise _NotChecked(f"{error.filename}: {error.strerror}") from None


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


class _NotChecked(SystemExit):
    """Could not be checked."""

    def __init__(self, message: str) -> None:
        sys.stderr.write(f"{message}\n")
        super().__init__(_NOT_CHECKED)


def _verify(options: argparse.Namespace) -> int:
    with _told():
        held = [note for file in options.checkpoint for note in _checkpoints(file)]
        if options.file is None:
            with _proofs() as proofs:
                return _tell(proofs.verify(held, signatures=not options.tree_only))
        with options.file.open("rb") as lines:
            if _is_export(lines.read(512)):
                lines.seek(0)
                told, report = verify_export(lines, held, options, today_in_oslo())
                for line in told:
                    _say(line)
                return _tell(report)
        return _verify_answer(options.file, options.request, held)


def _tell(report: Report) -> int:
    for line in report.lines():
        _say(line)
    return _OK if report.ok else _FAULT


def _verify_answer(file: Path, request: Path | None, held: list[str]) -> int:
    answer = _answer(file)
    receipt = answer.get("receipt")
    if not isinstance(receipt, dict) or not isinstance(receipt.get("jws"), str):
        raise _NotChecked(f"{file}: has no receipt")
    assessment = assessment_of(answer["assessment"])
    raw = None if request is None else request.read_bytes()
    given = Given(
        receipt["jws"],
        receipt.get("nonce"),
        assessment,
        None if raw is None and assessment.facts is None else _question(assessment, raw),
        raw,
        tuple(held),
    )
    with _proofs() as proofs:
        checked = proofs.check(given)
    _tell_receipt(checked)
    if not checked.ok:
        return _FAULT
    for name in checked.left_open:
        sys.stderr.write(f"Not checked: {_LEFT_OPEN[name]}\n")
    return _NOT_CHECKED if checked.left_open else _OK


def _tell_receipt(checked: Checked) -> None:
    if (read := checked.receipt) is not None:
        _say(f"Receipt {read.id} of {read.env}, service {read.service}, release {read.release}, as of {read.as_of}")
    for line in checked.lines:
        _say(f"  {line.result.replace('_', ' '):12}{line.name.replace('_', ' ')}{line.because and ': ' + line.because}")
    if checked.proof is not None:
        _say(f"Row {checked.proof.position}; {len(checked.proof.inclusion)} hashes lead to the signed checkpoint:")
        _say("  " + checked.proof.checkpoint.rstrip().replace("\n", "\n  "))
    _say("A receipt covers what was decided and no text: cds replay compares the texts with those of the release.")


def _replay(options: argparse.Namespace) -> int:
    with _told():
        given = assessment_of(_answer(options.file)["assessment"])
        raw = None if options.request is None else options.request.read_bytes()
        release = Releases()[options.release or given.provenance.release]
        question = question_of(given) if raw is None else _question(given, raw)
        made = replay(given, question, Assessor(release))
    then, now = given.provenance, made.provenance_now
    _say(f"Answered under {then.release} {then.digest[:19]}… by service {then.service} with {_and(then.engines)}")
    _say(f"Replayed under {release.version} {release.digest[:19]}… by service {now.service} with {_and(now.engines)}")
    same_makers = (then.service, then.engines) == (now.service, now.engines)
    if not same_makers:
        _say("A replay cannot tell which service and evaluators answered then: cds verify holds them to the receipt.")
    if made.identical:
        aside = "" if same_makers else ", service and evaluators aside"
        _say(f"Identical: all {len(given.as_json())} bytes are the same{aside}")
        return _OK
    differences = [line for line in made.differences() if line.path[0] != "provenance"]
    if then.release == release.version and then.digest != release.digest:
        _say(f"The digest differs: {then.digest} is no release of that number here")
        if not differences:
            _say("Nothing else differs")
            return _FAULT
    _say(f"Level {given.level} → {made.replayed.level}; {len(differences)} differences")
    for line in differences[:_MOST_SHOWN]:
        _say(f"  {'/'.join(line.path)}: {_short(line.was)} → {_short(line.now)}")
    if len(differences) > _MOST_SHOWN:
        _say(f"  … and {len(differences) - _MOST_SHOWN} more")
    return _FAULT


def _question(given: Any, raw: bytes | None) -> Question:
    """What was asked: from the request where there is one, and as the answer's release read it."""
    if raw is None:
        return question_of(given)
    return asked(raw, given, Releases()[given.provenance.release], today_in_oslo())


def _export(_: argparse.Namespace) -> int:
    with _told(), _proofs() as proofs:
        for line in proofs.export():
            sys.stdout.write(line.decode())
    return _OK


def _new_keys(options: argparse.Namespace) -> int:
    with _told():
        if options.folder.exists():
            raise _NotChecked(f"{options.folder}: is there already; nothing is written over")
        new_keys(options.folder, "production", second())
    _say(f"{options.folder}: keep it secret and keep it safe. CDS_KEYS names it to the service.")
    return _OK


def _rotate(options: argparse.Namespace) -> int:
    with _told():
        rotate(options.folder, second(), options.overlap_hours * 3_600)
    _say(f"{options.folder}: new keys. Restart every service within {options.overlap_hours} hours.")
    return _OK


def _published(_: argparse.Namespace) -> int:
    with _told(), _proofs() as proofs:
        _say(json.dumps(proofs.published.as_json(), indent=2))
    return _OK


def _answer(file: Path) -> dict[str, Any]:
    answer = parse_json(file.read_bytes())
    if not isinstance(answer, dict) or not isinstance(answer.get("assessment"), dict):
        raise _NotChecked(f"{file}: neither an answer nor an export")
    return answer


def _is_export(beginning: bytes) -> bool:
    return beginning.startswith(b'{"kind":"ledger"')


def _checkpoints(file: Path) -> list[str]:
    """Every signed note in a file."""
    notes = notes_in(file.read_text(encoding="utf-8"))
    if not any("\n\n— " in note for note in notes):
        raise _NotChecked(f"{file}: holds no signed checkpoint")
    return notes


def _and(names: Sequence[str]) -> str:
    return " and ".join(names) or "none"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"  # noqa: PLR2004 - what fits on a line
