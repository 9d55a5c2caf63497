"""A PostgreSQL server of a test's own: real binaries, its own folder and port, loopback only, fsync on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from tests.ports import port_to_keep

NOBODY = "postgres"
"""PostgreSQL refuses to run as root; there it runs as this user."""


def binaries() -> Path | None:
    """Where the server's programs are, newest first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else next(iter(found), None)


class Server:
    """One server. Made with `initdb`; can be killed and started again over the same files."""

    def __init__(self, programs: Path, folder: Path | None = None) -> None:
        self._programs = programs
        self.folder = folder or Path(tempfile.mkdtemp(prefix="cds-postgres-"))
        self.user = NOBODY if os.geteuid() == 0 else None
        if self.user:
            shutil.chown(self.folder, self.user)
        self._data = self.folder / "data"
        self._run("initdb", "-D", self._data, "-U", "cds", "--auth=trust", "--no-locale", "-E", "UTF8", "-N")
        self.port = port_to_keep()
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        self._spaces: list[str] = []

    def _run(self, program: str, *arguments: object) -> None:
        command = [self._programs / program, *map(str, arguments)]
        subprocess.run(command, check=True, capture_output=True, user=self.user, cwd="/")

    def start(self) -> None:
        """Start, and wait until it answers."""
        arguments = ["-D", str(self._data), "-p", str(self.port), "-k", str(self.folder), "-h", "127.0.0.1"]
        self._process = subprocess.Popen(
            [self._programs / "postgres", *arguments],
            user=self.user,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self._process.poll() is None, "PostgreSQL stopped before it answered"
            try:
                psycopg.connect(self._address("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError("PostgreSQL did not start")

    def kill(self) -> None:
        """As if the power went: no shutdown, nothing flushed."""
        assert self._process is not None
        self._signal_all(signal.SIGKILL)
        self._process.wait()
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def pause(self) -> None:
        """Still there, and answering nobody."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        """Answering again."""
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, what: int) -> None:
        """To the server and its workers, some of which end by themselves."""
        assert self._process is not None
        for pid in (self._process.pid, *_children(self._process.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, what)

    def stop(self) -> None:
        """Shut down and remove everything."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)  # without waiting for whoever is still connected
            self._process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)

    def database(self, tablespace: Path | None = None) -> str:
        """The URL of an empty database, in a folder of its own where one is named."""
        self._databases += 1
        name = f"ledger_{self._databases}"
        if tablespace is not None:
            self.run_sql(f"CREATE TABLESPACE of_{name} LOCATION '{tablespace}'")
            self._spaces.append(name)
        self.run_sql(f"CREATE DATABASE {name}" + (f" TABLESPACE of_{name}" if tablespace is not None else ""))
        return f"postgresql://cds@127.0.0.1:{self.port}/{name}"

    def drop_tablespaces(self) -> None:
        """Remove the databases that stand in folders of their own."""
        for name in self._spaces:
            self.run_sql(f"DROP DATABASE {name} WITH (FORCE)")
            self.run_sql(f"DROP TABLESPACE of_{name}")
        self._spaces.clear()

    def run_sql(self, statement: str) -> None:
        """One statement that stands in no transaction."""
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def _address(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=cds dbname={database}"


def _children(pid: int) -> list[int]:
    """The server's workers."""
    file = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in file.read_text().split()] if file.exists() else []


def server_or_skip() -> Server:
    """A started server; skips where PostgreSQL is not installed, and fails there in a pipeline that must have it."""
    programs = binaries()
    if programs is None:
        reason = "PostgreSQL is not installed (apt-get install postgresql): the ledger is tested on SQLite alone"
        if os.environ.get("CDS_POSTGRES_REQUIRED"):
            pytest.fail(reason)
        pytest.skip(reason)
    server = Server(programs)
    server.start()
    return server
