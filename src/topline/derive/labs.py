"""ADLB: values in the unit of analysis, baseline and change; and biochemical response by the protocol's rule."""

from __future__ import annotations

import polars as pl

from topline.records.load import Records
from topline.records.read import ROW
from topline.records.select import truth
from topline.study.endpoints import BiochemicalResponse
from topline.study.problems import Finding, InputError
from topline.study.protocol import Protocol

_BELOW = r"^<\s*=?"
_SLACK = 1e-9
"""Relative slack of the comparison with the threshold, for values that are not whole in binary."""


def derive_labs(records: Records, subjects: pl.DataFrame, protocol: Protocol) -> tuple[pl.DataFrame, list[Finding]]:
    """Return ADLB for the tests of the biochemical endpoints.

    A value below the limit of quantification ("<0.1") is taken as the limit and flagged. The baseline is the last value on or before the
    time origin that the endpoint's `exclude` doesn't remove; excluded values are kept and flagged.

    Returns
    -------
    DataFrame
        USUBJID, PARAMCD (LBTESTCD), ENDPOINT, ADT, AVAL, AVALU, LOQFL (Y when below quantification), EXCLFL, ABLFL, BASE, CHG, PCHG,
        POSTFL (used after baseline), LBSEQ.

    Raises
    ------
    InputError
        REC-0033 a value that isn't a number, REC-0034 two units without a rule.
    """
    parts = [_one(records, subjects, endpoint, protocol) for endpoint in protocol.endpoints if isinstance(endpoint, BiochemicalResponse)]
    if not parts:
        return pl.DataFrame(schema=_SCHEMA), []
    return pl.concat([frame for frame, _ in parts]), [item for _, findings in parts for item in findings]


_SCHEMA = {
    "USUBJID": pl.String,
    "PARAMCD": pl.String,
    "ENDPOINT": pl.String,
    "ADT": pl.Int32,
    "AVAL": pl.Float64,
    "AVALU": pl.String,
    "LOQFL": pl.String,
    "EXCLFL": pl.String,
    "ABLFL": pl.String,
    "BASE": pl.Float64,
    "CHG": pl.Float64,
    "PCHG": pl.Float64,
    "POSTFL": pl.String,
    "LBSEQ": pl.Int64,
}


def _one(records: Records, subjects: pl.DataFrame, endpoint: BiochemicalResponse, protocol: Protocol) -> tuple[pl.DataFrame, list[Finding]]:
    rows = records["LB"].filter(
        (pl.col("LBTESTCD") == endpoint.test.upper()) & pl.col("LBORRES").is_not_null() & pl.col("LBDT").is_not_null()
    )
    findings = []
    if rows.height == 0:
        findings.append(Finding("DER-0040", "warning", f"{endpoint.id}: there is no value of the test {endpoint.test} in LB"))
    excluded = (
        truth(rows, endpoint.exclude, records.tables, f"{endpoint.id}.exclude").fill_null(value=False)
        if endpoint.exclude is not None
        else pl.Series([False] * rows.height, dtype=pl.Boolean)
    )
    rows = rows.with_columns(excluded.alias("out"))
    rows, problems = _values(rows, endpoint.test, protocol)
    findings += problems
    rows = rows.join(subjects.select("USUBJID", "ORIGDT"), on="USUBJID", how="inner").filter(pl.col("ORIGDT").is_not_null())
    rows = rows.sort("USUBJID", "LBDT", "LBSEQ").with_columns(
        ((pl.col("LBDT") <= pl.col("ORIGDT")) & ~pl.col("out")).alias("pre"),
        ((pl.col("LBDT") - pl.col("ORIGDT") >= max(endpoint.from_day, 1)) & ~pl.col("out")).alias("post"),
    )
    is_base = pl.col("pre") & (pl.col("pre").cum_sum(reverse=True).over("USUBJID") == 1)
    rows = rows.with_columns(is_base.alias("is_base")).with_columns(
        pl.when("is_base").then(pl.col("AVAL")).max().over("USUBJID").alias("BASE")
    )
    change = pl.col("AVAL") - pl.col("BASE")
    after = pl.col("LBDT") > pl.col("ORIGDT")
    frame = rows.select(
        "USUBJID",
        pl.col("LBTESTCD").alias("PARAMCD"),
        pl.lit(endpoint.id).alias("ENDPOINT"),
        pl.col("LBDT").alias("ADT"),
        "AVAL",
        "AVALU",
        "LOQFL",
        pl.when("out").then(pl.lit("Y")).otherwise(pl.lit("N")).alias("EXCLFL"),
        pl.when("is_base").then(pl.lit("Y")).alias("ABLFL"),
        "BASE",
        pl.when(after).then(change).alias("CHG"),
        pl.when(after & (pl.col("BASE") > 0)).then(100 * change / pl.col("BASE")).alias("PCHG"),
        pl.when("post").then(pl.lit("Y")).otherwise(pl.lit("N")).alias("POSTFL"),
        "LBSEQ",
    )
    n = int(rows["out"].sum())
    if n:
        findings.append(Finding("DER-0041", "note", f"{endpoint.id}: {n} values are not comparable and left out ({endpoint.exclude})"))
    return frame, findings


