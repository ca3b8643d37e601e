"""The ways in which a text introduces its arms together: assignment, title, comparison, addition."""

from __future__ import annotations

from topline.audit.arm_doses import dose_or_schedule, is_schedule
from topline.audit.arm_entries import as_entries
from topline.audit.arm_lists import Listed, first_word, read_list
from topline.audit.arm_phrases import (
    Entry,
    alias_after,
    closing_bracket,
    is_name,
    name_key,
    phrase_after,
    phrase_before,
    phrase_text,
    skip_small,
)
from topline.audit.arm_sizes import bracket_size
from topline.audit.lexicon import TIME_UNITS
from topline.audit.small_words import HEADS
from topline.audit.tokens import Token
from topline.audit.treatments import is_treatment

__all__ = ["by_addition", "by_assignment", "by_comparing", "by_contrast", "by_taking"]

# fmt: off
_RANDOM = frozenset({
        "allocated", "allocation", "assigned", "assignment", "divided", "grouped", "randomisation", "randomised",
        "randomization", "randomized", "randomly",
    })
_GIVEN = frozenset({
        "allocated", "assigned",
    })
_TAKING = frozenset({
        "either", "receive", "received", "receiving", "undergo", "undergoing", "underwent",
    })
_CONTRAST = frozenset({
        "compare", "compared", "compares", "comparing", "comparison",
    })
# fmt: on


def by_assignment(tokens: list[Token], source: str, number: int) -> list[list[Entry]]:
    """Read "randomly assigned … to receive A or B", "divided into an A group and a B group", "received either A or B"."""
    lows = [t.lower for t in tokens]
    trigger = next((i for i, low in enumerate(lows) if low in _RANDOM), -1)
    starts: list[tuple[int, int]] = []
    if trigger >= 0:
        starts += [(k, 4) for k in range(trigger, min(len(lows), trigger + 80)) if lows[k] in _TAKING][:2]
        grouped = "groups" in lows or "arms" in lows
        ways = {"to", "into", "between", "in"} if grouped else {"to", "into", "between"}
        starts += [(k, 4) for k in range(trigger, min(len(lows), trigger + 30)) if lows[k] in ways][:4]
        starts += [(k, 3) for k in range(trigger, min(len(lows), trigger + 12)) if lows[k] == "of" and lows[k - 1] in {"trial", "study"}][
            :1
        ]
        starts += [(k, 3) for k in range(trigger, min(len(lows), trigger + 25)) if lows[k] == ":" and tokens[k - 1].kind != "n"][:1]
        starts += [(k, 4) for k in range(trigger, min(len(lows) - 1, trigger + 3)) if lows[k] in _GIVEN and is_treatment(lows[k + 1])]
        if grouped:
            at = lows.index("groups") if "groups" in lows else lows.index("arms")
            starts += [(at, 4)]
    for k in [k for k, low in enumerate(lows) if low in _OFFERING]:
        if lows[k] == "either" or _offers(lows, k):
            starts.append((k, 3 if lows[k] == "either" else 2))
    out: list[list[Entry]] = []
    read: dict[int, int] = {}
    for start, strength in dict.fromkeys(starts):
        first = first_word(tokens, start + 1)
        if read.get(first, 0) >= strength:
            continue  # "to receive either A or B" is read once
        read[first] = strength
        parts, _ = read_list(tokens, start + 1)
        if len(parts) < 2 or len(parts) > 14 or _is_combination(parts, lows, taken=lows[start] in _TAKING):
            continue
        entries = as_entries(parts, source, number, strength)
        if 2 <= len(entries) <= 6:
            out.append(entries)
    return out


_OFFERING = frozenset({"either", "received", "receiving", "underwent"})


def _offers(lows: list[str], k: int) -> bool:
    """Whether a verb of treatment offers two: "received A or B", "receiving A and B, respectively"."""
    return "or" in lows[k + 1 : k + 40] or ("and" in lows[k + 1 : k + 6] and "respectively" in lows[k + 3 : k + 12])


def _is_combination(parts: list[Listed], lows: list[str], *, taken: bool) -> bool:
    """Whether a list holds the components of one treatment: patients "received A and B"; sizes or heads make two arms of it."""
    if not {p.sign for p in parts[1:]} <= {"and", ","} or "respectively" in lows:
        return False
    if sum(p.n is not None for p in parts) > 1 or sum(any(t.lower in HEADS for t in p.raw) for p in parts) > 1:
        return False
    return taken or not ("groups" in lows or "arms" in lows)


_SETTING = frozenset({"v", "versus", "vs"})
_SETTING_IN_TITLES = _SETTING | {"compared", "or"}


