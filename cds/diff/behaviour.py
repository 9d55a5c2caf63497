"""The behaviour half: which cases come out otherwise, and whom of an invented cohort the change moves.

Both evaluators decide for everybody, as they do in the service. Levels, bounds, points and recommendations are
compared, not their words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import ValidationError

from cds.assess import Assessor
from cds.cohort import AS_OF, SEED, SIZE, cohort, fingerprint
from cds.content.texts import Text
from cds.diff.shapes import (
    STATES,
    AdviceChange,
    AdviceMoves,
    Behaviour,
    CaseMove,
    Cohort,
    Matrix,
    Outcome,
    State,
)
from cds.errors import ContentError, FactError
from cds.facts import Facts
from cds.strict_yaml import read

BASIS = "invented people; the mix is a judgement of this project and measures no population"
_REFUSED = Outcome(level="refused")
Advised = Mapping[str, tuple[str, str]]
"""Status and urgency of each recommendation that is made, by its id."""


@dataclass(frozen=True)
class _Answer:
    outcome: Outcome
    advised: Advised


class _Side:
    """One release, asked about people it may know only partly."""

    def __init__(self, assessor: Assessor) -> None:
        self.assessor = assessor
        self.known = assessor.content.facts.facts
        advice = assessor.content.advice
        self.names = {} if advice is None else {it.id: (it.code, it.title) for it in advice.recommendations.values()}

    def answer(self, facts: Facts, as_of: date) -> _Answer:
        try:
            decision = self.assessor.decide(facts, as_of)
        except FactError:
            return _Answer(_REFUSED, {})
        if decision.level == "acute":
            return _Answer(Outcome(level="acute"), {})
        advised = {
            due.recommendation.id: ("recommended" if due.confirmed else "if_confirmed", due.urgency)
            for due in self.assessor.due(decision)
        }
        if decision.level == "not_applicable":
            return _Answer(Outcome(level="not_applicable"), advised)
        points = (decision.low.total, decision.high.total)
        return _Answer(Outcome(level=decision.level, level_at_most=decision.level_at_most, points=points), advised)

    def case(self, sent: Mapping[str, Any], as_of: date) -> _Answer:
        try:
            facts = Facts.model_validate({name: said for name, said in sent.items() if name in self.known})
        except ValidationError:
            return _Answer(_REFUSED, {})
        return self.answer(facts, as_of)


class _Moves:
    """Counts who moves, for one recommendation after the other."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {}
        self.persons = 0

    def add(self, before: Advised, after: Advised) -> None:
        if before != after:
            self.persons += 1
        for name in before.keys() | after.keys():
            was, now = before.get(name), after.get(name)
            count = self.counts.setdefault(name, Counter())
            if was is not None:
                count[f"was {was[0]}"] += 1
            if now is not None:
                count[f"now {now[0]}"] += 1
            if was is None or now is None:
                count["appears" if was is None else "vanishes"] += 1
            elif was[0] != now[0]:
                count["certain" if now[0] == "recommended" else "conditional"] += 1
            if was is not None and now is not None and was[1] != now[1]:
                count["urgency"] += 1

    def lines(self, names: Mapping[str, tuple[str, Text]]) -> Iterable[AdviceMoves]:
        changes = ("appears", "vanishes", "certain", "conditional", "urgency")
        moved = [name for name, count in self.counts.items() if any(count[change] for change in changes)]
        for name in sorted(moved, key=lambda name: (int(names[name][0].lstrip("M")), name)):
            count = self.counts[name]
            yield AdviceMoves(
                id=name,
                code=names[name][0],
                title=names[name][1],
                recommended=(count["was recommended"], count["now recommended"]),
                if_confirmed=(count["was if_confirmed"], count["now if_confirmed"]),
                appears=count["appears"],
                vanishes=count["vanishes"],
                becomes_certain=count["certain"],
                becomes_conditional=count["conditional"],
                urgency_changes=count["urgency"],
            )