def _values(rows: pl.DataFrame, test: str, protocol: Protocol) -> tuple[pl.DataFrame, list[Finding]]:
    below = pl.col("LBORRES").str.contains(_BELOW)
    number = pl.col("LBORRES").str.replace(_BELOW, "").str.strip_chars().cast(pl.Float64, strict=False)
    unit = pl.col("LBORRESU") if "LBORRESU" in rows.columns else pl.lit(None, pl.String)
    rows = rows.with_columns(
        number.alias("AVAL"), pl.when(below).then(pl.lit("Y")).otherwise(pl.lit("N")).alias("LOQFL"), unit.alias("AVALU")
    )
    bad = rows.filter(pl.col("AVAL").is_null() | ~pl.col("AVAL").is_finite())
    if bad.height:
        raise InputError(
            [
                Finding(
                    "REC-0033", "error", "is not a laboratory value", "LB", row, "LBORRES", text, "a number, or <number", subject=subject
                )
                for row, text, subject in bad.select(ROW, "LBORRES", "USUBJID").iter_rows()
            ]
        )
    spec = protocol.records.lab_units.get(test)
    units = sorted(rows["AVALU"].drop_nulls().unique().to_list())
    known = ({spec.unit: 1.0} | spec.convert) if spec is not None else ({units[0]: 1.0} if units else {})
    unknown = [name for name in units if name not in known]
    if unknown:
        first = {name: rows.filter(pl.col("AVALU") == name)[ROW].min() for name in unknown}
        raise InputError(
            [
                Finding(
                    "REC-0034",
                    "error",
                    f"{test} comes in several units and the protocol has no rule for this one",
                    "LB",
                    first[name],  # type: ignore[arg-type]
                    "LBORRESU",
                    value=name,
                    expected=" or ".join(known),
                    todo=f"state the unit and the factors under records.lab_units.{test}",
                )
                for name in unknown
            ]
        )
    factor = pl.col("AVALU").replace_strict(known, default=1.0, return_dtype=pl.Float64) if known else pl.lit(1.0)
    target = spec.unit if spec is not None else (units[0] if units else None)
    without = rows.filter(pl.col("AVALU").is_null())[ROW]
    findings = []
    if without.len() and target is not None:
        n = f"{without.len()} value has no unit and is" if without.len() == 1 else f"{without.len()} values have no unit and are"
        row, units_known = int(without.min()), " or ".join(known)  # type: ignore[arg-type]
        message = f"{test}: {n} taken to be in {target}"
        findings.append(Finding("DER-0042", "warning", message, "LB", row, "LBORRESU", expected=units_known, todo="fill in the unit"))
    return rows.with_columns(pl.col("AVAL") * factor, pl.lit(target, pl.String).alias("AVALU")), findings


def biochemical_response(labs: pl.DataFrame, subjects: pl.DataFrame, endpoint: BiochemicalResponse) -> pl.DataFrame:
    """Return for every patient the change that decides and whether it is a response.

    Returns
    -------
    DataFrame
        USUBJID, PCHG (best or last percent change; null when there is none), BESTPCHG, LASTPCHG, RESPONSE (Y/N; without a usable
        baseline or a value after it: N).
    """
    rows = labs.filter((pl.col("ENDPOINT") == endpoint.id) & (pl.col("POSTFL") == "Y") & pl.col("PCHG").is_not_null()).sort(
        "USUBJID", "ADT", "LBSEQ"
    )
    best = pl.col("PCHG").min() if endpoint.direction == "fall" else pl.col("PCHG").max()
    values = rows.group_by("USUBJID", maintain_order=True).agg(best.alias("BESTPCHG"), pl.col("PCHG").last().alias("LASTPCHG"))
    decisive = pl.col("BESTPCHG") if endpoint.value == "best" else pl.col("LASTPCHG")
    limit = endpoint.percent * (1 - _SLACK)
    reached = (decisive <= -limit) if endpoint.direction == "fall" else (decisive >= limit)
    frame = subjects.select("USUBJID").join(values, on="USUBJID", how="left", maintain_order="left")
    return frame.with_columns(
        decisive.alias("PCHG"), pl.when(reached.fill_null(value=False)).then(pl.lit("Y")).otherwise(pl.lit("N")).alias("RESPONSE")
    )
