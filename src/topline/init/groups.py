"""Treatment groups: from a group column, or from the drugs that somebody wrote down."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from topline.derive.drug_names import DrugFinder
from topline.init.tables import Column
from topline.init.words import hints_of, plain
from topline.records.identity import identity_in

_CONTROL = re.compile(r"对照|control|placebo|安慰剂|标准|standard|单纯|单药|观察|observation|non|未|无|no\b|^b组?$|^0$")
_TARGETED = frozenset(("bevacizumab", "endostar", "cetuximab", "nimotuzumab"))
MOST_GROUPS = 6


@dataclass(frozen=True)
class GroupGuess:
    """Value in the file → group; the groups with their labels, and the reference among them."""

    values: dict[str, str]
    labels: dict[str, str]
    reference: str
    evidence: str
    reference_why: str


def groups_of_column(column: Column) -> GroupGuess | None:
    """Groups from a column such as 组别; None when it has one value, or more than six."""
    spelled: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for text, n in sorted(column.counts.items(), key=lambda item: -item[1]):
        counts[spelled.setdefault(plain(text).replace(" ", ""), text.strip())] += n
    if not 1 <= len(counts) <= MOST_GROUPS or any(len(text) > 60 for text in counts):
        return None
    values = {text: spelled[plain(text).replace(" ", "")] for text in column.counts}
    hints = {**hints_of(column.heading), **column.labels}
    labels = {
        text: hints.get(text, text).strip() if text in hints or not re.fullmatch(r"[\d.]+", text) else f"{column.name.strip()} = {text}"
        for text in sorted(counts)
    }
    return _with_reference(values, labels, counts)


def groups_of_drugs(column: Column) -> GroupGuess | None:
    """Groups by the kinds of drugs in free text, such as immunotherapy + chemotherapy; None when fewer than two kinds are found."""
    finder = DrugFinder()
    values: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for text, n in column.counts.items():
        drugs = finder.find(text) if len(text) <= 80 and identity_in(text) is None else frozenset()
        if drugs:
            values[text] = " + ".join(
                sorted({_kind(drug) for drug in drugs}, key=("immunotherapy", "targeted therapy", "chemotherapy").index)
            )
            counts[values[text]] += n
    if not 2 <= len(counts) <= MOST_GROUPS or sum(counts.values()) < 0.5 * column.n:
        return None
    labels = {name: name[0].upper() + name[1:] for name in sorted(counts)}
    return _with_reference(values, labels, counts, column.n - sum(counts.values()))


def _kind(drug: str) -> str:
    if drug.endswith("nib") or drug in _TARGETED:
        return "targeted therapy"
    return "immunotherapy" if drug.endswith("mab") else "chemotherapy"


def _with_reference(values: dict[str, str], labels: dict[str, str], counts: Counter[str], unread: int = 0) -> GroupGuess:
    control = [name for name, label in labels.items() if _CONTROL.search(plain(label)) or _CONTROL.search(plain(name))]
    names = list(labels)
    alone = [name for name in names if name in ("chemotherapy", "immunotherapy")]
    if len(control) == 1:
        reference, why = control[0], "its name sounds like a control group"
    elif alone:
        reference, why = alone[0], "the simplest treatment"
    else:
        reference, why = names[-1], "chosen without evidence: please choose (it is only the last in order)"
    ordered = {name: labels[name] for name in (*(name for name in names if name != reference), reference)}
    evidence = ", ".join(f"{labels[name]}: {counts[name]} rows" for name in ordered)
    if unread:
        evidence += f"; {unread} rows name no drug that is known"
    return GroupGuess(values, ordered, reference, evidence, why)
