"""What a clinician could dispute, as written in YAML. Closed: a misspelt key is an error.

`texts` and their sources; `factors` with the facts they are made of; `conditions`, the language they are written in;
`levels`, `advice` and `nav`, what follows. `folder` reads all of it, `vocabulary` says it of one fact at a time.
"""
