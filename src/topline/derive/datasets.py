"""The analysis datasets of a study in ADaM's names, made from what was derived; days become dates only here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from topline.derive.population import AttritionCount
from topline.derive.response.derive import Response
from topline.study.ata import AtaResponse
from topline.study.endpoints import BiochemicalResponse, ResponseRate
from topline.study.problems import Finding
from topline.study.protocol import Protocol

DATASETS = ("adsl", "adtte", "adrs", "adtr", "adex", "adae", "adlb")
"""Names of the datasets that are handed on."""


@dataclass(frozen=True)
class Datasets:
    """Everything derived from the records: one frame a dataset, absent ones None; days are Int32 since 1970-01-01."""

    adsl: pl.DataFrame
    adtte: pl.DataFrame
    adrs: pl.DataFrame | None = None
    adtr: pl.DataFrame | None = None
    adex: pl.DataFrame | None = None
    adae: pl.DataFrame | None = None
    adlb: pl.DataFrame | None = None
    best: pl.DataFrame | None = None
    """One row a patient: BOR, CBOR and a Y/N column for each rate and biochemical endpoint; its rows stand in ADRS too."""
    evaluators: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    """Of each evaluator that the protocol names: one row a patient with BOR, BORCL, CBOR, CBORCL and PDDT (day of progression)."""
    counted: pl.DataFrame | None = None
    """USUBJID, VISIT (ADTR's AVISITN) of the visits that count for best response, by the primary evaluator."""
    attrition: tuple[AttritionCount, ...] = ()
    findings: tuple[Finding, ...] = ()

    def named(self) -> dict[str, pl.DataFrame]:
        """Return the datasets that are handed on, by their ADaM name."""
        frames: dict[str, pl.DataFrame | None] = {name: getattr(self, name) for name in DATASETS}
        return {name: frame for name, frame in frames.items() if frame is not None}


def by_evaluator(response: Response | None) -> dict[str, pl.DataFrame]:
    """Return best response and progression of each evaluator that the protocol names, the primary one first."""
    if response is None or response.evaluator is None or not response.others:
        return {}
    everybody = {response.evaluator: response, **response.others}
    return {name: item.best.join(item.progression, on="USUBJID", how="left", maintain_order="left") for name, item in everybody.items()}


def make_best(
    response: Response | None, subjects: pl.DataFrame, biochemical: dict[str, pl.DataFrame], protocol: Protocol
) -> pl.DataFrame | None:
    """Return one row a patient with BOR, CBOR and Y/N for each response endpoint; None when the protocol has none.

    A rate counts a patient without assessment as a non-responder.
    """
    if response is None and not biochemical:
        return None
    best = subjects.select("USUBJID")
    if response is not None:
        best = best.join(response.best, on="USUBJID", how="left", maintain_order="left")
        for endpoint in protocol.endpoints:
            if isinstance(endpoint, ResponseRate):
                own = response.of(endpoint.evaluator)
                best = best.join(_rate(endpoint, own), on="USUBJID", how="left", maintain_order="left")
    for endpoint in protocol.endpoints:
        if isinstance(endpoint, BiochemicalResponse | AtaResponse) and endpoint.id in biochemical:
            told = ("PCHG", "PCHG") if isinstance(endpoint, BiochemicalResponse) else ("CATEGORY", "CAT")
            changes = biochemical[endpoint.id].select(
                "USUBJID", pl.col("RESPONSE").alias(endpoint.id), pl.col(told[0]).alias(endpoint.id + told[1])
            )
            best = best.join(changes, on="USUBJID", how="left", maintain_order="left")
    return best


def _rate(endpoint: ResponseRate, response: Response) -> pl.DataFrame:
    """USUBJID and Y/N in a column named as the endpoint; SD counts only from `stable_min_weeks` on, where it says so."""
    rows = response.best.join(response.responded, on="USUBJID", how="left", maintain_order="left")
    source = pl.col("CBORCL" if endpoint.confirmed else "BORCL")
    inside = source.is_in(endpoint.responses)
    if endpoint.stable_min_weeks is not None:
        enough = pl.col("CTRLDAYS") >= endpoint.stable_min_weeks * 7 - endpoint.stable_window_days
        inside &= source.is_in(["CR", "PR"]) | enough.fill_null(value=False)
    return rows.select("USUBJID", _yes(inside).alias(endpoint.id))


def _yes(condition: pl.Expr) -> pl.Expr:
    return pl.when(condition.fill_null(value=False)).then(pl.lit("Y")).otherwise(pl.lit("N"))


def make_adrs(response: Response, best: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    """Return ADRS: OVR, TRGRESP and NTRGRESP by visit; BOR, CBOR, RSP, CRSP, DCR and the protocol's rates by patient.

    Where the protocol names several evaluators, each has these rows, told apart by RSEVAL; ASEQ and SRCSEQ count within an evaluator.
    """
    primary = {
        item.id: item for item in protocol.endpoints if isinstance(item, ResponseRate) and item.evaluator in (None, response.evaluator)
    }
    parts = [_adrs_of(response, best, primary)]
    for name, other in response.others.items():
        rates = {item.id: item for item in protocol.endpoints if isinstance(item, ResponseRate) and item.evaluator == name}
        own = other.best
        for endpoint in rates.values():
            own = own.join(_rate(endpoint, other), on="USUBJID", how="left", maintain_order="left")
        parts.append(_adrs_of(other, own, rates))
    return pl.concat(parts)


def _adrs_of(response: Response, best: pl.DataFrame, rates: Mapping[str, ResponseRate]) -> pl.DataFrame:
    overall = response.overall.with_columns(pl.col("SEQ").alias("ASEQ"))
    parts = []
    for code, column, label in (
        ("OVR", "OVR", "Overall response"),
        ("TRGRESP", "TRGRESP", "Target response"),
        ("NTRGRESP", "NTRGRESP", "Non-target response"),
    ):
        parts.append(
            overall.filter(pl.col(column).is_not_null()).select(
                "USUBJID",
                pl.lit(code).alias("PARAMCD"),
                pl.lit(label).alias("PARAM"),
                pl.col("VISIT").alias("AVISITN"),
                "ADT",
                pl.col(column).alias("AVALC"),
                pl.col("RULE").alias("RULE") if code == "OVR" else pl.lit(None, pl.String).alias("RULE"),
                "ASEQ",
                "SRCDOM",
                "SRCSEQ",
            )
        )
    rows = [("BOR", "Best overall response, confirmation not required", pl.col("BOR"), "BOR")]
    rows.append(("RSP", "Response (CR or PR), confirmation not required", _yes(pl.col("BORCL").is_in(["CR", "PR"])), "BOR"))
    if "CBOR" in best.columns:
        rows.append(("CBOR", "Best overall response, confirmation required", pl.col("CBOR"), "CBOR"))
        rows.append(("CRSP", "Response (CR or PR), confirmed", _yes(pl.col("CBORCL").is_in(["CR", "PR"])), "CBOR"))
    if "DCR" not in rates:
        rows.append(("DCR", "Disease control", _yes(pl.col("BORCL").is_in(["CR", "PR", "SD", "NON-CR/NON-PD"])), "BOR"))
    rows += [(item.id, item.label, pl.col(item.id), "CBOR" if item.confirmed else "BOR") for item in rates.values()]
    for code, label, value, source in {row[0]: row for row in rows}.values():
        day = pl.col(source + "DT") if source + "DT" in best.columns else pl.lit(None, pl.Int32)
        number = pl.col(source + "SEQ") if source + "SEQ" in best.columns else pl.lit(None, pl.Int64)
        parts.append(
            best.filter(pl.col("BOR").is_not_null()).select(
                "USUBJID",
                pl.lit(code).alias("PARAMCD"),
                pl.lit(label).alias("PARAM"),
                pl.lit(None, pl.Float64).alias("AVISITN"),
                day.alias("ADT"),
                value.alias("AVALC"),
                pl.lit(None, pl.String).alias("RULE"),
                pl.lit(None, pl.Int64).alias("ASEQ"),
                pl.lit("ADRS").alias("SRCDOM"),
                number.cast(pl.Int64).alias("SRCSEQ"),
            )
        )
    return pl.concat(parts).with_columns(pl.lit(response.evaluator, pl.String).alias("RSEVAL"))


def make_adtr(response: Response) -> pl.DataFrame | None:
    """Return ADTR: sums of diameters (SDIAM, mm) with their changes, and the lesion rows; None unless from lesions.

    BASE, CHG, PCHG: from baseline, of complete sums; NADIR, CHGNAD, PCHGNAD: from the smallest complete sum before, of what was measured.
    """
    if response.sums is None or response.measurements is None:
        return None
    order = ["USUBJID", "ADT", "AVISITN", "TRLNKID", "SRCSEQ"]
    lesions = response.measurements.filter(pl.col("ROLE") == "TARGET").select(
        "USUBJID",
        pl.col("DT").alias("ADT"),
        pl.col("VISIT").alias("AVISITN"),
        pl.col("LNKID").alias("TRLNKID"),
        pl.col("TRSEQ").alias("SRCSEQ"),
        pl.col("SIZE").alias("SUM"),
        "NODE",
    )
    sums = response.sums.select(
        "USUBJID",
        pl.col("DTLAST").alias("ADT"),
        pl.col("VISIT").alias("AVISITN"),
        pl.lit(None, pl.String).alias("TRLNKID"),
        pl.col("TRSEQ").alias("SRCSEQ"),
        *("SUM", "BASE", "NADIR", "N_MEASURED", "BASELINE", "COMPLETE"),
    )
    # a patient's lesions come before the sums; what follows from a row is added when the rows are in order
    parts = [part.sort(order, maintain_order=True) for part in (lesions, sums)]
    rows = pl.concat(parts, how="diagonal").sort("USUBJID", maintain_order=True)
    rows = rows.with_columns(pl.col(name).cast(pl.Float64) / 1_000.0 for name in ("SUM", "BASE", "NADIR"))
    total, base, nadir = (pl.col(name) for name in ("SUM", "BASE", "NADIR"))
    whole = pl.col("COMPLETE") & ~pl.col("BASELINE")
    measured = (pl.col("N_MEASURED") > 0) & ~pl.col("BASELINE")
    of_lesion = pl.col("COMPLETE").is_null()
    return rows.select(
        "USUBJID",
        pl.when(of_lesion).then(pl.lit("LDIAM")).otherwise(pl.lit("SDIAM")).alias("PARAMCD"),
        pl.when("NODE")
        .then(pl.lit("Short axis of node (mm)"))
        .when(of_lesion)
        .then(pl.lit("Longest diameter (mm)"))
        .otherwise(pl.lit("Sum of diameters of target lesions (mm)"))
        .alias("PARAM"),
        "TRLNKID",
        "AVISITN",
        "ADT",
        total.alias("AVAL"),
        base,
        nadir,
        pl.when(whole).then(total - base).alias("CHG"),
        pl.when(whole & (pl.col("BASE") > 0)).then(100 * (total - base) / base).alias("PCHG"),
        pl.when(measured).then(total - nadir).alias("CHGNAD"),
        pl.when(measured & (pl.col("NADIR") > 0)).then(100 * (total - nadir) / nadir).alias("PCHGNAD"),
        pl.when("BASELINE").then(pl.lit("Y")).alias("ABLFL"),
        pl.when("COMPLETE").then(pl.lit("Y")).when(~pl.col("COMPLETE")).then(pl.lit("N")).alias("ANL01FL"),
        "SRCSEQ",
        pl.lit("TR").alias("SRCDOM"),
    )


DAYS = frozenset({"ADT", "STARTDT", "ORIGDT", "TRTSDT", "TRTEDT", "DTHDT", "LSTALVDT", "EXFDT", "EXLDT", "EXEDT", "ASTDT", "AENDT"})
"""Columns of integer days that are handed on as dates."""


def for_handing_on(frame: pl.DataFrame, timing: str, inner: str = "_") -> pl.DataFrame:
    """Return a dataset as it is handed on: integer days as dates, or as study days (…DY) where the records hold those; no inner columns."""
    frame = frame.drop([name for name in frame.columns if name.startswith(inner) or name.endswith(("DTLO", "DTHI"))])
    extra = [name for name, kind in frame.schema.items() if name.endswith("DT") and kind == pl.Int32 and name not in DAYS]
    days = [name for name in frame.columns if name in DAYS or name in extra]
    if timing == "study_days":
        value = {name: pl.when(pl.col(name) >= 0).then(pl.col(name) + 1).otherwise(pl.col(name)).alias(name[:-1] + "Y") for name in days}
        made = {name[:-1] + "Y" for name in days}  # takes the place of the text that it was read from
        return frame.select(value.get(name, pl.col(name)) for name in frame.columns if name not in made)
    return frame.with_columns(pl.col(name).cast(pl.Date) for name in days)
