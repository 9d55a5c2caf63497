"""What the auditor's page about receipts says, in bokmål, nynorsk and English."""

from __future__ import annotations

from cds.content.texts import Text

_VERIFY = {
    "verify_lead": (
        "Lim inn svaret slik det ble gitt, eller bare kvitteringen. Siden viser hva kvitteringen beviser, og lager "
        "svaret på nytt.",
        "Lim inn svaret slik det vart gitt, eller berre kvitteringa. Sida viser kva kvitteringa provar, og lagar "
        "svaret på nytt.",
        "Paste the answer as it was given, or its receipt alone. The page shows what the receipt proves, and makes "
        "the answer again.",
    ),
    "nothing_kept": (
        "Ingenting av det blir lagret, og ingenting står i adressen.",
        "Ingenting av det blir lagra, og ingenting står i adressa.",
        "Nothing of it is stored, and nothing stands in the address.",
    ),
    "answer_text": ("Svar eller kvittering", "Svar eller kvittering", "Answer or receipt"),
    "answer_hint": (
        "Hele svaret (JSON), medlemmet receipt, eller bare den signerte teksten.",
        "Heile svaret (JSON), medlemen receipt, eller berre den signerte teksten.",
        "The whole answer (JSON), its member receipt, or the signed text alone.",
    ),
    "answer_file": ("… eller fra en fil", "… eller frå ei fil", "… or from a file"),
    "nonce": ("Nonce", "Nonce", "Nonce"),
    "nonce_hint": (
        "Bare når den ikke står i det du limte inn. Uten den kan ikke innholdet kontrolleres.",
        "Berre når han ikkje står i det du limte inn. Utan han kan ikkje innhaldet kontrollerast.",
        "Only where it does not stand in what you pasted. Without it the content cannot be checked.",
    ),
    "more_to_check": (
        "Forespørsel og kontrollpunkt (valgfritt)",
        "Førespurnad og kontrollpunkt (valfritt)",
        "Request and checkpoint (optional)",
    ),
    "request_text": ("Forespørselen", "Førespurnaden", "The request"),
    "request_hint": (
        "Trengs for svar i en nødssituasjon, som ikke viser opplysningene. Byte for byte kontrolleres den bare som "
        "fil.",
        "Trengst for svar i ein naudsituasjon, som ikkje viser opplysningane. Byte for byte blir han berre kontrollert "
        "som fil.",
        "Needed for an answer in an emergency, which shows no facts. Byte for byte it is checked only as a file.",
    ),
    "checkpoint_text": (
        "Et kontrollpunkt du har tatt vare på",
        "Eit kontrollpunkt du har teke vare på",
        "A checkpoint you kept",
    ),
    "checkpoint_hint": (
        "Som tekst, eller slik det står i CDS-Checkpoint.",
        "Som tekst, eller slik det står i CDS-Checkpoint.",
        "As text, or as it stands in CDS-Checkpoint.",
    ),
    "replay_under": (
        "Lag svaret også etter utgave",
        "Lag svaret òg etter utgåve",
        "Make the answer under this release too",
    ),
    "only_its_own": ("Bare svarets egen", "Berre den svaret har", "Only its own"),
    "check_it": ("Kontroller", "Kontroller", "Check"),
    "nothing_given": (
        "Lim inn et svar eller en kvittering, eller velg en fil.",
        "Lim inn eit svar eller ei kvittering, eller vel ei fil.",
        "Paste an answer or a receipt, or choose a file.",
    ),
    "no_receipt": (
        "Det finnes ingen kvittering i det du ga.",
        "Det finst inga kvittering i det du gav.",
        "There is no receipt in what you gave.",
    ),
    "cannot_check": (
        "Det kan ikke kontrolleres slik det står.",
        "Det kan ikkje kontrollerast slik det står.",
        "It cannot be checked as it stands.",
    ),
    "result": ("Resultat", "Resultat", "Result"),
    "all_holds": (
        "Alt som kunne kontrolleres, stemmer.",
        "Alt som kunne kontrollerast, stemmer.",
        "All that could be checked holds.",
    ),
    "something_fails": (
        "Noe stemmer ikke. Se hva under.",
        "Noko stemmer ikkje. Sjå kva under.",
        "Something does not hold. See below what.",
    ),
    "not_all": (
        "{count} ting ble ikke kontrollert.",
        "{count} ting vart ikkje kontrollerte.",
        "{count} things were not checked.",
    ),
    "open:output": (
        "Det er ikke kontrollert at dette svaret er det kvitteringen ble laget for.",
        "Det er ikkje kontrollert at dette svaret er det kvitteringa vart laga for.",
        "It was not checked that this answer is what the receipt was made for.",
    ),
    "open:included": (
        "Det er ikke kontrollert at kvitteringen står i protokollen.",
        "Det er ikkje kontrollert at kvitteringa står i protokollen.",
        "It was not checked that the receipt stands in the ledger.",
    ),
    "texts_not_covered": (
        "Kvitteringen gjelder det som ble avgjort, ikke ordlyden. Den kontrolleres når svaret lages på nytt.",
        "Kvitteringa gjeld det som vart avgjort, ikkje ordlyden. Han blir kontrollert når svaret blir laga på nytt.",
        "The receipt covers what was decided, not the wording. That is checked when the answer is made again.",
    ),
    "receipt_of": (
        "Kvittering {id}: utgave {release}, tjeneste {service} ({env}), vurdert per {as_of}, kalt av {client}.",
        "Kvittering {id}: utgåve {release}, teneste {service} ({env}), vurdert per {as_of}, kalla av {client}.",
        "Receipt {id}: release {release}, service {service} ({env}), as of {as_of}, called by {client}.",
    ),
    "result:ok": ("Stemmer", "Stemmer", "Holds"),
    "result:noted": ("Merk", "Merk", "Note"),
    "result:failed": ("Stemmer ikke", "Stemmer ikkje", "Does not hold"),
    "result:not_checked": ("Ikke kontrollert", "Ikkje kontrollert", "Not checked"),
    "tick:signature": (
        "Kvitteringen er signert av tjenesten og ikke endret siden.",
        "Kvitteringa er signert av tenesta og ikkje endra sidan.",
        "The receipt was signed by the service and not changed since.",
    ),
    "tick:key": (
        "Nøkkelen gjaldt på det tidspunktet.",
        "Nøkkelen gjaldt på det tidspunktet.",
        "The key was in use at that time.",
    ),
    "tick:release_known": (
        "Regelutgaven finnes her med samme innhold.",
        "Regelutgåva finst her med same innhald.",
        "The rule release is here with the same content.",
    ),
    "tick:release_approved": ("Regelutgaven er godkjent.", "Regelutgåva er godkjend.", "The rule release is approved."),
    "tick:release_in_force": (
        "Regelutgaven var i kraft den dagen.",
        "Regelutgåva gjaldt den dagen.",
        "The rule release was in force on that day.",
    ),
    "noted:release_approved": (
        "Regelutgaven ble godkjent senere.",
        "Regelutgåva vart godkjend seinare.",
        "The rule release was approved later.",
    ),
    "noted:release_in_force": (
        "Svaret følger en annen regelutgave enn den som var i kraft den dagen.",
        "Svaret følgjer ei anna regelutgåve enn den som gjaldt den dagen.",
        "The answer follows another rule release than the one in force on that day.",
    ),
    "tick:input": ("Dette er det som ble spurt om.", "Dette er det som vart spurt om.", "This is what was asked."),
    "tick:output": ("Dette er det som ble svart.", "Dette er det som vart svart.", "This is what was answered."),
    "tick:raw": (
        "Forespørselen er byte for byte den som kom.",
        "Førespurnaden er byte for byte den som kom.",
        "The request is, byte for byte, the one that came.",
    ),
    "tick:included": (
        "Kvitteringen står i protokollen, under et signert kontrollpunkt.",
        "Kvitteringa står i protokollen, under eit signert kontrollpunkt.",
        "The receipt stands in the ledger, under a signed checkpoint.",
    ),
    "tick:consistent": (
        "Protokollen begynner med det kontrollpunktet du har.",
        "Protokollen byrjar med det kontrollpunktet du har.",
        "The ledger begins with the checkpoint you hold.",
    ),
    "because:not given": ("ikke oppgitt", "ikkje oppgitt", "not given"),
    "because:the nonce is not given": ("nonce er ikke oppgitt", "nonce er ikkje oppgitt", "the nonce is not given"),
    "because:no checkpoint given": (
        "intet kontrollpunkt oppgitt",
        "ikkje noko kontrollpunkt oppgitt",
        "no checkpoint given",
    ),
    "because:it is not approved": ("den er ikke godkjent", "ho er ikkje godkjend", "it is not approved"),
    "because:the release is not known": ("utgaven er ukjent", "utgåva er ukjend", "the release is not known"),
    "because:the caller named this one; in force on that day was": (
        "den som spurte, ba om denne; i kraft den dagen var",
        "den som spurde, bad om denne; den dagen gjaldt",
        "the caller named this one; in force on that day was",
    ),
    "because:development answers without approval; it was approved later, on": (
        "i utvikling svares det uten godkjenning; den ble godkjent senere,",
        "i utvikling blir det svart utan godkjenning; ho vart godkjend seinare,",
        "development answers without approval; it was approved later, on",
    ),
    "because:it was approved after the receipt was made, on": (
        "den ble godkjent etter at kvitteringen ble laget,",
        "ho vart godkjend etter at kvitteringa vart laga,",
        "it was approved after the receipt was made, on",
    ),
    "because:it is the checkpoint of another ledger": (
        "det er kontrollpunktet til en annen protokoll",
        "det er kontrollpunktet til ein annan protokoll",
        "it is the checkpoint of another ledger",
    ),
    "because:the ledger has no such entry": (
        "protokollen har ingen slik rad",
        "protokollen har inga slik rad",
        "the ledger has no such entry",
    ),
    "because:no release of that version and digest is here": (
        "ingen utgave her har det nummeret og det fingeravtrykket",
        "inga utgåve her har det nummeret og det fingeravtrykket",
        "no release of that version and digest is here",
    ),
    "because:not what the receipt was made for, or another nonce": (
        "ikke det kvitteringen ble laget for, eller en annen nonce",
        "ikkje det kvitteringa vart laga for, eller ein annan nonce",
        "not what the receipt was made for, or another nonce",
    ),
    "because:not yet under a checkpoint; try again in some seconds": (
        "ikke under et kontrollpunkt ennå; prøv igjen om noen sekunder",
        "ikkje under eit kontrollpunkt enno; prøv igjen om nokre sekund",
        "not yet under a checkpoint; try again in some seconds",
    ),
    "row": ("Rad {position} av protokollen", "Rad {position} av protokollen", "Row {position} of the ledger"),
    "replayed": (
        "Svaret laget på nytt etter utgave {version}",
        "Svaret laga på nytt etter utgåve {version}",
        "The answer made again under {version}",
    ),
    "identical": (
        "Hver byte er den samme.",
        "Kvar byte er den same.",
        "Every byte is the same.",
    ),
    "level_stays": ("Nivået er det samme: {level}.", "Nivået er det same: {level}.", "The level is the same: {level}."),
    "level_moves": (
        "Nivået går fra {was} til {now}.",
        "Nivået går frå {was} til {now}.",
        "The level goes from {was} to {now}.",
    ),
    "differs_at": ("Skiller seg {count} steder", "Skil seg {count} stader", "Differs in {count} places"),
    "was": ("I svaret", "I svaret", "In the answer"),
    "now": ("Nå", "No", "Now"),
    "and_more": ("… og {count} til", "… og {count} til", "… and {count} more"),
    "no_replay": (
        "Svaret kan ikke lages på nytt",
        "Svaret kan ikkje lagast på nytt",
        "The answer cannot be made again",
    ),
}

PROOF_WORDS = {name: Text(nb=nb, nn=nn, en=en) for name, (nb, nn, en) in _VERIFY.items()}
