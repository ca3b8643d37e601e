"""Groups of patients that one sentence sets against each other: "21% after A and 24% after B", "in women than in men"."""

from __future__ import annotations

from itertools import pairwise

from topline.audit.arm_book import ArmBook
from topline.audit.arm_evidence import Key
from topline.audit.claims import Arm
from topline.audit.group_shares import shares_of_groups
from topline.audit.items import Item
from topline.audit.patient_groups import HEADED, NO, Group, adjective, all_groups, make, name_end
from topline.audit.phrases import content_word
from topline.audit.small_words import VS
from topline.audit.tokens import Token
from topline.audit.treatments import is_treatment

__all__ = ["LEADS", "leave_the_frame", "opposed_groups", "with_groups"]

# fmt: off
LEADS = frozenset({"after", "for", "from", "in", "on", "with", "among", "following", "under", "by", "using"})
_CONTRAST = frozenset(
    {
        "and", "but", "compared", "opposed", "or", "respectively", "than", "v", "versus", "vs", "whereas", "while", "against",
        "relative", ";",
    }
)
# fmt: on


def _after_values(tokens: list[Token], items: list[Item], source: str) -> list[Group]:
    """ "21% after A + B and 24% after B": values that the same preposition ties to different phrases."""
    found: list[tuple[int, str, Group]] = []
    values = [k for k, x in enumerate(items) if x.kind == "C"]
    arms = any(x.kind == "A" for x in items)
    for k in values:
        j = _past_brackets(items, k + 1)
        if j >= len(items) or items[j].low not in LEADS or (arms and items[j].low in {"for", "with"} and not _short(tokens, items, j + 1)):
            continue  # beside an arm of the text, "85% for X and 86% for Y" are two results
        b = name_end(items, j + 1, endpoints=False, most=6)
        if b == j + 1 or items[j + 1].kind == "X":
            continue  # "in two cycles"
        while b < len(items) and items[b].low in HEADED:
            b += 1
        group = make(tokens, items, source, j + 1, b, "bare")
        if group is not None:
            found.append((k, items[j].low, group))
    out: list[Group] = []
    for (k, lead, one), (m, other, two) in pairwise(found):
        following = values[values.index(k) + 1]
        between = items[one.b : m]
        if lead != other or following != m or one.key == two.key or not _joined(between):
            continue
        for group in (one, two):
            if group not in out:
                out.append(group)
    return out


def _with_and_without(tokens: list[Token], items: list[Item], source: str) -> list[Group]:
    """ "12.3 months with and 7.2 months without A": a group that one preposition names."""
    for k, x in enumerate(items[:-3]):
        if x.low not in {"with", "without"} or items[k + 1].low not in {"and", "versus", "vs", "compared"}:
            continue
        other = "without" if x.low == "with" else "with"
        m = next((m for m in range(k + 2, min(len(items), k + 8)) if items[m].low == other), -1)
        if m < 0 or not any(y.kind == "C" for y in items[k + 1 : m]) or not (k and _is_value_end(items, k)):
            continue
        b = name_end(items, m + 1, endpoints=True)
        group = make(tokens, items, source, m + 1, b, "who") if b > m + 1 else None
        if group is not None:
            return [
                Group(k, k + 1, (x.low, *group.key), f"{x.low} {group.name}", "who"),
                Group(m, b, (other, *group.key), f"{other} {group.name}", "who"),
            ]
    return []


def _before_values(tokens: list[Token], items: list[Item], source: str) -> list[Group]:
    """ "with A plus B (30%) and A plus C (36%) versus A (18%)": treatments, each with its value in a bracket."""
    out: list[Group] = []
    for k, x in enumerate(items):
        if x.kind != "C" or k < 2 or items[k - 1].low not in {"(", "["}:
            continue
        a = k - 1
        while a > 0 and k - a < 9 and (items[a - 1].kind == "A" or content_word(items[a - 1]) or items[a - 1].low in _TYING):
            a -= 1
        while a < k - 1 and items[a].low in _TYING:
            a += 1
        lead = items[a - 1].low if a else ""
        versus = k + 1 < len(items) and items[k + 1].low in VS
        if a == k - 1 or lead not in (_BEFORE_GROUP if out else LEADS) or versus:
            continue
        inside = items[a : k - 1]
        if any(y.kind == "A" or is_treatment(y.low) for y in inside):
            group = make(tokens, items, source, a, k - 1, "bare")
            if group is not None:
                out.append(group)
    return out if len({g.key for g in out}) > 1 else []


_TYING = frozenset({"plus", "+", "/", "-"})
_BEFORE_GROUP = LEADS | {"and", "than", "to", "v", "versus", "vs"}


def _cases_and_controls(tokens: list[Token], items: list[Item]) -> list[Group]:
    """ "100% of cases vs. 26% of controls": the value may have taken the cases with it."""
    if not {"cases", "controls"} <= {t.lower for t in tokens}:
        return []
    named = [Group(k, k + 1, (x.low,), x.low, "word") for k, x in enumerate(items) if x.low in {"cases", "controls"}]
    if not named:
        return []
    missing = {"cases", "controls"} - {g.name for g in named}
    return [*named, *(Group(-1, -1, (word,), word, "word") for word in missing)]


