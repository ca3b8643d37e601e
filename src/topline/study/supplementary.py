"""Supplementary analyses by name: variants of an endpoint, and their analyses, without writing the endpoint out again."""

from __future__ import annotations

from typing import Any

from topline.study.endpoint_presets import PRESETS


def expand_supplementary(data: Any) -> Any:
    """Return the protocol's data with the endpoints that `supplementary` names, and an analysis of each beside those of the endpoint.

    An endpoint PFS with ``supplementary: [pfs_treatment_policy]`` gets a variant PFSEMA, whose estimand is that of PFS with the strategies
    of the preset; each time-to-event analysis of PFS gets one of PFSEMA. Everything new stands at the end of its list. What isn't a list of
    mappings is left for the models to refuse.
    """
    endpoints = data.get("endpoints") if isinstance(data, dict) else None
    if not isinstance(endpoints, list | tuple):
        return data
    known = [item for item in endpoints if isinstance(item, dict)]
    changed, variants, of = list(endpoints), [], {}
    for number, endpoint in enumerate(endpoints):
        named = endpoint.get("supplementary") if isinstance(endpoint, dict) else None
        if not isinstance(named, list | tuple) or not isinstance(endpoint.get("id"), str):
            continue
        made = [item for item in (_variant(endpoint, item) for item in named if _preset_of(item) in PRESETS) if isinstance(item["id"], str)]
        of[endpoint["id"]] = made
        variants += [item for item in made if item["id"] not in [other.get("id") for other in known]]
        if isinstance(endpoint.get("estimand"), dict):
            own = endpoint["estimand"].get("supplementary", ())
            if not isinstance(own, list | tuple) or not all(isinstance(name, str) for name in own):
                continue
            listed = [*own, *(item["id"] for item in made)]
            changed[number] = endpoint | {"estimand": endpoint["estimand"] | {"supplementary": list(dict.fromkeys(listed))}}
    if not variants:
        return data
    analyses = data.get("analyses")
    if isinstance(analyses, list | tuple):
        analyses = [
            *analyses,
            *(_analysis(item, variant) for item in analyses if _is_time_to_event(item) for variant in of.get(item.get("endpoint"), ())),
        ]
    return data | {"endpoints": [*changed, *variants], "analyses": analyses}


def _is_time_to_event(analysis: Any) -> bool:
    return (
        isinstance(analysis, dict)
        and analysis.get("type") == "time_to_event"
        and all(isinstance(analysis.get(key), str) for key in ("id", "endpoint"))
    )


def _preset_of(item: Any) -> str:
    name = item.get("preset") if isinstance(item, dict) else item
    return name if isinstance(name, str) else ""


def _variant(endpoint: dict[str, Any], item: Any) -> dict[str, Any]:
    own = dict(item) if isinstance(item, dict) else {"preset": item}
    preset = PRESETS[own["preset"]]
    kept = {key: endpoint[key] for key in ("type", "plus_one_day", "sources", "evaluator", "confirmed") if key in endpoint}
    label = f"{endpoint.get('label', endpoint['id'])}, {preset.label}"
    variant = {"id": (endpoint["id"] + preset.suffix)[:8], "label": label} | kept | own
    estimand = endpoint.get("estimand")
    if isinstance(estimand, dict) and "estimand" not in own:
        same = {key: value for key, value in estimand.items() if key not in ("id", "sensitivity", "supplementary", "intercurrent_events")}
        events = [{"event": event, "strategy": strategy} for event, strategy in preset.strategies.items()]
        variant["estimand"] = same | {"id": f"{endpoint['id']}-{own['preset']}", "intercurrent_events": events}
    return variant


def _analysis(analysis: dict[str, Any], variant: dict[str, Any]) -> dict[str, Any]:
    title = analysis.get("title")
    titled = {"title": f"{title}: {variant['label']}"} if isinstance(title, str) else {}
    return analysis | {"id": f"{analysis['id']}_{variant['id'].lower()}"[:40], "endpoint": variant["id"]} | titled
