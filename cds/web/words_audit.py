"""What the auditor's pages about releases say, in bokmål, nynorsk and English."""

from __future__ import annotations

from cds.content.texts import Text

_PAGES = {
    "releases": ("Regelutgaver", "Regelutgåver", "Rule releases"),
    "verify": ("Kontroller et svar", "Kontroller eit svar", "Check an answer"),
    "ledger": ("Protokollen", "Protokollen", "The ledger"),
    "audit_pages": ("Sider for revisjon", "Sider for revisjon", "Pages for audit"),
    "in_english": (
        "Endringsbeskrivelsene, feltnavnene og vilkårene er skrevet på engelsk.",
        "Endringsskildringane, feltnamna og vilkåra er skrivne på engelsk.",
        "What is said of changes, the names of fields and the conditions are written in English.",
    ),
    "nothing": ("Ingen", "Ingen", "None"),
    "show": ("Vis", "Vis", "Show"),
    "problem": ("Siden kan ikke vises", "Sida kan ikkje visast", "The page cannot be shown"),
    "problem_403": (
        "Siden er for revisorer. Den svarer bare forespørsler med et gyldig tilgangsbevis med rettigheten odr:audit. "
        "En vanlig nettleser sender ikke et slikt; på egen maskin i utviklingsmodus trengs det ikke.",
        "Sida er for revisorar. Ho svarer berre førespurnader med eit gyldig tilgangsbevis med retten odr:audit. "
        "Ein vanleg nettlesar sender ikkje eit slikt; på eiga maskin i utviklingsmodus trengst det ikkje.",
        "This page is for auditors. It answers only requests with a valid access token that holds odr:audit. "
        "An ordinary browser sends none; on one's own machine in development mode none is needed.",
    ),
    "problem_404": (
        "Det finnes ikke noe med det navnet i denne utgaven, eller ingen slik utgave.",
        "Det finst ikkje noko med det namnet i denne utgåva, eller inga slik utgåve.",
        "There is nothing of that name in this release, or no such release.",
    ),
    "problem_503": (
        "Protokollen kan ikke leses nå. Prøv igjen om litt.",
        "Protokollen kan ikkje lesast no. Prøv igjen om litt.",
        "The ledger cannot be read now. Try again in a moment.",
    ),
    "problem_other": (
        "Tjenesten kunne ikke lage siden.",
        "Tenesta kunne ikkje lage sida.",
        "The service could not make the page.",
    ),
    "back": ("Til regelutgavene", "Til regelutgåvene", "To the rule releases"),
}

