"""Groups of patients that one sentence sets against each other: "with KRAS mutation … those without", "exon-positive and -negative"."""

from __future__ import annotations

from topline.audit.arm_book import ArmBook
from topline.audit.arm_evidence import Key
from topline.audit.arm_phrases import closing_bracket, phrase_text
from topline.audit.claims import Arm
from topline.audit.lexicon import PATIENT_NOUNS, TIME_UNITS, endpoint_at, parts_of
from topline.audit.small_words import HEADS, STOP
from topline.audit.tokens import Token

__all__ = ["local_book", "named_row"]

# fmt: off
_HAVING = frozenset({
        "carrying", "expressing", "harboring", "harbouring", "having", "lacking", "with", "without",
    })
_LACKING = frozenset({
        "lacking", "without",
    })
_WHO = (PATIENT_NOUNS - {
        "deaths", "evaluable", "events",
    }) | HEADS | frozenset({
        "subgroup", "subgroups", "those", "tumors", "tumours",
    })
_ENDINGS = (
    "-positive", "-negative", "-mutant", "-mutated", "-high", "-low", "-naive", "-naïve", "-risk", "-type", "-amplified", "-pretreated",
)
_LONE = frozenset({
        "mutant", "mutated", "negative", "positive", "wild-type",
    })
_PEOPLE = frozenset(
    {
        "carriers", "females", "males", "men", "never-smokers", "non-carriers", "non-responders", "non-smokers",
        "nonresponders", "nonsmokers", "responders", "smokers", "women",
    }
)
_CONTRAST = frozenset({
        "and", "but", "compared", "respectively", "than", "v", "versus", "vs", "whereas", "while",
    })
_VERBS = frozenset(
    {
        "achieved", "also", "appeared", "at", "demonstrated", "did", "died", "displayed", "enrolled", "exhibited",
        "experienced", "had", "has", "have", "received", "responded", "showed", "significantly", "suffer", "suffered",
        "survived", "tended", "treated", "was", "were",
    }
)
# fmt: on


def _key(tokens: list[Token]) -> Key:
    out: list[str] = []
    for token in tokens:
        if token.kind == "w":
            out.extend(parts_of(token.lower))
        elif token.text not in "+&":
            out.append(token.lower)
    return tuple(out)


def _end(tokens: list[Token], j: int) -> int:
    """End of what a group of patients has or lacks."""
    k = j
    while k < len(tokens) and k - j < 8:
        token = tokens[k]
        low = token.lower
        if (
            low in {"a", "an", "the", "of"}
            or (token.kind == "s" and token.text in "≥≤<>-/+%=")
            or (
                token.kind == "n"
                and not (k + 1 < len(tokens) and (tokens[k + 1].lower in TIME_UNITS or (tokens[k + 1].text == "%" and k == j)))
            )
            or (token.kind == "w" and low not in STOP | _VERBS and endpoint_at([*parts_of(low), ""], 0) is None)
        ):
            k += 1
        else:
            break
    while k > j and (tokens[k - 1].lower in {"a", "an", "the", "of"} or (tokens[k - 1].kind == "s" and tokens[k - 1].text != "%")):
        k -= 1
    return k


def _size(tokens: list[Token], k: int) -> int | None:
    if k < len(tokens) and tokens[k].text == "(":
        close = closing_bracket(tokens, k)
        inside = tokens[k + 1 : close] if close > 0 else []
        if len(inside) >= 3 and inside[0].lower == "n" and inside[2].value.isdigit():
            return int(inside[2].value[:7])
    return None


