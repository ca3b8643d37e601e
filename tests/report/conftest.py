"""Two hand-made studies, a single arm and a comparison, with the rows that their analyses would give."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from topline.analyze.results import AttritionStep, Curve, Result, ResultSet, Waterfall, with_ids
from topline.study.problems import Finding
from topline.study.protocol import Protocol

KM = {"name": "Kaplan–Meier", "interval": "log-log", "quantile": "midpoint on a plateau", "conf_level": 0.95}
HOSTILE = """<script>alert("x")</script> & 'quoted' =cmd()|'/c calc'!A0 $x_1$"""


def curve(analysis: str, endpoint: str, group: str | None, data: Sequence[tuple[float, bool]], every: float = 6.0) -> Curve:
    """Kaplan–Meier by hand, for drawing only."""
    ordered = sorted(data)
    survival, points, marks = 1.0, [], []
    for time in sorted({t for t, _ in ordered}):
        risk = sum(t >= time for t, _ in ordered)
        dead = sum(t == time and event for t, event in ordered)
        survival *= 1 - dead / risk
        if dead:
            half = 1.96 * (survival * (1 - survival) / risk) ** 0.5
            band = (max(survival - half, 0.0), min(survival + half, 1.0)) if 0 < survival < 1 else (None, None)
            points.append((time, survival, *band))
        if any(t == time and not event for t, event in ordered):
            marks.append((time, survival))
    end = max((t for t, _ in ordered), default=0.0)
    grid = [every * i for i in range(int(end / every) + 1)]
    return Curve(
        analysis,
        endpoint,
        group,
        tuple(p[0] for p in points),
        tuple(p[1] for p in points),
        tuple(p[2] for p in points),
        tuple(p[3] for p in points),
        tuple(m[0] for m in marks),
        tuple(m[1] for m in marks),
        tuple(grid),
        tuple(sum(t >= g for t, _ in ordered) for g in grid),
        tuple(sum(t < g and event for t, event in ordered) for g in grid),
    )


def exponential(n: int, median: float, cut: float, seed: int) -> list[tuple[float, bool]]:
    draw = random.Random(seed)
    out = []
    for _ in range(n):
        time, end = draw.expovariate(0.693147 / median), draw.uniform(0.3 * cut, cut)
        out.append((round(min(time, end), 2), time <= end))
    return out


def counts(analysis: str, endpoint: str, group: str | None, x: int, n: int, **more: Any) -> list[Result]:
    both = {"endpoint": endpoint, "group": group, "n": n, **more}
    return [Result(analysis, "count", float(x), **both), Result(analysis, "percent", 100 * x / n, unit="%", **both)]


def single_protocol(**study: Any) -> Protocol:
    """A single-arm study with every kind of analysis but a comparison."""
    return Protocol.model_validate(
        {
            "schema_version": 1,
            "study": {
                "id": "DTC-SYN",
                "title": "Anlotinib with iodine-131 in metastatic thyroid cancer: synthetic twin",
                "design": "single_arm",
                "description": "Twenty patients, one arm.",
                "synthetic": True,
                "sources": ["Front Oncol 2025;15, doi:10.3389/fonc.2025.1622676"],
                "assumptions": ["The data cut-off is 31 March 2025.", "Scans every 12 weeks."],
                "enrolment": {"start": "2022-10-01", "end": "2024-09-30"},
                "cutoff": "2025-03-31",
                **study,
            },
            "records": {"domains": {"DM": None, "EX": None, "TU": None, "TR": None, "AE": None, "LB": None}},
            "treatment": "Anlotinib + ¹³¹I",
            "populations": [
                {"id": "FAS", "label": "Full analysis set", "rules": [{"label": "No iodine uptake", "exclude": "UPTAKE = 'N'"}]},
                {
                    "id": "PPS",
                    "label": "Completed a cycle",
                    "parent": "FAS",
                    "rules": [{"label": "One combined cycle", "include": "CYCLES >= 1", "post_baseline": True}],
                },
            ],
            "schedule": {
                "drugs": [
                    {"drug": "ANLOTINIB", "label": "Anlotinib", "unit": "mg", "cycle_days": 21, "days_on": 14, "dose_levels": [12, 10, 8]}
                ],
                "assessments": {"stages": [{"every_weeks": 12}]},
            },
            "response": {"criterion": "RECIST 1.1", "new_therapy": "CMCAT = 'NEW'"},
            "endpoints": [
                {
                    "id": "PFS",
                    "label": "Progression-free survival",
                    "type": "time_to_event",
                    "preset": "pfs_fda_a",
                    "estimand": {
                        "treatment": "Anlotinib + ¹³¹I",
                        "population": "FAS",
                        "variable": "Time to progression or death",
                        "summary": "median",
                        "intercurrent_events": [
                            {"event": "death", "strategy": "composite"},
                            {"event": "new_therapy", "strategy": "hypothetical"},
                        ],
                        "supplementary": ["PFSEMA"],
                    },
                },
                {"id": "PFSEMA", "label": "PFS, treatment policy", "type": "time_to_event", "preset": "pfs_treatment_policy"},
                {"id": "ORR", "label": "Objective response rate", "type": "response_rate", "responses": ["CR", "PR"]},
                {"id": "DCR", "label": "Disease control rate", "type": "response_rate", "responses": ["CR", "PR", "SD"]},
                {"id": "BIOR", "label": "Thyroglobulin response", "type": "biochemical", "test": "TG", "percent": 25},
            ],
            "analyses": [
                {
                    "id": "baseline",
                    "type": "baseline",
                    "population": "FAS",
                    "variables": [{"variable": "AGE", "type": "continuous"}, {"variable": "SEX", "type": "categorical"}],
                },
                {"id": "follow_up", "type": "follow_up", "population": "FAS", "endpoint": "PFS"},
                {"id": "pfs", "type": "time_to_event", "population": "FAS", "endpoint": "PFS", "landmarks_months": [6, 12]},
                {"id": "response", "type": "response", "population": "FAS", "endpoints": ["ORR", "DCR", "BIOR"]},
                {"id": "tg", "type": "lab_change", "population": "FAS", "endpoint": "BIOR"},
                {"id": "safety", "type": "adverse_events", "population": "FAS"},
                {"id": "exposure", "type": "exposure", "population": "FAS"},
            ],
        }
    )


def single_results() -> ResultSet:
    rng = random.Random(3)
    data = [(round(rng.uniform(6, 24), 1), False) for _ in range(19)] + [(5.5, True)]
    rows: list[Result] = []
    age = {"variable": "Age", "unit": "years", "n": 20, "population": "FAS"}
    for name, value in {"n": 20, "mean": 48.35, "sd": 11.25, "median": 47.5, "q1": 39.75, "q3": 56, "min": 28, "max": 71}.items():
        rows.append(Result("baseline", name, float(value), **age))
    for level, x in (("Male", 4), ("Female", 16), ("Missing", 0)):
        rows += counts("baseline", "", None, x, 20, variable="Sex", level=level)
    reverse = {"name": "reverse Kaplan–Meier", "interval": "log-log"}
    rows.append(
        Result("follow_up", "follow_up_median", 13.68, lower=10.2, upper=None, unit="months", method=reverse, n=20, conf_level=0.95)
    )
    rows.append(Result("follow_up", "follow_up_median", 12.95, unit="months", method={"name": "observed"}, n=20))
    rows += [Result("follow_up", key, v, variable="observed follow-up", unit="months") for key, v in (("min", 5.5), ("max", 23.98))]
    tte = {"endpoint": "PFS", "population": "FAS", "estimand": "PFS"}
    for name, value in (("n", 20), ("events", 1), ("censored", 19)):
        rows.append(Result("pfs", name, float(value), **tte))
    for level, value in (("Disease progression", 1), ("No event by the last adequate assessment", 19)):
        rows.append(Result("pfs", "count", float(value), variable="reason", level=level, **tte))
    why = ("median not reached: the curve stays above 0.5",)
    rows.append(Result("pfs", "median", None, status="not_reached", unit="months", method=KM, warnings=why, conf_level=0.95, **tte))
    for time in (6.0, 12.0):
        rows.append(Result("pfs", "landmark_rate", 0.95, lower=0.695, upper=0.9928, time=time, conf_level=0.95, method=KM, **tte))
    for level, x in (("CR", 0), ("PR", 11), ("SD", 8), ("PD", 1), ("NE", 0)):
        rows += counts("response", "BOR", None, x, 20, level=level)
    exact = {"name": "proportion", "interval": "Clopper–Pearson"}
    for endpoint, x, lower, upper in (("ORR", 11, 0.31528, 0.76942), ("DCR", 19, 0.75127, 0.99873), ("BIOR", 20, 0.83157, 1.0)):
        limits = {"lower": lower, "upper": upper, "conf_level": 0.95}
        rows.append(Result("response", "rate", x / 20, endpoint=endpoint, n=20, events=x, method=exact, **limits))
    for variable, values in (("best change", (20, -78.2, -90.1, -61.5, -99.8, -26.4)), ("last change", (20, -70.4, -88, -50, -99.8, 12.5))):
        for name, value in zip(("n", "median", "q1", "q3", "min", "max"), values, strict=True):
            rows.append(Result("tg", name, float(value), endpoint="BIOR", variable=variable, unit="%" if name != "n" else None))
    for endpoint, x in (
        ("TEAE", 20),
        ("TRAE", 20),
        ("TEAE3", 11),
        ("TRAE3", 10),
        ("SAE", 0),
        ("AEREDUC", 10),
        ("AEDISC", 0),
        ("AEDEATH", 0),
    ):
        rows += counts("safety", endpoint, None, x, 20)
    rows.append(Result("safety", "count", 2.0, endpoint="AEMISS", unit="events"))
    for term, x, severe in (("Hypertension", 14, 7), ("Proteinuria", 9, 1), ("Hand-foot syndrome", 8, 2), ("Fatigue", 6, 0)):
        for endpoint, value in (("TEAE", x), ("TEAE3", severe), ("TRAE", x - 1), ("TRAE3", severe)):
            rows += counts("safety", endpoint, None, value, 20, variable="AEDECOD", level=term)
    drug = {"variable": "Anlotinib"}
    for name, value in (("n", 20), ("mean", 14.35), ("median", 13), ("min", 4), ("max", 30)):
        rows.append(Result("exposure", name, float(value), endpoint="CYCLES", **drug))
    for name, value in (("median", 290), ("min", 84), ("max", 640)):
        rows.append(Result("exposure", name, float(value), endpoint="DURATION", unit="days", **drug))
    for endpoint, x in (("REDUCED", 10), ("INTERRUPTED", 6), ("DELAYED", 3), ("REESCALATED", 1), ("DISCONTINUED", 2)):
        rows += counts("exposure", endpoint, None, x, 20, **drug)
    rows += counts("exposure", "DISCONTINUED", None, 2, 20, level="Progressive disease", **drug)
    rows.append(Result("exposure", "count", 12.0, endpoint="REDUCTIONS", unit="steps", **drug))
    for level, value in (("mean", 0.893), ("median", 0.917), ("min", 0.61), ("max", 1.0)):
        rows.append(Result("exposure", "rdi", value, endpoint="RDI", level=level, **drug))
    best = tuple(sorted((round(rng.uniform(-75, 5), 1) for _ in range(18)), reverse=True))
    category = tuple("PR" if v <= -30 else "SD" for v in best)
    return ResultSet(
        with_ids(rows),
        (curve("pfs", "PFS", None, data, 3.0),),
        (
            Waterfall("response", "Best change of the sum of diameters", (31.2, *best), ("PD", *category), 1),
            Waterfall("tg", "Best change of thyroglobulin", tuple(v - 20 for v in best), ("fall ≥ 25%",) * 18),
        ),
        (
            AttritionStep("FAS", "Patients in the records", 22, 0, "start"),
            AttritionStep("FAS", "No iodine uptake", 20, 2, "exclude"),
            AttritionStep("FAS", "Full analysis set", 20, 0, "end"),
            AttritionStep("PPS", "Full analysis set", 20, 0, "start"),
            AttritionStep("PPS", "One combined cycle", 19, 1, "include", True),
            AttritionStep("PPS", "Completed a cycle", 19, 0, "end"),
        ),
        (
            Finding("REC-0007", "warning", "the date 2023-05 of DTC-004 is partial", "ae.csv", 12, "AESTDTC", "2023-05", subject="DTC-004"),
            Finding("REC-0007", "warning", "the date 2023-06 of DTC-009 is partial", "ae.csv", 15, "AESTDTC", "2023-06", subject="DTC-009"),
            Finding("DER-0002", "note", "a visit was unscheduled", subject="DTC-011"),
        ),
        {"ties": "efron", "km_interval": "log-log"},
        {"id": "DTC-SYN"},
        (("DTC-001", "DTC-004", "DTC-009"),),
    )


def two_arm_protocol(long: bool = False, **study: Any) -> Protocol:
    """A cohort with two groups; with `long`, every name is hostile to layout and to renderers."""
    first = f"Combination 联合治疗组 of an antiangiogenic drug with {HOSTILE}" if long else "Combination"
    second = "非联合治疗组（含化疗）without the addition of apatinib or anlotinib" if long else "Non-combination"
    comparison = {
        "test": "log_rank",
        "strata": ["REGION"],
        "covariates": [{"variable": "AGE", "type": "continuous"}, {"variable": "ECOG", "type": "categorical", "reference": "0"}],
    }
    return Protocol.model_validate(
        {
            "schema_version": 1,
            "study": {
                "id": "NPC-SYN",
                "title": f"鼻咽癌 cohort {HOSTILE}" if long else "Antiangiogenic drug with anti-PD-1 in nasopharyngeal carcinoma",
                "design": "cohort",
                **study,
            },
            "records": {"domains": {"DM": None, "EX": None, "AE": None, "RS": None}},
            "populations": [{"id": "FAS", "label": "Full analysis set"}],
            "groups": {
                "variable": "ARM",
                "levels": [{"value": "A", "label": first}, {"value": "B", "label": second}],
                "reference": "B",
            },
            "response": {"entry": "recorded_visits"},
            "endpoints": [
                {"id": "PFS", "label": "Progression-free survival", "type": "time_to_event", "preset": "pfs_treatment_policy"},
                {"id": "OS", "label": "Overall survival", "type": "time_to_event", "preset": "overall_survival"},
                {"id": "ORR", "label": "Objective response rate", "type": "response_rate", "responses": ["CR", "PR"]},
            ],
            "analyses": [
                {
                    "id": "baseline",
                    "type": "baseline",
                    "population": "FAS",
                    "variables": [{"variable": "AGE", "type": "continuous"}, {"variable": "ECOG", "type": "categorical"}],
                },
                {"id": "follow_up", "type": "follow_up", "population": "FAS", "endpoint": "OS"},
                {
                    "id": "pfs",
                    "type": "time_to_event",
                    "population": "FAS",
                    "endpoint": "PFS",
                    "comparison": comparison,
                    "quantiles": [0.25],
                    "subgroups": [{"variable": "SEX"}, {"variable": "AGEGR1"}],
                },
                {"id": "os", "type": "time_to_event", "population": "FAS", "endpoint": "OS", "comparison": {"test": "log_rank"}},
                {
                    "id": "response",
                    "type": "response",
                    "population": "FAS",
                    "endpoints": ["ORR"],
                    "comparison": {"test": "chi_squared"},
                },
                {"id": "safety", "type": "adverse_events", "population": "FAS", "comparison": {"test": "fisher"}},
            ],
        }
    )


def two_arm_results(protocol: Protocol) -> ResultSet:
    assert protocol.groups is not None
    first, second = (level.label for level in protocol.groups.levels)
    pair = {"group": first, "reference_group": second}
    sizes = {first: 65, second: 89, None: 154}
    rows: list[Result] = []
    for group, n in sizes.items():
        for name, value in (("n", n), ("mean", 51.24), ("sd", 10.05), ("median", 51.5), ("q1", 44), ("q3", 58), ("min", 21), ("max", 79)):
            rows.append(Result("baseline", name, float(value), variable="Age", unit="years", group=group, n=n))
        for level, x in (("0", 20), ("1", n - 23), ("Missing", 3)):
            rows += counts("baseline", "", group, x, n - 3, variable="ECOG", level=level)
        if level == "Missing":
            rows.pop()
    rows.append(Result("baseline", "smd", -0.1249, variable="Age", **pair))
    rows.append(Result("baseline", "smd", 0.034, variable="ECOG", **pair))
    for group, value in ((first, 28.9), (second, 28.2), (None, 28.7)):
        method = {"name": "reverse Kaplan–Meier", "interval": "log-log"}
        rows.append(Result("follow_up", "follow_up_median", value, lower=25.0, upper=31.0, group=group, unit="months", method=method))
    cox = {"name": "Cox", "ties": "Efron", "interval": "Wald"}
    curves = []
    for analysis, endpoint, medians, ratio in (
        ("pfs", "PFS", (20.8, 8.2), (0.4649, 0.32, 0.69)),
        ("os", "OS", (34.7, 23.6), (0.58, 0.35, 0.96)),
    ):
        for i, group in enumerate((first, second)):
            data = exponential(int(sizes[group] or 0), medians[i], 60, 11 + i)
            events = sum(event for _, event in data)
            own = {"endpoint": endpoint, "group": group, "population": "FAS"}
            for name, value in (("n", len(data)), ("events", events), ("censored", len(data) - events)):
                rows.append(Result(analysis, name, float(value), **own))
            rows.append(
                Result(
                    analysis,
                    "median",
                    medians[i],
                    lower=medians[i] * 0.8,
                    upper=None if i == 0 else medians[i] * 1.3,
                    unit="months",
                    method=KM,
                    **own,
                )
            )
            rows.append(Result(analysis, "quantile", medians[i] / 2.4, level="0.25", unit="months", lower=1.0, upper=9.0, method=KM, **own))
            curves.append(curve(analysis, endpoint, group, data))
        both = {"endpoint": endpoint, **pair}
        rows.append(Result(analysis, "logrank", 15.43, p_value=0.0000856, method={"name": "log-rank"}, **both))
        limits = {"lower": ratio[1], "upper": ratio[2], "conf_level": 0.95}
        rows.append(Result(analysis, "hazard_ratio", ratio[0], p_value=0.0001, method={**cox, "model": "unadjusted"}, **limits, **both))
        rows.append(
            Result(analysis, "proportional_hazards", 0.61, p_value=0.4349, method={"name": "score test", "transform": "km"}, **both)
        )
    both = {"endpoint": "PFS", **pair}
    limits = {"lower": 0.33, "upper": 0.72, "conf_level": 0.95}
    rows.append(Result("pfs", "logrank", 13.1, p_value=0.0003, method={"name": "log-rank", "strata": ["REGION"]}, **both))
    stratified = {**cox, "model": "stratified", "strata": ["REGION"]}
    rows.append(Result("pfs", "hazard_ratio", 0.488, p_value=0.0003, method=stratified, **limits, **both))
    adjusted = {**cox, "model": "adjusted", "covariates": ["AGE", "ECOG"]}
    rows.append(Result("pfs", "hazard_ratio", 0.478, p_value=0.0004, method=adjusted, **limits, **both))
    rows.append(Result("pfs", "hazard_ratio", 1.01, lower=0.99, upper=1.03, p_value=0.31, variable="Age", endpoint="PFS", method=adjusted))
    rows.append(
        Result("pfs", "hazard_ratio", 1.4, lower=0.9, upper=2.2, p_value=0.14, variable="ECOG", level="1", endpoint="PFS", method=adjusted)
    )
    for variable, levels in (
        ("Sex", (("Men", 0.44, 0.28, 0.7), ("Women", 0.55, 0.2, 1.5))),
        ("Age", (("<65", 0.4, 0.3, 0.6), ("≥65", None, None, None))),
    ):
        for level, value, lower, upper in levels:
            inside = {"endpoint": "PFS", "variable": variable, "subgroup": level}
            for group, n, events in ((first, 40, 22), (second, 55, 41)):
                rows.append(Result("pfs", "n", float(n), group=group, **inside))
                rows.append(Result("pfs", "events", float(events), group=group, **inside))
            status = "ok" if value is not None else "not_estimable"
            warnings = () if value is not None else ("no events in one group",)
            ends = {"lower": lower, "upper": upper, "status": status, "warnings": warnings, "method": cox}
            rows.append(Result("pfs", "hazard_ratio", value, **ends, **inside, **pair))
        rows.append(
            Result("pfs", "interaction", 0.2, p_value=0.655, variable=variable, endpoint="PFS", method={"name": "likelihood ratio"})
        )
    for group, shares in ((first, (2, 29, 28, 6, 0)), (second, (1, 27, 45, 14, 2))):
        for level, x in zip(("CR", "PR", "SD", "PD", "NE"), shares, strict=True):
            rows += counts("response", "BOR", group, x, sum(shares), level=level)
        x = sum(shares[:2])
        own = {"endpoint": "ORR", "group": group, "n": sum(shares), "events": x, "lower": 0.2, "upper": 0.61, "conf_level": 0.95}
        rows.append(Result("response", "rate", x / sum(shares), method={"name": "proportion", "interval": "Clopper–Pearson"}, **own))
    both = {"endpoint": "ORR", **pair, "conf_level": 0.95}
    rows.append(Result("response", "rate_difference", 0.1623, lower=-0.0012, upper=0.31, method={"interval": "Newcombe"}, **both))
    rows.append(Result("response", "odds_ratio", 1.986, lower=1.02, upper=3.9, **both))
    rows.append(Result("response", "p_value", 0.0409, p_value=0.0409, method={"name": "chi-squared test"}, **both))
    for group, n in ((first, 65), (second, 89)):
        for endpoint, x in (("TEAE", n), ("TRAE", n - 4), ("TRAE3", n // 3), ("SAE", 5), ("TRDEATH", 0)):
            rows += counts("safety", endpoint, group, x, n)
        for term, x in (("Hypertension", 30), ("Fatigue", 12), (HOSTILE, 1)):
            for endpoint, value in (("TRAE", x), ("TRAE3", x // 3)):
                rows += counts("safety", endpoint, group, value, n, variable="AEDECOD", level=term)
    rows.append(Result("safety", "p_value", 1.0, p_value=1.0, endpoint="TRAE", method={"name": "Fisher's exact test"}, **pair))
    steps = (AttritionStep("FAS", "Patients in the records", 154, 0, "start"), AttritionStep("FAS", "Full analysis set", 154, 0, "end"))
    return ResultSet(with_ids(rows), tuple(curves), (), steps)


@pytest.fixture(scope="session")
def single() -> tuple[ResultSet, Protocol]:
    return single_results(), single_protocol()


@pytest.fixture(scope="session")
def two_arm() -> tuple[ResultSet, Protocol]:
    protocol = two_arm_protocol()
    return two_arm_results(protocol), protocol


@pytest.fixture(scope="session")
def hostile() -> tuple[ResultSet, Protocol]:
    protocol = two_arm_protocol(long=True, synthetic=True, assumptions=[HOSTILE], sources=[HOSTILE])
    return two_arm_results(protocol), protocol
