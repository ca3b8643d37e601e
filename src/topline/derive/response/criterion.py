"""What a response criterion is: its words, how it judges a visit, and when it says progression. One file in `criteria/` makes one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import polars as pl
from pydantic import ValidationError

from topline.records.load import Records
from topline.study.model import Strict
from topline.study.problems import Finding, InputError
from topline.study.records_spec import LabUnit
from topline.study.response_spec import RecistParameters, ResponseSpec
from topline.study.schedule import Assessments

CLASSES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE")
"""What the words of every criterion stand for, from best to worst; rates and progression are told in these."""


@dataclass(frozen=True)
class Material:
    """What a criterion judges from: records, the protocol's section on response, patients (USUBJID, ORIGDT), planned visits, units."""

    records: Records
    spec: ResponseSpec
    subjects: pl.DataFrame
    assessments: Assessments | None = None
    lab_units: Mapping[str, LabUnit] = field(default_factory=dict)


@dataclass(frozen=True)
class TimePoints:
    """The visits as a criterion judged them.

    `overall` is one row a patient and visit after baseline, in order: USUBJID, VISIT, ADT, DTFIRST, DTLAST, TRGRESP, NTRGRESP, NEWLES,
    OVR (in the criterion's words), RULE, SRCDOM, SRCSEQ. `baseline` holds the USUBJID of patients assessed before treatment. `sums` and
    `measurements` are lesion data for ADTR, where the criterion has sums of diameters; `markers` the tumour markers behind them.
    """

    overall: pl.DataFrame
    baseline: pl.DataFrame
    sums: pl.DataFrame | None = None
    measurements: pl.DataFrame | None = None
    findings: tuple[Finding, ...] = ()
    markers: pl.DataFrame | None = None


class NoOptions(Strict):
    """A criterion without choices of its own."""


def first_progression(overall: pl.DataFrame, options: Any) -> pl.DataFrame:
    """Return USUBJID, PDDT, PDSEQ: the first visit of class PD, of those patients who have one."""
    rows = overall.filter(pl.col("CLASS") == "PD").group_by("USUBJID", maintain_order=True).first()
    return rows.select("USUBJID", pl.col("ADT").alias("PDDT"), pl.col("SEQ").alias("PDSEQ"))


def as_they_are(parameters: RecistParameters, options: Any) -> RecistParameters:
    """Return the parameters of RECIST 1.1 as the protocol has them."""
    return parameters


@dataclass(frozen=True)
class Criterion:
    """A response criterion.

    Parameters
    ----------
    name, source : str
        As the protocol names it, and where it is published.
    words : mapping
        Its words for a visit, from best to worst, each with the class (`CLASSES`) that it stands for.
    judge : callable
        ``judge(material, options)`` gives the visits from the lesion records (`TimePoints`).
    rules : tuple of str
        The rules in words, for the report; ``{name:g}`` stands for a parameter or an option of that name.
    options : type
        The model of its own choices in the protocol (`response.options`).
    ends : frozenset of str
        Words after which no visit counts for best response.
    progression : callable
        ``progression(overall, options)`` gives USUBJID, PDDT, PDSEQ: the day of progression. `overall` has CLASS and SEQ.
    thresholds : callable
        ``thresholds(parameters, options)`` gives the parameters of RECIST as the criterion has them, such as another rise of the sum.
    synonyms : mapping
        Other spellings in records, in capitals → word; the words themselves are known.
    """

    name: str
    source: str
    words: Mapping[str, str]
    judge: Callable[[Material, Any], TimePoints]
    rules: tuple[str, ...]
    options: type[Strict] = NoOptions
    ends: frozenset[str] = frozenset({"PD"})
    progression: Callable[[pl.DataFrame, Any], pl.DataFrame] = first_progression
    thresholds: Callable[[RecistParameters, Any], RecistParameters] = as_they_are
    synonyms: Mapping[str, str] = field(default_factory=dict)

    def rules_in_words(self, parameters: RecistParameters, options: Strict) -> tuple[str, ...]:
        """The rules with the numbers that hold in a study."""
        values = parameters.model_dump() | options.model_dump()
        return tuple(rule.format(**values) for rule in self.rules)

    def word_of(self, text: pl.Expr) -> pl.Expr:
        """The word that a recorded text (in capitals) means; null when it is none."""
        known = {word.upper(): word for word in self.words} | dict(self.synonyms)
        return text.replace_strict(known, default=None, return_dtype=pl.String)

    def class_of(self, word: pl.Expr) -> pl.Expr:
        """The class of a word."""
        return word.replace_strict(dict(self.words), default=None, return_dtype=pl.String)

    def word_for(self, kind: str) -> str:
        """The (best) word of a class; the class itself where the criterion has no word for it."""
        return next((word for word, stands_for in self.words.items() if stands_for == kind), kind)


@cache
def criteria() -> Mapping[str, Criterion]:
    """Every criterion there is, by name: each module of `criteria/` that defines CRITERION."""
    from topline.derive.response import criteria as folder

    modules = (importlib.import_module(f"{folder.__name__}.{item.name}") for item in pkgutil.iter_modules(folder.__path__))
    found = [module.CRITERION for module in modules if hasattr(module, "CRITERION")]
    return {item.name: item for item in found}


def criterion_of(spec: ResponseSpec) -> tuple[Criterion, Any]:
    """Return the criterion that a protocol names, and its options.

    Raises
    ------
    InputError
        PRO-0031 there is no such criterion; PRO-0032 an option is unknown or has a value that it can't have.
    """
    known = {name.upper(): item for name, item in criteria().items()}
    criterion = known.get(spec.criterion.strip().upper())
    if criterion is None:
        names = ", ".join(sorted(criteria()))
        raise InputError(
            [
                Finding(
                    "PRO-0031", "error", "is no criterion known here", column="criterion", value=spec.criterion, expected=f"one of {names}"
                )
            ]
        )
    try:
        return criterion, criterion.options.model_validate(spec.options)
    except ValidationError as error:
        raise InputError(
            [
                Finding(
                    "PRO-0032",
                    "error",
                    f"response.options of {criterion.name}: {item['msg'].removeprefix('Value error, ')}",
                    column=str((item["loc"] or ("options",))[0]),
                )
                for item in error.errors(include_url=False)
            ]
        ) from None


def with_thresholds(spec: ResponseSpec) -> ResponseSpec:
    """Return the protocol's section on response with the parameters that its criterion has in force."""
    criterion, options = criterion_of(spec)
    return spec.model_copy(update={"parameters": criterion.thresholds(spec.parameters, options)})
