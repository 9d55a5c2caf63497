"""A typed client of the service for Python: `Client`, what it raises, and the witness it keeps."""

from cds.client.calls import Client, as_sent
from cds.client.errors import (
    CallFailed,
    CutOff,
    Forbidden,
    Invalid,
    NoAnswer,
    NotFound,
    NotUnderstood,
    Problem,
    ProofBroken,
    TooMuch,
    Unauthorized,
    Unavailable,
    Unreachable,
)
from cds.client.witness import Witness

__all__ = [
    "CallFailed",
    "Client",
    "CutOff",
    "Forbidden",
    "Invalid",
    "NoAnswer",
    "NotFound",
    "NotUnderstood",
    "Problem",
    "ProofBroken",
    "TooMuch",
    "Unauthorized",
    "Unavailable",
    "Unreachable",
    "Witness",
    "as_sent",
]
