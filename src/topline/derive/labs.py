"""ADLB: values in the unit of analysis, baseline and change; and biochemical response by the protocol's rule."""

from __future__ import annotations

import polars as pl

from topline.derive.lab_values import lab_values
from topline.derive.subjects import dates_of
from topline.records.load import Records
from topline.records.select import truth
from topline.study.endpoints import BiochemicalResponse
from topline.study.problems import Finding, InputError, Tally
from topline.study.protocol import Protocol

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
        POSTFL (used after baseline), LBSEQ; ABFL (interfering antibodies), FLAREFL (in the flare window), ASSAYFL and TSHFL (an assay, or a
        TSH state, other than at baseline): such values are left out unless the endpoint says `flagged: used`.

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
    "ABFL": pl.String,
    "FLAREFL": pl.String,
    "ASSAYFL": pl.String,
    "TSHFL": pl.String,
}
_FLAGS = {"ABFL": "ab", "FLAREFL": "flare", "ASSAYFL": "assay", "TSHFL": "tsh"}


def _interference(rows: pl.DataFrame, records: Records, endpoint: BiochemicalResponse) -> list[pl.Series]:
    """Which values have interfering antibodies (ab), and which lie in the flare window (flare)."""
    nothing = pl.Series([False] * rows.height, dtype=pl.Boolean)
    antibody, flare = nothing, nothing
    if endpoint.antibody is not None:
        antibody = truth(rows, endpoint.antibody, records.tables, f"{endpoint.id}.antibody").fill_null(value=False)
    if endpoint.flare is not None:
        treated = dates_of(records, endpoint.flare.source, "DT").select("USUBJID", "DT")
        numbered = rows.select("USUBJID", "LBDT").with_row_index("n").join(treated, on="USUBJID")
        inside = pl.col("LBDT").is_between(pl.col("DT"), pl.col("DT") + endpoint.flare.days)
        flare = pl.Series(range(rows.height), dtype=pl.UInt32).is_in(numbered.filter(inside)["n"].unique().to_list())
    return [antibody.alias("ab"), flare.alias("flare")]


def _states(endpoint: BiochemicalResponse) -> dict[str, str | None]:
    return {"assay": endpoint.assay_variable, "tsh": endpoint.tsh_state_variable}


def _differs(variable: str | None, rows: pl.DataFrame) -> pl.Expr:
    """Whether a variable, where it is known, is another than at the patient's baseline."""
    if variable is None:
        return pl.lit(value=False)
    if variable not in rows.columns:
        raise InputError([Finding("PRO-0028", "error", f"the protocol reads {variable}, which isn't in LB", column=variable)])
    state = pl.col(variable).cast(pl.String).str.to_uppercase()
    base = state.filter(pl.col("is_base")).first().over("USUBJID")
    return (state != base).fill_null(value=False)


def _one(records: Records, subjects: pl.DataFrame, endpoint: BiochemicalResponse, protocol: Protocol) -> tuple[pl.DataFrame, list[Finding]]:
    rows = records["LB"].filter(
        (pl.col("LBTESTCD") == endpoint.test.upper()) & pl.col("LBORRES").is_not_null() & pl.col("LBDT").is_not_null()
    )
    findings = []
    if rows.height == 0:
        text = f"{endpoint.id}: there is no value of the test {endpoint.test} in LB"
        findings.append(Finding("DER-0040", "warning", "", tally=Tally((), text, text, absence=True)))
    excluded = (
        truth(rows, endpoint.exclude, records.tables, f"{endpoint.id}.exclude").fill_null(value=False)
        if endpoint.exclude is not None
        else pl.Series([False] * rows.height, dtype=pl.Boolean)
    )
    rows = rows.with_columns(excluded.alias("out")).with_columns(*_interference(rows, records, endpoint))
    if endpoint.flagged == "excluded":
        rows = rows.with_columns(pl.col("out") | pl.col("ab") | pl.col("flare"))
    rows, problems = lab_values(rows, endpoint.test, protocol.records.lab_units)
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
    rows = rows.with_columns(*(_differs(name, rows).alias(flag) for flag, name in _states(endpoint).items()))
    if endpoint.flagged == "excluded":
        other = (pl.col("assay") | pl.col("tsh")) & ~pl.col("is_base")
        rows = rows.with_columns(pl.col("out") | other, pl.col("post") & ~other)
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
        *(pl.when(name).then(pl.lit("Y")).otherwise(pl.lit("N")).alias(flag) for flag, name in _FLAGS.items()),
    )
    n = int(rows["out"].sum())
    if n:
        text = f"{endpoint.id}: {{n}} values are not comparable and left out ({endpoint.exclude})"
        findings.append(Finding("DER-0041", "note", "", tally=Tally.rows(n, text, text)))
    return frame, findings


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
