"""Faults are tested on the same ledgers as everything else of the proofs."""

from __future__ import annotations

from tests.audit_fixtures import keys, ledger, postgres, url

__all__ = ["keys", "ledger", "postgres", "url"]
