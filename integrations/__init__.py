"""Adapters to the systems around the service: what they send becomes statements, what is answered becomes theirs."""
