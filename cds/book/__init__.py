"""The rules in words, for people: the rule book, the traceability table, and one item at a time."""
