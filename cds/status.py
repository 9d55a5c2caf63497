"""What is known of one fact: its state, whether that is out of date, and what follows for yes and for no."""

from __future__ import annotations

from dataclasses import dataclass, field

from cds.answers import State
from cds.happened import Pair

OPEN = (None, State.UNKNOWN, State.REFUSED)


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of one fact after implications: its state, and whether that is older than its validity."""

    state: State | None
    stale: bool = False
    yes: Pair = field(init=False)
    """Whether the state is yes: certainly, possibly."""
    no: Pair = field(init=False)
    open: bool = field(init=False)
    """Nothing has been answered, or the answer may no longer hold."""

    def __post_init__(self) -> None:
        unanswered = self.state in OPEN
        possible = int(unanswered or (self.stale and self.state is not State.NOT_APPLICABLE))
        for name, wanted in (("yes", State.YES), ("no", State.NO)):
            object.__setattr__(self, name, (1, 1) if self.state is wanted else (0, possible))
        object.__setattr__(self, "open", unanswered or self.stale)


STATUS = {(state, stale): Status(state, stale) for state in (None, *State) for stale in (False, True)}
"""Every status there is; one is looked up for each of 75 facts in each answer."""
FRESH = {state: STATUS[state, False] for state in State}
