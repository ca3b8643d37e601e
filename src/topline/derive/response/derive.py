"""From records to response: the steps in their order, for lesions, recorded visits or a recorded best response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from topline.derive.missed import missed_between
from topline.derive.response.best import assessments_for_best, best_response, confirmed_response, first_responses, with_confirmation
from topline.derive.response.criterion import CLASSES, Criterion, Material, TimePoints, criterion_of, with_thresholds
from topline.derive.response.recorded import recorded_best, recorded_visits
from topline.derive.response.visit_numbers import with_visits_apart
from topline.derive.runs import first_rows, number_in_run, starts
from topline.derive.subjects import dates_of
from topline.records.load import Records
from topline.study.problems import Finding
from topline.study.protocol import Protocol
from topline.study.response_spec import ResponseSpec
from topline.study.schedule import Assessments


@dataclass(frozen=True)
class Response:
    """What was derived about response, by one evaluator.

    `overall` is one row a patient and visit (OVR in the criterion's words, CLASS in those of RECIST 1.1, SEQ from 1 within the patient),
    `progression` the day of progression of those who progressed (USUBJID, PDDT, PDSEQ), `sums` the sums of diameters (None unless from
    lesions), `measurements` the lesion rows, `best` one row a patient (BOR, CBOR, and their classes BORCL, CBORCL; CBOR is absent when
    best response was recorded), `counted` the visits that count for best response, `adequate` those that are adequate for
    censoring (USUBJID, ADT, SEQ), `responded` the first responses (see `best.first_responses`), `baseline` the patients with an assessment
    before treatment, `others` the same by the protocol's other evaluators, `markers` the tumour markers at each visit (see `markers`).
    """

    overall: pl.DataFrame
    best: pl.DataFrame
    baseline: pl.DataFrame
    new_therapy: pl.DataFrame
    progression: pl.DataFrame
    counted: pl.DataFrame
    adequate: pl.DataFrame
    responded: pl.DataFrame
    sums: pl.DataFrame | None = None
    measurements: pl.DataFrame | None = None
    findings: tuple[Finding, ...] = ()
    evaluator: str | None = None
    new_therapy_domain: str = "CM"
    others: Mapping[str, Response] = field(default_factory=dict)
    markers: pl.DataFrame | None = None

    def of(self, evaluator: str | None) -> Response:
        """The response by one evaluator; the primary one's where none is named."""
        return self if evaluator in (None, self.evaluator) else self.others[str(evaluator)]


def derive_response(records: Records, subjects: pl.DataFrame, protocol: Protocol) -> Response | None:
    """Derive response as the protocol's section 'response' says; None when it has none.

    Patients without a time origin have no response.
    """
    spec = protocol.response
    if spec is None:
        return None
    names = list(dict.fromkeys([*([spec.evaluator] if spec.evaluator else []), *spec.evaluators]))
    if not names:
        return _derive_one(records, subjects, spec, protocol)
    first, *others = (_derive_one(records, subjects, spec.model_copy(update={"evaluator": name}), protocol) for name in names)
    return replace(first, others=dict(zip(names[1:], others, strict=True)))


def _derive_one(records: Records, subjects: pl.DataFrame, spec: ResponseSpec, protocol: Protocol) -> Response:
    criterion, options = criterion_of(spec)
    spec = with_thresholds(spec)
    assessments = protocol.schedule.assessments
    treated = subjects.filter(pl.col("ORIGDT").is_not_null())
    therapy = new_therapy_dates(records, spec, treated)
    if spec.entry == "recorded_best":
        assert spec.best_variable is not None
        best = recorded_best(subjects, spec.best_variable, spec.parameters.nobody_looked, criterion)
        best = best.with_columns(criterion.class_of(pl.col("BOR")).alias("BORCL"))
        return Response(
            _NO_VISITS,
            best,
            subjects.select("USUBJID"),
            therapy,
            _NO_PROGRESSION,
            _NO_VISITS,
            _NO_VISITS,
            _NOBODY,
            evaluator=spec.evaluator,
        )
    if spec.entry == "recorded_visits":
        points = TimePoints(recorded_visits(records, spec, treated, criterion), treated.select("USUBJID"))
    else:
        records, again = with_visits_apart(records, spec)
        points = criterion.judge(Material(records, spec, treated, assessments, protocol.records.lab_units), options)
        points = replace(points, findings=(*points.findings, *again))
    overall = points.overall.with_columns(criterion.class_of(pl.col("OVR")).alias("CLASS"), (number_in_run("USUBJID") + 1).alias("SEQ"))
    rows = assessments_for_best(overall, treated, therapy, spec.parameters, criterion.ends)
    if assessments is not None:
        rows = rows.with_columns(_missed_before(rows, assessments).alias("MISSED"))
    classes = with_confirmation(rows.with_columns(pl.col("CLASS").alias("OVR")), spec.parameters)
    return Response(
        overall,
        _best(rows, classes, treated, spec, criterion),
        points.baseline,
        therapy,
        criterion.progression(overall, options),
        rows,
        _adequate(overall, points.measurements, spec),
        first_responses(classes, spec.parameters),
        points.sums,
        points.measurements,
        points.findings,
        spec.evaluator,
        spec.new_therapy.domain if spec.new_therapy is not None else "CM",
        markers=points.markers,
    )


_NO_VISITS = pl.DataFrame(
    schema={
        "USUBJID": pl.String,
        "VISIT": pl.Float64,
        "ADT": pl.Int32,
        "DTFIRST": pl.Int32,
        "DTLAST": pl.Int32,
        "TRGRESP": pl.String,
        "NTRGRESP": pl.String,
        "NEWLES": pl.String,
        "OVR": pl.String,
        "RULE": pl.String,
        "SRCDOM": pl.String,
        "SRCSEQ": pl.Int64,
        "CLASS": pl.String,
        "SEQ": pl.Int64,
    }
)
_NO_PROGRESSION = pl.DataFrame(schema={"USUBJID": pl.String, "PDDT": pl.Int32, "PDSEQ": pl.Int64})


_NOBODY = pl.DataFrame(
    schema={
        "USUBJID": pl.String,
        "RESPDT": pl.Int32,
        "RESPSEQ": pl.Int64,
        "CRESPDT": pl.Int32,
        "CRESPSEQ": pl.Int64,
        "CTRLDAYS": pl.Int32,
    }
)


def _adequate(overall: pl.DataFrame, measurements: pl.DataFrame | None, spec: ResponseSpec) -> pl.DataFrame:
    """The visits that are adequate for censoring: the response is not NE, or a scan was made."""
    if spec.parameters.adequate_assessment == "evaluable":
        return overall.filter(pl.col("OVR") != "NE").select("USUBJID", "ADT", "SEQ")
    if measurements is not None:
        made = measurements.filter(pl.col("SIZE").is_not_null() | pl.col("STATE").is_not_null()).select("USUBJID", "VISIT").unique()
        seen = overall.join(made.with_columns(pl.lit(value=True).alias("made")), on=["USUBJID", "VISIT"], how="left", maintain_order="left")
        overall = seen.filter(pl.col("made").fill_null(value=False) | (pl.col("OVR") != "NE"))
    return overall.select("USUBJID", "ADT", "SEQ")


def _missed_before(rows: pl.DataFrame, assessments: Assessments) -> pl.Series:
    """Scheduled visits missed between the assessment before (or the time origin) and this one."""
    days = rows.select(
        (pl.col("ADT") - pl.col("ORIGDT")).alias("day"),
        (pl.when(~starts("USUBJID")).then(pl.col("ADT").shift(1)) - pl.col("ORIGDT")).alias("before"),
    )
    return missed_between(days["before"], days["day"], assessments)


def _best(rows: pl.DataFrame, classes: pl.DataFrame, subjects: pl.DataFrame, spec: ResponseSpec, criterion: Criterion) -> pl.DataFrame:
    """BOR and CBOR in the criterion's words, decided in the classes of RECIST 1.1 (`classes`: the same rows with those in OVR)."""
    best = best_response(classes, subjects, spec.parameters)
    best = best.join(confirmed_response(classes, subjects, spec.parameters), on="USUBJID", how="left", maintain_order="left")
    best = best.with_columns(pl.col("BOR").alias("BORCL"), pl.col("CBOR").alias("CBORCL"))
    return best.join(_worst_words(rows, criterion), on="USUBJID", how="left", maintain_order="left").select(
        pl.col(name) if name not in ("BOR", "CBOR") else _in_words(name, criterion) for name in best.columns
    )


def _worst_words(rows: pl.DataFrame, criterion: Criterion) -> pl.DataFrame:
    """Of each class that has several words: the worst of them that a patient had."""
    rank = {word: number for number, word in enumerate(criterion.words)}
    several = [kind for kind in CLASSES if sum(value == kind for value in criterion.words.values()) > 1]
    worst = pl.col("OVR").sort_by(pl.col("OVR").replace_strict(rank, default=-1, return_dtype=pl.Int32)).last()
    result = rows.select("USUBJID").unique(maintain_order=True)
    for kind in several:
        words = rows.filter(pl.col("CLASS") == kind).group_by("USUBJID", maintain_order=True).agg(worst.alias("_" + kind))
        result = result.join(words, on="USUBJID", how="left", maintain_order="left")
    return result


def _in_words(name: str, criterion: Criterion) -> pl.Expr:
    single = pl.col(name).replace({kind: criterion.word_for(kind) for kind in CLASSES})
    for kind in CLASSES:
        if sum(value == kind for value in criterion.words.values()) > 1:
            single = pl.when(pl.col(name) == kind).then(pl.coalesce("_" + kind, single)).otherwise(single)
    return single.alias(name)


def new_therapy_dates(records: Records, spec: ResponseSpec, subjects: pl.DataFrame) -> pl.DataFrame:
    """Return USUBJID, NEWTXDT, NEWTXSEQ: the first new anticancer therapy after the time origin, of those who had any."""
    if spec.new_therapy is None:
        return pl.DataFrame(schema={"USUBJID": pl.String, "NEWTXDT": pl.Int32, "NEWTXSEQ": pl.Int64})
    dates = dates_of(records, spec.new_therapy, "NEWTXDT").join(subjects.select("USUBJID", "ORIGDT"), on="USUBJID")
    first = first_rows(dates.filter(pl.col("NEWTXDT") > pl.col("ORIGDT")), "USUBJID")
    return first.select("USUBJID", "NEWTXDT", pl.col("NEWTXDTSEQ").alias("NEWTXSEQ"))