_START = {
    "start_title": ("Reglene gjennom tiden", "Reglane gjennom tida", "The rules through time"),
    "start_lead": (
        "Hva ble endret, hvorfor, hvem godkjente det, og hvem får et annet svar? De nyeste reglene står øverst.",
        "Kva vart endra, kvifor, kven godkjende det, og kven får eit anna svar? Dei nyaste reglane står øvst.",
        "What changed, why, who approved it, and who gets another answer? The newest rules stand first.",
    ),
    "month": (
        "Måned da reglene trådte i kraft",
        "Månad då reglane tok til å gjelde",
        "Month the rules came into force",
    ),
    "all_months": ("Alle måneder ({count})", "Alle månader ({count})", "All months ({count})"),
    "none_that_month": (
        "Ingen nye regler trådte i kraft denne måneden. I kraft ved utgangen av den: {version}.",
        "Ingen nye reglar tok til å gjelde denne månaden. I kraft ved utgangen av han: {version}.",
        "No new rules came into force in this month. In force at its end: {version}.",
    ),
    "release_named": ("Utgave {version}", "Utgåve {version}", "Release {version}"),
    "in_force_now": ("I kraft nå", "I kraft no", "In force now"),
    "earlier": ("Avløst", "Avløyst", "Replaced"),
    "to_come": ("Kommer", "Kjem", "To come"),
    "no_day": ("Avløst samme dag", "Avløyst same dag", "Replaced the same day"),
    "in_force_from": ("I kraft fra {day}", "I kraft frå {day}", "In force from {day}"),
    "in_force_between": (
        "I kraft fra {day}, avløst {until}",
        "I kraft frå {day}, avløyst {until}",
        "In force from {day}, replaced on {until}",
    ),
    "in_force_on_no_day": (
        "Kom {day} og ble avløst samme dag",
        "Kom {day} og vart avløyst same dag",
        "Came on {day} and was replaced the same day",
    ),
    "what_and_why": ("Hva og hvorfor", "Kva og kvifor", "What and why"),
    "more_why": ("Mer om hva som ble endret", "Meir om kva som vart endra", "More about what changed"),
    "who_approved": ("Hvem godkjente", "Kven godkjende", "Who approved"),
    "whom_it_moves": ("Hvem får et annet svar", "Kven får eit anna svar", "Whom it moves"),
    "counts": (
        "{changed} endret, {added} nye og {removed} fjernet",
        "{changed} endra, {added} nye og {removed} fjerna",
        "{changed} changed, {added} new and {removed} gone",
    ),
    "see_changes": ("Se alle endringer fra {old}", "Sjå alle endringar frå {old}", "See every change from {old}"),
    "count_them": (
        "Tell hvem det gjelder (tar omtrent et minutt)",
        "Tel kven det gjeld (tek om lag eitt minutt)",
        "Count whom it moves (takes about a minute)",
    ),
    "first_release": ("Den første utgaven.", "Den første utgåva.", "The first release."),
    "levels_moved": (
        "{count} av {size} oppdiktede personer får et annet nivå",
        "{count} av {size} oppdikta personar får eit anna nivå",
        "{count} of {size} invented people get another level",
    ),
    "nobody_moved": (
        "Ingen av {size} oppdiktede personer får et annet nivå",
        "Ingen av {size} oppdikta personar får eit anna nivå",
        "None of {size} invented people gets another level",
    ),
    "advice_moved": (
        "{count} av {size} får andre råd, eller råd med annen hast",
        "{count} av {size} får andre råd, eller råd med annan hast",
        "{count} of {size} get other advice, or advice of another urgency",
    ),
    "compare": ("Sammenlign to utgaver", "Samanlikn to utgåver", "Compare two releases"),
    "older": ("Fra utgave", "Frå utgåve", "From release"),
    "newer": ("Til utgave", "Til utgåve", "To release"),
    "compare_them": ("Sammenlign", "Samanlikn", "Compare"),
}

