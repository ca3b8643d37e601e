"""Which value belongs to which endpoint and which arm: the hard part of reading an abstract."""

from __future__ import annotations

from topline.audit.arms import ArmBook
from topline.audit.grouping import Series, group_values, merge_counts
from topline.audit.items import Item
from topline.audit.value_arms import assign_arms, assign_times, share_closing_arms, tail_end
from topline.audit.value_endpoints import assign_endpoints

__all__ = ["Series", "find_series"]


def find_series(items: list[Item], book: ArmBook, inherited: str | None = None) -> list[Series]:
    """All series of a sentence with endpoint, arm and time for each value.

    Parameters
    ----------
    items : list of Item
        The sentence.
    book : ArmBook
        The arms of the text.
    inherited : str, optional
        Endpoint of the sentence before, for "the corresponding values were …".
    """
    merge_counts(items)
    series = group_values(items)
    begin = 0
    previous: Series | None = None
    for number, s in enumerate(series):
        stop = series[number + 1].first if number + 1 < len(series) else len(items)
        assign_endpoints(items, s, begin, stop, previous)
        assign_times(items, s, begin, stop, previous)
        assign_arms(items, s, begin, stop, previous, book)
        if s.endpoints[-1] is None and all(cell.unit is None and cell.x is None for cell in s.cells):
            begin = s.last + 1  # "the 70 patients given B": a number on the way to the value, whose arm is still to be used
            continue
        begin = max(s.last + 1, tail_end(items, s, stop))
        previous = s
    share_closing_arms(items, series)
    return series
