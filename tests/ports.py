"""Ports to listen on later, and again after a restart."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path

LOWEST = 10_000
GIVEN = Path("/proc/sys/net/ipv4/ip_local_port_range")
"""Where Linux says which ports it gives to outgoing connections."""


def port_to_keep() -> int:
    """A port of loopback that nobody listens on and that no other test of this run was given.

    It lies below the ports that outgoing connections are given: one of those could be taken by any connection before
    it is bound, or while the server that had it is down.
    """
    end = int(GIVEN.read_text(encoding="ascii").split()[0]) if GIVEN.exists() else 32_768
    folder = Path(os.environ["CDS_TESTS_FOLDER"]) / "ports"
    folder.mkdir(exist_ok=True)
    while True:
        port = LOWEST + secrets.randbelow(end - LOWEST)
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
                (folder / str(port)).touch(exist_ok=False)
            except OSError:
                continue
        return port
