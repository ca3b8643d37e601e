"""One call of every exported function: the table that the tests of nasty data and of documentation go through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import topline.stats as floor

rng = np.random.default_rng(4)
N = 24
X = rng.normal(size=(N, 2))
GROUP = np.arange(N) % 2
TIME = np.arange(1, N + 1)
EVENT = rng.random(N) < 0.7
TABLE = [[7, 8], [12, 3]]


@dataclass(frozen=True)
class Study:
    """Data of one study: times, events, groups, covariates; and what else a call may take, made from them."""

    time: Any = field(default_factory=lambda: TIME)
    event: Any = field(default_factory=lambda: EVENT)
    group: Any = field(default_factory=lambda: GROUP)
    x: Any = field(default_factory=lambda: X)

    @property
    def n(self) -> int:
        return len(self.time)

    @property
    def middle(self) -> float:
        return (float(np.median(self.time)) if self.n else 0.0) or 1.0

    @property
    def code(self) -> Any:
        return np.asarray(self.event, int) * (1 + np.arange(self.n) % 2)

    @property
    def survival(self) -> dict[str, Any]:
        return {"time": np.asarray(self.time, float), "event": np.asarray(self.event, float)}

    @property
    def entry(self) -> Any:
        return np.asarray(self.time, float) / 3.0 - 0.5

    @property
    def weights(self) -> Any:
        return np.arange(self.n) % 3 + (0.0 if self.n > 2 else 1.0)

    @property
    def labels(self) -> Any:
        return np.arange(self.n) // 2 % 3


def models(s: Study) -> dict[str, Any]:
    return {
        "smaller": floor.cox_regression(s.time, s.event, np.asarray(s.x)[:, :1]),
        "larger": floor.cox_regression(s.time, s.event, s.x),
    }


# What each function of a study takes: always, and besides.
Arguments = Callable[[Study], dict[str, Any]]
STUDIES: dict[str, tuple[Arguments, Arguments]] = {
    "RiskSets": (lambda s: s.survival, lambda s: {"entry": s.entry, "strata": s.labels, "weights": s.weights, "cluster": s.labels}),
    "kaplan_meier": (lambda s: s.survival, lambda s: {"entry": s.entry, "weights": s.weights, "conf_type": "logit", "conf_level": 0.9}),
    "reverse_kaplan_meier": (lambda s: s.survival, lambda s: {"entry": s.entry, "weights": s.weights, "conf_level": 0.9}),
    "logrank_test": (
        lambda s: {**s.survival, "group": s.group},
        lambda s: {"strata": s.labels, "entry": s.entry, "rho": 0.5, "gamma": 1.0, "weight": "fleming-harrington"},
    ),
    "cox_regression": (
        lambda s: {**s.survival, "covariates": s.x},
        lambda s: {
            "entry": s.entry,
            "strata": s.labels,
            "weights": s.weights,
            "offset": 0.1 * s.labels,
            "cluster": s.labels,
            "conf_level": 0.9,
            "ties": "breslow",
        },
    ),
    "penalised_cox_regression": (
        lambda s: {**s.survival, "covariates": s.x},
        lambda s: {
            "entry": s.entry,
            "strata": s.labels,
            "weights": s.weights,
            "offset": 0.1 * s.labels,
            "penalty": "ridge",
            "strength": 1.0,
            "ties": "breslow",
        },
    ),
    "nested_models_test": (models, lambda s: {}),
    "cumulative_incidence": (
        lambda s: {"time": s.survival["time"], "event_code": s.code},
        lambda s: {"cause": 2, "conf_type": "plain", "conf_level": 0.9, "variance": "delta"},
    ),
    "gray_test": (
        lambda s: {"time": s.survival["time"], "event_code": s.code, "group": s.group},
        lambda s: {"cause": 2, "strata": s.labels, "rho": 1.0},
    ),
    "fine_gray": (
        lambda s: {"time": s.survival["time"], "event_code": s.code, "covariates": s.x},
        lambda s: {"cause": 2, "conf_level": 0.9},
    ),
    "rmst_difference": (lambda s: {**s.survival, "group": s.group, "tau": s.middle}, lambda s: {"conf_level": 0.9}),
    "landmark_difference": (lambda s: {**s.survival, "group": s.group, "at": s.middle}, lambda s: {"conf_level": 0.9}),
    "max_combo_test": (lambda s: {**s.survival, "group": s.group}, lambda s: {"strata": s.labels}),
    "permutation_logrank_test": (
        lambda s: {**s.survival, "group": s.group, "n_permutations": 40},
        lambda s: {"strata": s.labels, "seed": 3, "conf_level": 0.9},
    ),
    "bootstrap_hazard_ratio": (
        lambda s: {**s.survival, "covariate": np.asarray(s.x)[:, -1], "n_replicates": 5},
        lambda s: {"strata": s.labels, "ties": "breslow", "seed": 2, "conf_level": 0.9},
    ),
    "parametric_regression": (
        lambda s: {**s.survival, "covariates": s.x},
        lambda s: {"distribution": "log-normal", "entry": np.maximum(s.entry, 0.0), "weights": s.weights, "conf_level": 0.9},
    ),
    "flexible_parametric_regression": (
        lambda s: {**s.survival, "covariates": s.x},
        lambda s: {"df": 2, "scale": "odds", "entry": np.maximum(s.entry, 0.0), "weights": s.weights, "conf_level": 0.9},
    ),
    "multistate": (
        lambda s: {
            "patient": np.arange(s.n),
            "entry": np.zeros(s.n),
            "time": s.survival["time"],
            "from_state": np.zeros(s.n, int),
            "to_state": s.code,
        },
        lambda s: {"entry": s.survival["time"] / 3.0, "from_state": s.labels, "conf_type": "plain", "conf_level": 0.9},
    ),
    "turnbull": (
        lambda s: {"left": s.survival["time"], "right": np.where(s.survival["event"] > 0, s.survival["time"], np.inf)},
        lambda s: {"left": s.survival["time"] / 3.0, "right": s.survival["time"], "weights": s.weights},
    ),
    "logistic_regression": (
        lambda s: {"outcome": s.survival["event"], "covariates": s.x},
        lambda s: {"weights": s.weights, "offset": 0.1 * s.labels, "firth": True, "interval": "profile", "conf_level": 0.9},
    ),
    "count_days": (lambda s: {"day": np.asarray(s.time), "event": np.asarray(s.event, int)}, lambda s: {"group": np.asarray(s.labels)}),
}

# What each function of counts takes, from x1 of n1 and x2 of n2.
Counts = tuple[int, int, int, int]


def square(c: Counts) -> list[list[int]]:
    return [[c[0], c[1] - c[0]], [c[2], c[3] - c[2]]]


COUNTS: dict[str, tuple[Callable[[Counts], dict[str, Any]], dict[str, Any]]] = {
    "proportion_ci": (lambda c: {"successes": c[0], "n": c[1]}, {"method": "wilson", "conf_level": 0.9}),
    "risk_difference": (lambda c: dict(zip(("x1", "n1", "x2", "n2"), c, strict=True)), {"method": "wald", "conf_level": 0.9}),
    "risk_ratio": (lambda c: dict(zip(("x1", "n1", "x2", "n2"), c, strict=True)), {"method": "log", "conf_level": 0.9}),
    "odds_ratio": (lambda c: dict(zip(("x1", "n1", "x2", "n2"), c, strict=True)), {"method": "woolf", "conf_level": 0.9}),
    "fisher_exact": (lambda c: {"table": square(c)}, {"conf_level": 0.9}),
    "chi_squared": (lambda c: {"table": square(c)}, {}),
    "n_minus_1_chi_squared": (lambda c: {"table": square(c)}, {}),
    "cohen_kappa": (lambda c: {"table": square(c)}, {"conf_level": 0.9}),
    "mcnemar_test": (lambda c: {"table": square(c)}, {"method": "mid-p"}),
    "barnard_test": (lambda c: {"table": np.transpose(square(c))}, {}),
    "boschloo_test": (lambda c: {"table": np.transpose(square(c))}, {}),
    "cochran_mantel_haenszel": (lambda c: {"tables": [square(c), square(c)]}, {"correction": True, "conf_level": 0.9}),
    "breslow_day_test": (lambda c: {"tables": [square(c), square(c)]}, {"tarone": False}),
    "cochran_armitage_test": (lambda c: {"successes": [c[0], c[2]], "n": [c[1], c[3]]}, {"scores": np.array([0.0, 4.0])}),
}

# Two samples of numbers.
SAMPLES: dict[str, dict[str, Any]] = {
    "wilcoxon_rank_sum": {"method": "exact"},
    "wilcoxon_signed_rank": {"method": "exact", "zeros": "pratt"},
    "welch_t": {"conf_level": 0.9},
    "hodges_lehmann": {"conf_level": 0.9},
    "geometric_mean_ratio": {"conf_level": 0.9},
    "standardised_difference": {"kind": "continuous", "x_weights": np.array([1.0, 2, 0, 1, 1]), "conf_level": 0.9},
}

# A row of p-values.
P_VALUES = ("benjamini_hochberg", "fixed_sequence", "hochberg", "holm")

# What takes neither data nor counts of its own.
OTHERS: dict[str, Callable[[], dict[str, Any]]] = {
    "bootstrap": lambda: {"statistic": lambda rows: float(np.mean(rows)), "n": 9, "n_replicates": 20, "seed": 1, "conf_level": 0.9},
    "graphical_procedure": lambda: {
        "p_values": [0.01, 0.2, 0.03],
        "weights": [0.5, 0.5, 0.0],
        "transitions": [[0, 0.5, 0.5], [1, 0, 0], [0.2, 0.8, 0]],
        "alpha": 0.1,
    },
    "merge_days": lambda: {"parts": [floor.count_days(TIME, EVENT), floor.count_days(TIME, EVENT)]},
}

FIRST, SECOND = np.array([1.2, 3.0, 2.2, 4.8, 0.7]), np.array([2.0, 3.1, 5.9, 4.0, 1.1])


def function_names() -> list[str]:
    """Every exported function, and the plan that one may start from."""
    results = {name for name in floor.__all__ if isinstance(getattr(floor, name), type) and name != "RiskSets"}
    return [name for name in floor.__all__ if name not in results]


def good_calls() -> dict[str, list[dict[str, Any]]]:
    """Arguments of each function that give an ordinary answer: without and with what is optional."""
    study = Study()
    out = {name: [must(study), {**must(study), **may(study)}] for name, (must, may) in STUDIES.items()}
    out |= {name: [must((7, 15, 12, 15)), {**must((7, 15, 12, 15)), **may}] for name, (must, may) in COUNTS.items()}
    out |= {name: [{"x": FIRST, "y": SECOND}, {"x": FIRST, "y": SECOND, **may}] for name, may in SAMPLES.items()}
    out |= {name: [{"p_values": np.array([0.01, 0.2, 0.03])}] for name in P_VALUES}
    out |= {name: [make()] for name, make in OTHERS.items()}
    return out


def with_methods(result: Any, study: Study) -> list[Any]:
    """Return a result and everything that can be asked of it."""
    out = [result]
    times = [0.0, study.middle, 1e6]
    rows = np.atleast_2d(study.x)[:2]
    if isinstance(result, floor.KaplanMeier):
        out += [result.median, result.quantile(0.25), result.at(study.middle), result.at(times), result.rmst(study.middle)]
    elif isinstance(result, floor.CumulativeIncidence | floor.Turnbull):
        out += [result.at(study.middle), result.at(times)]
    elif isinstance(result, floor.Multistate):
        out += [result.at(times), result.length_of_stay(study.middle), result.length_of_stay(1e6)]
        out += [result.transition_probabilities(study.middle / 2, study.middle), result.transition_probabilities(0.0, 1e6)]
    elif isinstance(result, floor.CoxRegression):
        stratum = result.baseline_hazard().stratum[:1]
        out += [result.concordance, result.baseline_hazard(), *result.profile_interval()]
        out += [result.proportional_hazards_test(transform) for transform in ("km", "rank", "identity", "log")]
        out += [result.predict_survival(rows, times, stratum=stratum[0])] if stratum else []
    elif isinstance(result, floor.DayTable):
        out.append(result.kaplan_meier())
        out += [result.logrank_test()] if len(result.groups) > 1 else []
    elif isinstance(result, floor.RiskSets):
        out = [] if result.n_strata > 1 else [result.kaplan_meier()]
        out.append(result.cox_regression(study.x))
        out += [result.logrank_test(study.group)] if result.weights is None and len(set(study.group)) > 1 else []
    return out
