"""Fine and Gray's model: how covariates move the cumulative incidence of one cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, float_matrix, level
from topline.stats.distributions import normal_two_sided_array, z_for
from topline.stats.result import Result
from topline.stats.survival.competing import cause_number, cause_vector
from topline.stats.survival.cox_newton import independent_columns
from topline.stats.survival.risk_sets import RiskSets


@dataclass(frozen=True, eq=False, repr=False)
class FineGray(Result):
    """A fitted Fine–Gray model.

    Attributes
    ----------
    names, cause, n, events, competing_events
        What was fitted.
    coef, std_error : (p,) arrays
        Log subdistribution hazard ratios with the sandwich standard errors of Fine and Gray (1999).
    hazard_ratio, lower, upper : (p,) arrays
        exp(coef) with its interval.
    z, p_value : (p,) arrays
        Wald statistic and two-sided p-value.
    covariance : (p, p) array
        Sandwich covariance.
    loglik_null, loglik : float
        Weighted partial log-likelihood.
    converged, iterations
        How the fit went.
    warnings : tuple of str
        The reason for every NaN.
    """

    names: tuple[str, ...]
    cause: int
    n: int
    events: int
    competing_events: int
    coef: FloatArray
    std_error: FloatArray
    hazard_ratio: FloatArray
    lower: FloatArray
    upper: FloatArray
    z: FloatArray
    p_value: FloatArray
    covariance: FloatArray
    loglik_null: float
    loglik: float
    converged: bool
    iterations: int
    conf_level: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Layout:
    """Rows by time rank, and the censoring distribution that keeps competing events at risk.

    `own` and `other` mark the rows with the cause and with a competing event; `before` is G(t−), the Kaplan–Meier curve of
    being uncensored just before each distinct time.
    """

    x: FloatArray
    rank: Any
    own: Any
    other: Any
    deaths: FloatArray
    before: FloatArray
    at_risk: FloatArray
    censored: FloatArray


@dataclass(frozen=True, eq=False)
class _State:
    loglik: float
    score: FloatArray
    information: FloatArray
    risk: FloatArray
    means: FloatArray
    jump: FloatArray


def fine_gray(time: Any, event_code: Any, covariates: Any, *, cause: int = 1, conf_level: float = 0.95) -> FineGray:
    """Fit Fine and Gray's proportional subdistribution hazards model.

    Parameters
    ----------
    time : (n,) array
        Follow-up time.
    event_code : (n,) array of int
        0 censored, otherwise the number of the cause.
    covariates : (n, p) array or data frame
        Covariates as numbers.
    cause : int
        The cause of interest.
    conf_level : float
        Level of the intervals.

    Raises
    ------
    InputError
        For NaN, infinity, negative times, arrays of different lengths, codes that are no whole numbers, a cause below
        1.

    Notes
    -----
    Who had a competing event stays at risk with weight G(t−) / G(T−), G being the Kaplan–Meier curve of censoring. Both
    kinds of risk set are running sums, so a fit is O(n·p²) and no row is copied. Breslow's handling of ties and the
    variance with the estimated censoring distribution, as R `cmprsk::crr` (2.2-11).
    """
    conf_level, cause = level(conf_level), cause_number(cause)
    happened, codes = cause_vector(event_code, len(np.atleast_1d(np.asarray(time))))
    plan = RiskSets(time, happened)
    x, names = float_matrix("covariates", covariates, plan.n)
    own, other = codes == cause, happened & (codes != cause)
    centre = x.mean(axis=0)
    spread = x.std(axis=0)
    constant = spread <= 1e-13 * np.abs(centre)
    scale = np.where(constant, 1.0, spread)
    layout = _lay_out((x - centre) / scale * ~constant, plan, own, other)
    p = x.shape[1]
    beta = np.zeros(p)
    state = null = _evaluate(layout, beta)
    active = np.flatnonzero(independent_columns(null.information, float(own.sum())))
    block = np.ix_(active, active)
    converged, iterations = active.size == 0, 0
    notes: list[str] = []
    while not converged and iterations < 50:
        step = np.zeros(p)
        step[active] = np.linalg.solve(state.information[block], state.score[active])
        decrement = float(state.score[active] @ step[active])
        if abs(decrement) < 1e-18:
            beta, converged = beta + step, True
            break
        if abs(decrement) < 1e-6 and (np.abs(step) * np.ptp(layout.x, axis=0)).max() > 0.1:
            break
        iterations += 1
        trial = _evaluate(layout, beta + step)
        while not trial.loglik >= state.loglik - 1e-12 * abs(state.loglik) and np.abs(step).max() > 1e-12:
            step = 0.5 * step
            trial = _evaluate(layout, beta + step)
        beta, state = beta + step, trial
    covariance = np.full((p, p), np.nan)
    coef = np.full(p, np.nan)
    if active.size:
        bread = np.linalg.inv(state.information[block])
        influence = _influence(layout, state)[:, active] @ bread / scale[active]
        covariance[block] = influence.T @ influence
        coef[active] = beta[active] / scale[active]
    if len(active) < p:
        missing = ", ".join(name for j, name in enumerate(names) if j not in set(active.tolist()))
        notes.append(f"not estimable: {missing} (no event of the cause, constant, or a combination of earlier columns)")
    if not converged:
        notes.append("no convergence or separation: do not use the coefficients")
    error = np.sqrt(np.diag(covariance))
    half = z_for(conf_level) * error
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        z = coef / error
        ratio, lower, upper = np.exp(coef), np.exp(coef - half), np.exp(coef + half)
    return FineGray(
        names=names,
        cause=cause,
        n=plan.n,
        events=int(own.sum()),
        competing_events=int(other.sum()),
        coef=coef,
        std_error=error,
        hazard_ratio=ratio,
        lower=lower,
        upper=upper,
        z=z,
        p_value=normal_two_sided_array(z),
        covariance=covariance,
        loglik_null=null.loglik,
        loglik=state.loglik,
        converged=converged,
        iterations=iterations,
        conf_level=conf_level,
        warnings=tuple(notes),
    )


def _lay_out(x: FloatArray, plan: RiskSets, own: Any, other: Any) -> _Layout:
    used, rank = np.unique(plan.rank, return_inverse=True)
    rank = rank.reshape(-1)
    m = len(used)
    at_risk = np.cumsum(np.bincount(rank, minlength=m)[::-1])[::-1].astype(float)
    censored = np.bincount(rank[~plan.event], minlength=m).astype(float)
    curve = np.cumprod(1.0 - censored / at_risk)
    before = np.concatenate([[1.0], curve[:-1]])
    deaths = np.bincount(rank[own], minlength=m).astype(float)
    return _Layout(x, rank, own, other, deaths, before, at_risk, censored)


def _evaluate(layout: _Layout, beta: FloatArray) -> _State:
    m = len(layout.deaths)
    eta = layout.x @ beta
    shift = float(eta.max())
    risk = np.exp(eta - shift)
    s0, s1 = _sums(layout, risk, m)
    d = layout.deaths
    has = d > 0.0
    safe = np.where(has, s0, 1.0)
    means = s1 / safe[:, None] * has[:, None]
    jump = np.where(has, d / safe, 0.0)
    loglik = float((eta[layout.own] - shift).sum()) - float(d @ np.log(safe))
    score = layout.x[layout.own].sum(axis=0) - d @ means
    exposure = _exposure(layout, jump[:, None])[:, 0]
    information = (layout.x * (risk * exposure)[:, None]).T @ layout.x - (means * d[:, None]).T @ means
    return _State(loglik, score, information, risk, means, jump)


def _sums(layout: _Layout, risk: FloatArray, m: int) -> tuple[FloatArray, FloatArray]:
    """Return the weighted sums of r and r·x over each time's risk set."""
    columns = np.column_stack([risk, layout.x * risk[:, None]])
    present = np.stack([np.bincount(layout.rank, weights=c, minlength=m) for c in columns.T], axis=1)
    later = np.cumsum(present[::-1], axis=0)[::-1]
    held = columns[layout.other] / layout.before[layout.rank[layout.other]][:, None]
    place = layout.rank[layout.other]
    gone = np.stack([np.bincount(place, weights=c, minlength=m) for c in held.T], axis=1)
    # A competing event at s counts at s itself as still there, and from the next time on with a weight.
    earlier = np.concatenate([np.zeros((1, gone.shape[1])), np.cumsum(gone, axis=0)[:-1]])
    total = later + layout.before[:, None] * earlier
    return total[:, 0], total[:, 1:]