_APPROVALS = {
    "role:clinical": ("Klinisk", "Klinisk", "Clinical"),
    "role:technical": ("Teknisk", "Teknisk", "Technical"),
    "counts_as": ("Gyldig", "Gyldig", "Valid"),
    "counts_not": ("Teller ikke", "Tel ikkje", "Does not count"),
    "demonstration": ("demonstrasjonsnøkkel", "demonstrasjonsnøkkel", "demonstration key"),
    "somebody": ("Ukjent nøkkel", "Ukjend nøkkel", "Unknown key"),
    "approved": ("Godkjent", "Godkjend", "Approved"),
    "not_approved": ("Ikke godkjent", "Ikkje godkjend", "Not approved"),
    "missing": ("Mangler: {what}", "Manglar: {what}", "Missing: {what}"),
    "missing:a clinical approval": ("en klinisk godkjenning", "ei klinisk godkjenning", "a clinical approval"),
    "missing:a technical approval": ("en teknisk godkjenning", "ei teknisk godkjenning", "a technical approval"),
    "missing:a second key: one alone gave both approvals": (
        "en annen nøkkel: den samme ga begge godkjenningene",
        "ein annan nøkkel: den same gav begge godkjenningane",
        "a second key: one alone gave both approvals",
    ),
    "missing:the author's key: nobody says who froze it": (
        "forfatterens nøkkel: ingen sier hvem som frøs utgaven",
        "nøkkelen til forfattaren: ingen seier kven som fraus utgåva",
        "the author's key: nobody says who froze it",
    ),
    "frozen_by": ("Frosset av nøkkelen {kid}", "Frosen av nøkkelen {kid}", "Frozen by the key {kid}"),
    "author_unknown": (
        "Forfatteren er ukjent: ingen nøkkel ble oppgitt.",
        "Forfattaren er ukjend: ingen nøkkel vart oppgitt.",
        "The author is unknown: no key was named.",
    ),
    "role": ("Rolle", "Rolle", "Role"),
    "function": ("Funksjon", "Funksjon", "Function"),
    "signed_on": ("Signert", "Signert", "Signed"),
    "state": ("Tilstand", "Tilstand", "State"),
    "key": ("Nøkkel", "Nøkkel", "Key"),
    "fault:bad-signature": (
        "nøkkelen har ikke signert dette",
        "nøkkelen har ikkje signert dette",
        "it is not what the key signed",
    ),
    "fault:unknown-key": (
        "nøkkelen står ikke på listen over godkjennere",
        "nøkkelen står ikkje på lista over godkjennarar",
        "the key is on no list of approvers here",
    ),
    "fault:not-an-approval": (
        "det som er signert, er ingen godkjenning",
        "det som er signert, er inga godkjenning",
        "what is signed is no approval",
    ),
    "fault:another-version": ("den gjelder en annen utgave", "ho gjeld ei anna utgåve", "it approves another version"),
    "fault:another-digest": ("den gjelder et annet innhold", "ho gjeld eit anna innhald", "it approves other content"),
    "fault:another-date": (
        "den gjelder en annen første dag",
        "ho gjeld ein annan første dag",
        "it approves another first day in force",
    ),
    "fault:another-author": (
        "den nevner en annen forfatter enn utgaven",
        "ho nemner ein annan forfattar enn utgåva",
        "it names another author than the release does",
    ),
    "fault:role-not-held": (
        "nøkkelen kan ikke godkjenne i denne rollen",
        "nøkkelen kan ikkje godkjenne i denne rolla",
        "the key may not approve in this role",
    ),
    "fault:key-not-valid-then": (
        "nøkkelen gjaldt ikke den dagen",
        "nøkkelen gjaldt ikkje den dagen",
        "the key was not valid on that day",
    ),
    "fault:signed-in-the-future": (
        "dagen den er signert, er ikke kommet",
        "dagen ho er signert, er ikkje komen",
        "the day it was signed has not come",
    ),
    "fault:demonstration-key": (
        "en demonstrasjonsnøkkel godkjenner ingenting i drift",
        "ein demonstrasjonsnøkkel godkjenner ingenting i drift",
        "a demonstration key approves nothing in production",
    ),
    "fault:author-key": (
        "den som frøs utgaven, kan ikke godkjenne den",
        "den som fraus utgåva, kan ikkje godkjenne ho",
        "whoever froze a release does not approve it",
    ),
}

_RELEASE = {
    "on_this_page": ("På denne siden", "På denne sida", "On this page"),
    "status": ("Tilstand", "Tilstand", "State"),
    "digest": ("Fingeravtrykk", "Fingeravtrykk", "Digest"),
    "previous": ("Avløste", "Avløyste", "Replaced"),
    "approvals": ("Godkjenninger", "Godkjenningar", "Approvals"),
    "rules": ("Regler", "Reglar", "Rules"),
    "rules_lead": (
        "Alt innholdet, etter slag. Hver side viser innhold, kilder, eksempler og historie.",
        "Alt innhaldet, etter slag. Kvar side viser innhald, kjelder, døme og historie.",
        "All content, by kind. Each page shows content, sources, cases and history.",
    ),
    "cases": ("Eksempler", "Døme", "Cases"),
    "cases_lead": (
        "Oppdiktede personer som står ved siden av hver regel, og det de skal gi.",
        "Oppdikta personar som står ved sida av kvar regel, og det dei skal gje.",
        "Invented people that stand beside each rule, and what they must come to.",
    ),
    "cases_of": ("{count} eksempler", "{count} døme", "{count} cases"),
    "rests_upon": ("Kilder", "Kjelder", "Sources"),
    "document": ("Dokument", "Dokument", "Document"),
    "publisher": ("Utgiver", "Utgjevar", "Publisher"),
    "edition": ("Dokumentets utgave", "Utgåva av dokumentet", "Edition"),
    "place": ("Sted", "Stad", "Place"),
    "retired": ("Utgåtte navn", "Utgåtte namn", "Retired names"),
    "no_impact": (
        "Denne utgaven ble frosset før virkningen ble lagret sammen med den.",
        "Denne utgåva vart frosen før verknaden vart lagra saman med ho.",
        "This release was frozen before its impact was kept with it.",
    ),
}

