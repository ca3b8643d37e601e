"""Treatment mode of each patient from drug records: what was started within the window; later additions are counted."""

from __future__ import annotations

from collections import Counter

import polars as pl
from pydantic import BaseModel

from topline.derive.drug_names import DrugFinder, plain
from topline.records.load import Records
from topline.records.read import ROW
from topline.records.select import select
from topline.study.problems import Finding, Tally
from topline.study.treatment_spec import TreatmentModes

_NAME = {"EX": "EXTRT", "CM": "CMTRT"}
_START = {"EX": "EXSTDT", "CM": "CMSTDT"}


def derive_modes(records: Records, subjects: pl.DataFrame, spec: TreatmentModes, rows: BaseModel | None = None) -> pl.DataFrame:
    """Add TRTMODE, TRTCOMP and TRTADD to ADSL.

    Parameters
    ----------
    subjects : DataFrame
        USUBJID, ORIGDT.
    rows : Condition, optional
        Which rows of EX are study treatment; the others decide nothing.

    Returns
    -------
    DataFrame
        TRTCOMP: codes of all components started from the origin to the end of the window, in the protocol's order; TRTMODE: the same where
        it is a mode that the protocol knows, else null; TRTADD: codes of the components first started after the window (null when none);
        TRTADDDT: the day of the first of them. All null without an origin.
    """
    drugs = component_rows(records, spec, rows).join(subjects.select("USUBJID", "ORIGDT"), on="USUBJID", how="inner")
    drugs = drugs.filter(pl.col("START") >= pl.col("ORIGDT"))
    first = drugs.group_by("USUBJID", "COMPONENT", "ORIGDT").agg(pl.col("START").min())
    inside = pl.col("START") - pl.col("ORIGDT") <= spec.combination_window_days
    order = {component.id: place for place, component in enumerate(spec.components)}
    first = first.with_columns(pl.col("COMPONENT").replace_strict(order, return_dtype=pl.Int32).alias("PLACE")).sort("USUBJID", "PLACE")
    modes = first.group_by("USUBJID", maintain_order=True).agg(
        pl.col("COMPONENT").filter(inside).str.join("").alias("TRTCOMP"),
        pl.col("COMPONENT").filter(~inside).str.join("").alias("TRTADD"),
        pl.col("START").filter(~inside).min().alias("TRTADDDT"),
    )
    empty = [pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in ("TRTCOMP", "TRTADD")]
    known = pl.when(pl.col("TRTCOMP").is_in(spec.modes)).then(pl.col("TRTCOMP")).alias("TRTMODE")
    return subjects.join(modes.with_columns(empty).with_columns(known), on="USUBJID", how="left", maintain_order="left")


def component_rows(records: Records, spec: TreatmentModes, rows: BaseModel | None = None) -> pl.DataFrame:
    """Return USUBJID, START (day), COMPONENT and TEXT for each drug of a component; a text with several drugs gives several rows."""
    texts = _texts(records, spec, rows)
    pairs = [(text, component) for text, components in _components(texts, spec).items() for component in components]
    found = pl.DataFrame(pairs, schema={"TEXT": pl.String, "COMPONENT": pl.String}, orient="row")
    joined = texts.join(found, on="TEXT", how="inner", maintain_order="left_right")
    return joined.drop_nulls("START").select("USUBJID", "START", "COMPONENT", "TEXT")


def check_drugs(records: Records, subjects: pl.DataFrame, spec: TreatmentModes, rows: BaseModel | None = None) -> list[Finding]:
    """Return what is worth knowing of the drug records and modes.

    DER-0050 a drug that isn't known (its rows are not used); DER-0051 components added after the window; DER-0052 patients with a
    combination that is no mode of the protocol.
    """
    texts = _texts(records, spec, rows)
    finder = _finder(spec)
    unknown = {text for text in texts["TEXT"].unique() if not finder.find(text) and not _ignored(text, spec)}
    findings = [
        Finding(
            "DER-0050",
            "warning",
            "is a drug that is not known; the row is not used for the treatment mode",
            spec.domain,
            row,
            _NAME[spec.domain],
            text,
            "a drug of a component",
            "add it to a component's drugs, to treatment_modes.synonyms, or to treatment_modes.ignore",
            subject,
        )
        for row, text, subject in texts.filter(pl.col("TEXT").is_in(list(unknown))).select(ROW, "TEXT", "USUBJID").iter_rows()
    ]
    added = subjects.filter(pl.col("TRTADD").is_not_null())
    if added.height:
        window = spec.combination_window_days
        text = f"a component was added after the window of {window} days ({{kinds}}); the mode stays as it was started"
        findings.append(Finding("DER-0051", "warning", "", tally=_tally(added["TRTADD"], text)))
    other = subjects.filter(pl.col("TRTMODE").is_null() & pl.col("ORIGDT").is_not_null())
    if other.height:
        text = "patients whose components are no mode of the protocol, and so in no treatment group: {kinds}"
        findings.append(Finding("DER-0052", "warning", "", tally=_tally(other["TRTCOMP"], text)))
    return findings


def _tally(kinds: pl.Series, text: str) -> Tally:
    return Tally(tuple(sorted(Counter(kinds.fill_null("")).items())), text, text)


def inside_window(adtte: pl.DataFrame, subjects: pl.DataFrame, spec: TreatmentModes) -> list[Finding]:
    """Return DER-0053 for each endpoint whose event or end of follow-up falls inside the window (immortal time) in some patients."""
    members = subjects.filter(pl.col("TRTMODE").is_not_null()).select("USUBJID")
    rows = adtte.join(members, on="USUBJID", how="semi").filter(pl.col("ADT") - pl.col("STARTDT") <= spec.combination_window_days)
    findings = []
    for endpoint, n, events in (
        rows.group_by("PARAMCD").agg(pl.len(), (pl.col("CNSR") == 0).sum().alias("events")).sort("PARAMCD").iter_rows()
    ):
        text = (
            f"{endpoint}: {{n}} %s ({{events}} with the event) left the risk set inside the window of "
            f"{spec.combination_window_days} days in which the mode is decided (immortal time)"
        )
        tally = Tally((("events", events), ("others", n - events)), text % "patient", text % "patients")
        findings.append(Finding("DER-0053", "warning", "", tally=tally))
    return findings


def _texts(records: Records, spec: TreatmentModes, rows: BaseModel | None) -> pl.DataFrame:
    table = select(records["EX"], rows, records.tables, "study.treatment_rows") if spec.domain == "EX" else records["CM"]
    return table.select(ROW, "USUBJID", pl.col(_START[spec.domain]).alias("START"), pl.col(_NAME[spec.domain]).fill_null("").alias("TEXT"))


def _finder(spec: TreatmentModes) -> DrugFinder:
    own = {drug: () for component in spec.components for drug in component.drugs}
    return DrugFinder({**own, **spec.synonyms})


def _ignored(text: str, spec: TreatmentModes) -> bool:
    return any(plain(name) in plain(text) for name in spec.ignore)


def _components(texts: pl.DataFrame, spec: TreatmentModes) -> dict[str, list[str]]:
    """Text → codes of the components in it."""
    finder = _finder(spec)
    component_of = {finder.generic(drug): component.id for component in spec.components for drug in component.drugs}
    return {
        text: sorted({component_of[drug] for drug in finder.find(text) if drug in component_of}) for text in texts["TEXT"].unique().sort()
    }
