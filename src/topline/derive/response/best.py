"""Best overall response, without and with confirmation (RECIST 1.1, section 4.4 and table 3; choices: clinical rules, section 10)."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from topline.derive.origin import with_origin
from topline.derive.runs import at_end, count_so_far, first_rows, fold_runs, last_rows, number_in_run
from topline.study.response_spec import RecistParameters

ORDER = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE")
"""From best to worst."""
_RANK = {response: rank for rank, response in enumerate(ORDER)}
_CARRIED = ("i", "ADT", "OVR", "NE_SO_FAR", "SD_SO_FAR", "PR_SO_FAR", "WORSE_SO_FAR", "MISSED_SO_FAR")
_STABLE = ("SD", "NON-CR/NON-PD")


def assessments_for_best(
    overall: pl.DataFrame,
    subjects: pl.DataFrame,
    new_therapy: pl.DataFrame,
    parameters: RecistParameters,
    ends: Collection[str] = ("PD",),
) -> pl.DataFrame:
    """Return the overall responses that count for best response: up to the first PD, and not after new anticancer therapy.

    An assessment on the first day of new therapy counts, unless the protocol uses those after it as well.

    Parameters
    ----------
    overall : DataFrame
        See `overall.derive_overall`.
    subjects : DataFrame
        USUBJID, ORIGDT.
    new_therapy : DataFrame
        USUBJID, NEWTXDT (first day of new anticancer therapy).
    ends : collection of str
        The responses after which no visit counts.

    Returns
    -------
    DataFrame
        The rows, with LONG (bool: late enough after the origin for stable disease).
    """
    rows = with_origin(overall, subjects).join(new_therapy.select("USUBJID", "NEWTXDT"), on="USUBJID", how="left")
    if parameters.after_new_therapy != "used":
        before = (
            pl.col("ADT") < pl.col("NEWTXDT") if parameters.after_new_therapy == "strictly_before" else pl.col("ADT") <= pl.col("NEWTXDT")
        )
        rows = rows.filter(before.fill_null(value=True))
    rows = rows.sort("USUBJID", "ADT", "VISIT")
    ended = pl.col("OVR").is_in(list(ends))
    rows = rows.filter(count_so_far(ended, "USUBJID") - ended.cast(pl.Int64) == 0)
    elapsed = pl.col("ADT") - pl.col("ORIGDT") + (1 if parameters.stable_disease_clock == "study_day" else 0)
    long = elapsed >= parameters.stable_disease_min_days
    if not parameters.non_cr_non_pd_needs_min_days:
        long |= pl.col("CLASS" if "CLASS" in rows.columns else "OVR") == "NON-CR/NON-PD"
    return rows.with_columns(long.alias("LONG")).drop("NEWTXDT")


def best_response(rows: pl.DataFrame, subjects: pl.DataFrame, parameters: RecistParameters) -> pl.DataFrame:
    """Return the best response of every patient, no confirmation required.

    SD or NON-CR/NON-PD before the minimum duration counts as NE (so that a later PD makes the best response PD).

    Returns
    -------
    DataFrame
        USUBJID, BOR, BORDT (day of the assessment that decided), BORSEQ (its number among the patient's assessments, from 1).
    """
    early = pl.col("OVR").is_in(_STABLE) & ~pl.col("LONG")
    return _pick(rows.with_columns(pl.when(early).then(pl.lit("NE")).otherwise(pl.col("OVR")).alias("value")), subjects, "BOR", parameters)


def confirmed_response(rows: pl.DataFrame, subjects: pl.DataFrame, parameters: RecistParameters) -> pl.DataFrame:
    """Return the best response of every patient, confirmation required.

    CR is confirmed by a later CR, PR by a later PR or CR, at least `confirmation_days` later, with at most `confirmation_max_ne` NE and
    nothing worse between (SD between two PR as the protocol allows). A response that is not confirmed counts as SD when it is late enough
    for stable disease, else as NE; an early CR followed by less than a CR counts as PD (table 3).

    Parameters
    ----------
    rows : DataFrame
        As `assessments_for_best`, with CONFIRMED (see `with_confirmation`).

    Returns
    -------
    DataFrame
        USUBJID, CBOR, CBORDT, CBORSEQ.
    """
    less = pl.col("OVR").is_in(["PR", "SD", "NON-CR/NON-PD"])
    so_far = count_so_far(less, "USUBJID")
    less_later = so_far < at_end(so_far, "USUBJID")
    value = (
        pl.when(pl.col("OVR").is_in(["PD", "NE"]))
        .then(pl.col("OVR"))
        .when(pl.col("CONFIRMED"))
        .then(pl.col("OVR"))
        .when(pl.col("LONG"))
        .then(pl.when(pl.col("OVR") == "NON-CR/NON-PD").then(pl.col("OVR")).otherwise(pl.lit("SD")))
        .when((pl.col("OVR") == "CR") & less_later)
        .then(pl.lit("PD"))
        .otherwise(pl.lit("NE"))
    )
    return _pick(rows.with_columns(value.alias("value")), subjects, "CBOR", parameters)


def partial_confirmed_on(rows: pl.DataFrame, parameters: RecistParameters) -> pl.DataFrame:
    """Return USUBJID, PRCONFDT: the first day by which a PR was confirmed (by a PR or CR), of those patients who have one.

    Parameters
    ----------
    rows : DataFrame
        USUBJID, ADT, OVR, in order within the patient.
    """
    partial = confirmation_pairs(rows, parameters)[0].filter((pl.col("OVR") == "PR") & pl.col("CONFIRMS"))
    return partial.group_by("USUBJID", maintain_order=True).agg(pl.col("J_ADT").min().alias("PRCONFDT"))


def first_responses(rows: pl.DataFrame, parameters: RecistParameters) -> pl.DataFrame:
    """Return USUBJID, RESPDT, RESPSEQ (first CR or PR), CRESPDT, CRESPSEQ (first that was confirmed), CTRLDAYS, of the patients with rows.

    CTRLDAYS is how many days after the time origin disease was last seen under control (SD, NON-CR/NON-PD or better).

    Parameters
    ----------
    rows : DataFrame
        As `assessments_for_best`, with OVR in the classes of RECIST 1.1, SEQ and CONFIRMED (see `with_confirmation`).
    """
    controlled = rows.filter(~pl.col("OVR").is_in(["PD", "NE"]))
    patients = first_rows(rows.select("USUBJID"), "USUBJID")
    for name, kept in (("RESP", rows.filter(pl.col("OVR").is_in(["CR", "PR"]))), ("CRESP", rows.filter("CONFIRMED"))):
        found = first_rows(kept, "USUBJID").select("USUBJID", pl.col("ADT").alias(name + "DT"), pl.col("SEQ").alias(name + "SEQ"))
        patients = patients.join(found, on="USUBJID", how="left", maintain_order="left")
    last = last_rows(controlled, "USUBJID").select("USUBJID", (pl.col("ADT") - pl.col("ORIGDT")).alias("CTRLDAYS"))
    return patients.join(last, on="USUBJID", how="left", maintain_order="left")


def with_confirmation(rows: pl.DataFrame, parameters: RecistParameters) -> pl.DataFrame:
    """Add CONFIRMED: whether a later assessment confirms the CR or PR of this one (false for other responses)."""
    pairs, numbered = confirmation_pairs(rows, parameters)
    confirmed = pairs.filter("CONFIRMS")["i"].unique()
    return numbered.with_columns(pl.col("i").is_in(confirmed.implode()).alias("CONFIRMED")).select(*rows.columns, "CONFIRMED")


def confirmation_pairs(rows: pl.DataFrame, parameters: RecistParameters) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return every pair of a CR or PR and a later CR or PR, with what tells whether the later confirms it; and the rows numbered from 0.

    Parameters
    ----------
    rows : DataFrame
        USUBJID, ADT, OVR, and MISSED where the protocol has a schedule; a patient's rows stand together, in order.

    Returns
    -------
    pairs : DataFrame
        USUBJID; i, ADT, OVR of the earlier and J_i, J_ADT, J_OVR of the later; between_NE, between_SD, between_PR, between_worse (visits of
        each kind between them); CONFIRMS.
    numbered : DataFrame
        `rows` with i.
    """
    kinds = {"NE_SO_FAR": ["NE"], "SD_SO_FAR": ["SD"], "PR_SO_FAR": ["PR"], "WORSE_SO_FAR": ["PD", "NON-CR/NON-PD"]}
    # counts run on from patient to patient: only differences within one are used
    numbered = rows.with_row_index("i").with_columns(
        pl.col("i").cast(pl.Int64),
        (pl.col("MISSED").cum_sum() if "MISSED" in rows.columns else pl.lit(0)).cast(pl.Int64).alias("MISSED_SO_FAR"),
        *(pl.col("OVR").is_in(words).cast(pl.Int64).cum_sum().alias(name) for name, words in kinds.items()),
    )
    later = numbered.select("USUBJID", *(pl.col(c).alias("J_" + c) for c in _CARRIED))
    pairs = numbered.filter(pl.col("OVR").is_in(["CR", "PR"])).join(later.filter(pl.col("J_OVR").is_in(["CR", "PR"])), on="USUBJID")
    pairs = pairs.filter(pl.col("J_i") > pl.col("i")).with_columns(
        *(
            (pl.col("J_" + c) - pl.col(c) - (pl.col("J_OVR") == kind).cast(pl.Int32)).alias("between_" + kind)
            for c, kind in (("NE_SO_FAR", "NE"), ("SD_SO_FAR", "SD"), ("PR_SO_FAR", "PR"))
        ),
        (pl.col("J_WORSE_SO_FAR") - pl.col("WORSE_SO_FAR")).alias("between_worse"),
    )
    apart = pl.col("J_ADT") - pl.col("ADT") >= parameters.confirmation_days
    if parameters.confirmation_max_ne != "any":
        absent = pl.col("between_NE")
        if parameters.confirmation_missed_visit == "counts_as_ne":
            absent = absent + pl.col("J_MISSED_SO_FAR") - pl.col("MISSED_SO_FAR")
        apart &= absent <= parameters.confirmation_max_ne
    apart &= pl.col("between_worse") == 0
    complete = (pl.col("OVR") == "CR") & (pl.col("J_OVR") == "CR") & (pl.col("between_SD") == 0) & (pl.col("between_PR") == 0)
    partial = (pl.col("OVR") == "PR") & (pl.col("between_SD") <= parameters.confirmation_stable_between_partial)
    return pairs.with_columns((apart & (complete | partial)).alias("CONFIRMS")), numbered


def _pick(rows: pl.DataFrame, subjects: pl.DataFrame, name: str, parameters: RecistParameters) -> pl.DataFrame:
    """The first of each patient's best rows by `value`; rows are in order of patient and day."""
    rank = pl.col("value").replace_strict(_RANK, return_dtype=pl.Int64)
    ranked = rows.select(
        "USUBJID", pl.col("value").alias(name), pl.col("ADT").alias(name + "DT"), (number_in_run("USUBJID") + 1).alias(name + "SEQ")
    )
    place = fold_runs(rows, ["USUBJID"], {"place": (rank * 2**32 + pl.int_range(pl.len()), "min")})["place"] % 2**32
    return (
        subjects.select("USUBJID")
        .join(ranked[place], on="USUBJID", how="left", maintain_order="left")
        .with_columns(pl.col(name).fill_null(parameters.nobody_looked))
    )
