"""The words that make endpoint phrases: heads, modifiers that add nothing, modifiers that make another endpoint."""

from __future__ import annotations

import re

__all__ = [
    "ABSORBED",
    "ACRONYM",
    "ADJECTIVE",
    "DISEASES",
    "MEASURES",
    "NEUTRAL",
    "OUTER",
    "SURVIVALS",
    "TERM",
    "TIED",
]

# fmt: off
MEASURES = frozenset(
    {
        "ability", "accuracy", "adherence", "anxiety", "attendance", "benefit", "clearance", "completion", "compliance", "complication",
        "complications", "concentration", "concentrations", "consumption", "control", "conversion", "cost", "costs", "count", "counts",
        "death", "deaths", "dehiscence", "depression", "detection", "deterioration", "discontinuations", "disorder", "disorders",
        "distress", "downstaging", "duration", "dysfunction", "effects", "embolism", "engraftment", "events", "expression", "failure",
        "failures", "fibrosis", "fistula", "fraction", "freedom", "gvhd", "healing", "hospitalisation", "hospitalization",
        "hospitalizations", "improvement", "index", "infection", "infections", "injury", "involvement", "leak", "leakage", "length",
        "level", "levels", "loss", "metastases", "metastasis", "mortality", "necrosis", "obstruction", "participation", "perforation",
        "positivity", "preservation", "progression", "reaction", "reactions", "readmission", "readmissions", "recurrence", "recurrences",
        "regression", "relapse", "relapses", "relief", "remission", "remissions", "reoperation", "resection", "resections", "resolution",
        "response", "responses", "retention", "satisfaction", "score", "scores", "sensitivity", "specificity", "stabilisation",
        "stabilization", "stay", "stenosis", "survival", "symptom", "symptoms", "thrombosis", "time", "toxicities", "toxicity",
        "transfusion", "transfusions", "uptake", "volume", "weight", "withdrawal", "withdrawals", "worsening", "yield",
    }
)
TERM = re.compile(r"(?:pa?enia|(?<!leuk)(?<!leuka)a?emia|itis|algia|opathy|rrho?ea|uria|pno?ea|o?edema|plegia|paresis|asthenia)s?$")
ACRONYM = re.compile(r"m?[A-Z-]{1,7}FS$")
ABSORBED = frozenset({"time", "duration", "response", "benefit", "events", "event", "probability", "incidence", "occurrence", "status"})
SURVIVALS = frozenset(  # words that make another survival
    {
        "cancer-related", "event", "failure", "flap", "free", "graft", "implant", "kidney", "limb", "net", "post-progression",
        "postprogression", "relative", "specific", "symptom",
    }
)
OUTER = frozenset({"decrease", "decreases", "elevation", "elevations", "increase", "increases", "reduction", "reductions"})
DISEASES = frozenset({"hepatitis", "cystitis"})
NEUTRAL = frozenset(
    {
        "absolute", "acceptable", "actual", "actuarial", "additional", "adjusted", "adverse", "all", "all-grade", "any", "any-grade",
        "associated", "average", "baseline", "best", "better", "cancer", "clinical", "common", "comparable", "confirmed",
        "corresponding", "crude", "cumulative", "decreased", "difference", "different", "disease", "dose-limiting", "drug-related",
        "equivalent", "estimated", "excellent", "expected", "experienced", "few", "fewer", "final", "first", "frequent", "good",
        "grade", "grades", "greater", "high", "high-grade", "higher", "highest", "improved", "increased", "individual", "inferior",
        "initial", "kaplan-meier", "less", "long", "long-term", "longer", "low", "low-grade", "lower", "lowest", "main", "major",
        "many", "marked", "mean", "median", "mild", "moderate", "month", "more", "most", "new", "objective", "observed", "only",
        "overall", "patient", "patients", "pooled", "poor", "possible", "post-treatment", "potential", "predominant", "preoperative",
        "previous", "primary", "principal", "prior", "prolonged", "reduced", "relative", "reported", "respective", "respectively",
        "radiographic", "radiologic", "radiological",
        "same", "second", "secondary", "selected", "serious", "several", "severe", "short", "short-term", "shorter", "significant",
        "similar", "single", "statistical", "study", "subjective", "subsequent", "substantial", "superior", "therapy-related", "total",
        "treatment", "treatment-related", "trend", "true", "tumor", "tumour", "unadjusted", "updated", "various", "worse", "year",
    }
)
TIED = frozenset(  # nouns that make another endpoint of a known one: "wound infection", "PSA response"
    {
        "airway", "back", "biomarker", "bone", "brain", "breast", "ca-125", "ca125", "cancer-related", "catheter", "chest", "cns",
        "distant", "donor", "dry", "graft", "heart", "hot", "injection", "injection-site", "joint", "liver", "lung", "lymph", "marker",
        "molecular", "muscle", "neck", "node", "port", "psa", "rectal", "site", "skin", "stomach", "stroke", "symptom", "urinary",
        "wound",
    }
)
ADJECTIVE = re.compile(r"(?:al|ic|ous|ary|ar|[^t]ive|oid|ory|-free|-specific|-onset)$")
# fmt: on
