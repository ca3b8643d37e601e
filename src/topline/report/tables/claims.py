"""What a publication printed beside what the records give, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from topline.audit.against import ClaimCheck
from topline.report.tables.model import Column, Row, Table


def claims_table(claims: Sequence[ClaimCheck]) -> Table | None:
    """Return the comparison with published claims; None when none were given."""
    if not claims:
        return None
    lines = tuple(Row((item.label, item.printed, item.ours, item.verdict, item.reason, item.source)) for item in claims)
    verdicts = [item.verdict for item in claims]
    counts = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(verdicts))
    columns = (
        Column("Claim", "text"),
        Column("Printed"),
        Column("Here"),
        Column("Verdict", "text"),
        Column("Reason", "text"),
        Column("Source", "text"),
    )
    notes = (
        f"{len(claims)} claims: {counts}.",
        "Same after rounding: our raw number, rounded to the printed precision, is the printed one. Known contradiction: a mismatch "
        "that was expected, with its reason.",
    )
    return Table("claims", "Comparison with published claims", columns, lines, notes, "claims")
