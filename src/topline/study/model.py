"""The base of every protocol model: unknown keys are refused, with the nearest known one named."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError


class Strict(BaseModel):
    """A frozen model that refuses keys it doesn't know."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        known = {field.alias or name for name, field in cls.model_fields.items()} | set(cls.model_fields)
        for key in data:
            if key not in known:
                shown = sorted({field.alias or name for name, field in cls.model_fields.items()})
                near = get_close_matches(str(key), shown, n=1, cutoff=0.5)
                hint = f"; did you mean '{near[0]}'?" if near else f"; known here: {', '.join(shown)}"
                raise PydanticCustomError("unknown_key", "unknown key '{key}'{hint}", {"key": str(key), "hint": hint})
        return data
