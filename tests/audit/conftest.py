"""Every test of a ledger runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from tests.audit.running import answer, releases, run
from tests.audit_fixtures import keys, ledger, postgres, url

__all__ = ["answer", "keys", "ledger", "postgres", "releases", "run", "url"]