def by_contrast(tokens: list[Token], source: str, number: int, *, title: bool) -> list[list[Entry]]:
    """Read "A versus B", "A or B" and "A compared with B"."""
    out: list[list[Entry]] = []
    setting = _SETTING_IN_TITLES if title else _SETTING
    for i, low in [(i, token.lower) for i, token in enumerate(tokens) if token.lower in setting]:
        of_values = i + 1 < len(tokens) and (tokens[i + 1].kind == "n" or tokens[i - 1].kind == "n" or tokens[i - 1].text == "%")
        if of_values and not (title and i + 2 < len(tokens) and tokens[i + 2].kind == "w" and tokens[i + 2].lower not in TIME_UNITS):
            continue
        left, aliases = _before(tokens, i, title=title)
        left = _less_its_outcome(left)
        follow = i + (2 if low == "compared" or (i + 1 < len(tokens) and tokens[i + 1].text == ".") else 1)
        parts, _ = read_list(tokens, follow, 40)
        right = as_entries(parts[:1] if not title else _until_and(parts), source, number, 3 if title else 2)
        if is_schedule(left):
            raw = dose_or_schedule(parts[0].raw)
            right = (
                [Entry(phrase_text(raw, source), None, [name_key(raw)], (raw[0].start, raw[-1].end), 3, number)] if is_schedule(raw) else []
            )
        if (is_name(left) or is_schedule(left)) and right:
            key = name_key(left)
            entry = Entry(
                phrase_text(left, source),
                None,
                [key, *(a for a in aliases if a != key)],
                (left[0].start, left[-1].end),
                3 if title else 2,
                number,
            )
            if key != right[0].keys[0]:
                out.append([entry, *right[:5]])
    return out


_OUTCOMES = frozenset(
    [
        *("benefit", "duration", "efficacy", "frequency", "incidence", "outcome", "outcomes", "progression", "quality", "rate", "rates"),
        *("recurrence", "relapse", "remission", "response", "responses", "results", "safety", "survival", "time", "toxicity", "toxicities"),
    ]
)


def _less_its_outcome(phrase: list[Token]) -> list[Token]:
    """ "Response rates with A versus B": what was found with A is no part of its name."""
    last = next((k for k in range(len(phrase) - 2, 0, -1) if phrase[k].lower in {"after", "for", "in", "of", "on", "with"}), 0)
    return phrase[last + 1 :] if last and any(t.lower in _OUTCOMES for t in phrase[:last]) else phrase


def _until_and(parts: list) -> list:  # type: ignore[type-arg]
    keep = parts[:1]
    for p in parts[1:]:
        if p.sign not in {"versus", "or"}:
            break
        keep.append(p)
    return keep


def _before(tokens: list[Token], i: int, *, title: bool) -> tuple[list[Token], list[tuple[str, ...]]]:
    """The phrase before a contrast and its short name in brackets."""
    aliases: list[tuple[str, ...]] = []
    if i and tokens[i - 1].text in ")]":
        opened = max((k for k in range(max(0, i - 12), i - 1) if tokens[k].text in "(["), default=-1)
        if opened > 0:
            alias = alias_after(tokens, opened)[0]
            if alias:
                aliases.append(name_key(alias))
            i = opened
    start = phrase_before(tokens, i, joined=title)
    return tokens[start:i], aliases


def by_comparing(tokens: list[Token], source: str, number: int) -> list[list[Entry]]:
    """Read "We compared A with B", "comparing A and B", "comparison of A and B", "between A and B"."""
    out: list[list[Entry]] = []
    for i, token in enumerate(tokens):
        if token.lower not in _CONTRAST:
            continue
        j = skip_small(tokens, i + 1)
        if j < len(tokens) and tokens[j].lower in {"with", "to", "between"} and token.lower != "comparison":
            continue
        parts, _ = read_list(tokens, j, 50)
        entries = as_entries(parts[:4], source, number, 2) if len(parts) > 1 else []
        stop = phrase_after(tokens, j)
        alias, k = alias_after(tokens, stop)
        if stop > j and k < len(tokens) and tokens[k].lower in {"with", "to", "and", "versus", "vs"}:
            m = skip_small(tokens, k + 1)
            end = phrase_after(tokens, m)
            left, right = tokens[j:stop], tokens[m:end]
            if is_name(left) and is_name(right) and name_key(left) != name_key(right):
                short = alias_after(tokens, end)[0]
                out.append(
                    [
                        Entry(
                            phrase_text(p, source), None, [name_key(p), *([name_key(q)] if q else [])], (p[0].start, p[-1].end), 2, number
                        )
                        for p, q in ((left, alias), (right, short))
                    ]
                )
                continue
        if len(entries) == 2:
            out.append(entries)
    return out


