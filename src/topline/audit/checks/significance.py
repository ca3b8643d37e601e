"""F2: do the p-values bear out what is said about significance and likeness, clause by clause?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from topline.audit.claims import Claim
from topline.audit.printed_p import printed_p
from topline.audit.sheet import Sheet
from topline.audit.verdict import Rung, Verdict

__all__ = ["check_significance"]

_SAID = re.compile(r"\b(?P<non>non-?|in)?significan(?:t|tly|ce)\b", re.IGNORECASE)
_ALIKE = re.compile(
    r"\b(?:(?:was|were|is|are|be|remained|being) (?:\w+ ){0,2}(?:similar|comparable|equivalent)|"
    r"(?:similar|comparable|equivalent) (?:between|across|in (?:both|the two|all))|"
    r"(?:did|do|does) not differ|(?:was|were) not different|no differences? )",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r";|\.\s|,? \b(?:but|whereas|while|although|though|however|nor|other than|except(?:ion)?|despite|unlike|yet|on the other hand|"
    r"in contrast)\b"
    r"|, (?:and |with )?(?:no|we|there|the|it|this|these)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"(?<!versus )(?<!vs )\b(?:(?:not|no|neither|nor|failed to|lack of|cannot|never|hardly)\b(?:\W+\w+){0,6}|without\b(?:\W+\w+){0,2})\W*$",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"(?:marginal\w*|borderline|near\w*|almost|toward\w*|approach\w*|tend\w*|trend\w*|clinical\w*|potential\w*|level of|considered|"
    r"defined as|set at|any|test\w* for|whether|if|ns[:=]? (?:not )?) ?(?:statistically )?$",
    re.IGNORECASE,
)
_NOT_SEEN = re.compile(r"^[^,;(0-9]{0,60}?\b(?:was|were|is|are|could be|has been|have been) (?:\w+ )?not\b", re.IGNORECASE)
_WEAKLY = re.compile(r"\b(?:marginal(?:ly)?|borderline|numerical(?:ly)?|trend(?:ed)?|tend(?:ed|ency)|nearly|almost)\b", re.IGNORECASE)
_EXCEPTED = re.compile(r"\W*(?:but not|except|unlike)\b", re.IGNORECASE)  # "but not B (P = 0.2), had a significantly longer PFS"
_CHANGED = re.compile(
    r"\b(?:higher|lower|longer|shorter|improved?|better|worse|superior|inferior|greater|fewer|more|less|increased?|decreased?|reduced|"
    r"prolonged|differed|different|except|significan\w+)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r",? but not [^,;.()0-9]{1,60},")  # "A, but not B, significantly improved OS"
_BOTH = re.compile(r"\b(?:both|all|each)\b", re.IGNORECASE)
_OTHER_TEST = re.compile(r"\b(?:interaction|heterogeneity|non-?inferiority|equivalence)\b", re.IGNORECASE)
_LEGEND = re.compile(r"\bNS\b ?[:=]|\*\s?[Pp] ?[<=]|\b(?:set at|considered|regarded|defined)\b", re.IGNORECASE)


def check_significance(sheet: Sheet) -> Iterator[Verdict]:
    """F2 on "significant", "not significant" and "similar" with the p-values of the same clause."""
    sentences: dict[str, list[Claim]] = {}
    for claim in sheet.claims:
        if claim.p is not None and claim.sentence:
            sentences.setdefault(claim.sentence, []).append(claim)
    for sentence, claims in sentences.items():
        if any("factor" in c.marks for c in claims):
            continue
        if not sheet.text:
            marked = [m for m in ("not significant", "significant", "similar") if m in claims[0].marks]
            if marked:
                yield from _judge(marked[0], claims)
        elif (_SAID.search(sentence) or _ALIKE.search(sentence)) and not _LEGEND.search(sentence):
            start = sheet.source.rfind(sentence, 0, claims[0].span[0] + len(sentence))
            for said, together in _spoken(sentence, claims, start):
                yield from _judge(said, together)


def _spoken(sentence: str, claims: list[Claim], start: int) -> Iterator[tuple[str, list[Claim]]]:
    """What is said, and the p-values that it is said of: those between its words and the next such words or clause."""
    bare = _ASIDE.sub(lambda m: " " * len(m.group()), _without_brackets(sentence))
    breaks = [0, *(m.start() + 1 for m in _BREAK.finditer(bare)), len(sentence)]
    for low, high in pairwise(sorted(set(breaks))):
        clause = bare[low:high]
        words = sorted([(m.start(), m.end(), _meaning(clause, m)) for m in _SAID.finditer(clause)])
        alike = [(m.start(), m.end(), "similar") for m in _ALIKE.finditer(clause)] if not words else []
        places = [
            (c.span[0] - start - low, c)
            for c in claims
            if low <= c.span[0] - start < high and not _OTHER_TEST.search(sentence[max(0, c.span[0] - start - 40) : c.span[0] - start])
        ]
        for k, (_, end, said) in enumerate(words or alike):
            following = (words or alike)[k + 1][0] if k + 1 < len(words or alike) else high
            mine = [c for at, c in places if end <= at < following]
            if not mine and k == 0 and len(words or alike) == 1:
                mine = [c for at, c in places if 0 < words[0][0] - at < 60] if words and not _EXCEPTED.match(clause) else []
            if mine and _WEAKLY.search(clause[end : max(end, mine[0].span[0] - start - low)]):
                continue
            if said == "similar" and mine and _CHANGED.search(clause[end : mine[0].span[0] - start - low]):
                continue
            if said == "similar" and len(mine) > 1 and all(c.type == "ratio" for c in mine) and _BOTH.search(clause[end:]):
                continue  # "the associations were similar for both …": what is alike are the ratios
            if said is not None and mine:
                yield said, mine


def _without_brackets(sentence: str) -> str:
    """The sentence with whatever stands in brackets blanked, letter for letter."""
    out: list[str] = []
    depth = at = 0
    for found in _BRACKET.finditer(sentence):
        k = found.start() + (depth > 0 and found.group() in ")]")  # a closing sign still stands within
        out.append(" " * (k - at) if depth else sentence[at:k])
        at = k
        depth = max(0, depth + (1 if found.group() in "([" else -1))
    out.append(" " * (len(sentence) - at) if depth else sentence[at:])
    return "".join(out)


_BRACKET = re.compile(r"[()\[\]]")
_OWN_LIMIT = re.compile(r"\b(?:threshold|boundar(?:y|ies)|pre-?specified|pre-?defined|multiplicity)\b", re.IGNORECASE)


def _meaning(clause: str, match: re.Match[str]) -> str | None:
    before = " ".join(clause[: match.start()].split()) + " "
    if match.group("non") or before.lower().endswith(("nonstatistically ", "non-statistically ")):
        return "not significant"
    stem = re.sub(r"\b(?:statistical(?:ly)?|highly|very) $", "", before).rstrip()
    if _HEDGED.search(stem + " ") or _HEDGED.search(stem) or _OWN_LIMIT.search(stem):
        return None
    if _NEGATED.search(stem):
        return "not significant"
    if match.group().lower() == "significant" and _NOT_SEEN.search(clause[match.end() :]):
        return "not significant"
    return "significant" if not re.search(r"\bnot\b", clause[match.end() : match.end() + 12]) else None


def _judge(said: str, claims: list[Claim]) -> Iterator[Verdict]:
    if any(set(c.marks) & {"noninferiority", "non-inferiority", "interaction"} for c in claims) and said == "similar":
        return
    flags = [printed_p(c.p or "").significant() for c in claims]
    if None in flags:
        return
    ids = tuple(c.id for c in claims)
    shown = ", ".join(c.p or "" for c in claims)
    inputs = {"p": [c.p for c in claims], "said": said}
    wrong = not any(flags) if said == "significant" else all(flags)
    text = f"“{said.capitalize()}” is not borne out at 5%: P {shown}." if wrong else f"“{said.capitalize()}” agrees with P {shown}."
    yield Verdict("F2", Rung.MINOR if wrong else Rung.CONSISTENT, ids, text, inputs=inputs)
