"""Footnotes: which method and which conventions stand behind the numbers of a table, read off the rows themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from topline.analyze.results import Result
from topline.report.display import NOT_ESTIMABLE, NOT_REACHED
from topline.report.scrub import scrub
from topline.report.words import plain_warning

_WORDS: dict[str, str] = {
    "n": "number of patients",
    "events": "events",
    "censored": "censored",
    "median": "median",
    "quantile": "quantiles",
    "landmark_rate": "rates at fixed times",
    "rmst": "restricted mean",
    "hazard_ratio": "hazard ratio",
    "logrank": "log-rank test",
    "proportional_hazards": "test of proportional hazards",
    "rate": "rate",
    "rate_difference": "difference of rates",
    "odds_ratio": "odds ratio",
    "p_value": "p-value",
    "interaction": "interaction",
    "smd": "standardised difference",
    "follow_up_median": "median follow-up",
    "kappa": "kappa",
    "rdi": "relative dose intensity",
    "percent": "percentages",
    "mean": "mean",
    "sd": "standard deviation",
    "q1": "quartiles",
    "q3": "quartiles",
    "min": "range",
    "max": "range",
    "count": "counts",
}
_PLAIN_KEYS = ("name", "test")
_HIDDEN_KEYS = ("conf_level", "days_per_month")
_TRANSFORMS = {
    "km": "time scaled by the Kaplan–Meier estimate",
    "identity": "time in days",
    "log": "logarithm of time",
    "rank": "ranks of time",
}
_FORMS = {"model": "{} model", "variance": "{} variance", "sided": "{}", "grading": "{}", "sd": "SD with {}", "window": "from {}"}
_NAMES = {
    "log-rank": "log-rank test",
    "clopper-pearson": "exact interval of Clopper and Pearson",
    "wilson": "Wilson's score interval",
    "jeffreys": "Jeffreys interval",
    "mid-p": "mid-p interval",
    "agresti-coull": "interval of Agresti and Coull",
    "wald": "Wald interval",
    "newcombe": "Newcombe's interval",
    "miettinen-nurminen": "interval of Miettinen and Nurminen",
}


def phrase(method: Mapping[str, Any], conf_level: float | None = None) -> str:
    """Return a method as words: ``Kaplan–Meier; log-log 95% confidence interval; quantile: midpoint on a plateau``."""
    level = method.get("conf_level", conf_level)
    percent = f"{float(level) * 100:g}% " if isinstance(level, int | float) else ""
    parts = [_NAMES.get(str(method[key]).lower(), str(method[key])) for key in _PLAIN_KEYS if method.get(key)]
    for key, value in method.items():
        if key in _PLAIN_KEYS or key in _HIDDEN_KEYS or value is None or value == () or value == [] or value == "":
            continue
        parts.append(f"{value} {percent}confidence interval" if key == "interval" else _pair(key, value))
    return "; ".join(parts)


def _pair(key: str, value: Any) -> str:
    words = key.replace("_", " ")
    if key in _FORMS:
        return _FORMS[key].format(value)
    if key == "ties":
        return f"{_capital(str(value))}'s handling of ties"
    if key == "transform":
        return _TRANSFORMS.get(str(value), f"transform: {value}")
    if key in ("strata", "covariates"):
        listed = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        return f"{'stratified by' if key == 'strata' else 'adjusted for'} {listed}"
    if isinstance(value, bool):
        return words if value else f"no {words}"
    if isinstance(value, Mapping):
        return f"{words}: {', '.join(f'{k} {v}' for k, v in value.items())}"
    if isinstance(value, list | tuple):
        return f"{words}: {', '.join(map(str, value))}"
    return f"{words}: {value}"


def method_pairs(rows: Iterable[Result]) -> tuple[tuple[str, str], ...]:
    """Return each method used once: the statistics that it gave, and the method in words."""
    used: dict[str, dict[str, None]] = {}
    for row in rows:
        text = phrase(row.method, row.conf_level)
        if text:
            used.setdefault(text, {})[_WORDS.get(row.statistic, row.statistic)] = None
    return tuple((_capital(", ".join(words)), text) for text, words in used.items())


def method_notes(rows: Iterable[Result]) -> tuple[str, ...]:
    """Return one footnote for each method used, naming the statistics that it gave."""
    return tuple(_note(words, text) for words, text in method_pairs(rows))


def _note(words: str, text: str) -> str:
    return _sentence(text if text.lower().startswith(words.lower()) else f"{words}: {text}")


def warning_notes(rows: Iterable[Result], line: Callable[[Result], str] | None = None) -> tuple[str, ...]:
    """Return each distinct warning of the rows once, without anything that could name a patient.

    `line` gives the printed name of a row's line; a warning then begins with the lines that it speaks of.
    """
    lines: dict[str, dict[str, None]] = {}
    for row in rows:
        for text in row.warnings:
            lines.setdefault(scrub(plain_warning(text)), {})[line(row) if line is not None else ""] = None
    return tuple(_sentence(f"{', '.join(names)}: {text}" if any(names) else text) for text, names in lines.items())


def line_name(label: str, row: Result) -> str:
    """Return the name of a row's line: the label, and in a comparison the statistic, which has a line of its own."""
    return f"{label} ({_WORDS.get(row.statistic, row.statistic)})" if row.reference_group is not None else label


def abbreviation_notes(cells: Iterable[str]) -> tuple[str, ...]:
    """Return what the abbreviations in the cells stand for."""
    words = {word for cell in cells for word in cell.replace("(", " ").replace(")", " ").replace("–", " ").split()}
    known = {
        "CI": "confidence interval",
        NOT_REACHED: "not reached",
        NOT_ESTIMABLE: "not estimable",
    }
    parts = [f"{short}, {text}" for short, text in known.items() if short in words]
    return (f"{'; '.join(parts)}.",) if parts else ()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sentence(text: str) -> str:
    text = _capital(text.strip())
    return text if text.endswith((".", "!", "?")) else f"{text}."
