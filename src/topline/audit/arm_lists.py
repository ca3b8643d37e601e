"""Treatments named in a row: "A 10 mg daily (arm 1, n = 50) or B plus C", split into arms."""

from __future__ import annotations

from dataclasses import dataclass, field

from topline.audit.arm_doses import SCHEDULE, is_dose
from topline.audit.arm_phrases import DOSE_UNITS, closing_bracket, is_name, never_named
from topline.audit.arm_sizes import after_count, is_lone_count
from topline.audit.lexicon import PATIENT_NOUNS
from topline.audit.small_words import HEADS, STOP
from topline.audit.tokens import Token
from topline.audit.treatments import is_treatment

__all__ = ["JOIN", "Listed", "first_word", "read_list"]

# fmt: off
_VERSUS = frozenset({
        "v", "v/s", "versus", "vs",
    })
JOIN = frozenset({
        "&", "+", "-", "/", "alone", "and", "combination", "combined", "concomitant", "concurrent", "followed", "or", "plus",
        "then", "with", "without", "±",
    })
_SKIP = frozenset(
    {
        "a", "administered", "an", "and", "arms", "assigned", "be", "both", "by", "either", "following", "four", "given",
        "groups", "have", "in", "into", "of", "on", "one", "or", "our", "receive", "received", "receiving", "regimen",
        "regimens", "the", "their", "three", "to", "treated", "treatment", "two", "undergo", "was", "were", "with",
    }
) | (PATIENT_NOUNS - {
        "men", "women",
    })
_ROUTES = frozenset({
        "intravenous", "iv", "oral", "subcutaneous",
    })
_END = frozenset(
    {
        ".", "according", "administered", "after", "among", "are", "as", "at", "because", "before", "between", "but", "by",
        "continued", "did", "does", "during", "from", "given", "had", "has", "have", "if", "is", "on", "prior", "received", "respectively",
        "resulted", "showed", "since", "stratified", "than", "that", "the", "these", "until", "using", "was", "we", "were",
        "when", "where", "which", "who", "whose", "within", "would",
    }
)
_TESTED = frozenset({"CI", "HR", "v", "versus", "vs"})
_AGAIN = frozenset({"chemotherapy", "combination", "drugs", "regimen", "schedule", "therapy", "treatment"})
_AS_GIVEN = frozenset({"administered", "delivered", "given", "infused"})
# fmt: on


@dataclass(slots=True)
class Listed:
    """One arm of a list: its words, the same with doses, other names in brackets, size, a lone number in brackets.

    `again` says that the treatment named first is part of it: "A or the same regimen plus B".
    """

    words: list[Token] = field(default_factory=list)
    raw: list[Token] = field(default_factory=list)
    aliases: list[list[Token]] = field(default_factory=list)
    n: int | None = None
    lone: int | None = None
    sign: str = ""
    again: bool = False


def _bracket(inside: list[Token], part: Listed) -> None:
    """Read what a bracket says of an arm: a size, another name."""
    current: list[Token] = []
    k = 0
    if any(
        t.text in _TESTED or t.lower == "age" or (t.lower == "p" and u.text in "=<>")
        for t, u in zip(inside, [*inside[1:], *inside[:1]], strict=True)
    ):
        return  # "(n = 473; 10.8 v 9.4 months)"
    while k <= len(inside):
        token = inside[k] if k < len(inside) else None
        if (
            token is not None
            and token.lower == "n"
            and k + 2 < len(inside)
            and inside[k + 1].text in "=:"
            and inside[k + 2].value.isdigit()
        ):
            part.n = part.n or int(inside[k + 2].value[:7])
            k += 3
            continue
        counted = after_count(inside, k, len(inside)) if token is not None and (k == 0 or inside[k - 1].text in ",;:") else 0
        if token is not None and counted:
            part.n = part.n or int(token.value[:7])
            k = counted
            continue
        if token is not None and k == 0 and is_lone_count(inside):
            part.lone = int(token.value[:7])
        if token is None or token.text in ",;:=":
            if current and len(current) <= 6 and is_name(current) and current[0].lower not in STOP and not is_dose(current):
                part.aliases.append(current)
            current = []
        elif not (not current and token.lower in {"the", "a", "or", "i.e", "termed", "designated"}):
            current.append(token)
        k += 1


def first_word(tokens: list[Token], j: int) -> int:
    """Position of the first word from `j` on that may belong to a name."""
    while j < len(tokens) and tokens[j].lower in _SKIP:
        j += 1
    return j


def _after_dose(tokens: list[Token], k: int) -> bool:
    """Whether a word stands right after a dose: "100 mg/m(2) cisplatin"."""
    while k > 1 and (tokens[k - 1].text in "()" or tokens[k - 1].text == "2"):
        k -= 1
    return k > 0 and tokens[k - 1].lower in DOSE_UNITS


