"""Time-to-event endpoints by name: the ordered rules that each preset stands for, and the estimand strategies that follow from them.

Sources: FDA guidance on clinical trial endpoints for cancer drugs (2007, 2018), appendix 3, tables A to C; EMA guideline on anticancer
medicinal products, appendix 1, for treatment policy; for real-world progression-free survival the usual 14 days in which a recorded
progression still belongs to the line before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Rule = dict[str, Any]


@dataclass(frozen=True)
class Preset:
    """The rules of an endpoint by name.

    A rule whose source is ``"$name"`` takes the date source `name` of the endpoint's `sources`; one marked ``optional`` is left out when
    that isn't given, and the rules under ``otherwise`` stand in for it. `suffix` and `label` name a supplementary analysis made of it;
    `strategies` are the estimand strategies that its rules mean.
    """

    events: tuple[Rule, ...]
    censoring: tuple[Rule, ...]
    suffix: str
    label: str
    strategies: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)

    def needs(self) -> set[str]:
        """Names of the date sources that it can't do without."""
        return {_source_name(rule) for rule in (*self.events, *self.censoring) if _source_name(rule) and not rule.get("optional")}

    def rules(self, sources: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields `events`, `censoring` and whatever else the preset sets."""
        return {
            **self.fields,
            "events": _filled(self.events, sources),
            "censoring": _filled(self.censoring, sources),
        }


def _source_name(rule: Rule) -> str:
    source = rule.get("source")
    return source[1:] if isinstance(source, str) and source.startswith("$") else ""


def _filled(rules: tuple[Rule, ...], sources: Mapping[str, Any]) -> list[Rule]:
    result: list[Rule] = []
    for rule in rules:
        name = _source_name(rule)
        plain = {key: value for key, value in rule.items() if key not in ("optional", "otherwise")}
        if name in sources:
            result.append(plain | {"source": sources[name]})
        elif name and rule.get("optional"):
            result += [dict(item) for item in rule.get("otherwise", ())]
        else:
            result.append(plain)
    return result


PROGRESSION: Rule = {"rule": "progression"}
SCHEDULED: Rule = {"rule": "progression", "dated": "scheduled_visit"}
DEATH: Rule = {"rule": "death"}
LAST: Rule = {"rule": "last_assessment"}
ALIVE: Rule = {"rule": "last_known_alive"}
BEFORE_EVENT: tuple[Rule, ...] = ({"rule": "new_therapy"}, {"rule": "missed_visits", "visits": 2})
FDA: tuple[Rule, ...] = ({"rule": "no_baseline"}, *BEFORE_EVENT, LAST)
CLINICAL: Rule = {"rule": "record", "source": "$clinical_progression", "label": "Clinical progression", "dated": "scheduled_visit"}
HYPOTHETICAL = {"death": "composite", "new_therapy": "hypothetical", "missed_visits": "hypothetical"}
POLICY = {"death": "composite", "new_therapy": "treatment_policy", "missed_visits": "treatment_policy"}
RESPONDERS = {"patients": "responders"}

PRESETS: dict[str, Preset] = {
    "pfs_fda_a": Preset((PROGRESSION, DEATH), FDA, "FDAA", "FDA table A: documented progression only", HYPOTHETICAL),
    "pfs_fda_b": Preset((SCHEDULED, DEATH), FDA, "FDAB", "FDA table B: progression at the scheduled visit", HYPOTHETICAL),
    "pfs_fda_c": Preset((SCHEDULED, CLINICAL, DEATH), FDA, "FDAC", "FDA table C: clinical progression counts", HYPOTHETICAL),
    "pfs_treatment_policy": Preset((PROGRESSION, DEATH), (LAST,), "EMA", "treatment policy", POLICY),
    "pfs_missed_visits_ignored": Preset(
        (PROGRESSION, DEATH),
        ({"rule": "no_baseline"}, {"rule": "new_therapy"}, LAST),
        "MV",
        "missed visits ignored",
        HYPOTHETICAL | {"missed_visits": "treatment_policy"},
    ),
    "pfs_new_therapy_event": Preset(
        (PROGRESSION, DEATH, {"rule": "new_therapy_start"}),
        ({"rule": "no_baseline"}, {"rule": "missed_visits", "visits": 2}, LAST),
        "NT",
        "new anticancer therapy counts",
        HYPOTHETICAL | {"new_therapy": "composite"},
    ),
    "overall_survival": Preset((DEATH,), (ALIVE,), "OS", "overall survival", {"death": "composite", "new_therapy": "treatment_policy"}),
    "duration_of_response": Preset(
        (PROGRESSION, DEATH), (*BEFORE_EVENT, LAST), "DOR", "duration of response", HYPOTHETICAL, RESPONDERS | {"start": "first_response"}
    ),
    "time_to_response": Preset(({"rule": "response"},), (LAST,), "TTR", "time to response", {}, RESPONDERS),
    "time_to_progression": Preset((PROGRESSION,), FDA, "TTP", "time to progression", HYPOTHETICAL | {"death": "hypothetical"}),
    "event_free_survival": Preset(
        (
            PROGRESSION,
            {"rule": "new_therapy_start"},
            {**CLINICAL, "source": "$failure", "label": "Treatment failure", "dated": "scan", "optional": True},
            DEATH,
        ),
        (LAST,),
        "EFS",
        "event-free survival",
        {"death": "composite", "new_therapy": "composite", "missed_visits": "treatment_policy"},
    ),
    "disease_free_survival": Preset(
        (
            {
                "rule": "record",
                "source": "$recurrence",
                "label": "Recurrence",
                "optional": True,
                "otherwise": [PROGRESSION | {"label": "Recurrence"}],
            },
            DEATH,
        ),
        ({"rule": "record", "source": "$last_assessment", "label": "No recurrence", "optional": True}, ALIVE),
        "DFS",
        "disease-free survival",
        {"death": "composite", "new_therapy": "treatment_policy"},
    ),
    "time_to_next_treatment": Preset(
        ({"rule": "new_therapy_start"}, DEATH),
        (ALIVE,),
        "TTNT",
        "time to next treatment or death",
        {"death": "composite", "new_therapy": "composite"},
    ),
    "real_world_pfs": Preset(
        ({"rule": "record", "source": "$progression", "label": "Recorded progression", "ignore_first_days": 14}, DEATH),
        ({"rule": "record", "source": "$last_note", "label": "Last clinic note", "optional": True}, ALIVE),
        "RWPFS",
        "real-world progression-free survival",
        {"death": "composite", "new_therapy": "treatment_policy"},
    ),
}
"""Every preset by name."""
