"""`cds mllp`: listen for HL7 v2 over MLLP."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from pathlib import Path

import structlog

from cds.main import create_listener


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    command = commands.add_parser("mllp", help="listen for HL7 v2 messages (MLLP)")
    command.add_argument("--port", type=int, help="2575 if left out")
    command.add_argument("--host", help="127.0.0.1 if left out; anything else needs client certificates")
    command.add_argument("--senders", type=Path, help="the file of senders and destinations (YAML)")
    command.set_defaults(run=_mllp)


def _mllp(options: argparse.Namespace) -> int:
    structlog.configure(processors=[structlog.processors.TimeStamper("iso"), structlog.processors.JSONRenderer()])
    names = ("host", "port", "senders")
    changes = {name: value for name in names if (value := getattr(options, name)) is not None}
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_listen(changes))
    return 0


async def _listen(changes: dict[str, object]) -> None:
    listener = create_listener(changes)
    port = await listener.start()
    print(  # noqa: T201 - the command line speaks to a terminal
        f"Listening for HL7 v2 (MLLP) on {listener.host}:{port} (Ctrl-C stops)", file=sys.stderr, flush=True
    )
    try:
        await listener.serve()
    finally:
        listener.close()
