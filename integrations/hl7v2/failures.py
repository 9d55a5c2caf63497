"""What is told of a message that could not be assessed: places and kinds, never a value."""

from __future__ import annotations

import structlog

from cds.errors import FactError
from integrations.hl7v2.acknowledge import Problem
from integrations.hl7v2.reading import Reading

log = structlog.get_logger()


def impossible(error: FactError, reading: Reading) -> Problem:
    """What cannot be true, by its place in the message."""
    parts = error.path.split("/")
    place = ""
    if len(parts) > 2 and parts[1] == "statements" and parts[2].isdigit():  # noqa: PLR2004 - /statements/<number>
        place = reading.places[int(parts[2])]
    return Problem(207, f"cannot be assessed as it stands: {place or error.path}: {error.reason}")


def failed(error: Exception) -> str:
    """Log a failure of ours by its kind and place; what the sender is told. Its message could carry what was sent."""
    log.error("hl7_failure", kind=type(error).__name__, at=_place(error))
    return "no answer could be made; send again later"


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "unknown" if trace is None else f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