def _with_or_without(tokens: list[Token], items: list[Item], source: str) -> list[Group]:
    """ "8 months with A … 3 months without A": the same phrase had and lacked."""
    for k, x in enumerate(items):
        if x.low != "without":
            continue
        b = name_end(items, k + 1, endpoints=True)
        lacks = make(tokens, items, source, k, b, "who") if b > k + 1 else None
        if lacks is None:
            continue
        for m, y in enumerate(items[:-1]):
            if y.low == "with" and (end := name_end(items, m + 1, endpoints=True)) > m + 1:
                has = make(tokens, items, source, m, end, "who")
                if has is not None and has.key[1:] == lacks.key[1:]:
                    return [has, lacks] if m < k else [lacks, has]
    return []


def _is_value_end(items: list[Item], k: int) -> bool:
    return items[k - 1].kind in {"C", "S"} or items[k - 1].low in {")", "]"}


def _than(tokens: list[Token], items: list[Item], source: str) -> list[Group]:
    """ "longer in initial than in recurrent disease": two phrases about a word of comparison, by the same lead."""
    for k, x in enumerate(items):
        if x.low not in {"than", "versus", "vs"} or not 1 < k < len(items) - 1 or any(y.kind in {"C", "P"} for y in items[k - 1 : k + 2]):
            continue
        right = k + 1
        lead = items[right].low if items[right].low in LEADS else ""
        right += bool(lead)
        end = name_end(items, right, endpoints=False, most=6)
        if end == right or (end < len(items) and items[end].low not in _AFTER_GROUP and items[end].kind not in {"P", "R", "C"}):
            continue
        start = k
        while (
            start > 0
            and k - start < 6
            and (items[start - 1].kind == "A" or (content_word(items[start - 1]) and items[start - 1].low not in _DEGREE))
        ):
            start -= 1
        subject = start == 0 and not lead and x.low != "than"  # "NGS versus PCR showed …"
        if start == k or not (subject or (start and items[start - 1].low in ({lead} if lead else LEADS) | {"the", "a", "between"})):
            continue
        one, two = make(tokens, items, source, start, k, "bare"), make(tokens, items, source, right, end, "bare")
        if one is not None and two is not None and one.key != two.key:
            return [one, two]
    return []


_AFTER_GROUP = frozenset(
    {
        "(", ",", ".", ";", "[", "arm", "arms", "demonstrated", "did", "group", "groups", "had", "has", "improved", "increased",
        "led", "patients", "produced", "prolonged", "provided", "reduced", "resulted", "showed", "tumors", "tumours", "was",
        "were",
    }
)  # fmt: skip
_DEGREE = frozenset(
    {
        "better",
        "common",
        "frequent",
        "frequently",
        "greater",
        "higher",
        "likely",
        "longer",
        "lower",
        "often",
        "shorter",
        "worse",
        "significantly",
    }
)


def _short(tokens: list[Token], items: list[Item], k: int) -> bool:
    """Whether an abbreviation or a treatment stands at item `k`: "3.8 months for ET and 2.3 months for EP"."""
    if k >= len(items):
        return False
    text = tokens[items[k].i].text
    return (text.isupper() and 1 < len(text) < 8 and items[k].kind != "E") or is_treatment(text.lower())


def _joined(between: list[Item]) -> bool:
    depth = 0
    joint = False
    for x in between:
        depth += (x.low in {"(", "["}) - (x.low in {")", "]"})
        if depth > 0 or x.low in {")", "]"}:
            continue
        if x.kind == "W" and x.low in _CONTRAST | {",", "to", "with"}:
            joint = True
        elif not (x.kind in {"P", "S", "R", "H"} or (x.kind == "W" and x.low in {"only", "was", "of", "the", "in", "a"})):
            return False
    return joint


def _past_brackets(items: list[Item], j: int) -> int:
    while j < len(items):
        if items[j].low in {"(", "["}:
            depth = 0
            while j < len(items):
                depth += (items[j].low in {"(", "["}) - (items[j].low in {")", "]"})
                j += 1
                if depth == 0:
                    break
        elif items[j].kind in {"S", "H"} or items[j].low in {"of", "patients", "the", "cases"}:
            j += 1
        else:
            break
    return j