_RULE = {
    "content": ("Innhold", "Innhald", "Content"),
    "no_sources": (
        "Hviler ikke på noen kilde for seg.",
        "Kviler ikkje på noka kjelde for seg.",
        "Rests on no source of its own.",
    ),
    "history": ("Historie", "Historie", "History"),
    "case": ("Eksempel", "Døme", "Case"),
    "sent": ("Opplysninger", "Opplysningar", "Facts"),
    "comes_to": ("Gir", "Gir", "Comes to"),
    "case_points": ("Poeng", "Poeng", "Points"),
    "outcome:present": ("til stede", "til stades", "present"),
    "outcome:absent": ("ikke til stede", "ikkje til stades", "absent"),
    "outcome:unknown": ("ukjent", "ukjent", "unknown"),
    "change:added": ("Ny", "Ny", "New"),
    "change:changed": ("Endret", "Endra", "Changed"),
    "change:unchanged": ("Uendret", "Uendra", "Unchanged"),
    "change:removed": ("Fjernet", "Fjerna", "Gone"),
    "other_languages": (
        "Endret også på andre språk ({count})",
        "Endra også på andre språk ({count})",
        "Changed in other languages too ({count})",
    ),
}

_KINDS = {
    "factor": ("Faktorer", "Faktorar", "Factors"),
    "level": ("Nivåer", "Nivå", "Levels"),
    "floor": ("Laveste nivå ved funn", "Lågaste nivå ved funn", "Floors"),
    "cap": ("Tak", "Tak", "Cap"),
    "minimum set": ("Det som må være kjent", "Det som må vere kjent", "Minimum set"),
    "scope": ("Hvem nivået gjelder", "Kven nivået gjeld", "Scope"),
    "parameter": ("Tidsgrenser", "Tidsgrenser", "Parameters"),
    "acute block": ("Øyeblikkelig hjelp", "Augeblikkeleg hjelp", "Acute blocks"),
    "definition": ("Definisjoner", "Definisjonar", "Definitions"),
    "fact": ("Opplysninger", "Opplysningar", "Facts"),
    "facts": ("Om opplysninger", "Om opplysningar", "About facts"),
    "state": ("Svarmåter", "Svarmåtar", "States"),
    "caution": ("Forbehold", "Atterhald", "Cautions"),
    "conflict": ("Motstrid", "Motstrid", "Conflicts"),
    "phrase": ("Faste ord", "Faste ord", "Phrases"),
    "question order": ("Rekkefølgen av spørsmål", "Rekkjefølgja av spørsmål", "Order of questions"),
    "recommendation": ("Anbefalinger", "Tilrådingar", "Recommendations"),
    "must-not": ("Det som ikke skal rådes til", "Det som ikkje skal rådast til", "Must-nots"),
    "NAV advice": ("Råd til NAV", "Råd til NAV", "Advice for NAV"),
    "NAV contact": ("Hvem NAV ringer", "Kven NAV ringjer", "Whom NAV calls"),
    "resource": ("Ressurser", "Ressursar", "Resources"),
    "event": ("Hendelser i tjenesten", "Hendingar i tenesta", "Events"),
    "checklist": ("Sjekkliste", "Sjekkliste", "Checklist"),
    "question set": ("Spørsmålssett", "Spørsmålssett", "Question sets"),
    "texts": ("Tekster", "Tekstar", "Texts"),
    "code system": ("Kodeverk", "Kodeverk", "Code systems"),
    "value set": ("Verdisett", "Verdisett", "Value sets"),
    "mapping": ("Fra journal til opplysning", "Frå journal til opplysning", "Mappings"),
    "record definition": ("Grenser for journaldata", "Grenser for journaldata", "Record definitions"),
    "left out": ("Ikke hentet fra journal", "Ikkje henta frå journal", "Left out"),
    "OMEQ": ("Morfinekvivalenter", "Morfinekvivalentar", "Morphine equivalents"),
    "source": ("Kilder", "Kjelder", "Sources"),
    "source statement": ("Utsagn i kildene", "Utsegner i kjeldene", "Source statements"),
}

_ALL = (_PAGES, _START, _APPROVALS, _RELEASE, _RULE, {f"kind:{kind}": name for kind, name in _KINDS.items()})
RELEASE_WORDS = {name: Text(nb=nb, nn=nn, en=en) for words in _ALL for name, (nb, nn, en) in words.items()}
