/*
 * What a record system would do: ask the service from its own server, hand the answer to the card, listen.
 * The person is invented: released-from-prison.json, asked about in bokmål. Of the answer that the service gives a GP, what
 * the card reads is kept here; `make golden` writes it anew.
 */
"use strict";

const answer = {
  "assessment": {
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
        "actor": "Bydelen",
        "text": "Gi varselet videre til personen og til tjenestene rundt, og snakk om hva som kan gjøres annerledes akkurat nå: ikke bruke alene, mindre doser, nalokson klar. Overdosekoordinatoren i Korus Oslo sender varslene og svarer på spørsmål.",
        "because": "Når stoffet er ukjent sterkt eller forurenset, stiger faren for alle som bruker."
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
        "actor": "Bydelen og ansatte som deler ut",
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
        "id": "opioid-risk-information",
        "code": "M13",
        "status": "recommended",
        "urgency": "days",
        "title": "Informasjon om opioider og overdosefare",
        "actor": "Bydelen og ansatte i tjenestene",
        "text": "Informer om overdosefaren ved metadon, andre substitusjonslegemidler og andre opioider, slik det gjelder for denne personen. Vis til rusinfo.no.",
        "because": "Den som kjenner styrken og varigheten av det som brukes, kan lettere ta vare på seg selv."
      },
      {
        "id": "social-life",
        "code": "M35",
        "status": "recommended",
        "urgency": "days",
        "title": "Ta opp ensomhet, tap og bolig",
        "actor": "Ansatte i aktuelle tjenester",
        "text": "Spør om hvem som er rundt personen, om brudd eller dødsfall den siste tiden, og om hvor personen sover. Ta det med i planen, og koble på NAV eller boligoppfølging når personen vil.",
        "because": "Ensomhet, ferske tap og usikker bolig kan gi håpløshet og tyngre bruk."
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
      },
      {
        "id": "gp-cooperation",
        "code": "M16",
        "status": "if_confirmed",
        "urgency": "days",
        "title": "Samarbeid med fastlegen, med samtykke",
        "actor": "Ansatte i aktuelle tjenester",
        "text": "Be om samtykke og avtal med fastlegen hvem som gjør hva. Ta opp det fastlegen kan bidra med: 113-kortet, nalokson, brukerutstyr og substitusjonsbehandling. Er du fastlegen, ta kontakt med de kommunale tjenestene på samme vis. Avklar først om dette gjelder: Uten samtykke deles ingenting med fastlegen. Er samtykket ukjent, spør først.",
        "because": "For noen av dem som dør, er fastlegen kanskje den eneste som møter dem."
      },
      {
        "id": "pain-treatment-review",
        "code": "M17",
        "status": "if_confirmed",
        "urgency": "days",
        "title": "Gjennomgang av smertebehandlingen",
        "actor": "Den som forskriver",
        "text": "Gå gjennom smertebehandlingen sammen med personen: virkning, ulemper, kombinasjoner, tegn til avhengighet og metoder uten legemidler. Endringer gjøres langsomt og i fellesskap, aldri som brå stans av opioider eller benzodiazepiner. Er dosen nylig satt ned, spør om pust, humør og annet personen tar i stedet.",
        "because": "Opioider på resept sammen med dempende medisin, høy dose eller annen sykdom øker faren, og det gjør også hurtig nedtrapping."
      },
      {
        "id": "nutrition-follow-up",
        "code": "M19",
        "status": "if_confirmed",
        "urgency": "days",
        "title": "Fastlege og tannhelse når ernæringen svikter",
        "actor": "Ansatte i aktuelle tjenester",
        "text": "Svarene viser at det trengs mer enn råd. Avtal med personen å koble på fastlegen, tannhelsetjenesten eller begge.",
        "because": "Undervekt, tannproblemer og sykdom bak dårlig matlyst trenger helsehjelp."
      },
      {
        "id": "discharge-package",
        "code": "M24",
        "status": "if_confirmed",
        "urgency": "days",
        "title": "Tiltak før og etter utskrivning",
        "actor": "Institusjonen, sammen med tjenestene som tar over",
        "text": "Begynn under oppholdet: snakk om overdosefaren etter utskrivning, lær bort livredning med nalokson til personen og de nærmeste, og avtal hvem som tar over hvilken dag. Ved avbrudd gjelder det samme, samme dag.",
        "because": "De første ukene etter utskrivning er ekstra farlige, også når oppholdet gikk som planlagt."
      },
      {
        "id": "no-detox-without-plan",
        "code": "M26",
        "status": "if_confirmed",
        "urgency": "days",
        "title": "Ingen avrusing uten plan for tiden etter",
        "actor": "Den som henviser",
        "text": "Ta samtalen før datoen er satt: hva skal skje etterpå, hvem følger opp, og hvordan holdes en substitusjonsbehandling som er i gang? Mangler planen, hold hjelpen i gang og lag den først, uten å be personen slutte på egen hånd i ventetiden.",
        "because": "Avrusing uten oppfølging senker toleransen og kan øke dødeligheten."
      },
      {
        "id": "first-aid-training",
        "code": "M07",
        "status": "recommended",
        "urgency": "routine",
        "title": "Opplæring i førstehjelp",
        "actor": "Bydelen",
        "text": "Tilby førstehjelpskurs, gjerne sammen med dem personen ferdes med. Sørg for at noen er til å snakke med, for øvingen kan vekke minner om overdose og tap. Det åpne kurset Førstehjelp i det fri går tre ganger i året, og overdosekoordinatoren gir råd.",
        "because": "Ofte er andre til stede når en overdose skjer, og de kan redde liv hvis de vet hvordan."
      },
      {
        "id": "meals-and-food",
        "code": "M21",
        "status": "recommended",
        "urgency": "routine",
        "title": "Mat og måltider",
        "actor": "Ansatte i aktuelle tjenester",
        "text": "Del ut matkortene fra Korus Oslo og fortell om måltider hos frivillige organisasjoner, gjerne der personen kan spise sammen med andre.",
        "because": "Faste måltider og selskap gjør at folk spiser mer, og mat styrker kroppen."
      },
      {
        "id": "dental-rights",
        "code": "M22",
        "status": "recommended",
        "urgency": "routine",
        "title": "Rettigheter til tannbehandling",
        "actor": "Ansatte i aktuelle tjenester",
        "text": "Gi råd og informasjon om hvilke rettigheter personen har til tannbehandling, og hjelp til med å søke eller bestille time.",
        "because": "Vonde tenner gjør det vanskelig å spise, og mange vet ikke at de har rettigheter."
      },
      {
        "id": "documentation-note",
        "code": "M33",
        "status": "recommended",
        "urgency": "routine",
        "title": "Husk dokumentasjon",
        "actor": "Ansatte i aktuelle tjenester",
        "text": "Vurder om det dere gjør nå, er helsehjelp: samtalen, naloksonopplæringen og selvmordsvurderingen kan utløse journalplikt. Dokumenter kort og respektfullt, og si til personen at det skrives.",
        "because": "Regler om dokumentasjon gjelder også når hjelpen gis i en uformell samtale."
      },
      {
        "id": "smoking-cautions",
        "code": "M10",
        "status": "if_confirmed",
        "urgency": "routine",
        "title": "Forsiktighet ved røyking",
        "actor": "Ansatte i aktuelle tjenester",
        "text": "Snakk om lungene: røyking kan gi skade og alvorlige anfall ved astma. Anbefal folie fra tjenesten framfor husholdningsfolie, og minn om at overdose ved røyking oftest skjer sammen med benzodiazepiner eller alkohol.",
        "because": "Røyking gir sjeldnere overdose, men kan gå hardt ut over lungene, og blanding er fortsatt farlig."
      },
      {
        "id": "nutrition-mapping",
        "code": "M18",
        "status": "if_confirmed",
        "urgency": "routine",
        "title": "Kartlegge ernæring",
        "actor": "Ansatte i aktuelle tjenester",
        "text": "Spør om matlyst, hva personen spiste og drakk i går, om det er vanlig for ham eller henne, og om noe ved maten er vanskelig. Skriv ned svarene, og involver fastlege eller tannhelsetjeneste hvis det trengs mer.",
        "because": "Dårlig ernæring svekker kroppen og kan påvirke hva den tåler."
      },
      {
        "id": "food-at-home",
        "code": "M20",
        "status": "if_confirmed",
        "urgency": "routine",
        "title": "Mat hjemme: utstyr og hindringer",
        "actor": "Hjemmetjenesten",
        "text": "Finn ut hva som finnes av kokeutstyr, og hva som hindrer innkjøp, matlaging, oppbevaring og måltider. Finn en praktisk løsning på det som stopper. Avklar først om dette gjelder: Uten bolig er det hjelp med bolig og måltider som trengs, ikke kartlegging av kjøkkenet.",
        "because": "Utstyr, penger og vaner avgjør ofte om det blir mat på bordet."
      },
      {
        "id": "next-of-kin-support",
        "code": "M28",
        "status": "if_confirmed",
        "urgency": "routine",
        "title": "Støtte og opplæring til pårørende",
        "actor": "Ansatte i aktuelle tjenester",
        "text": "Spør de nærmeste hvordan de har det, og tilby støtte for egen del. Lær dem førstehjelp og nalokson. Opplysninger om personen deles bare med samtykke.",
        "because": "Pårørende står nær overdosen, og bærer ofte mye alene."
      }
    ],
    "provenance": {
      "release": "0.8.0"
    }
  }
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