def _exposure(layout: _Layout, jump: FloatArray) -> FloatArray:
    """Return, for each row, the sum of its weight times `jump` over all times."""
    total = np.cumsum(jump, axis=0)
    weighted = jump * layout.before[:, None]
    after = np.cumsum(weighted[::-1], axis=0)[::-1] - weighted
    out = total[layout.rank]
    at = layout.rank[layout.other]
    out[layout.other] += after[at] / layout.before[at][:, None]
    return np.asarray(out)


def _influence(layout: _Layout, state: _State) -> FloatArray:
    """Return each row's term of the sandwich: its own residual, and its part in estimating the censoring (η + ψ)."""
    rank, x, risk = layout.rank, layout.x, state.risk
    path = state.means * state.jump[:, None]
    own = -(x * _exposure(layout, state.jump[:, None]) - _exposure(layout, path)) * risk[:, None]
    own[layout.own] += x[layout.own] - state.means[rank[layout.own]]
    # q(u): what the weights of competing events before u contribute from u on.
    place = rank[layout.other]
    held = risk[layout.other] / layout.before[place]
    m = len(layout.deaths)
    r0 = np.bincount(place, weights=held, minlength=m)
    r1 = np.stack([np.bincount(place, weights=held * c, minlength=m) for c in x[layout.other].T], axis=1)
    r0, r1 = np.cumsum(r0) - r0, np.cumsum(r1, axis=0) - r1
    weighted = layout.before * state.jump
    tail0 = np.cumsum(weighted[::-1])[::-1]
    tail1 = np.cumsum((state.means * weighted[:, None])[::-1], axis=0)[::-1]
    # Residuals of competing rows at t ≥ u are −w·r·(x − x̄(t))·dΛ(t), for rows whose competing event came before u. On tied
    # days this is cmprsk's convention (s < u ≤ t); strictly a censoring at u touches G(t−) for s ≤ u < t.
    q = r1 * tail0[:, None] - r0[:, None] * tail1
    share = q / layout.at_risk[:, None]
    hazard = np.cumsum(share * (layout.censored / layout.at_risk)[:, None], axis=0)
    psi = -hazard[rank]
    lost = ~(layout.own | layout.other)
    psi[lost] += share[rank[lost]]
    return np.asarray(own + psi)
