"""The words of a result that belong to HL7 and to no rule: headings, and why something counted for nothing."""

from __future__ import annotations

from cds.content.texts import Language
from cds.records.reasons import Reason
from integrations.hl7v2.draft import NoteReason

Three = dict[Language, str]
WORDS: dict[str, Three] = {
    "battery": {"nb": "Overdoserisiko", "nn": "Overdoserisiko", "en": "Overdose risk"},
    "score": {"nb": "Poeng, minst", "nn": "Poeng, minst", "en": "Points, at least"},
    "score_at_most": {"nb": "Poeng, høyst", "nn": "Poeng, høgst", "en": "Points, at most"},
    "level": {"nb": "Nivå", "nn": "Nivå", "en": "Level"},
    "level_at_most": {"nb": "Nivå, høyst", "nn": "Nivå, høgst", "en": "Level, at most"},
    "acute": {"nb": "Akutt", "nn": "Akutt", "en": "Acute"},
    "measure": {"nb": "Tiltak", "nn": "Tiltak", "en": "Measure"},
    "measure_if": {"nb": "Tiltak hvis bekreftet", "nn": "Tiltak om stadfesta", "en": "Measure if confirmed"},
    "rules": {"nb": "Regelverk", "nn": "Regelverk", "en": "Rules"},
    "receipt": {"nb": "Kvittering", "nn": "Kvittering", "en": "Receipt"},
    "nonce": {"nb": "Kvittering, engangstall", "nn": "Kvittering, eingongstal", "en": "Receipt, nonce"},
    "because": {"nb": "Hvorfor: {text}", "nn": "Kvifor: {text}", "en": "Why: {text}"},
    "sources": {"nb": "Kilder: {text}", "nn": "Kjelder: {text}", "en": "Sources: {text}"},
    "ask": {"nb": "Avklar først: {text}", "nn": "Avklar først: {text}", "en": "Settle first: {text}"},
    "from": {"nb": "Fra meldingen: {text}", "nn": "Frå meldinga: {text}", "en": "From the message: {text}"},
    "unused": {
        "nb": "Ikke vurdert: {place}: {why}",
        "nn": "Ikkje vurdert: {place}: {why}",
        "en": "Not assessed: {place}: {why}",
    },
    "retracted": {
        "nb": "Utskrivingen er meldt annullert. Dette svaret erstatter svaret som ble gitt da den ble meldt.",
        "nn": "Utskrivinga er meld annullert. Dette svaret erstattar svaret som vart gjeve då ho vart meld.",
        "en": "The discharge was cancelled. This answer replaces the one that was given when it was reported.",
    },
    "corrected": {
        "nb": "Opplysningene er endret. Dette svaret erstatter et tidligere svar om samme opphold.",
        "nn": "Opplysningane er endra. Dette svaret erstattar eit tidlegare svar om same opphald.",
        "en": "The information has changed. This answer replaces an earlier one about the same stay.",
    },
    "now": {"nb": "Nå", "nn": "No", "en": "Now"},
    "same_day": {"nb": "Samme dag", "nn": "Same dagen", "en": "The same day"},
    "days": {"nb": "Innen noen dager", "nn": "Innan nokre dagar", "en": "Within days"},
    "routine": {"nb": "Ved neste høve", "nn": "Ved neste høve", "en": "When next in contact"},
}
WHY: dict[NoteReason | Reason, Three] = {
    "no_code": {"nb": "ingen kode", "nn": "ingen kode", "en": "no code"},
    "bad_date": {"nb": "datoen kan ikke leses", "nn": "datoen kan ikkje lesast", "en": "the date cannot be read"},
    "lies_ahead": {
        "nb": "ligger etter dagen som vurderes",
        "nn": "ligg etter dagen som blir vurdert",
        "en": "lies after the day assessed",
    },
    "not_a_number": {"nb": "verdien er ikke et tall", "nn": "verdien er ikkje eit tal", "en": "the value is no number"},
    "text_only": {"nb": "fritekst leses ikke", "nn": "fritekst blir ikkje lesen", "en": "free text is not read"},
    "not_read": {"nb": "leses ikke her", "nn": "blir ikkje lese her", "en": "not read here"},
    "invalid": {
        "nb": "kan ikke brukes slik det står",
        "nn": "kan ikkje brukast slik det står",
        "en": "cannot be used as it stands",
    },
    "withdrawn": {"nb": "trukket tilbake", "nn": "trekt tilbake", "en": "taken back"},
    "superseded": {
        "nb": "erstattet av en senere verdi",
        "nn": "erstatta av ein seinare verdi",
        "en": "replaced by a later value",
    },
    "no_discharge_time": {
        "nb": "utskrivingstid mangler; tiden for hendelsen er brukt",
        "nn": "utskrivingstid manglar; tida for hendinga er brukt",
        "en": "no discharge time; the time of the event is used",
    },
    "no_visit_number": {
        "nb": "oppholdsnummer mangler; svaret kan ikke knyttes til et tidligere svar",
        "nn": "opphaldsnummer manglar; svaret kan ikkje knytast til eit tidlegare svar",
        "en": "no visit number; this answer cannot be tied to an earlier one",
    },
    "no_risk_factor": {
        "nb": "er ingen risikofaktor i seg selv",
        "nn": "er ingen risikofaktor i seg sjølv",
        "en": "no risk factor by itself",
    },
    "not_given": {"nb": "ble ikke gitt", "nn": "vart ikkje gjeve", "en": "was not given"},
    "as_needed": {
        "nb": "døgndosen er ikke entydig",
        "nn": "døgndosen er ikkje eintydig",
        "en": "the dose a day is not certain",
    },
    "dose_range": {
        "nb": "det står en største dose ved siden av; dosen er minst den minste",
        "nn": "det står ei største dose ved sida av; dosen er minst den minste",
        "en": "there is a highest dose beside it; the dose is the lowest or more",
    },
    "all_read": {
        "nb": "det er flere; alle er lest",
        "nn": "det er fleire; alle er lesne",
        "en": "there are several; all are read",
    },
    "one_used": {
        "nb": "det er flere; én er brukt",
        "nn": "det er fleire; éin er brukt",
        "en": "there are several; one is used",
    },
    "contradicted": {
        "nb": "motsies av meldingen ellers",
        "nn": "blir motsagt av meldinga elles",
        "en": "contradicted by the rest of the message",
    },
    "passed": {
        "nb": "dagen er passert",
        "nn": "dagen er passert",
        "en": "the day has passed",
    },
    "no_day": {
        "nb": "dagen mangler eller kan ikke leses; det er vurdert per i dag",
        "nn": "dagen manglar eller kan ikkje lesast; det er vurdert per i dag",
        "en": "there is no day that can be read; assessed as of today",
    },
    "unknown_system": {
        "nb": "kodeverket er ikke kjent",
        "nn": "kodeverket er ikkje kjent",
        "en": "the code system is not known",
    },
    "impossible_code": {
        "nb": "koden finnes ikke i kodeverket",
        "nn": "koden finst ikkje i kodeverket",
        "en": "no such code in the system",
    },
    "unknown_code": {
        "nb": "koden er ikke kjent her",
        "nn": "koden er ikkje kjend her",
        "en": "the code is not known here",
    },
    "refuted": {"nb": "avkreftet", "nn": "avkrefta", "en": "refuted"},
    "entered_in_error": {"nb": "ført ved en feil", "nn": "ført ved ein feil", "en": "entered in error"},
    "family_history": {"nb": "gjelder slektninger", "nn": "gjeld slektningar", "en": "about relatives"},
    "cancelled": {"nb": "avlyst", "nn": "avlyst", "en": "cancelled"},
    "outside_window": {"nb": "for lenge siden", "nn": "for lenge sidan", "en": "too long ago"},
    "not_relevant": {"nb": "uten betydning her", "nn": "utan betydning her", "en": "of no importance here"},
    "date_unclear": {
        "nb": "kan ikke plasseres i tid",
        "nn": "kan ikkje plasserast i tid",
        "en": "cannot be placed in time",
    },
    "weak_evidence": {"nb": "svakt tegn; spør", "nn": "svakt teikn; spør", "en": "a weak sign; ask"},
    "no_such_event": {
        "nb": "ingen hendelse å knytte det til",
        "nn": "inga hending å knyte det til",
        "en": "no event to tie it to",
    },
    "too_many": {"nb": "for mange av slaget", "nn": "for mange av slaget", "en": "too many of the kind"},
    "dose_not_computable": {
        "nb": "dosen kan ikke regnes om",
        "nn": "dosen kan ikkje reknast om",
        "en": "the dose cannot be converted",
    },
    "value_unclear": {
        "nb": "verdien eller enheten er ikke entydig",
        "nn": "verdien eller eininga er ikkje eintydig",
        "en": "the value or its unit is not certain",
    },
}
"""Reasons of this package (`draft.NoteReason`), then those of the rules (`cds.entries.Reason`)."""


def word(name: str, language: Language, **parts: str) -> str:
    """A heading or sentence in one language."""
    text = WORDS[name][language]
    return text.format(**parts) if parts else text


def why(reason: NoteReason | Reason, language: Language) -> str:
    """Why something counted for nothing."""
    return WHY[reason][language]
