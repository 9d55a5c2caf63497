"""The command line. Each command is a few lines; what it does stands in the module it calls."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import structlog
import uvicorn
from pydantic import ValidationError

from cds import __version__
from cds.api.assessments import answer, read, read_request
from cds.api.bodies import parse_json
from cds.api.problems import Problem
from cds.api.service import today_in_oslo
from cds.assess import Assessor
from cds.audit.keys import KeysUnusable
from cds.audit.store import LedgerUnavailable
from cds.book.one_item import explained
from cds.book.rule_book import books
from cds.book.traceability import unaccounted
from cds.check.draft import check
from cds.commands import mllp, proofs, releases, tokens
from cds.content.folder import read_content
from cds.errors import (
    ContentError,
    FactError,
    NoReleaseInForce,
    ReleaseAltered,
    ReleaseNotApproved,
    UnknownRelease,
)
from cds.main import create_app
from cds.openapi import as_yaml
from cds.readable import print_answer
from cds.release.frozen import RULES, Releases
from cds.settings import InsecureSettings, Settings

_FAILED, _USAGE = 1, 2
_TOLD = (
    ReleaseAltered,
    ReleaseNotApproved,
    ContentError,
    UnknownRelease,
    NoReleaseInForce,
    InsecureSettings,
    KeysUnusable,
    OSError,
)
"""What is told in its own words: each names a file, a version or a setting, and nothing that was sent."""
_DOCS = Path("docs")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status. Errors name a path or a file and repeat nothing that was sent."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except Problem as problem:
        print(f"{problem.title}.", file=sys.stderr)
        for path, reason in problem.errors:
            print(f"  {path}: {reason}", file=sys.stderr)
        return _FAILED
    except FactError as error:
        print("The input cannot be assessed as it stands.", file=sys.stderr)
        for path, reason in error.errors:
            print(f"  {path}: {reason}", file=sys.stderr)
        return _FAILED
    except LedgerUnavailable as error:
        print(f"The receipt could not be stored, so there is no answer: {error}", file=sys.stderr)
        return _FAILED
    except _TOLD as error:
        print(error, file=sys.stderr)
        return _FAILED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cds", description="Decision support for overdose prevention.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("serve", help="serve on this machine")
    command.add_argument("--port", type=int)
    command.add_argument("--host")
    command.set_defaults(run=_serve)

    mllp.add(commands)

    command = commands.add_parser("assess", help="assess the person in a file (as sent to POST /v1/assessments)")
    command.add_argument("file", type=Path)
    command.add_argument("--json", action="store_true", help="print the answer as JSON")
    command.add_argument("--release", help="a release other than the one in force today")
    command.add_argument("--receipt", action="store_true", help="with a receipt, committed to the ledger")
    command.set_defaults(run=_assess)

    command = commands.add_parser("explain", help="print one rule, recommendation or fact with its sources")
    command.add_argument("id", help="an id or a code, for example lost-tolerance, P3 or M05")
    command.add_argument("--language", choices=("nb", "nn", "en"), default="en")
    command.set_defaults(run=_explain)

    command = commands.add_parser("check", help="tell every error in the draft rules, with file and line")
    command.set_defaults(run=_check)

    command = commands.add_parser("book", help="write docs/rule-book.md and docs/traceability.md from the draft rules")
    command.add_argument("--check", action="store_true", help="write nothing; fail if a page is stale")
    command.set_defaults(run=_book)

    releases.add(commands)

    tokens.add(commands)

    command = commands.add_parser("openapi", help="print the OpenAPI document as YAML")
    command.set_defaults(run=_openapi)

    proofs.add(commands)
    return parser


def _serve(options: argparse.Namespace) -> int:
    structlog.configure(processors=[structlog.processors.TimeStamper("iso"), structlog.processors.JSONRenderer()])
    changes = {name: getattr(options, name) for name in ("host", "port") if getattr(options, name) is not None}
    try:
        settings = Settings(**changes)
    except ValidationError as error:
        names = sorted({str(line["loc"][0]) for line in error.errors()})
        raise InsecureSettings(f"not a setting one can start with: {', '.join(names)}") from None
    app = create_app(settings)
    print(f"Serving on http://{settings.host}:{settings.port} (Ctrl-C stops)", file=sys.stderr)
    uvicorn.run(app, host=settings.host, port=settings.port, access_log=False, log_level="warning", server_header=False)
    return 0


def _assess(options: argparse.Namespace) -> int:
    raw = options.file.read_bytes()
    request, as_of = read_request(parse_json(raw), today_in_oslo())
    known = Releases()
    version = options.release or request.release
    release = known[version] if version else known.in_force(today_in_oslo())
    assessor = Assessor(release)
    record = read(request, as_of, assessor)
    made = answer(request, as_of, assessor, record)
    if options.receipt:
        made = proofs.with_receipt(made, record, request.municipality, raw)
    if options.json:
        print(json.dumps(json.loads(made.as_json()), ensure_ascii=False, indent=2))
    else:
        print_answer(made, release.content)
    return 0


def _explain(options: argparse.Namespace) -> int:
    release = Releases().in_force(today_in_oslo())
    text = explained(release.content, options.id, options.language)
    if text is None:
        print(f"Nothing is called {options.id} in release {release.version}", file=sys.stderr)
        return _USAGE
    print(text)
    return 0


def _check(_: argparse.Namespace) -> int:
    problems = check(RULES / "draft")
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems" if problems else "The draft rules are in order")
    return _FAILED if problems else 0


def _book(options: argparse.Namespace) -> int:
    missing = unaccounted(read_content(RULES / "draft"))
    pages = {_DOCS / name: text for name, text in books(RULES / "draft", "the draft rules").items()}
    if options.check:
        stale = [file for file, text in pages.items() if not file.exists() or file.read_text(encoding="utf-8") != text]
        problems = [f"{file} is stale: make docs" for file in stale]
        problems += [f"{statement} is used nowhere and is not evidence only" for statement in missing]
        for problem in problems:
            print(problem, file=sys.stderr)
        return _FAILED if problems else 0
    _DOCS.mkdir(exist_ok=True)
    for file, text in pages.items():
        file.write_text(text, encoding="utf-8", newline="\n")
        print(file)
    return 0


def _openapi(_: argparse.Namespace) -> int:
    sys.stdout.write(as_yaml(create_app(Settings(environment="development", host="127.0.0.1"))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
