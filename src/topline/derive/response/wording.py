"""Lesion records in words, or with sizes or dates, that no rule expects: read as declared, and each a finding."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from topline.derive.response.lesions import NOT_ASSESSED, ROLES, of_evaluator
from topline.derive.response.new_lesions import EQUIVOCAL, NOT_THERE
from topline.derive.response.non_target import GONE, GROWN, PROGRESSED, STILL_THERE
from topline.records.load import Records
from topline.records.read import ROW
from topline.study.problems import Finding
from topline.study.response_spec import ResponseSpec

KNOWN = frozenset((*GONE, *NOT_THERE, *PROGRESSED, *GROWN, *EQUIVOCAL, *STILL_THERE, *NOT_ASSESSED))
"""The states of non-target and new lesions that a rule knows."""
_HUGE = 500_000
"""Micrometres: no lesion is half a metre across."""


def wording_findings(
    records: Records, spec: ResponseSpec, subjects: pl.DataFrame, lesions: pl.DataFrame, measurements: pl.DataFrame
) -> list[Finding]:
    """Return DER-0024 (an unknown state), DER-0025 (an unknown kind of lesion), DER-0026 (new before treatment), DER-0027 (too large)."""
    table = of_evaluator(records["TU"], "TU", spec.evaluator)
    return [*_states(records, spec, measurements), *_kinds(table), *_new_too_early(lesions, subjects), *_huge(measurements)]


def _states(records: Records, spec: ResponseSpec, measurements: pl.DataFrame) -> Iterator[Finding]:
    odd = measurements.filter(pl.col("STATE").is_not_null() & ~pl.col("STATE").is_in(KNOWN))
    if odd.height == 0:
        return
    rows = of_evaluator(records["TR"], "TR", spec.evaluator).select(ROW, "USUBJID", "TRSEQ", "TRTESTCD")
    rows = rows.filter(pl.col("TRTESTCD") == "TUMSTATE").join(odd.select("USUBJID", "TRSEQ", "LNKID", "STATE"), on=["USUBJID", "TRSEQ"])
    for row, subject, lesion, state in rows.sort(ROW).select(ROW, "USUBJID", "LNKID", "STATE").iter_rows():
        text = f"is no state that a rule knows; the lesion {lesion} counts as present"
        known = "such as PRESENT, ABSENT, UNEQUIVOCAL PROGRESSION, EQUIVOCAL or NOT EVALUABLE"
        yield Finding("DER-0024", "warning", text, "TR", row, "TRORRES", state, known, "map it under values", subject)


def _kinds(table: pl.DataFrame) -> Iterator[Finding]:
    identified = pl.lit(value=True)
    if "TUTESTCD" in table.columns:
        identified = (pl.col("TUTESTCD").str.to_uppercase() == "TUMIDENT").fill_null(value=True)
    odd = table.filter(identified & ~pl.col("TUORRES").is_in(list(ROLES)).fill_null(value=False))
    for row, subject, value in odd.select(ROW, "USUBJID", "TUORRES").iter_rows():
        text = "says no kind of lesion that is known; the row identifies none"
        yield Finding("DER-0025", "warning", text, "TU", row, "TUORRES", value, "TARGET, NON-TARGET or NEW", "map it under values", subject)


def _new_too_early(lesions: pl.DataFrame, subjects: pl.DataFrame) -> Iterator[Finding]:
    new = lesions.filter((pl.col("ROLE") == "NEW") & pl.col("TUDT").is_not_null()).join(subjects.select("USUBJID", "ORIGDT"), on="USUBJID")
    for subject, lesion in new.filter(pl.col("TUDT") <= pl.col("ORIGDT")).select("USUBJID", "LNKID").sort("USUBJID", "LNKID").iter_rows():
        text = f"the new lesion {lesion} was identified on or before the time origin; it counts as new all the same"
        todo = "if it was there before treatment, it is a target or a non-target lesion"
        yield Finding("DER-0026", "warning", text, "TU", column="TUDTC", value=lesion, todo=todo, subject=subject)


def _huge(measurements: pl.DataFrame) -> Iterator[Finding]:
    for subject, lesion, size in measurements.filter(pl.col("SIZE") > _HUGE).select("USUBJID", "LNKID", "SIZE").iter_rows():
        text = f"the lesion {lesion} can't be so large; it is used as it stands"
        value = f"{size / 1_000:g} mm"
        yield Finding("DER-0027", "warning", text, "TR", column="TRORRES", value=value, todo="check number and unit", subject=subject)