def behave(old: Assessor, new: Assessor, size: int = SIZE) -> Behaviour:
    """Whom the step from one release to another moves, among all cases of both and so many invented people."""
    before, after = _Side(old), _Side(new)
    names = before.names | after.names
    compared, moved_cases = _cases(before, after, names)
    members = list(cohort((old.ruleset.vocabulary, new.ruleset.vocabulary), size))
    levels: Counter[tuple[State, State]] = Counter()
    at_most: Counter[tuple[State, State]] = Counter()
    moves, points = _Moves(), 0
    for member in members:
        was, now = before.case(member.facts, AS_OF), after.case(member.facts, AS_OF)
        levels[was.outcome.level, now.outcome.level] += 1
        if was.outcome.level_at_most is not None and now.outcome.level_at_most is not None:
            at_most[was.outcome.level_at_most, now.outcome.level_at_most] += 1
        points += was.outcome.points != now.outcome.points
        moves.add(was.advised, now.advised)
    level, level_at_most = _matrix(levels), _matrix(at_most)
    return Behaviour(
        cases_compared=compared,
        cases=moved_cases,
        cohort=Cohort(size=len(members), seed=SEED, as_of=AS_OF, fingerprint=fingerprint(members), basis=BASIS),
        level=level,
        level_at_most=level_at_most,
        level_moved=level.moved,
        level_at_most_moved=level_at_most.moved,
        points_moved=points,
        advice_moved=moves.persons,
        share_moved=per_cent(level.moved, len(members)),
        advice=tuple(moves.lines(names)),
    )


def per_cent(part: int, whole: int) -> str:
    """A share in per cent with two decimals, as text; never shown as nothing where it is something."""
    hundredths = 0 if whole == 0 else (part * 20_000 + whole) // (2 * whole)
    hundredths = max(hundredths, 1) if part else 0
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _matrix(counts: Counter[tuple[State, State]]) -> Matrix:
    return Matrix(states=STATES, counts=tuple(tuple(counts[row, column] for column in STATES) for row in STATES))


def _cases(before: _Side, after: _Side, names: Mapping[str, tuple[str, Text]]) -> tuple[int, tuple[CaseMove, ...]]:
    old, new = (_case_files(side.assessor) for side in (before, after))
    together = new | {key: case for key, case in old.items() if key not in new}
    shared = sorted(before.names.keys() & after.names.keys(), key=lambda id_: int(names[id_][0].lstrip("M")))
    moved = []
    for (file, name), (as_of, facts) in together.items():
        was, now = before.case(facts, as_of), after.case(facts, as_of)
        advised = [id_ for id_ in shared if was.advised.get(id_) != now.advised.get(id_)]
        if was.outcome == now.outcome and not advised:
            continue
        both = (file, name) in old and (file, name) in new
        advice = tuple(
            AdviceChange(
                code=names[id_][0],
                id=id_,
                before=_status(was.advised, id_),
                after=_status(now.advised, id_),
            )
            for id_ in advised
        )
        stands_in: Literal["both", "old", "new"] = "both" if both else "new" if (file, name) in new else "old"
        moved.append(
            CaseMove(file=file, case=name, stands_in=stands_in, before=was.outcome, after=now.outcome, advice=advice)
        )
    return len(together), tuple(moved)


def _status(advised: Advised, name: str) -> str | None:
    return " · ".join(advised[name]) if name in advised else None


def _case_files(assessor: Assessor) -> dict[tuple[str, str], tuple[date, Mapping[str, Any]]]:
    """Every case of a release by file and name. Raises ContentError where a file cannot be read."""
    folder = assessor.release.folder
    found = {}
    for path in sorted(folder.rglob("*.cases.yaml")):
        document = read(path)
        if document.problems:
            raise ContentError(document.problems)
        name = path.relative_to(folder).as_posix()
        for case in document.value:
            found[name, case["case"]] = (date.fromisoformat(case["as_of"]), case["facts"])
    return found
