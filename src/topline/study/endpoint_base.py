"""What every endpoint has: its name, its label and its estimand."""

from __future__ import annotations

from pydantic import Field

from topline.study.estimand import Estimand
from topline.study.model import Strict


class EndpointBase(Strict):
    """Identity of an endpoint."""

    id: str = Field(pattern=r"^[A-Z][A-Z0-9]{0,7}$", description="PARAMCD of the endpoint, such as PFS.")
    label: str = Field(min_length=1)
    estimand: Estimand | None = None

    @property
    def estimand_id(self) -> str:
        """Identifier that result rows point to."""
        return (self.estimand.id if self.estimand is not None else None) or self.id
