/*
 * What a case tool of NAV would do: ask the service from its own server, hand the answer to the card, listen.
 * The person is invented: released-from-prison.json, asked about in bokmål. The answer is what the service gives a caller
 * with a token from NAV, without its receipt; `make golden` writes it anew.
 */
"use strict";

const answer = {
  "advice": {
    "as_of": "2026-11-20",
    "language": "nb",
    "urgency": "same_day",
    "when": "Samme dag",
    "items": [
      {
        "code": "N01",
        "id": "follow-up-talk",
        "urgency": "same_day",
        "when": "Samme dag",
        "title": "En oppfølgingssamtale",
        "text": "Ta en rolig samtale om hvordan det går med helse, trygghet og hverdag. Spør hva som er viktig for personen, hva som er vanskeligst nå, og om personen er trygg i dag. Lytt uten å dømme. Blir du urolig for liv eller helse, så ring etter hjelp før dere skilles."
      },
      {
        "code": "N02",
        "id": "go-with-the-person",
        "urgency": "same_day",
        "when": "Samme dag",
        "title": "Følge til helsetjenesten",
        "text": "Helsetjenesten har hjelp som kan passe. Tilby å ringe sammen, og å følge personen dit. Spør hva personen selv vil si, og fortell bare det dere er enige om."
      },
      {
        "code": "N03",
        "id": "concrete-appointments",
        "urgency": "same_day",
        "when": "Samme dag",
        "title": "Avtaler i hånden",
        "text": "Gjør avtalene konkrete: dag, klokkeslett, sted og navnet på den som tar imot. Skriv dem ned og gi dem til personen. Avtal hvem som ringer hvis noen ikke møter. Er en flytting, et opphold eller en annen stor endring på vei, skal avtalene være klare før den kommer."
      },
      {
        "code": "N04",
        "id": "contact-today",
        "urgency": "same_day",
        "when": "Samme dag",
        "title": "Kontakt i dag",
        "text": "Sørg for at helsepersonell snakker med personen i dag: fastlegen, helse- og omsorgstjenesten i kommunen, eller legevakten når de ikke svarer. Bli hos personen til noen har tatt over, eller avtal nøyaktig når og hvor det skjer. Vil personen ikke, så ring selv og spør om råd uten å si navnet."
      },
      {
        "code": "N05",
        "id": "consent-to-involve-the-gp",
        "urgency": "days",
        "when": "Innen få dager",
        "title": "Samtykke til å ta med fastlegen",
        "text": "Spør om personen vil at fastlegen tas med, og hva som i så fall kan sies. Skriv ned svaret. Uten et klart ja deles ingenting, og et nei skal ikke gi dårligere hjelp."
      },
      {
        "code": "N08",
        "id": "housing-and-company",
        "urgency": "days",
        "when": "Innen få dager",
        "title": "Bolig og folk rundt",
        "text": "Spør hvor personen sover, om boligen er trygg, og hvem som er der når det trengs. Hjelp med bolig, økonomi og faste holdepunkter i uka etter det personen ønsker."
      },
      {
        "code": "N06",
        "id": "meals",
        "urgency": "routine",
        "when": "Ved neste kontakt",
        "title": "Mat og måltider",
        "text": "Spør om personen får nok å spise og har et sted å lage mat. Fortell om steder i nærheten som serverer måltider, helst sammen med andre. Se på om det trengs økonomisk hjelp til mat."
      },
      {
        "code": "N07",
        "id": "dental-care",
        "urgency": "routine",
        "when": "Ved neste kontakt",
        "title": "Tenner og tannbehandling",
        "text": "Spør hvordan det står til med tennene. Fortell at mange har rett til gratis eller billigere tannbehandling, finn ut hva som gjelder, og hjelp til med søknad og time."
      },
      {
        "code": "N11",
        "id": "write-down-what-is-agreed",
        "urgency": "routine",
        "when": "Ved neste kontakt",
        "title": "Skriv ned avtalen",
        "text": "Skriv ned hva dere ble enige om, etter reglene hos dere, og ikke mer enn det som trengs. Si til personen at det blir skrevet, og hvor det kan leses."
      }
    ],
    "contacts": [
      {
        "id": "emergency",
        "name": "Nødtelefon 113",
        "phone": "113",
        "text": "Ring 113 straks når liv er i fare: personen er ikke til å vekke, puster ikke som vanlig eller kan komme til å skade seg alvorlig. Bli der til hjelpen kommer."
      },
      {
        "id": "out-of-hours",
        "name": "Legevakt 116 117",
        "phone": "116 117",
        "text": "Når det haster og fastlegen ikke kan nås. Åpent hele døgnet."
      },
      {
        "id": "general-practitioner",
        "name": "Fastlegen",
        "text": "Når personen ønsker det. Spør først, og ring gjerne sammen."
      },
      {
        "id": "municipal-health-service",
        "name": "Helse- og omsorgstjenesten i kommunen eller bydelen",
        "text": "Tar imot på dagtid. Sentralbordet i kommunen setter over."
      }
    ],
    "about": "Dette er råd om hjelp, ikke et vedtak og ikke en helsevurdering. Rådene skal ikke brukes til å nekte noen en ytelse eller en tjeneste. Personen bestemmer selv om hjelpen er ønsket.",
    "provenance": {
      "release": "0.8.0",
      "digest": "sha256:bd39c8981dc012a754b06bca0e387b5ea9c7e8147eb438f0f2bb8d71b88e0bee",
      "service": "0.7.0"
    }
  }
};

const card = document.querySelector("overdose-card");
card.assessment = answer;
card.addEventListener("overdose-card-unavailable", () => {
  document.getElementById("told").textContent = "Kortet har ikke noe svar å vise.";
});
document.getElementById("fail").addEventListener("click", () => {
  // The service did not answer: the card is told so at once, and the old advice is gone.
  card.assessment = null;
});
document.getElementById("answer").addEventListener("click", () => {
  card.assessment = answer;
  document.getElementById("told").textContent = "";
});