def opposed_groups(tokens: list[Token], items: list[Item], source: str, groups: list[Group]) -> list[Group]:
    """The groups that a sentence sets against each other, of all that it names and of looser phrases; empty where fewer than two."""
    lows = {x.low for x in items}
    if not lows & _CONTRAST:
        return []
    out: list[Group] = []
    heads = [items[g.b - 1].low for g in groups if g.frame == "head"]
    sexes = {_SEX[g.name.lower()] for g in groups if g.name.lower() in _SEX}
    groups = [g for g in groups if g.name.lower() not in _SEX or len(sexes) > 1]
    groups = [g for g in groups if g.frame != "head" or _sets_apart(items, g, heads)]
    for frames in ({"who"}, {"head"}, {"counted"}, {"word"}, {"who", "head", "word"}):
        out = [g for g in groups if g.frame in frames]
        if 2 <= len({g.key for g in out}) <= 5:
            break
        out = []
    if not out:
        out = shares_of_groups(tokens, items, source) or _with_and_without(tokens, items, source)
        out = out or _with_or_without(tokens, items, source)
        out = out or _cases_and_controls(tokens, items) or _after_values(tokens, items, source) or _than(tokens, items, source)
    before = _before_values(tokens, items, source)
    if len({g.key for g in before}) > len({g.key for g in out}):
        out = before
    return _without_what(_less_the_frame(items, out))


_SEX = {"women": "f", "females": "f", "men": "m", "males": "m"}  # who are the patients of a text, unless both are named


def leave_the_frame(tokens: list[Token], items: list[Item], source: str) -> None:
    """Take no endpoint from what the patients of the whole sentence have: "In patients without metastases, the ORR was …"."""
    if not items or items[0].low not in {"in", "among", "for", "within"}:
        return
    group = next(iter(all_groups(tokens, items, source)), None)
    if group is None or group.a > 6 or group.b >= len(items) or items[group.b].low != ",":
        return
    for x in items[group.a : group.b]:
        if x.kind == "E":
            x.kind, x.data, x.low = "W", None, tokens[x.i].lower


def _sets_apart(items: list[Item], group: Group, heads: list[str]) -> bool:
    """Whether the words before a head make a group of it: any before "group", a contrast before "tumours", two heads of people."""
    inside = items[group.a : group.b]
    head = inside[-1].low
    if head in {"group", "arm", "cohort", "subgroup"} or (head in {"patients", "women", "men"} and heads.count(head) > 1):
        return True
    return any(x.kind == "A" or adjective(x.low) for x in inside)


def _less_the_frame(items: list[Item], groups: list[Group]) -> list[Group]:
    """Leave off the patients in whom the others are compared: "Among patients with X, those given A …, those given B …"."""
    if len({g.key for g in groups}) < 2 or groups[0].a > 10 or groups[0].b >= len(items):
        return groups
    after = next((x.low for x in items[groups[0].b : groups[0].b + 3] if x.low not in HEADED), "")
    if after != "," or items[0].low not in {"in", "among", "for", "within", "of"}:
        return groups
    values = any(x.kind == "C" for x in items[groups[0].b : groups[1].a])
    return groups if values else groups[1:] if len({g.key for g in groups}) > 2 else []


def _without_what(groups: list[Group]) -> list[Group]:
    """ "patients with X … those without": what the second lack is what the first have."""
    lacking = next((g for g in groups if g.key in {("without",), ("not",)}), None)
    named = [g for g in groups if g is not lacking]
    if lacking is None or len({g.key for g in named}) != 1:
        return groups
    for group in named:
        group.name = f"with {group.name}" if lacking.key == ("without",) else group.name
    lacking.key, lacking.name = (lacking.key[0], *named[0].key), f"{lacking.key[0]} {named[0].name.removeprefix('with ')}"
    return groups


def with_groups(items: list[Item], groups: list[Group], book: ArmBook) -> tuple[list[Item], ArmBook]:
    """The items of a sentence with its own groups as arms; a group that is an arm of the text keeps the arm's name and size."""
    numbers: dict[Key, int] = {}
    arms: list[Arm] = []
    known = [_known(items, g, book) for g in groups]
    for group, arm in zip(groups, known, strict=True):
        if group.key in numbers:
            continue
        numbers[group.key] = len(arms)
        alone = arm is not None and sum(k == arm for k in dict(zip((g.key for g in groups), known, strict=True)).values()) == 1
        arms.append(book.arms[arm] if alone and arm is not None else Arm(group.name))
    out: list[Item] = []
    at = 0
    for group in groups:
        if group.a < at:  # also the opposite of a sole group, which stands nowhere
            continue
        out.extend(x for x in items[at : group.a] if x.kind != "A")
        out.append(Item("A", items[group.a].i, items[group.b - 1].j, numbers[group.key]))
        at = group.b
    out.extend(x for x in items[at:] if x.kind != "A")
    return out, ArmBook(arms)


def _known(items: list[Item], group: Group, book: ArmBook) -> int | None:
    """The arm of the text that a group is: its name stands in the group's and no denial does."""
    found = {int(x.data) for x in items[group.a : group.b] if x.kind == "A"}
    if any(x.kind == "X" or x.low.endswith(("daily", "weekly")) for x in items[group.a : group.b]):
        return None  # "the velatinib 360 mg group", "weekly velatinib": a part of it
    return found.pop() if len(found) == 1 and not set(group.key) & NO else None
