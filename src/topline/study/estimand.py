"""The estimand of an endpoint: ICH E9(R1) (2019), its five attributes, and what is supplementary or sensitivity to it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from topline.study.model import Strict

Strategy = Literal["treatment_policy", "hypothetical", "composite", "while_on_treatment", "principal_stratum"]


class IntercurrentEvent(Strict):
    """An event after treatment start that bears on the endpoint, and how it is handled."""

    event: Literal["death", "new_therapy", "missed_visits", "treatment_stop", "no_assessment", "assay_interference", "other"]
    strategy: Strategy
    label: str | None = None


class Estimand(Strict):
    """Treatment, population, variable, intercurrent events and summary; `id` defaults to the endpoint's."""

    id: str | None = None
    treatment: str = Field(min_length=1, description="The treatment condition or conditions compared.")
    population: str = Field(description="Population (its id) that the question is about.")
    variable: str = Field(min_length=1, description="What is measured in each patient.")
    intercurrent_events: tuple[IntercurrentEvent, ...] = ()
    summary: str = Field(min_length=1, description="The population-level summary, such as 'proportion' or 'hazard ratio'.")
    sensitivity: tuple[str, ...] = Field(default=(), description="Endpoints that keep the estimand and change assumptions.")
    supplementary: tuple[str, ...] = Field(default=(), description="Endpoints that answer another question.")
