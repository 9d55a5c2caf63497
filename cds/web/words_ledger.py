"""What the auditor's page about the ledger says, in bokmål, nynorsk and English."""

from __future__ import annotations

from cds.content.texts import Text

_LEDGER = {
    "ledger_lead": (
        "Hver vurdering har en rad her: en kvittering, uten noe om personen. Hver rad og rekkefølgen er bundet sammen "
        "under signerte kontrollpunkt.",
        "Kvar vurdering har ei rad her: ei kvittering, utan noko om personen. Kvar rad og rekkjefølgja er bundne saman "
        "under signerte kontrollpunkt.",
        "Every assessment has a row here: a receipt, with nothing about the person. The rows and their order are bound "
        "together under signed checkpoints.",
    ),
    "ledger_well": (
        "Ingen rader mangler, og alle svar har en.",
        "Ingen rader manglar, og alle svar har ei.",
        "No row is missing, and every answer has one.",
    ),
    "ledger_ill": (
        "Noe er galt med protokollen.",
        "Noko er gale med protokollen.",
        "Something is wrong with the ledger.",
    ),
    "size": ("Rader", "Rader", "Rows"),
    "gaps": ("Rader som mangler", "Rader som manglar", "Rows missing"),
    "answers": (
        "Svar gitt siden tjenesten startet",
        "Svar gitt sidan tenesta starta",
        "Answers since the service started",
    ),
    "without_entry": ("Svar uten rad", "Svar utan rad", "Answers without an entry"),
    "refused": (
        "Ikke besvart fordi ingenting kunne lagres",
        "Ikkje svart på fordi ingenting kunne lagrast",
        "Left unanswered because nothing could be stored",
    ),
    "trouble": ("Feil nå", "Feil no", "Trouble now"),
    "must_be_none": ("skal være 0", "skal vere 0", "must be 0"),
    "last_checkpoint": ("Siste kontrollpunkt", "Siste kontrollpunkt", "Last checkpoint"),
    "checkpoint_covers": (
        "over {size} rader, {seconds} sekunder gammelt",
        "over {size} rader, {seconds} sekund gammalt",
        "over {size} rows, {seconds} seconds old",
    ),
    "no_checkpoint": ("Ingen ennå", "Ingen enno", "None yet"),
    "keep_it": (
        "Ta vare på det utenfor tjenesten: da kan ingen endre det som kom før, uten at det synes. Hver rad blir regnet "
        "etter av kommandoen cds verify.",
        "Ta vare på det utanfor tenesta: då kan ingen endre det som kom før, utan at det syner. Kvar rad blir rekna "
        "etter av kommandoen cds verify.",
        "Keep it outside the service: then nobody can change what came before unseen. Every row is recomputed by the "
        "command cds verify.",
    ),
    "export": ("Eksport", "Eksport", "Export"),
    "export_lead": (
        "Hele protokollen med nøkler og utgaver. Kommandoen cds verify kontrollerer den uten denne tjenesten.",
        "Heile protokollen med nøklar og utgåver. Kommandoen cds verify kontrollerer han utan denne tenesta.",
        "The whole ledger with keys and releases. The command cds verify checks it without this service.",
    ),
    "export_ledger": ("Last ned protokollen (NDJSON)", "Last ned protokollen (NDJSON)", "Download the ledger (NDJSON)"),
    "export_keys": ("Alle offentlige nøkler (JSON)", "Alle offentlege nøklar (JSON)", "All public keys (JSON)"),
}

LEDGER_WORDS = {name: Text(nb=nb, nn=nn, en=en) for name, (nb, nn, en) in _LEDGER.items()}
