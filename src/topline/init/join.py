"""Other sheets of the same patients: joined by a patient number that both have, where it may be used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from topline.init.choose import subject_column
from topline.init.tables import JoinedTable, Table


def join_tables(table: Table, others: Iterable[Table]) -> tuple[Table, list[Table]]:
    """Return the first sheet with the columns of those that hold the same patients, one row each; and the sheets that are left."""
    subject = subject_column(table)
    left = []
    for other in others:
        theirs = subject_column(other)
        if subject is None or theirs is None or other.encoding != table.encoding or not _same_patients(subject.counts, theirs.counts):
            left.append(other)
            continue
        have = {column.name for column in table.columns}
        new = tuple(column for column in other.columns if column.name not in have)
        names = frozenset(column.name for column in new)
        right = other.frame.select(theirs.name, *names).rename({theirs.name: subject.name})
        frame = table.frame.join(right, on=subject.name, how="left", maintain_order="left")
        joined = (*table.joined, JoinedTable(other, theirs.name, names))
        table = replace(table, frame=frame, columns=(*table.columns, *new), joined=joined)
    return table, left


def _same_patients(ours: dict[str, int], theirs: dict[str, int]) -> bool:
    """At least half of the ids of the smaller sheet are in the other; running numbers alone prove nothing."""
    common = len(ours.keys() & theirs.keys())
    numbered = all(text.isdigit() and len(text) < 4 for text in ours)
    return common >= 0.5 * min(len(ours), len(theirs)) and not numbered