def by_addition(tokens: list[Token], source: str, number: int) -> list[list[Entry]]:
    """Read "A with or without B", "A ± B", "the addition of B to A": B with A against A alone."""
    out: list[list[Entry]] = []
    for i, token in enumerate(tokens):
        low = token.lower
        base: list[Token] = []
        added: list[Token] = []
        aliases: list[list[Token]] = []
        sizes: tuple[int | None, int | None] = (None, None)
        if low in _EITHER and (paired := _with_and_without(tokens, i)):
            sizes, j = paired
            added = tokens[j : phrase_after(tokens, j)]
        elif low == "or" and i + 1 < len(tokens) and tokens[i - 1].lower == "with" and tokens[i + 1].lower == "without":
            start = phrase_before(tokens, i - 1, joined=True)
            base = tokens[start : i - 1]
            j = skip_small(tokens, i + 2)
            if [t.lower for t in tokens[j + 2 : j + 3]] == ["of"] and tokens[j].kind == "n" and tokens[j + 1].lower in TIME_UNITS:
                j += 3  # "with or without 1 year of A"
            stop = phrase_after(tokens, j)
            added = tokens[j:stop]
            aliases = _short(tokens, stop)
        elif low == "±" and i and i + 1 < len(tokens) and tokens[i + 1].kind == "w" and tokens[i - 1].kind == "w":
            start = phrase_before(tokens, i)
            base = tokens[start:i]
            stop = phrase_after(tokens, i + 1)
            added = tokens[i + 1 : stop]
        elif (low == "addition" and i + 1 < len(tokens) and tokens[i + 1].lower == "of") or (low == "adding" and i + 1 < len(tokens)):
            j = skip_small(tokens, i + 1)
            stop = phrase_after(tokens, j)
            added = tokens[j:stop]
            short, k = alias_after(tokens, stop)
            aliases = [short] if short else []
            if k < len(tokens) and tokens[k].lower == "to":
                m = skip_small(tokens, k + 1)
                base = tokens[m : phrase_after(tokens, m)]
        added = [t for t in added if t.lower not in HEADS]
        if any(t.lower in HEADS or t.kind == "n" for t in base):
            base = []
        if not added or not is_name(added):
            continue
        more = name_key(added)
        text = phrase_text(added, source)
        span = (added[0].start, added[-1].end)
        plain = [name_key(base)] if base and is_name(base) else []
        both = [(*plain[0], "plus", *more)] if plain else []
        withs = Entry(
            f"{phrase_text(base, source)} plus {text}" if plain else text,
            sizes[0],
            [*both, more, *(name_key(a) for a in aliases)],
            span,
            2 + (sizes[0] is not None),
            number,
        )
        lacks = [("without", *more), ("no", *more), ("non", *more)]
        out.append(
            [
                withs,
                Entry(
                    f"without {text}" if not plain else f"{phrase_text(base, source)} alone",
                    sizes[1],
                    [*((*p, "alone") for p in plain), *lacks, *plain],
                    span,
                    2 + (sizes[1] is not None),
                    number,
                ),
            ]
        )
    return out


_EITHER = frozenset({"and", "or", "versus", "vs", "v"})


def _with_and_without(tokens: list[Token], i: int) -> tuple[tuple[int | None, int | None], int] | None:
    """Sizes and place of A in "with (n = 85) or without (n = 79) A", "62 patients with and 71 patients without A"; the joint is at `i`."""
    lows = [t.lower for t in tokens[i + 1 : i + 5]]
    if "without" not in lows:
        return None
    at = i + 1 + lows.index("without")
    if tokens[i - 1].text == ")" and at + 1 < len(tokens) and tokens[at + 1].text == "(":
        opened = max((k for k in range(max(0, i - 8), i) if tokens[k].text == "("), default=0)
        close = closing_bracket(tokens, at + 1)
        if opened and tokens[opened - 1].lower == "with" and close > 0:
            sizes = (bracket_size(tokens, opened + 1, i - 1)[0], bracket_size(tokens, at + 2, close)[0])
            return sizes, skip_small(tokens, close + 1)
    counts = [t for t in (*tokens[max(0, i - 4) : i], *tokens[i + 1 : at]) if t.kind == "n" and t.value.isdigit()]
    if tokens[i - 1].lower == "with" and len(counts) == 2 and len(counts[0].value) < 7 and len(counts[1].value) < 7:
        return (int(counts[0].value), int(counts[1].value)), skip_small(tokens, at + 1)
    return None


def _short(tokens: list[Token], k: int) -> list[list[Token]]:
    if k < len(tokens) and tokens[k].text == "(":
        close = closing_bracket(tokens, k)
        inside = tokens[k + 1 : close] if close > 0 else []
        if len(inside) == 1 and inside[0].kind == "w" and is_name(inside):
            return [inside]
    return []


def by_taking(tokens: list[Token], source: str, number: int) -> list[Entry]:
    """Read "patients treated with A … those receiving B"."""
    out: list[Entry] = []
    for i in [i for i, token in enumerate(tokens[:-1]) if token.lower in _MAY_TAKE]:
        before = tokens[i - 1].lower if i else ""
        if tokens[i].lower not in _TAKEN and before not in _LEADS_TO[tokens[i].lower]:
            continue
        j = skip_small(tokens, i + 1)
        phrase = tokens[j : phrase_after(tokens, j)]
        if phrase and is_name(phrase):
            out.append(Entry(phrase_text(phrase, source), None, [name_key(phrase)], (phrase[0].start, phrase[-1].end), 2, number))
    return out


_TAKEN = frozenset({"receiving", "received", "given", "allocated", "assigned", "underwent", "undergoing", "taking"})
_LEADS_TO = {"had": frozenset({"who"}), "with": frozenset({"therapy", "treated", "treatment"})}  # words after which these mean as much
_MAY_TAKE = _TAKEN | frozenset(_LEADS_TO)
