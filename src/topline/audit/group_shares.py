"""Groups of which values are shares: "was found in 58% of the carcinomas, in 12% of adenomas and in none of the normal samples"."""

from __future__ import annotations

from topline.audit.items import Item
from topline.audit.lexicon import PATIENT_NOUNS
from topline.audit.patient_groups import Group, make, name_end
from topline.audit.tokens import Token

__all__ = ["shares_of_groups"]

_OPENING = frozenset({"in", "of"})
_JOINTS = frozenset({",", "and", "but", "v", "versus", "vs", "compared", "with", "to", "in", "only", "whereas", "."})
_AFTER = frozenset({")", ",", ".", ";", "(", "[", "and", "as", "but", "compared", "respectively", "v", "versus", "vs", "whereas"})
_WHOLE = PATIENT_NOUNS | {"cohort", "evaluable", "group", "population", "sample", "study", "them", "these", "total"}


def shares_of_groups(tokens: list[Token], items: list[Item], source: str) -> list[Group]:
    """Read "in 92 (58%) of the carcinomas and in 7 (12%) of the normal samples"; two or more, nothing but joints between them."""
    run: list[Group] = []
    end = -1
    for k, x in enumerate(items):
        if x.kind != "C" or (x.data.unit != "%" and x.data.n is None) or not k or k < end:
            continue
        group = _whole_of(tokens, items, source, k)
        follows = end >= 0 and all(y.low in _JOINTS or y.kind in {"P", "S"} for y in items[end:k])
        if group is None or (end >= 0 and not follows):
            if len(run) > 1:
                break
            run, end = [], -1
        if group is not None and (run or items[k - 1].low in _OPENING):
            run.append(group)
            end = _past_share(items, group.b)
    closed = end < 0 or end >= len(items) or items[end].kind in {"P", "R"} or items[end].low in _AFTER
    return run if closed and len({g.key for g in run}) == len(run) > 1 else []


def _whole_of(tokens: list[Token], items: list[Item], source: str, k: int) -> Group | None:
    """What the value at item `k` is a share of, where that is more than "the patients"."""
    j = k + 1
    if j < len(items) and items[j].low == "of":
        j += 1
    elif items[k].data.n is None:
        return None
    while j < len(items) and items[j].low in {"all", "the", "these", "those"}:
        j += 1
    b = name_end(items, j, endpoints=False, most=5)
    if b == j or {x.low for x in items[j:b]} <= _WHOLE or any(x.kind == "X" for x in items[j:b]):
        return None
    return make(tokens, items, source, j, b, "share")


def _past_share(items: list[Item], j: int) -> int:
    """Past the bracket that closes a share: "7 of 60 normal samples (12%)"."""
    if j < len(items) and items[j].low in {"(", "["}:
        close = next((m for m in range(j, min(len(items), j + 5)) if items[m].low in {")", "]"}), -1)
        if close > 0 and any(x.kind == "C" for x in items[j:close]):
            return close + 1
    return j
