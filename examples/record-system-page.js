/*
 * What a record system would do: ask the service from its own server, hand the answer to the card, listen.
 * The person is invented. Of the answer that the service gave, only what the card reads is kept here.
 */
"use strict";

const answer = {
  assessment: {
    "as_of": "2026-11-20",
    "language": "nb",
    "level": "very_high",
    "label": "Svært høy",
    "meaning": "Følg opp samme dag eller i løpet av få dager. Gi faste avtaler i hånden, og si åpent til personen hvorfor.",
    "level_at_most": "very_high",
    "factors": [
      {
        "id": "injecting",
        "code": "P2",
        "title": "Inntak med sprøyte, nå eller tidligere",
        "outcome": "present"
      },
      {
        "id": "lost-tolerance",
        "code": "P3",
        "title": "Tapt toleranse etter et opphold eller en pause",
        "outcome": "present"
      },
      {
        "id": "earlier-overdose",
        "code": "P4",
        "title": "Tidligere overdose eller alvorlig forgiftning",
        "outcome": "present"
      },
      {
        "id": "mixing-depressants",
        "code": "P5",
        "title": "Blanding av opioider og andre dempende stoffer",
        "outcome": "present"
      },
      {
        "id": "social-strain",
        "code": "P15",
        "title": "Ensomhet, tap eller ustabil bolig",
        "outcome": "present"
      },
      {
        "id": "lost-tolerance-and-injecting",
        "code": "I2",
        "title": "Tapt toleranse og injisering av opioider",
        "outcome": "present"
      }
    ],
    "recommendations": [
      {
        "id": "overdose-preventing-talk",
        "code": "M01",
        "status": "recommended",
        "urgency": "same_day",
        "title": "Overdoseforebyggende samtale",
        "actor": "Ansatte i aktuelle tjenester",
        "text": "Ta samtalen nå. Spør om nye overdoser siden sist, når og hvor det skjedde, hva personen tror spilte inn, og om den kan ha vært ment som et forsøk på å ta livet sitt. Avslutt med hva som er viktig for personen og hva personen selv opplever som risikabelt.",
        "because": "Overdose har sjelden én årsak, og en samtale kan vise hvilke situasjoner som er farlige for akkurat denne personen."
      },
      {
        "id": "naloxone-first-issue",
        "code": "M05",
        "status": "recommended",
        "urgency": "same_day",
        "title": "Naloksonspray med opplæring",
        "actor": "Ansatte i tjenestene; fastlegen kan skrive resept",
        "text": "Lær bort og del ut naloksonspray: ring 113 i hvert tilfelle, gi førstehjelp, gi spray, og en dose til hvis personen fortsatt ikke puster normalt. Si klart hva sprayen ikke kan: den virker bare på opioider, den går over før mange opioider gjør det, og den erstatter ikke ambulanse. Legg ved 113-kortet.",
        "because": "Nalokson kan hindre at en opioidoverdose blir dødelig når noen er til stede, men den hindrer ikke selve overdosen."
      },
      {
        "id": "release-package",
        "code": "M23",
        "status": "recommended",
        "urgency": "same_day",
        "title": "Tiltak før og etter løslatelse",
        "actor": "Fengselshelsetjenesten og tjenestene som tar imot",
        "text": "Begynn før løslatelsen: inntakssamtale, informasjon om overdosefare og livredning, løslatelsessamtale og avtalte timer hos helsetjeneste, NAV og kommune. Er personen allerede ute, ta igjen det som mangler, og sørg for nalokson med opplæring.",
        "because": "Tiden rett etter løslatelse er blant de farligste, og forberedelse må skje mens personen ennå er inne."
      },
      {
        "id": "follow-up-after-exit",
        "code": "M25",
        "status": "recommended",
        "urgency": "same_day",
        "title": "Tett oppfølging etter løslatelse, utskrivning eller pause",
        "actor": "Tjenestene som tar imot",
        "text": "Ta kontakt tidlig, og hold den gjennom de første ukene og månedene. Spør hver gang om bruk, pause og toleranse, og ikke la en godt forberedt utskrivning gi falsk trygghet.",
        "because": "Toleransen kan være borte etter få dager, og faren er størst når bruken tas opp igjen."
      },
      {
        "id": "card-113",
        "code": "M02",
        "status": "recommended",
        "urgency": "days",
        "title": "113-kort til personen og de nærmeste",
        "actor": "Ansatte i aktuelle tjenester",
        "text": "Bruk 113-kortet som støtte i samtalen og la personen beholde det. Gi det også sammen med naloksonsprayen, og til dem som er rundt personen.",
        "because": "Den som står nærmest, må vite hva som skal gjøres når det skjer."
      },
      {
        "id": "user-equipment",
        "code": "M08",
        "status": "recommended",
        "urgency": "days",
        "title": "Brukerutstyr med samtale",
        "actor": "Bydel eller kommune, og ansatte som deler ut",
        "text": "Tilby utstyr som passer måten personen bruker på, også røykefolie. Bruk hver utdeling til å snakke om mindre skadelige inntaksmåter og om å forebygge overdose.",
        "because": "Å dele ut utstyr er et møte, og et møte kan bane vei for mindre farlig bruk."
      },
      {
        "id": "switch",
        "code": "M09",
        "status": "recommended",
        "urgency": "days",
        "title": "Switch: fra injisering til mindre farlig inntak",
        "actor": "Ansatte som møter personer som injiserer",
        "text": "Fortell om mindre skadelige måter enn injisering, særlig røyking, og støtt personen i å prøve. Vær åpen om at også røyking har risiko, ikke minst sammen med benzodiazepiner eller alkohol.",
        "because": "Inntak uten sprøyte senker faren for overdose og smitte tydelig, selv om den ikke blir borte."
      },
      {
        "id": "not-mixing",
        "code": "M11",
        "status": "recommended",
        "urgency": "days",
        "title": "Samtale om blanding",
        "actor": "Ansatte i aktuelle tjenester",
        "text": "Snakk om hva som tas sammen med opioidet: alkohol, benzodiazepiner, sovemedisin, pregabalin. Finn ut hva personen kan og vil endre, uten å be om brå stans i fast medisin.",
        "because": "Flere dempende stoffer samtidig svekker pusten mer enn hvert av dem alene."
      },
      {
        "id": "substitution-talk",
        "code": "M12",
        "status": "recommended",
        "urgency": "days",
        "title": "Samtale om substitusjonsbehandling",
        "actor": "Ansatte i aktuelle tjenester",
        "text": "Snakk om substitusjonsbehandling som en vei videre: LAR, og i Oslo også LASSO og HABiO. Hør hva personen selv ønsker, forklar hva tilbudene går ut på, og hjelp til med første kontakt.",
        "because": "Substitusjonsbehandling er blant det som tydeligst forebygger overdosedødsfall."
      },
      {
        "id": "ring-113",
        "code": "M04",
        "status": "if_confirmed",
        "urgency": "now",
        "title": "Ring 113 nå",
        "actor": "Alle som er til stede",
        "text": "Dette haster. Ring 113 og gjør som operatøren sier. Ingen spørsmål i denne tjenesten skal komme før det.",
        "because": "Minuttene teller, og personen kan ha flere livstruende problemer enn overdosen."
      },
      {
        "id": "clarify-suicidal-intent",
        "code": "M03",
        "status": "if_confirmed",
        "urgency": "same_day",
        "title": "Avklare om det ligger selvmordsfare bak",
        "actor": "Den som møter personen, deretter kvalifisert behandler",
        "text": "Spør direkte i dag om tanker på å dø, om planer, om nylige brudd, og om siste overdose kan ha vært ment. Ved tegn til fare skal en kvalifisert person vurdere selvmordsrisikoen samme dag. Dokumenter, og følg rutinen for videre kartlegging og oppfølging.",
        "because": "Bak en overdose kan det ligge et ønske om å dø, og ingen ser det sikkert utenfra uten å spørre."
      },
      {
        "id": "alert-passed-on",
        "code": "M30",
        "status": "if_confirmed",
        "urgency": "same_day",
        "title": "Gi varsel om farlige stoffer videre",
        "actor": "Bydel eller kommune",
        "text": "Gi varselet videre til personen og til tjenestene rundt, og snakk om hva som kan gjøres annerledes akkurat nå: ikke bruke alene, mindre doser, nalokson klar. Overdosekoordinatoren i Korus Oslo sender varslene og svarer på spørsmål.",
        "because": "Når stoffet er ukjent sterkt eller forurenset, stiger faren for alle som bruker."
      },
      {
        "id": "medicine-dependence",
        "code": "M15",
        "status": "if_confirmed",
        "urgency": "days",
        "title": "Oppmerksomhet på avhengighet av opioidlegemidler",
        "actor": "Ansatte i tjenestene og fastlegen",
        "text": "Vær særlig oppmerksom på om avhengighet av opioidlegemidler er i ferd med å utvikle seg. Spør om virkning, ekstra doser og hverdagen uten å dømme; mange ser ikke seg selv som avhengige. En opptrapping eller uro er grunn til samtale, aldri til brå stans.",
        "because": "Opioider i legemidler tar flere liv enn heroin, og noen av dem som dør, hadde ingen kontakt med rustjenester."
      }
    ],
    "provenance": {
      "release": "0.4.0"
    }
  },
};

// The element, in the page itself.
const card = document.querySelector("overdose-card");
card.assessment = answer;
card.addEventListener("overdose-card-recommendation-opened", ({ detail }) => {
  document.getElementById("told").textContent = `Åpnet: ${detail.code}`;
});

// The same card in a frame: for systems that will not run another party's script in their own page.
const service = "http://127.0.0.1:8080";
const frame = document.querySelector("iframe");
addEventListener("message", ({ origin, source, data }) => {
  if (origin !== service || source !== frame.contentWindow) return;
  if (data.type !== "overdose-card-size") return;
  frame.height = String(data.height);
  document.getElementById("framed-told").textContent = "";
});
frame.addEventListener("load", () => {
  frame.contentWindow.postMessage({ type: "overdose-card-assessment", assessment: answer, lang: "nb" }, service);
});
frame.src = `${service}/embed/card`;
