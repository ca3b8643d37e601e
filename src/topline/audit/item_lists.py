"""Items that go on: further intervals, p-values and arm letters, and names of several words."""

from __future__ import annotations

from topline.audit.arms import ArmBook
from topline.audit.grammar import Grammar, PValue, Ratio
from topline.audit.item import Item
from topline.audit.small_words import GOVERN, LINKS
from topline.audit.tokens import Token

__all__ = ["absorb_before", "claim_p", "further_interval", "further_letters", "further_p", "next_grade"]

_TIMED = frozenset({"OS", "PFS", "DFS", "EFS", "RFS", "TTP", "DMFS", "DSS"})


def further_interval(g: Grammar, tokens: list[Token], out: list[Item], i: int) -> int:
    """ "(95% CI 2.5 to 5.3 and 1.9 to 3.8, respectively)"; "hazard ratios for PFS and OS were 1.77 (…) and 2.05 (…)"."""
    last = out[-1]
    joined = i + 3 < len(tokens) and tokens[i].lower in {"and", ","}
    if last.kind == "R" and joined and tokens[i].lower == "," and tokens[i + 1].lower == "and":
        follow = _ratio_of_another(g, tokens, last.data, i + 1)
        if follow is not None:
            out.extend((Item("W", i, i + 2, None, "and"), Item("R", follow[2], follow[1], follow[0])))
            return follow[1]
    if not joined or tokens[i + 1].kind != "n":
        return i
    if last.kind == "S":
        found = g.interval(i + 1)
        if found is None or last.data.kind != "ci" or tokens[i + 2].lower not in {"-", "to"} or found[0].unit == "%":
            return i
        found[0].kind, found[0].level = "ci", last.data.level
        out.extend((Item("W", i, i + 1, None, tokens[i].lower), Item("S", i + 1, found[1], found[0])))
        return found[1]
    follow = _ratio_of_another(g, tokens, last.data, i)
    if follow is not None:
        out.extend((Item("W", i, i + 1, None, tokens[i].lower), Item("R", follow[2], follow[1], follow[0])))
        return follow[1]
    cell = g.cell(i + 1)
    codes = [w for w in last.data.about.split() if w.upper() in _TIMED]
    if cell is None or cell[0].interval is None or cell[0].unit is not None or len(codes) != 2 or last.data.interval is None:
        return i
    last.data.about = codes[0]
    second = Ratio(last.data.measure, cell[0].value or "", cell[0].interval, None, last.data.marks, codes[1])
    second.interval = cell[0].interval
    out.extend((Item("W", i, i + 1, None, tokens[i].lower), Item("R", i + 1, cell[1], second)))
    return cell[1]


def _ratio_of_another(g: Grammar, tokens: list[Token], first: Ratio, i: int) -> tuple[Ratio, int, int] | None:
    """ "hazard ratios were 0.99 for DFS (…), and 0.85 for OS (95% CI …; P …)": the second ratio with its own endpoint."""
    if i + 2 >= len(tokens) or tokens[i + 1].kind != "n" or tokens[i + 2].lower != "for" or first.interval is None:
        return None
    second = Ratio(first.measure, tokens[i + 1].value, None, None, first.marks)
    end = g.ratio_end(second, i + 2)
    return (second, end, i + 1) if second.interval is not None and second.about else None


def claim_p(out: list[Item]) -> None:
    """ "[P = 0.01; HR, 0.42; 95% CI …]": the p-value that opens the ratio's bracket is the ratio's."""
    if len(out) < 4 or out[-1].data.p is not None or [x.kind for x in out[-4:-1]] != ["W", "P", "W"]:
        return
    if out[-4].low in {"(", "["} and out[-2].low in {",", ";"}:
        out[-1].data.p = out[-3].data
        del out[-3:-1]


def next_grade(out: list[Item]) -> None:
    """ "grade 1 (24%), 2 (67%) and 3 (9%)": the number before the second bracket is a grade, not a count."""
    cell = out[-1].data
    if cell.x is None or not 1 < cell.x <= 5 or cell.n is not None or cell.spelled or len(out) < 4 or out[-2].low not in {",", "and"}:
        return
    last = next((item for item in reversed(out[-7:-1]) if item.kind == "G"), None)
    if last is not None and str(last.data) == str(cell.x - 1):
        out.insert(-1, Item("G", out[-1].i, out[-1].i + 1, str(cell.x)))
        cell.x, out[-1].i = None, out[-1].i + 2


def further_p(tokens: list[Token], out: list[Item], i: int) -> int:
    """ "P values of 0.017 and 0.019, respectively": the second value is a p-value too."""
    if i + 2 >= len(tokens) or tokens[i].lower != "and" or tokens[i + 1].kind != "n" or not tokens[i + 1].value.startswith("0."):
        return i
    if not any(t.lower.startswith("respective") for t in tokens[i + 2 : i + 5]):
        return i
    out.append(Item("W", i, i + 1, None, "and"))
    out.append(Item("P", i + 1, i + 2, PValue(tokens[i + 1].value)))
    return i + 2


_HEADS = frozenset({"group", "arm", "cohort", "groups", "arms"})
_LEADS = frozenset({"in", "for", "with", "on", "the", "of", "receiving", "to"})


def absorb_before(out: list[Item]) -> None:
    """ "in the XY plus A group": the unknown words between the preposition and the arm belong to its name."""
    k = len(out) - 1
    start = k
    while start > 0 and out[start - 1].kind == "W" and k - start < 4 and (out[start - 1].low[:1].isalpha() or out[start - 1].low in "+-/"):
        if out[start - 1].low in _LEADS:
            break
        if out[start - 1].low in LINKS | GOVERN and out[start - 1].low not in {"with"}:
            return
        start -= 1
    if start == k or start == 0 or out[start - 1].low not in _LEADS:
        return
    arm = out[k]
    del out[start:]
    out.append(arm)


def further_letters(tokens: list[Token], parts: list[str], first: list[int], book: ArmBook, out: list[Item], i: int) -> int:
    """ "arm A and B", "groups 1, 2 and 3": the letters that follow a first one are arms too."""
    last = out[-1]
    head = parts[first[last.i]]
    if head not in {"group", "arm", "cohort"} or last.j - last.i != 2 or len(tokens[last.i + 1].text) > 3:
        return i
    while True:
        k = i
        while k < len(tokens) and tokens[k].lower in {",", "and", "or", "vs", "versus", "/", "&"} and k < i + 2:
            k += 1
        if k == i or k >= len(tokens) or len(tokens[k].text) > 3:
            return i
        found = book.mention([head, tokens[k].lower, ""], 0)
        if found is None or found[1] != 2:
            return i
        out.extend(Item("W", m, m + 1, None, tokens[m].lower) for m in range(i, k))
        out.append(Item("A", k, k + 1, found[0]))
        i = k + 1
