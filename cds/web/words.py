"""What the pages themselves say, in bokmål, nynorsk and English. What the rules say comes with each answer."""

from __future__ import annotations

from cds.content.texts import Text


def _(nb: str, nn: str, en: str) -> Text:
    return Text(nb=nb, nn=nn, en=en)


_EVERY_PAGE = {
    "service": _("Forebygging av overdosedødsfall", "Førebygging av overdosedødsfall", "Preventing overdose deaths"),
    "skip": _("Hopp til innholdet", "Hopp til innhaldet", "Skip to the content"),
    "languages": _("Språk", "Språk", "Language"),
    "audit": _("Regler og bevis", "Reglar og prov", "Rules and proofs"),
    "pages": _("Sider", "Sider", "Pages"),
    "needs_script": _(
        "Siden trenger JavaScript for å spørre tjenesten. Uten det: bruk vanlig klinisk skjønn.",
        "Sida treng JavaScript for å spørje tenesta. Utan det: bruk vanleg klinisk skjønn.",
        "This page needs JavaScript to ask the service. Without it: use ordinary clinical judgement.",
    ),
    "what_it_is_not": _(
        "Svaret er verken en diagnose eller en sannsynlighet, og tjenesten er ikke prøvd ut på pasienter.",
        "Svaret er verken ein diagnose eller eit sannsyn, og tenesta er ikkje prøvd ut på pasientar.",
        "The answer is neither a diagnosis nor a probability, and the service has not been validated on patients.",
    ),
}

_TRY_IT = {
    "try_it": _("Prøv tjenesten", "Prøv tenesta", "Try the service"),
    "try_lead": _(
        "Svar på det du vet. Siden spør bare om det som fortsatt kan endre svaret.",
        "Svar på det du veit. Sida spør berre om det som framleis kan endre svaret.",
        "Answer what you know. The page asks only what could still change the answer.",
    ),
    "nothing_stored": _(
        "Ingenting lagres. Opplysningene går bare til denne tjenesten og blir borte når du lukker siden. "
        "Skriv ikke navn eller fødselsnummer.",
        "Ingenting blir lagra. Opplysningane går berre til denne tenesta og blir borte når du lukkar sida. "
        "Skriv ikkje namn eller fødselsnummer.",
        "Nothing is stored. What you enter goes to this service only and is gone when you close the page. "
        "Do not enter names or identity numbers.",
    ),
    "load_example": _("Vis en oppdiktet person", "Vis ein oppdikta person", "Show an invented person"),
    "start_over": _("Begynn på nytt", "Byrj på nytt", "Start over"),
    "print": _("Skriv ut", "Skriv ut", "Print"),
    "about": _("Hvem og når", "Kven og når", "Who and when"),
    "as_of": _(
        "Dato for vurderingen (i dag hvis tomt)",
        "Dato for vurderinga (i dag om tomt)",
        "Date assessed (today if empty)",
    ),
    "in_oslo": _("Personen hører til i Oslo", "Personen høyrer til i Oslo", "The person belongs to Oslo"),
    "not_chosen": _("Ikke valgt", "Ikkje valt", "Not chosen"),
    "questions": _("Spørsmål", "Spørsmål", "Questions"),
    "next_topic": _("Neste tema", "Neste tema", "Next topic"),
    "may_leave_open": _(
        "Du kan la et spørsmål stå åpent. Ubesvart regnes som ikke kjent, aldri som nei.",
        "Du kan la eit spørsmål stå ope. Utan svar blir det rekna som ikkje kjent, aldri som nei.",
        "You may leave a question open. Unanswered counts as not known, never as no.",
    ),
    "nothing_to_ask": _(
        "Det er ikke mer å spørre om som kan endre svaret.",
        "Det er ikkje meir å spørje om som kan endre svaret.",
        "There is nothing more to ask that could change the answer.",
    ),
    "only_passed_over": _(
        "Resten er spørsmål du gikk forbi. De kan fortsatt endre svaret.",
        "Resten er spørsmål du gjekk forbi. Dei kan framleis endre svaret.",
        "What remains are questions you passed over. They could still change the answer.",
    ),
    "ask_again": _("Still dem på nytt", "Still dei på nytt", "Ask them again"),
    "act_first": _(
        "Følg rådene for øyeblikkelig hjelp først. Spørsmålene kan vente.",
        "Følg råda for augeblikkeleg hjelp først. Spørsmåla kan vente.",
        "Follow the advice for immediate help first. The questions can wait.",
    ),
    "answered": _("Svart på", "Svart på", "Answered"),
    "change": _("Endre", "Endre", "Change"),
    "change_answer": _("Endre svaret", "Endre svaret", "Change the answer"),
    "done": _("Ferdig", "Ferdig", "Done"),
    "when": _("Når?", "Når?", "When?"),
    "date_hint": _(
        "Dag, måned eller år: 15.11.2026, 11.2026 eller 2026. La stå tomt hvis tiden ikke er kjent.",
        "Dag, månad eller år: 15.11.2026, 11.2026 eller 2026. Lat det stå tomt om tida ikkje er kjend.",
        "Day, month or year: 15.11.2026, 11.2026 or 2026. Leave it empty if the time is not known.",
    ),
    "not_a_date": _(
        "Dette er ikke en dato slik den kan skrives her.",
        "Dette er ikkje ein dato slik han kan skrivast her.",
        "This is not a date as it can be written here.",
    ),
    "number": _("Tall", "Tal", "Number"),
    "number_hint": _(
        "Uten et tall regnes dette som ikke kjent.",
        "Utan eit tal blir dette rekna som ikkje kjent.",
        "Without a number this counts as not known.",
    ),
    "not_a_number": _(
        "Skriv et tall, for eksempel 52,5.", "Skriv eit tal, til dømes 52,5.", "Write a number, for example 52.5."
    ),
    "which": _("Hvilket?", "Kva for eit?", "Which?"),
    "item": _("Nummer {number}", "Nummer {number}", "Number {number}"),
    "add_item": _("Legg til en til", "Legg til ein til", "Add another"),
    "remove_item": _("Fjern nummer {number}", "Fjern nummer {number}", "Remove number {number}"),
    "kind_first": _(
        "Velg hva det gjelder; før det er valgt, regnes det ikke med.",
        "Vel kva det gjeld; før det er valt, blir det ikkje rekna med.",
        "Choose what it is; until then it is not counted.",
    ),
}

