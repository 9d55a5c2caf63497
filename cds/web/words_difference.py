"""What the auditor's page about two releases says, in bokmål, nynorsk and English."""

from __future__ import annotations

from cds.content.texts import Text

_DIFFERENCE = {
    "difference": ("Fra {old} til {new}", "Frå {old} til {new}", "From {old} to {new}"),
    "content_half": ("Hva som ble endret", "Kva som vart endra", "What changed"),
    "nothing_changed": ("Innholdet er det samme.", "Innhaldet er det same.", "The content is the same."),
    "pieces_new": ("Nye ({count})", "Nye ({count})", "New ({count})"),
    "pieces_gone": ("Fjernet ({count})", "Fjerna ({count})", "Gone ({count})"),
    "rests_on": ("Hviler på", "Kviler på", "Rests on"),
    "rests_as_before": ("Hviler som før på", "Kviler som før på", "Rests, as before, on"),
    "rested_on": ("Hvilte på", "Kvilte på", "Rested on"),
    "behaviour_half": ("Hvem som får et annet svar", "Kven som får eit anna svar", "Whom it moves"),
    "basis": (
        "Vist på {size} oppdiktede personer, alltid de samme, og på {cases} eksempler. En andel av dem måler ingen "
        "befolkning.",
        "Vist på {size} oppdikta personar, alltid dei same, og på {cases} døme. Ein del av dei måler inga befolkning.",
        "Shown on {size} invented people, always the same, and on {cases} cases. A share of them measures no "
        "population.",
    ),
    "working": (
        "Dette regnes ut nå og tar omtrent et minutt. Last siden på nytt for å se det.",
        "Dette blir rekna ut no og tek om lag eitt minutt. Last sida på nytt for å sjå det.",
        "This is being worked out and takes about a minute. Load the page again to see it.",
    ),
    "others_first": (
        "Andre utgaver blir sammenlignet først. Last siden på nytt om et minutt.",
        "Andre utgåver blir samanlikna først. Last sida på nytt om eitt minutt.",
        "Other releases are being compared first. Load the page again in a minute.",
    ),
    "reload": ("Last på nytt", "Last på nytt", "Load again"),
    "another_level": ("Et annet nivå", "Eit anna nivå", "Another level"),
    "another_bound": ("Et annet høyeste nivå", "Eit anna høgaste nivå", "Another upper bound of the level"),
    "other_points": ("Andre poeng", "Andre poeng", "Other points"),
    "other_advice": (
        "Andre råd, eller råd med annen hast",
        "Andre råd, eller råd med annan hast",
        "Other advice, or advice of another urgency",
    ),
    "other_cases": ("Eksempler som gir noe annet", "Døme som gir noko anna", "Cases that come out otherwise"),
    "count_of": ("{count} av {size}", "{count} av {size}", "{count} of {size}"),
    "none_of": ("ingen av {size}", "ingen av {size}", "none of {size}"),
    "matrix": (
        "Fra nivået i {old} (rad) til nivået i {new} (kolonne). De som ikke flytter seg, står i parentes.",
        "Frå nivået i {old} (rad) til nivået i {new} (kolonne). Dei som ikkje flyttar seg, står i parentes.",
        "From the level under {old} (row) to the level under {new} (column). Those who stay stand in brackets.",
    ),
    "from_level": ("Fra ↓ til →", "Frå ↓ til →", "From ↓ to →"),
    "advice": (
        "Råd som kommer, går eller endres",
        "Råd som kjem, går eller blir endra",
        "Advice that comes, goes or changes",
    ),
    "recommendation": ("Anbefaling", "Tilråding", "Recommendation"),
    "before": ("Før", "Før", "Before"),
    "after": ("Etter", "Etter", "After"),
    "given_to": ("{sure} + {maybe} hvis bekreftet", "{sure} + {maybe} om stadfesta", "{sure} + {maybe} if confirmed"),
    "for_whom": ("Hva skjer", "Kva skjer", "What happens"),
    "appears": ("nytt for {count}", "nytt for {count}", "new for {count}"),
    "vanishes": ("borte for {count}", "borte for {count}", "gone for {count}"),
    "becomes_certain": (
        "sikkert i stedet for hvis bekreftet for {count}",
        "sikkert i staden for om stadfesta for {count}",
        "certain instead of if confirmed for {count}",
    ),
    "becomes_conditional": (
        "hvis bekreftet i stedet for sikkert for {count}",
        "om stadfesta i staden for sikkert for {count}",
        "if confirmed instead of certain for {count}",
    ),
    "urgency_changes": ("annen hast for {count}", "annan hast for {count}", "another urgency for {count}"),
    "at_most": ("høyst {level}", "høgst {level}", "at most {level}"),
    "points_range": ("{least}–{most} poeng", "{least}–{most} poeng", "{least}–{most} points"),
    "not_made": ("ikke gitt", "ikkje gitt", "not made"),
    "status:recommended": ("anbefalt", "tilrådd", "recommended"),
    "status:if_confirmed": ("hvis bekreftet", "om stadfesta", "if confirmed"),
    "urgency:now": ("nå", "no", "now"),
    "urgency:same_day": ("samme dag", "same dag", "the same day"),
    "urgency:days": ("innen noen dager", "innan nokre dagar", "within days"),
    "urgency:routine": ("ved neste kontakt", "ved neste kontakt", "at the next contact"),
}

DIFFERENCE_WORDS = {name: Text(nb=nb, nn=nn, en=en) for name, (nb, nn, en) in _DIFFERENCE.items()}