def local_book(tokens: list[Token], source: str) -> ArmBook | None:
    """The groups of a sentence that names two or more and sets them against each other; None where it does not."""
    lows = {t.lower for t in tokens}
    if not lows & _CONTRAST:
        return None
    groups: dict[Key, Arm] = {}
    lacking: Key = ()
    without = next((i for i, t in enumerate(tokens) if t.lower == "without"), -1)
    if without > 0:
        end = _end(tokens, without + 1)
        rest = _key(tokens[without + 1 : end])
        row = _key(tokens[:without])
        if rest and any(row[k] == "with" and row[k + 1 : k + 1 + len(rest)] == rest for k in range(len(row))):
            text = phrase_text(tokens[without + 1 : end], source)  # "8 months with A … 3 months without A"
            for word in ("with", "without"):
                groups[(word, *rest)] = Arm(f"{word} {text}", None, (), (tokens[without].start, tokens[end - 1].end))
    bare = within = False
    done = 0
    for i, token in enumerate(tokens):
        if i < done:
            continue
        low = token.lower
        following = tokens[i + 1].lower if i + 1 < len(tokens) else ""
        start, stop = i, i
        opposed = [t.lower for t in tokens[i + 1 : i + 4]]
        if (
            low in _WHO
            and len(opposed) == 3
            and opposed[0] in _HAVING
            and opposed[1] in {"and", "or", "versus", "vs"}
            and opposed[2] in _HAVING
        ):
            end = _end(tokens, i + 4)  # "patients with and without metastases"
            if end > i + 4:
                rest, text = _key(tokens[i + 4 : end]), phrase_text(tokens[i + 4 : end], source)
                for word in (opposed[0], opposed[2]):
                    groups[(word, *rest)] = Arm(f"{word} {text}", None, (), (tokens[i + 4].start, tokens[end - 1].end))
                done = end
            continue
        if low in _WHO and following in _HAVING:
            start, stop = i + 1, _end(tokens, i + 2)
            if stop == i + 2:
                bare = bare or following in _LACKING
                continue
        elif low in {"and", "versus", "vs", "or"} and following in {"without"}:
            start, stop = i + 1, _end(tokens, i + 2)
            if stop == i + 2:
                bare = True
                continue
        elif token.kind == "w" and low.endswith(_ENDINGS) and low.partition("-")[0] not in {"first", "second"}:
            stop = i + 1
        elif low in _LONE and i and tokens[i - 1].kind == "w" and tokens[i - 1].lower not in STOP:
            start, stop = i - 1, i + 1
        elif low in _PEOPLE and not (i and tokens[i - 1].kind == "n"):
            stop = i + 1
        if stop > start:
            done = stop
            key = _key(tokens[start:stop])
            if key and key not in groups:
                span = (tokens[start].start, tokens[stop - 1].end)
                groups[key] = Arm(phrase_text(tokens[start:stop], source), _size(tokens, stop), (" ".join(key),), span)
                if tokens[start].lower in _LACKING:
                    lacking = key
                    within = i > 0 and tokens[i - 1].lower in {"in", "among", "for", "of"}
    if len(groups) == 1 and ((lacking and not within) or bare):
        (key, arm), word = next(iter(groups.items())), "with" if lacking else "without"
        groups[(word, *key[1:])] = Arm(f"{word} {arm.name.partition(' ')[2]}", None, (), arm.span)
        lacking = lacking or (word, *key[1:])
    if not 2 <= len(groups) <= 4:
        return None
    book = ArmBook(list(groups.values()))
    for number, key in enumerate(groups):
        book.index.setdefault(key[0], []).append((key, number, False))
        if key == lacking:
            book.index.setdefault("without", []).append((("without",), number, False))
    for rows in book.index.values():
        rows.sort(key=lambda row: -len(row[0]))
    return book


_ROW_HEADS = frozenset({"groups", "arms", "cohorts", "subgroups", "subsets"})
_ROW_STARTS = frozenset({"in", "for", "of", "among", "between", "across", "to"})


def named_row(tokens: list[Token], source: str) -> tuple[list[Arm], int, int] | None:
    """The groups of "in the ≥50%, 1-49% and <1% cohorts, … respectively", with the place of the row."""
    if not any(t.lower.startswith("respective") for t in tokens):
        return None
    for i, token in enumerate(tokens):
        if token.lower not in _ROW_HEADS:
            continue
        start = i
        while start > 0 and i - start < 40 and tokens[start - 1].lower not in _ROW_STARTS and tokens[start - 1].text not in ";()[]":
            start -= 1
        if start == 0 or tokens[start - 1].lower not in _ROW_STARTS:
            continue
        names: list[list[Token]] = [[]]
        for t in tokens[start:i]:
            if t.lower in {",", "and", "or", "versus", "vs"}:
                if names[-1]:
                    names.append([])
            elif t.lower not in {"the", "a", "an", "patients", "with"} and not (t.text == "." and names[-1] == []):
                names[-1].append(t)
        names = [n for n in names if n]
        if not 2 <= len(names) <= 6 or any(len(n) > 7 or any(t.lower in STOP | _VERBS for t in n) for n in names):
            continue
        if sum(t.kind == "n" for n in names for t in n) > 2 * len(names):
            continue
        arms = [Arm(phrase_text(n, source), None, (), (n[0].start, n[-1].end)) for n in names]
        return arms, start, i + 1
    return None
