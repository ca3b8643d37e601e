"""iRECIST: RECIST 1.1 for immunotherapy, where progression must be confirmed (Seymour et al., Lancet Oncol 2017;18:e143-e152).

Until progression, a visit is judged as by RECIST 1.1. Progression is first unconfirmed (iUPD). It is confirmed (iCPD) at a later visit, 28
days on or more, by further growth in what had progressed (target: 5 mm more; non-target: any; new lesions: 5 mm more in their own sum, any
growth, or more of them), or by progression in another category. It is undone by a visit without progression (iSD, iPR, iCR): the bar is
reset, and the next progression is unconfirmed again. New lesions are measured apart and never added to the sum of diameters.
Sources: the guideline's table 2; its FAQ (recist.eortc.org) for growth since the last assessment and for other categories.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Literal

import numpy as np
import polars as pl
from pydantic import Field

from topline.derive.response.criterion import Criterion, Material, TimePoints
from topline.derive.response.from_lesions import LesionSteps, lesion_steps
from topline.derive.response.new_lesions import NOT_THERE, counted_new_lesions
from topline.derive.response.non_target import GROWN, PROGRESSED
from topline.derive.response.overall import without_progression
from topline.study.model import Strict


class Options(Strict):
    """The choices that iRECIST leaves open."""

    growth_mm: float = Field(default=5, ge=0, description="Growth of a sum (target, or new lesions) that confirms progression.")
    growth_since: Literal["last_assessment", "first_unconfirmed"] = Field(
        default="last_assessment", description="Growth is measured from the last iUPD, or from the first of the run of iUPD."
    )
    confirmation_min_days: int = Field(default=28, ge=0, description="A visit earlier after the first iUPD of a run doesn't confirm it.")
    confirmation_max_days: int = Field(default=56, ge=0, description="Later is outside the window of 4 to 8 weeks …")
    late_confirmation: Literal["counts", "ignored"] = Field(default="counts", description="… and confirms all the same, or doesn't.")
    other_category_confirms: bool = Field(default=True, description="Progression in another category confirms an earlier iUPD.")
    repeated_progression_is_growth: bool = Field(
        default=False, description="A non-target lesion recorded once more as unequivocal progression has grown further."
    )
    standing_new_lesion: Literal["unconfirmed", "response"] = Field(
        default="unconfirmed",
        description="An unchanged new lesion keeps the visit iUPD, or a response of the target lesions (iPR) resets the bar all the same.",
    )


def judge(material: Material, options: Options) -> TimePoints:
    """Judge each visit by tables 2 and 3 of the guideline."""
    steps = lesion_steps(material, sizes_of_new=True)
    visits = _ingredients(steps, material)
    word, rule = _run(visits, options)
    last = material.spec.parameters.response_date == "last_scan"
    progressed = pl.col("OVR").is_in(["iUPD", "iCPD"])
    overall = visits.with_columns(pl.Series("OVR", word, dtype=pl.String), pl.Series("RULE", rule, dtype=pl.String)).with_columns(
        pl.when(progressed).then(pl.col("ADT")).otherwise(pl.col("DTLAST" if last else "DTFIRST")).alias("ADT"),
        pl.when(pl.col("N_NEW") > 0).then(pl.lit("Y")).otherwise(pl.lit("N")).alias("NEWLES"),
    )
    return steps.time_points(material.subjects, overall.select(steps.overall.columns).sort("USUBJID", "ADT", "VISIT"))


def _ingredients(steps: LesionSteps, material: Material) -> pl.DataFrame:
    """One row a visit, by patient and day: what target, non-target and new lesions showed there.

    Adds to the overall responses of RECIST 1.1: BASIS (response without progression), T_PD, N_PD, SUM, N_PROGRESSED and N_GREW (non-target
    lesions), N_NEW (new lesions that count so far), NEW_THERE (one is there), NEW_SUM, NEW_GREW.
    """
    measurements = steps.measurements
    states = measurements.filter(pl.col("STATE").is_not_null())
    is_new, grew = pl.col("ROLE") == "NEW", pl.col("STATE").is_in(GROWN)
    other = (
        states.filter(~is_new)
        .group_by("USUBJID", "VISIT")
        .agg(pl.col("STATE").is_in(PROGRESSED).sum().cast(pl.Int64).alias("N_PROGRESSED"), grew.any().alias("N_GREW"))
    )
    new = (
        measurements.filter(is_new)
        .group_by("USUBJID", "VISIT")
        .agg(pl.col("SIZE").sum().alias("NEW_SUM"), grew.any().fill_null(value=False).alias("NEW_GREW"))
    )
    keys = ["USUBJID", "VISIT"]
    visits = steps.overall.join(steps.sums.select(*keys, "SUM", "COMPLETE"), on=keys, how="left").join(
        steps.disease, on="USUBJID", how="left"
    )
    visits = visits.join(other, on=keys, how="left").join(new, on=keys, how="left").join(_new_there(steps, material), on=keys, how="left")
    returned = pl.col("RULE") == "disease after complete response"
    return visits.with_columns(
        without_progression(pl.col("TRGRESP"), pl.col("NTRGRESP")).alias("BASIS"),
        ((pl.col("TRGRESP") == "PD").fill_null(value=False) | returned).alias("T_PD"),
        (pl.col("NTRGRESP") == "PD").fill_null(value=False).alias("N_PD"),
        *(pl.col(name).fill_null(0) for name in ("N_PROGRESSED", "N_NEW", "NEW_SUM")),
        *(pl.col(name).fill_null(value=False) for name in ("N_GREW", "NEW_GREW", "NEW_THERE")),
    ).sort("USUBJID", "DTLAST", "VISIT")


def _new_there(steps: LesionSteps, material: Material) -> pl.DataFrame:
    """USUBJID, VISIT, N_NEW (new lesions that count, shown so far), NEW_THERE (one of them wasn't gone when last looked at)."""
    counted = counted_new_lesions(steps.measurements, steps.lesions, material.spec.parameters).select(
        "USUBJID", "LNKID", pl.col("DT").alias("SINCE")
    )
    looks = steps.measurements.filter((pl.col("ROLE") == "NEW") & (pl.col("STATE").is_not_null() | pl.col("SIZE").is_not_null()))
    gone = pl.col("STATE").is_in(NOT_THERE).fill_null(value=False) | (pl.col("SIZE") == 0).fill_null(value=False)
    looks = looks.select("USUBJID", "LNKID", "DT", gone.alias("GONE"))
    days = steps.overall.select("USUBJID", "VISIT", "DTLAST").join(counted, on="USUBJID").filter(pl.col("SINCE") <= pl.col("DTLAST"))
    seen = days.join(looks, on=["USUBJID", "LNKID"], how="left").filter((pl.col("DT") <= pl.col("DTLAST")).fill_null(value=True))
    last = seen.sort("USUBJID", "VISIT", "LNKID", "DT").group_by("USUBJID", "VISIT", "LNKID", maintain_order=True).last()
    return last.group_by("USUBJID", "VISIT").agg(
        pl.len().cast(pl.Int64).alias("N_NEW"), (~pl.col("GONE").fill_null(value=False)).any().alias("NEW_THERE")
    )


def _run(visits: pl.DataFrame, options: Options) -> tuple[list[str], list[str]]:
    """Go through the visits of all patients at once, each patient's next visit at a time; return the word and the rule of each row.

    Work is linear in the rows; the loop runs as often as the longest patient has visits.
    """
    height = visits.height
    words, rules = np.full(height, "NE", dtype=object), np.full(height, "not evaluable", dtype=object)
    if height == 0:
        return [], []
    column = {name: visits[name].to_numpy() for name in _READ}
    column |= {"SUM": visits["SUM"].cast(pl.Float64).to_numpy(), "BASIS": visits["BASIS"].to_numpy()}
    patient = visits["USUBJID"].rle_id().to_numpy()
    first = np.flatnonzero(np.diff(patient, prepend=-1))
    place = np.arange(height) - first[patient]
    state = _State(len(first))
    in_order = np.argsort(place, kind="stable")
    ends = np.searchsorted(place[in_order], np.arange(place.max() + 2))
    for start, stop in pairwise(ends):
        rows = in_order[start:stop]
        words[rows], rules[rows] = state.step(patient[rows], {name: values[rows] for name, values in column.items()}, options)
    return words.tolist(), rules.tolist()


_READ = ("ADT", "T_PD", "N_PD", "N_PROGRESSED", "N_GREW", "N_NEW", "NEW_THERE", "NEW_SUM", "NEW_GREW")
_I = {"CR": "iCR", "PR": "iPR", "SD": "iSD", "NON-CR/NON-PD": "NON-iCR/NON-iUPD", "NE": "NE", "PD": "iUPD"}


class _State:
    """Where each patient stands between two visits: the run of iUPD, what it was in, and what growth is measured from."""

    def __init__(self, n: int) -> None:
        self.pending, self.confirmed = np.zeros(n, bool), np.zeros(n, bool)
        self.target, self.other, self.new = np.zeros(n, bool), np.zeros(n, bool), np.zeros(n, bool)
        self.since = np.zeros(n, np.int64)
        self.sum, self.new_sum = np.full(n, np.nan), np.zeros(n)
        self.n_progressed, self.n_new, self.n_accepted = (np.zeros(n, np.int64) for _ in range(3))

    def step(self, who: np.ndarray, at: dict[str, np.ndarray], options: Options) -> tuple[np.ndarray, np.ndarray]:
        """Judge one visit of each of some patients, and go on."""
        growth = options.growth_mm * 1_000
        more_new = (at["N_NEW"] > self.n_new[who]) | at["NEW_GREW"] | (at["NEW_SUM"] - self.new_sum[who] >= max(growth, 1))
        # a new lesion that a response was accepted in spite of speaks again only when it grows or another appears
        new = at["NEW_THERE"] & ((at["N_NEW"] > self.n_accepted[who]) | more_new)
        target, other = at["T_PD"], at["N_PD"]
        progressed = target | other | new
        pending = self.pending[who]
        apart = at["ADT"] - self.since[who]
        in_time = (apart >= options.confirmation_min_days) & (
            (apart <= options.confirmation_max_days) | (options.late_confirmation == "counts")
        )
        with np.errstate(invalid="ignore"):
            by_target = target & self.target[who] & (at["SUM"] - self.sum[who] >= growth)
        again = other & options.repeated_progression_is_growth
        by_other = self.other[who] & (at["N_GREW"] | again | (at["N_PROGRESSED"] > self.n_progressed[who]))
        by_new = self.new[who] & new & more_new
        category = (target & ~self.target[who]) | (other & ~self.other[who]) | (new & ~self.new[who])
        by_category = category & options.other_category_confirms
        confirms = pending & in_time & (by_target | by_other | by_new | by_category)
        basis = at["BASIS"]
        answered = np.isin(basis, ("CR", "PR")) & ~target & ~other & pending & self.new[who] & ~more_new
        reset = answered & new & (options.standing_new_lesion == "response")
        confirmed = self.confirmed[who] | confirms
        unconfirmed = ~confirmed & progressed & ~reset
        word = np.array([_I[text] for text in basis], dtype=object)
        word[reset] = "iPR"
        word[unconfirmed], word[confirmed] = "iUPD", "iCPD"
        rule = np.full(len(who), "target and non-target", dtype=object)
        rule[word == "NE"] = "not evaluable"
        rule[unconfirmed] = "unconfirmed progression"
        rule[self.confirmed[who]] = "progression confirmed before"
        for found, text in ((by_category, "another category"), (by_new, "new lesions"), (by_other, "non-target"), (by_target, "target")):
            rule[confirms & ~self.confirmed[who] & found] = f"progression confirmed: {text}"
        self._go_on(who, at, (target, other, new), (unconfirmed, confirmed, ~progressed & (basis != "NE") | reset), options)
        return word, rule

    def _go_on(
        self,
        who: np.ndarray,
        at: dict[str, np.ndarray],
        shown: tuple[np.ndarray, np.ndarray, np.ndarray],
        judged: tuple[np.ndarray, np.ndarray, np.ndarray],
        options: Options,
    ) -> None:
        unconfirmed, confirmed, clear = judged
        self.confirmed[who] = confirmed
        starts = unconfirmed & ~self.pending[who]
        self.since[who[starts]] = at["ADT"][starts]
        noted = unconfirmed if options.growth_since == "last_assessment" else starts
        patients = who[noted]
        self.sum[patients] = np.where(np.isnan(at["SUM"][noted]), self.sum[patients], at["SUM"][noted])
        self.n_progressed[patients], self.n_new[patients] = at["N_PROGRESSED"][noted], at["N_NEW"][noted]
        self.new_sum[patients] = at["NEW_SUM"][noted]
        for mine, seen in zip((self.target, self.other, self.new), shown, strict=True):
            mine[who] = np.where(unconfirmed, seen | (mine[who] & ~starts), mine[who])
        cleared = who[clear & ~confirmed]
        self.pending[who] = unconfirmed | (self.pending[who] & ~clear)
        for mine in (self.target, self.other, self.new):
            mine[cleared] = False
        self.n_accepted[cleared] = at["N_NEW"][clear & ~confirmed]


def progression(overall: pl.DataFrame, options: Any) -> pl.DataFrame:
    """Return USUBJID, PDDT, PDSEQ: the first iUPD of the run that was confirmed, or that no later visit undid (Seymour 2017, iPFS).

    A visit that isn't evaluable undoes nothing. A recorded iCPD without an iUPD before it counts by itself.
    """
    rows = overall.with_columns(
        (~pl.col("CLASS").is_in(["PD", "NE"])).cast(pl.Int32).cum_sum().over("USUBJID").alias("run"),
        (pl.col("OVR") == "iCPD").any().over("USUBJID").alias("ever"),
    ).filter(pl.col("CLASS") != "NE")
    confirmed_run = pl.col("run").filter(pl.col("OVR") == "iCPD").first().over("USUBJID")
    wanted = pl.when("ever").then(confirmed_run).otherwise(pl.col("run").max().over("USUBJID"))
    hits = rows.filter((pl.col("run") == wanted) & (pl.col("CLASS") == "PD")).group_by("USUBJID", maintain_order=True).first()
    return hits.select("USUBJID", pl.col("ADT").alias("PDDT"), pl.col("SEQ").alias("PDSEQ"))


CRITERION = Criterion(
    name="iRECIST",
    source="Seymour L et al. iRECIST: guidelines for response criteria for use in trials testing immunotherapeutics. "
    "Lancet Oncol 2017;18:e143-e152",
    words={"iCR": "CR", "iPR": "PR", "iSD": "SD", "NON-iCR/NON-iUPD": "NON-CR/NON-PD", "iUPD": "PD", "iCPD": "PD", "NE": "NE"},
    judge=judge,
    rules=(
        "Progression by RECIST 1.1 is first unconfirmed (iUPD)",
        "iCPD: at least {confirmation_min_days:g} days later, further growth of what had progressed (target or new lesions by "
        "{growth_mm:g} mm, non-target by any), more new lesions, or progression in another category",
        "A visit without progression in between resets the bar",
        "Progression is dated to the first iUPD that was confirmed, or that no later visit undid",
    ),
    options=Options,
    ends=frozenset({"iCPD"}),
    progression=progression,
    synonyms={
        "CR": "iCR",
        "PR": "iPR",
        "SD": "iSD",
        "UPD": "iUPD",
        "CPD": "iCPD",
        "NON-CR/NON-PD": "NON-iCR/NON-iUPD",
        "NON-ICR/NON-UPD": "NON-iCR/NON-iUPD",
        "NOT EVALUABLE": "NE",
        "INEVALUABLE": "NE",
        "ND": "NE",
        "NA": "NE",
    },
)
