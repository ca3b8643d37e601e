"""Items that go on: further intervals, p-values and arm letters, and names of several words."""

from __future__ import annotations

from topline.audit.arms import ArmBook
from topline.audit.grammar import Grammar, PValue, Ratio
from topline.audit.item import Item
from topline.audit.lexicon import RATIO_HEADS
from topline.audit.small_words import GOVERN, LINKS
from topline.audit.tokens import Token
from topline.audit.value_grammar import CLOSE, OPEN

__all__ = ["absorb_before", "claim_p", "further_interval", "further_letters", "further_p", "further_ratios", "next_grade"]

_TIMED = frozenset({"OS", "PFS", "DFS", "EFS", "RFS", "TTP", "DMFS", "DSS"})


def further_interval(g: Grammar, tokens: list[Token], out: list[Item], i: int) -> int:
    """ "(95% CI 2.5 to 5.3 and 1.9 to 3.8, respectively)": the second interval has the same level."""
    last = out[-1]
    if i + 3 >= len(tokens) or tokens[i].lower not in {"and", ","} or tokens[i + 1].kind != "n":
        return i
    found = g.interval(i + 1)
    if found is None or last.data.kind != "ci" or tokens[i + 2].lower not in {"-", "to"} or found[0].unit == "%":
        return i
    found[0].kind, found[0].level = "ci", last.data.level
    out.extend((Item("W", i, i + 1, None, tokens[i].lower), Item("S", i + 1, found[1], found[0])))
    return found[1]


def further_ratios(g: Grammar, tokens: list[Token], out: list[Item], i: int) -> int:
    """Read on in a list of ratios: "hazard ratios were 0.99 for DFS (…), 0.85 for OS (…)", "0.99 (…); 1.03 (…); and 1.45 (…)"."""
    codes = [w for w in out[-1].data.about.split() if w.upper() in _TIMED]
    for number in range(1, 13):
        first: Ratio = out[-1].data
        j = i
        while j < i + 2 and g.low[j] in {",", ";", "and", "v", "vs", "versus"}:
            j += 1
        start = j
        while start < j + 3 and g.kinds[start] == "w" and g.low[j] not in RATIO_HEADS:
            start += 1
        named = start > j and g.low[start] == "="  # "; placebo = 0.49 (0.29-0.85), P = 0.009"
        k = start + 1 if named else j
        if j == i or g.kinds[k] != "n" or g.tokens[k].spelled or "." not in tokens[k].value or g.low[k + 1] not in OPEN | {"for"}:
            return i
        second = Ratio(first.measure, tokens[k].value, None, None, first.marks, first.about)
        end = g.ratio_end(second, k + 1)
        if second.interval is None and (second.p is None or first.p is None):
            return i
        if g.low[k + 1] in OPEN and len(codes) == 2:  # "hazard ratios for PFS and OS were 1.77 (…) and 2.05 (…)"
            first.about, second.about = (codes[0] if number == 1 else first.about), codes[1]
        out.extend(Item("W", m, m + 1, None, tokens[m].lower) for m in range(i, k))
        out.append(Item("R", k, end, second))
        i = end
    return i


def claim_p(out: list[Item]) -> None:
    """ "[log-rank P = 0.01; HR, 0.42; 95% CI …]": the p-value that opens the ratio's bracket is the ratio's."""
    if len(out) < 4 or out[-1].data.p is not None or [x.kind for x in out[-3:-1]] != ["P", "W"] or out[-2].low not in {",", ";"}:
        return
    opened = len(out) - 4
    while opened > len(out) - 7 and opened >= 0 and out[opened].kind == "W" and out[opened].low not in OPEN:
        opened -= 1
    if opened >= 0 and out[opened].low in OPEN:
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
    """ "P values of 0.017 and 0.019, respectively", "(P = 0.01, 0.02 and <0.001)": what a list goes on with are p-values too."""
    more: list[Item] = []
    k = i
    while k + 1 < len(tokens) and len(more) < 12 and tokens[k].lower in {"and", ",", ";", "/"}:
        k += 1 + (tokens[k].text == "," and tokens[k + 1].lower == "and")
        sign = tokens[k].text if k < len(tokens) and tokens[k].text in "<>=≤≥" else ""
        at = k + (sign != "")
        if at >= len(tokens) or tokens[at].kind != "n" or not tokens[at].value.startswith("0."):
            break
        if at + 1 < len(tokens) and tokens[at + 1].lower not in {"and", ",", ";", "/", "respectively", ".", ")", "]"}:
            return i  # a value with an interval or a unit
        more.extend((Item("W", k - 1, k, None, ","), Item("P", k, at + 1, PValue(sign.replace("=", "") + tokens[at].value))))
        k = at + 1
    closed = k < len(tokens) and tokens[k].text in CLOSE and out[-2:-1] != [] and out[-2].low in OPEN
    if not more or not (closed or any(t.lower.startswith("respective") for t in tokens[k : k + 3])):
        return i
    out.extend(more)
    return k


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
    arm = Item("A", out[start].i, out[k].j, out[k].data)
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
