"""Lists of endpoints, and the values of a series shared among them."""

from __future__ import annotations

from itertools import pairwise

from topline.audit.grouping import Series
from topline.audit.items import Item
from topline.audit.phrases import family_of
from topline.audit.small_words import LIST_GLUE, VS

__all__ = ["codes_of", "groups_of_endpoints", "laid_out", "said", "share_among"]


def groups_of_endpoints(items: list[Item], a: int, b: int) -> list[list[int]]:
    """Lists of neighbouring endpoints ("ORR and DCR") among items a..b."""
    out: list[list[int]] = []
    last = -1
    for k in range(a, b):
        if items[k].kind != "E":
            continue
        glue = items[last + 1 : k] if out else []
        apart = out and (family_of(str(items[k].data)) == "other") != (family_of(str(items[last].data)) == "other")
        apart = apart or _opens(glue)
        if out and not apart and all(x.kind in {"G", "T", "H"} or x.low in LIST_GLUE for x in glue):
            out[-1].append(k)
        else:
            out.append([k])
        last = k
    return out


def _opens(items: list[Item]) -> bool:
    """Whether a bracket is opened and not closed."""
    depth = 0
    for x in items:
        depth += (x.low in {"(", "["}) - (x.low in {")", "]"})
    return depth > 0


def codes_of(items: list[Item], group: list[int]) -> list[str]:
    """The endpoints of a list, each once."""
    codes: list[str] = []
    for k in group:
        code = str(items[k].data)
        if not codes or codes[-1] != code:
            codes.append(code)
    return codes


def share_among(items: list[Item], s: Series, groups: list[list[int]], at: int) -> None:
    """Share the values among the endpoints of the list in which the chosen one stands."""
    k = len(s.cells)
    number = next((n for n, group in enumerate(groups) if at in group), -1)
    group = groups[number] if number >= 0 else [at]
    codes = codes_of(items, group)
    if (
        number > 0
        and codes[-1] in {"AE", "TRAE", "TEAE", "HEMTOX"}
        and any(x.low in {"common", "frequent", "prevalent", "commonest"} for x in items[max(0, group[0] - 2) : group[0]])
    ):
        codes = codes_of(items, groups[number - 1])
    m = len(codes)
    s.listed = codes
    if m > 1 and k == 1 and s.cells[0].value == "NR":
        s.cells, s.at, s.paired = s.cells * m, s.at * m, True  # "median PFS and OS were not reached"
        s.endpoints = list(codes)
        return
    versus = said(items, s, VS)
    if m > 1 and k == m and not (versus and k == 2):
        s.endpoints = list(codes)
        s.paired = True
    elif m > 1 and k > m and k % m == 0:
        s.endpoints, s.paired = laid_out(items, s, codes), True
    else:
        s.endpoints = [str(items[at].data)] * k


def said(items: list[Item], s: Series, words: frozenset[str]) -> bool:
    """Whether one of the words stands between the values of a series."""
    return any(x.low in words for x in items[s.first : s.last] if x.kind == "W")


def laid_out(items: list[Item], s: Series, names: list[str]) -> list[str | None]:
    """The endpoint of each value where there are several times as many values as names.

    "60% v 50% and 12% v 9%" goes through the arms of one endpoint after another; "60% and 12% v 50% and 9%", or an arm behind each
    whole list, through the endpoints of one arm after another.
    """
    size, gaps = len(names), [items[a + 1 : b] for a, b in pairwise(s.at)]
    versus = [c for c, gap in enumerate(gaps, start=1) if any(x.low in VS for x in gap if x.kind == "W")]
    arms = [c for c, gap in enumerate(gaps, start=1) if any(x.kind == "A" for x in gap)]
    whole_lists = all(c % size == 0 for c in versus) or arms == list(range(size, len(s.at), size))
    return [names[c % size if whole_lists else c // (len(s.at) // size)] for c in range(len(s.at))]
