"""How coded records become facts, in the order in which they do.

`statements` are what is sent; `content`, `definitions` and `doses.table` what a release says of them. `codes` tells
what a code means, `entries` when something holds, `purposes`, `stops` and `outdated` what else was said of it.
`mappings`, `requirements` and `around` tell whether it answers a fact, `supplies` and `going_on` how it stands among
others of its kind. What several statements say together is put together in `choices`, `items`, `calculations` and
`doses`. `left_open` keeps what nobody can tell. `normalise` reads a record from end to end, and `reader` joins it, by
`merge`, with what the person said.
"""
