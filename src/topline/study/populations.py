"""Who is analysed: populations as ordered inclusion and exclusion rules, from which the flow chart falls out; and treatment groups."""

from __future__ import annotations

from pydantic import Field, model_validator

from topline.study.conditions import Condition
from topline.study.model import Strict


class PopulationRule(Strict):
    """One step of the flow chart: patients who don't meet `include`, or do meet `exclude`, leave."""

    label: str = Field(min_length=1, description="The reason as the flow chart prints it, such as 'No iodine uptake'.")
    include: Condition | None = None
    exclude: Condition | None = None
    post_baseline: bool = Field(default=False, description="True when the rule looks past the time origin; reported with a warning.")

    @model_validator(mode="after")
    def _one_condition(self) -> PopulationRule:
        if (self.include is None) == (self.exclude is None):
            raise ValueError("a rule has either 'include' or 'exclude'")
        return self


class Population(Strict):
    """An analysis set. Its flag in ADSL is `id` + FL."""

    id: str = Field(pattern=r"^[A-Z][A-Z0-9]{0,5}$", description="Short code such as FAS or SAF; its flag is FASFL.")
    label: str = Field(min_length=1)
    parent: str | None = Field(default=None, description="Population from which this one starts; all patients unless stated.")
    rules: tuple[PopulationRule, ...] = ()


class GroupLevel(Strict):
    """One treatment group: the value, or the values, of the group variable that belong to it."""

    value: str | tuple[str, ...] = Field(description="Value of the group variable, or a list of values that make one group.")
    label: str = Field(min_length=1, description="The group's name as printed.")

    @property
    def values(self) -> tuple[str, ...]:
        """Every value that belongs to the group."""
        return (self.value,) if isinstance(self.value, str) else self.value


class Groups(Strict):
    """Treatment groups: a variable of DM, or TRTMODE where modes are read from drug records, and its values; the reference named."""

    variable: str = Field(default="ARM", description="Variable that holds the group.")
    levels: tuple[GroupLevel, ...] = Field(min_length=1)
    reference: str | None = Field(default=None, description="The group (its value or label) that the others are compared with.")

    @model_validator(mode="after")
    def _known_reference(self) -> Groups:
        values = [value for level in self.levels for value in level.values]
        labels = [level.label for level in self.levels]
        if len(set(values)) < len(values) or len(set(labels)) < len(labels):
            raise ValueError("a group's value or label is listed twice")
        if self.reference is not None and self.reference not in (*values, *labels):
            raise ValueError(f"the reference {self.reference!r} is none of the groups ({', '.join(labels)})")
        if len(labels) > 1 and self.reference is None:
            raise ValueError("name the reference group; it is never chosen by the data")
        return self

    @property
    def reference_label(self) -> str | None:
        """The printed name of the reference group."""
        return next((level.label for level in self.levels if self.reference in (level.label, *level.values)), None)
