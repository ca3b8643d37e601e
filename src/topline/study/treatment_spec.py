"""How a treatment mode is read from drug records: components by drug names, a window, and the modes that count."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from topline.study.model import Strict


class Component(Strict):
    """One component of treatment, such as immunotherapy, and the drugs that are it."""

    id: str = Field(pattern=r"^[A-Z][A-Z0-9]{0,3}$", description="Short code; a mode is the codes of its components, such as ITC.")
    label: str = Field(min_length=1)
    drugs: tuple[str, ...] = Field(
        min_length=1, description="Drug names; brand, salt and Chinese names of known drugs are found by themselves."
    )


class TreatmentModes(Strict):
    """Mode = the components started within `combination_window_days` of the time origin (clinical rules, section 9).

    A component started later doesn't reclassify: it is counted and warned of.
    """

    domain: Literal["EX", "CM"] = "EX"
    combination_window_days: int = Field(ge=0, description="Days from the time origin, its own day being 0, in which a component counts.")
    components: tuple[Component, ...] = Field(min_length=1)
    modes: tuple[str, ...] = Field(min_length=1, description="The modes that the study knows, such as ITC, IT, IC, I.")
    synonyms: dict[str, tuple[str, ...]] = Field(default={}, description="Further names: drug → names under which it is recorded.")
    ignore: tuple[str, ...] = Field(default=(), description="Drugs that are no component and need no warning, such as dexamethasone.")

    @model_validator(mode="after")
    def _modes_of_components(self) -> TreatmentModes:
        ids = [component.id for component in self.components]
        if len(set(ids)) < len(ids):
            raise ValueError("a component's id is used twice")
        possible = {self.name_of(frozenset(chosen)): None for chosen in _subsets(ids)}
        for mode in self.modes:
            if mode not in possible:
                raise ValueError(f"the mode {mode!r} is not made of the components, in their order ({', '.join(ids)})")
        return self

    def name_of(self, components: frozenset[str]) -> str:
        """Return the name of a set of components: their codes in the order of the protocol."""
        return "".join(component.id for component in self.components if component.id in components)


def _subsets(ids: list[str]) -> list[list[str]]:
    return [[name for i, name in enumerate(ids) if mask >> i & 1] for mask in range(1, 2 ** min(len(ids), 12))]
