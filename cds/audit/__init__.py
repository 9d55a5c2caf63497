"""Proofs: receipts, the ledger they stand in, and what anyone can check with them. No patient data is kept here."""