_ANSWER = {
    "answer": _("Svaret", "Svaret", "The answer"),
    "asking": _("Spør tjenesten …", "Spør tenesta …", "Asking the service …"),
    "unavailable": _("Bruk vanlig klinisk skjønn", "Bruk vanleg klinisk skjønn", "Use ordinary clinical judgement"),
    "no_answer": _(
        "Tjenesten ga ikke noe svar. Det sier ingenting om hvor stor faren er.",
        "Tenesta gav ikkje noko svar. Det seier ingenting om kor stor faren er.",
        "The service gave no answer. That says nothing about how great the danger is.",
    ),
    "in_an_emergency": _(
        "Ved mistanke om overdose: ring 113.",
        "Ved mistanke om overdose: ring 113.",
        "If you suspect an overdose: ring 113.",
    ),
    "try_again": _("Prøv igjen", "Prøv igjen", "Try again"),
    "cannot_assess": _(
        "Opplysningene kan ikke vurderes slik de står. Rett dette:",
        "Opplysningane kan ikkje vurderast slik dei står. Rett dette:",
        "The information cannot be assessed as it stands. Please mend this:",
    ),
    "number_or_date_to_mend": _(
        "Et tall eller en dato kan ikke leses.",
        "Eit tal eller ein dato kan ikkje lesast.",
        "A number or a date cannot be read.",
    ),
    "token": _("Tilgangstoken", "Tilgangstoken", "Access token"),
    "token_hint": _(
        "Det blir værende i minnet til denne siden, går bare til denne tjenesten og er borte når siden lukkes eller "
        "lastes på nytt.",
        "Det blir verande i minnet til denne sida, går berre til denne tenesta og er borte når sida blir lukka eller "
        "lasta på nytt.",
        "It stays in this page's memory, goes to this service only, and is gone when the page is closed or loaded "
        "again.",
    ),
    "use_token": _("Bruk tokenet", "Bruk tokenet", "Use the token"),
    "not_a_token": _(
        "Dette er ikke et tilgangstoken.", "Dette er ikkje eit tilgangstoken.", "This is not an access token."
    ),
    "needs_token": _(
        "Tjenesten svarer bare den som viser et tilgangstoken som gjelder nå. Lim det inn i feltet øverst på siden.",
        "Tenesta svarer berre den som viser eit tilgangstoken som gjeld no. Lim det inn i feltet øvst på sida.",
        "The service answers only whoever shows an access token that is valid now. Paste it into the field at the top.",
    ),
    "token_not_enough": _(
        "Tokenet gir ikke tilgang til det denne siden viser. Siden trenger et token for fastlege eller for kommunens "
        "helsetjeneste. Lim det inn i feltet øverst på siden.",
        "Tokenet gir ikkje tilgang til det denne sida viser. Sida treng eit token for fastlege eller for helsetenesta "
        "i kommunen. Lim det inn i feltet øvst på sida.",
        "The token does not open what this page shows. The page needs a token for a GP or for the municipality's "
        "health service. Paste it into the field at the top.",
    ),
    "needs_bearer_address": _(
        "På denne adressen må tokenet være bundet til en nøkkel (DPoP), og det kan ikke en nettside vise. Åpne siden "
        "på en adresse der tjenesten tar imot Bearer-token.",
        "På denne adressa må tokenet vere bunde til ein nøkkel (DPoP), og det kan ikkje ei nettside vise. Opne sida "
        "på ei adresse der tenesta tek imot Bearer-token.",
        "At this address the token must be bound to a key (DPoP), which a page cannot show. Open the page at an "
        "address where the service takes Bearer tokens.",
    ),
    "level_now": _("Nivå: {level}", "Nivå: {level}", "Level: {level}"),
    "at_most_the_same": _(
        "Det ukjente kan ikke gjøre nivået høyere.",
        "Det ukjende kan ikkje gjere nivået høgare.",
        "What is unknown cannot raise the level further.",
    ),
    "assessed_on": _("Vurdert per {date}", "Vurdert per {date}", "Assessed as of {date}"),
    "reached": _("nivået nå", "nivået no", "the level now"),
    "possible": _("mulig med det ukjente", "mogleg med det ukjende", "possible with the unknown"),
    "factors": _("Det som teller med", "Det som tel med", "What counts"),
    "no_factors": _(
        "Ingen forhold som øker faren, er funnet i det som er kjent.",
        "Det er ikkje funne forhold som aukar faren, i det som er kjent.",
        "Nothing that raises the danger was found in what is known.",
    ),
    "points": _("{points} poeng", "{points} poeng", "{points} points"),
    "points_between": _("{least} til {most} poeng", "{least} til {most} poeng", "{least} to {most} points"),
    "unsettled": _(
        "Ikke avklart, kan telle med ({count})",
        "Ikkje avklart, kan telje med ({count})",
        "Not settled, may count ({count})",
    ),
    "recommendations": _("Anbefalinger", "Tilrådingar", "Recommendations"),
    "if_confirmed": _(
        "Hvis det viser seg å gjelde ({count})",
        "Om det viser seg å gjelde ({count})",
        "If it turns out to apply ({count})",
    ),
    "ask_about": _("Spør først om", "Spør først om", "Ask first about"),
    "ask_also_about": _("Spør også om", "Spør òg om", "Ask also about"),
    "who": _("Hvem", "Kven", "Who"),
    "rank": _("Kildens ord", "Orda i kjelda", "The source's word"),
    "how_often": _("Hvor ofte", "Kor ofte", "How often"),
    "documentation": _("Dokumentasjon", "Dokumentasjon", "Documentation"),
    "consent": _("Samtykke", "Samtykke", "Consent"),
    "resources": _("Ressurser", "Ressursar", "Resources"),
    "grounds": _("Begrunnelse og kilder", "Grunngiving og kjelder", "Grounds and sources"),
    "sources": _("Kilder", "Kjelder", "Sources"),
    "outlook": _("Hvordan nivået vil endre seg", "Korleis nivået vil endre seg", "How the level will change"),
    "outlook_lead": _(
        "Hvis ingenting annet endrer seg, fram til {date}.",
        "Om ingenting anna endrar seg, fram til {date}.",
        "If nothing else changes, until {date}.",
    ),
    "no_steps": _(
        "Svaret endrer seg ikke av seg selv i denne tiden.",
        "Svaret endrar seg ikkje av seg sjølv i denne tida.",
        "The answer does not change by itself in this time.",
    ),
    "what_if": _("Hva én endring ville bety", "Kva éi endring ville bety", "What one change would mean"),
    "note": _("Notat til journalen", "Notat til journalen", "Note for the record"),
    "note_person": _("Tekst til personen", "Tekst til personen", "Text for the person"),
    "copy": _("Kopier", "Kopier", "Copy"),
    "copied": _("Kopiert.", "Kopiert.", "Copied."),
    "not_copied": _(
        "Kunne ikke kopiere. Teksten er merket; bruk Ctrl + C.",
        "Kunne ikkje kopiere. Teksten er merkt; bruk Ctrl + C.",
        "Could not copy. The text is selected; use Ctrl + C.",
    ),
    "provenance": _("Hva svaret bygger på", "Kva svaret byggjer på", "What the answer rests on"),
    "release": _(
        "Regelutgave {release}, {engines}", "Regelutgåve {release}, {engines}", "Rules release {release}, {engines}"
    ),
}

WORDS: dict[str, Text] = {**_EVERY_PAGE, **_TRY_IT, **_ANSWER}
