"""Doses of opioids as mg of oral morphine a day.

`table` is what a release says they are worth. `as_written` reads the dose of a statement, `one_dose` and `methadone`
tell what it comes to, `renewals` which supplies count on the same day, `omeq` and `together` what they come to in all.
`reductions` tells whether that was cut, `lines` how it came about.
"""
