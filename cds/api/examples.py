"""Examples shown in the OpenAPI document. Invented."""

from __future__ import annotations

from typing import Any

REQUEST_EXAMPLES: dict[str, Any] = {
    "released": {
        "summary": "Released from prison five days ago",
        "value": {
            "as_of": "2026-11-20",
            "municipality": "0301",
            "language": "nb",
            "facts": {
                "opioid_use_ever": "yes",
                "agonist_treatment": "no",
                "transitions": {
                    "state": "yes",
                    "items": [
                        {
                            "kind": "prison",
                            "date": "2026-11-15",
                            "days_without_opioids": 120,
                            "opioids_given": "no",
                            "agonist_treatment_kept": "no",
                        }
                    ],
                },
                "benzodiazepine": "yes",
                "overdoses": {
                    "state": "yes",
                    "items": [{"date": "2025-08", "substance": "opioid", "intent": "accident"}],
                },
                "suicidal_thoughts": {"state": "no", "asked_on": "2026-11-20"},
            },
        },
    },
    "prescribed": {
        "summary": "Long-term pain treatment, dose known, alcohol not asked about",
        "value": {
            "as_of": "2026-11-20",
            "language": "en",
            "facts": {
                "prescribed_opioid": "yes",
                "omeq_mg_per_day": {"state": "yes", "value": "52.5"},
                "active_cancer_or_palliative": "no",
                "benzodiazepine": "no",
            },
        },
    },
    "emergency": {
        "summary": "An overdose now",
        "value": {"as_of": "2026-11-20", "facts": {"overdose_now": "yes"}},
    },
}