def read_list(tokens: list[Token], j: int, reach: int = 110) -> tuple[list[Listed], int]:
    """Read the treatments from position `j` on.

    Returns
    -------
    list of Listed
        Segments between separators; `sign` is the separator before each ("or", "versus", ",", "and", ";", "(1)").
    int
        Position after the list.
    """
    parts = [Listed()]
    k = j
    stop = min(len(tokens), j + reach)
    schedule = False
    shared: list[Token] = []
    while k < stop:
        token = tokens[k]
        low = token.lower
        part = parts[-1]
        if low in {"same", "this", "that"} and not part.words and parts[0] is not part:
            again = next((m for m in range(k + 1, min(k + 3, stop)) if tokens[m].lower in _AGAIN), -1)
            if again > 0:
                k = again + 1  # "A or this regimen plus B"
                part.again = True
                continue
        if (
            low in _AS_GIVEN
            and k > j
            and tokens[k - 1].text in ",)"
            and k + 1 < stop
            and tokens[k + 1].lower in SCHEDULE | {"concurrently"}
        ):
            if part.sign == "," and not part.raw:
                parts.pop()
            schedule, k = True, k + 2  # "A, given every 3 weeks for 6 cycles, or B"
            continue
        if low == "either" and part.words:
            shared = list(part.words)  # "A plus either B or C"
            k += 1
            continue
        if token.text in "([":
            close = closing_bracket(tokens, k)
            if close < 0:
                break
            inside = tokens[k + 1 : close]
            if (
                len(inside) == 1
                and (inside[0].lower in {"i", "ii", "iii", "iv", "a", "b", "c", "d"} or inside[0].kind == "n")
                and close + 1 < stop
            ) and ((part.words and tokens[k - 1].lower in {",", ";", "and", "or", ":"}) or not part.words):
                parts.append(Listed(sign="(1)"))
                schedule = False
                k = close + 1
                continue
            if part.words or part.raw:
                _bracket(inside, part)
            k = close + 1
            continue
        if low == "or" and tokens[k - 1].lower in {"with", ")"} and k + 1 < stop and tokens[k + 1].lower == "without":
            break  # told by the addition
        if low in _VERSUS or low == ";" or (low == "or" and (part.words or part.raw)):
            parts.append(Listed(list(shared), list(shared), sign="versus" if low in _VERSUS else low))
            schedule = False
            k += 2 if k + 1 < stop and tokens[k + 1].text == "." and low in {"vs", "v"} else 1
            continue
        if low == "n" and k + 2 < stop and tokens[k + 1].text in "=:" and tokens[k + 2].value.isdigit():
            part.n = part.n or int(tokens[k + 2].value[:7])
            k += 3
            continue
        if low in {",", "and", "while", "whereas"} and (part.words or part.raw):
            after = tokens[k + 1] if k + 1 < stop else None
            counted = after_count(tokens, k + 1, stop) if after is not None else 0
            if counted and counted < stop and tokens[counted].text in ",;." and part.words:
                part.n = part.n or int(tokens[k + 1].value[:7])  # "the A group, 69 patients, and the B group, 36 patients"
                k = counted
                continue
            dosed = after is not None and after.kind == "n" and k + 2 < stop and tokens[k + 2].lower in DOSE_UNITS
            if dosed and any(t.lower in DOSE_UNITS for t in part.raw):
                dosed = schedule = False  # "A 20 mg, 40 mg or B": a further dose is a further arm
            if (
                after is None
                or after.text == "("
                or (after.lower in SCHEDULE and after.lower != "single-dose")
                or (after.kind == "n" and (schedule or dosed))
            ):
                k += 1
                continue
            if after.lower in {"or", "versus", "vs", "and", "while", "whereas"}:
                k += 1
                continue
            parts.append(Listed(sign="and" if low == "and" else ","))
            schedule = False
            k += 1
            continue
        if low == "in" and k + 1 < stop and tokens[k + 1].lower in {"combination", "addition", "a", "1"}:
            if tokens[k + 1].lower in {"combination", "addition"}:
                schedule = False
                part.words.append(tokens[k + 1])
                part.raw.append(tokens[k + 1])
                k += 3
                continue
            ratio = next((m for m in range(k, min(stop, k + 8)) if tokens[m].lower in {"ratio", "fashion", "manner"}), -1)
            if ratio < 0:
                break
            k = ratio + 1
            continue
        if low == "for" or low == "in":
            if k + 1 < stop and (tokens[k + 1].kind == "n" or tokens[k + 1].lower in SCHEDULE):
                schedule = True
                k += 1
                continue
            break
        counted = token.kind == "n" and k + 1 < stop and tokens[k + 1].lower in SCHEDULE
        lettered = token.text == "A" and tokens[k - 1].lower in HEADS
        if (
            not part.words
            and low in _SKIP
            and not counted
            and not lettered
            and not (low == "treatment" and k + 1 < stop and tokens[k + 1].lower in HEADS)
        ):
            k += 1
            continue
        if low == "of" and schedule and k + 1 < stop and tokens[k + 1].kind == "w" and tokens[k + 1].lower != "each":
            schedule = False  # "plus 4 months of A"
            k += 1
            continue
        if low == "on" and k + 1 < stop and tokens[k + 1].lower in {"day", "days"}:
            schedule = True
            k += 1
            continue
        if low == "by" and tokens[k - 1].lower == "followed" and part.words:
            part.words.append(token)
            part.raw.append(token)
            k += 1
            continue
        if low == "at" and any(t.lower in {"dose", "doses"} for t in tokens[k + 1 : k + 5]):
            schedule, k = True, k + 1  # "A at a flat dose of 200 mg"
            continue
        if low in _END or never_named(token) or token.text == ":" or token.kind in {"url", "id"}:
            break
        if low in JOIN and not (token.text == "-" and (schedule or tokens[k - 1].kind == "n")):
            schedule = False
            if part.words:
                part.words.append(token)
        elif (
            token.kind == "n" and not (k and tokens[k - 1].lower in HEADS) and not (part.words and tokens[k - 1].text == "-")
        ) or low in SCHEDULE:
            drug = low in _ROUTES and k + 1 < stop and is_treatment(tokens[k + 1].lower)
            schedule = not drug and (schedule or bool(part.words))
        elif token.kind == "s" and token.text not in "+-/'":
            if token.text in "=%<>≥≤":
                break
        elif not schedule or (is_treatment(low) and _after_dose(tokens, k)):
            schedule = False
            part.words.append(token)
        part.raw.append(token)
        k += 1
    return parts, k
