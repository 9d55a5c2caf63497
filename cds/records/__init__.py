"""How coded records become facts: codes, value sets, supplies and stops in time, doses."""
