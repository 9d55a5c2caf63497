"""An export of the ledger, checked on a machine that has nothing else."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from datetime import date

from cds.audit.export import Export, read_export
from cds.audit.keys import read_published
from cds.audit.prove import day_of
from cds.audit.report import Named, Report
from cds.audit.verify import verify_ledger
from cds.errors import ContentError
from cds.release.approvals import Approvable, Approvals, Approvers
from cds.settings import Settings


def verify_export(
    lines: Iterable[bytes], held: list[str], options: argparse.Namespace, today: date
) -> tuple[list[str], Report]:
    """What there is to say of its keys and releases, and what was found in its rows.

    Raises NotAnExport: Incomplete where it breaks off. A release that rows name is compared with the one exported, and
    one that answered in production must have been approved when it did.
    """
    told = []
    export = read_export(lines)
    keys = export.keys
    if options.keys is None:
        told.append("Keys as the export brings them: compare them with those the service publishes, or give --keys")
    else:
        keys = read_published(options.keys)
    report = verify_ledger(
        export.entries, export.checkpoints, export.origin, keys, held, signatures=not options.tree_only
    )
    if export.rows != report.rows and report.ok:
        report.short_of(export.rows)
    for version in export.altered:
        report.altered(version)
    if options.tree_only:
        told.append("Releases are not compared with the rows: that needs the signature of each row")
        told += [f"release {version} {it.digest[:19]}…" for version, it in export.releases.items()]
        return told, report
    report.compare({version: (it.digest, it.in_force_from) for version, it in export.releases.items()})
    report.refuse_unapproved(_releases(export, report, _Judges(options), today, told))
    return told, report


class _Judges:
    """Who may approve, in each environment that rows come from."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._listed = options.approvers or Settings().approvers

    def of(self, environment: str) -> Approvers | None:
        """Nobody where production's list is not at hand: then nothing can be said of approvals."""
        production = environment == "production"
        return None if production and self._listed is None else Approvers.of(self._listed, production=production)


def _releases(
    export: Export, report: Report, judges: _Judges, today: date, told: list[str]
) -> Iterator[tuple[Named, str]]:
    """A line for each release; those that answered in production unapproved are yielded."""
    for version, release in export.releases.items():
        named = report.named.get((version, release.digest))
        state = "ALTERED" if version in export.altered else "OK"
        line = f"release {version} {release.digest[:19]}… {state}"
        if named is None:
            told.append(f"{line}, in no row")
            continue
        judged = _judged(release, judges.of(named.environment), today)
        if judged is None:
            told.append(f"{line}, approval not checked: give --approvers, the list of those who may")
            continue
        told.append(f"{line}, {_said(judged)}")
        if named.environment == "production" and named.answered_at is not None:
            answered = day_of(named.answered_at)
            if judged.approved_on is None:
                yield named, "; ".join(judged.missing)
            elif judged.approved_on > answered:
                yield named, f"answered on {answered}, approved on {judged.approved_on}"


def _judged(release: Approvable, approvers: Approvers | None, today: date) -> Approvals | None:
    if approvers is None:
        return None
    try:
        return approvers.judged(release, today)
    except ContentError as error:
        return Approvals(approved=False, approved_on=None, missing=list(error.problems), frozen_by=None, lines=[])


def _said(judged: Approvals) -> str:
    if judged.approved_on is None:
        return f"not approved: {', '.join(judged.missing)}"
    demonstration = any(line.valid and line.demonstration for line in judged.lines)
    author = "author unknown" if judged.frozen_by is None else "by two others than its author"
    return f"approved on {judged.approved_on}, {author}{', with demonstration keys' if demonstration else ''}"
