"""What is asked of the data: one analysis an entry, each with its population, groups, methods and comparisons by name."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from topline.study.model import Strict

AnalysisId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class _Analysis(Strict):
    id: AnalysisId = Field(description="Key of the analysis: results['pfs'].")
    title: str | None = None
    population: str = Field(description="Population (its id).")
    by: str | None = Field(default=None, description="Grouping variable; the treatment groups unless stated.")
    reference: str | None = Field(default=None, description="With `by`: the level that the others are compared with.")


class BaselineVariable(Strict):
    """A row block of the baseline table."""

    variable: str
    label: str | None = None
    type: Literal["continuous", "categorical"]
    unit: str | None = None
    levels: dict[str, str] | None = Field(default=None, description="Value → printed label, in the order of the table.")


class BaselineAnalysis(_Analysis):
    """Characteristics of the patients at baseline; no tests."""

    type: Literal["baseline"]
    variables: tuple[BaselineVariable, ...] = Field(min_length=1)


class FollowUpAnalysis(_Analysis):
    """Follow-up: reverse Kaplan–Meier and observed, with its range."""

    type: Literal["follow_up"]
    endpoint: str = Field(description="Time-to-event endpoint whose censoring is follow-up; overall survival as a rule.")


class Subgroup(Strict):
    """A subgroup variable: the effect within each of its levels, and the interaction test."""

    variable: str
    label: str | None = None
    levels: dict[str, str] | None = Field(default=None, description="Value → printed label, in order.")


class Covariate(Strict):
    """A covariate of a Cox model; a categorical one is compared with its reference level, which is named."""

    variable: str
    type: Literal["continuous", "categorical"]
    label: str | None = None
    reference: str | None = Field(default=None, description="Categorical: the level that the others are compared with.")
    per: float = Field(default=1.0, gt=0, description="Continuous: the step that the hazard ratio is for, such as 10 (years).")

    @model_validator(mode="after")
    def _named_reference(self) -> Covariate:
        if (self.type == "categorical") != (self.reference is not None):
            raise ValueError("a categorical covariate names its 'reference', a continuous one has none")
        return self


class TimeToEventComparison(Strict):
    """How groups are compared: the test and the model are named here, never chosen by the data."""

    test: Literal["log_rank"]
    strata: tuple[str, ...] = Field(default=(), description="Stratification of the test and of the Cox model.")
    covariates: tuple[Covariate, ...] = Field(default=(), description="Covariates of an adjusted Cox model, beside the unadjusted one.")
    proportional_hazards_test: bool = True


class TimeToEventAnalysis(_Analysis):
    """Kaplan–Meier curves, medians, landmarks, and the comparison of groups."""

    type: Literal["time_to_event"]
    endpoint: str
    comparison: TimeToEventComparison | None = None
    quantiles: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = ()
    landmarks_months: tuple[Annotated[float, Field(gt=0, le=1_200)], ...] = ()
    rmst_months: float | None = Field(default=None, gt=0, le=1_200)
    subgroups: tuple[Subgroup, ...] = ()


class ResponseComparison(Strict):
    """The test of two proportions, by name."""

    test: Literal["fisher", "chi_squared", "chi_squared_continuity", "n_minus_1_chi_squared"]
    difference: Literal["newcombe", "miettinen-nurminen"] = "newcombe"


class ResponseAnalysis(_Analysis):
    """Response counts, and rates with exact intervals."""

    type: Literal["response"]
    endpoints: tuple[str, ...] = Field(min_length=1, description="response_rate, biochemical and ata_2015 endpoints.")
    interval: Literal["clopper-pearson", "wilson", "jeffreys", "mid-p", "agresti-coull", "wald"] = "clopper-pearson"
    waterfall: Literal["counted", "all"] = Field(
        default="counted",
        description="Best change of the sum at the visits that count for best response (up to the first PD, not after new anticancer "
        "therapy), or at all visits.",
    )
    comparison: ResponseComparison | None = None


class ConcordanceAnalysis(_Analysis):
    """Agreement of two evaluators on best response and on progression, with early and late discrepancy rates."""

    type: Literal["concordance"]
    evaluators: tuple[str, str] = Field(description="The evaluator at the site, then the independent one; both under response.evaluators.")
    confirmed: bool = Field(default=False, description="Compare confirmed best responses.")
    same_within_days: int = Field(default=0, ge=0, description="Dates of progression so close to each other agree.")


class AdverseEventAnalysis(_Analysis):
    """Adverse events: patients with any, by grade, attribution and term, each patient once at the worst grade."""

    type: Literal["adverse_events"]
    term_variable: str = Field(default="AEDECOD", description="AE variable that names the term.")
    severe_grade: int = Field(default=3, ge=1, le=5)
    comparison: ResponseComparison | None = None


class ExposureAnalysis(_Analysis):
    """Cycles, dose reductions, interruptions, delays, discontinuation and relative dose intensity."""

    type: Literal["exposure"]


class LabChangeAnalysis(_Analysis):
    """Change of a laboratory value from baseline, summarised at the best and last value."""

    type: Literal["lab_change"]
    endpoint: str = Field(description="A biochemical endpoint.")


def _analysis_type(value: Any) -> Any:
    return value.get("type") if isinstance(value, dict) else getattr(value, "type", None)


Analysis = Annotated[
    Annotated[BaselineAnalysis, Tag("baseline")]
    | Annotated[FollowUpAnalysis, Tag("follow_up")]
    | Annotated[TimeToEventAnalysis, Tag("time_to_event")]
    | Annotated[ResponseAnalysis, Tag("response")]
    | Annotated[AdverseEventAnalysis, Tag("adverse_events")]
    | Annotated[ExposureAnalysis, Tag("exposure")]
    | Annotated[LabChangeAnalysis, Tag("lab_change")]
    | Annotated[ConcordanceAnalysis, Tag("concordance")],
    Discriminator(
        _analysis_type,
        custom_error_type="analysis_type",
        custom_error_message=(
            "an analysis's 'type' is baseline, follow_up, time_to_event, response, adverse_events, exposure, lab_change or concordance"
        ),
    ),
]
