"""Treatments named in a row: "A 10 mg daily (arm 1, n = 50) or B plus C", split into arms."""

from __future__ import annotations

from dataclasses import dataclass, field

from topline.audit.arm_doses import SCHEDULE, dose_or_schedule, is_dose
from topline.audit.arm_phrases import DOSE_UNITS, Entry, closing_bracket, is_name, name_key, never_named, phrase_text
from topline.audit.arm_sizes import after_count, is_lone_count
from topline.audit.lexicon import PATIENT_NOUNS
from topline.audit.small_words import HEADS, STOP
from topline.audit.tokens import Token
from topline.audit.treatments import is_treatment

__all__ = ["Listed", "as_entries", "first_word", "read_list"]

# fmt: off
_VERSUS = frozenset({
        "v", "v/s", "versus", "vs",
    })
_JOIN = frozenset({
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
        "did", "does", "during", "from", "given", "had", "has", "have", "if", "is", "on", "prior", "received", "respectively",
        "resulted", "showed", "since", "stratified", "than", "that", "the", "these", "until", "using", "was", "we", "were",
        "when", "where", "which", "who", "whose", "within", "would",
    }
)
_TESTED = frozenset({"CI", "HR", "v", "versus", "vs"})
_AGAIN = frozenset({"chemotherapy", "combination", "drugs", "regimen", "schedule", "therapy", "treatment"})
_AS_GIVEN = frozenset({"administered", "delivered", "given", "infused"})
# fmt: on


_DISEASES = frozenset(
    {"cancer", "cancers", "carcinoma", "disease", "leukemia", "lymphoma", "melanoma", "sarcoma", "tumor", "tumors", "tumour", "tumours"}
)


@dataclass(slots=True)
class Listed:
    """One arm of a list: its words, the same with doses, other names in brackets, size, a lone number in brackets."""

    words: list[Token] = field(default_factory=list)
    raw: list[Token] = field(default_factory=list)
    aliases: list[list[Token]] = field(default_factory=list)
    n: int | None = None
    lone: int | None = None
    sign: str = ""


def _bracket(inside: list[Token], part: Listed) -> None:
    """Read what a bracket says of an arm: a size, another name."""
    current: list[Token] = []
    k = 0
    if any(t.text in _TESTED or (t.lower == "p" and u.text in "=<>") for t, u in zip(inside, [*inside[1:], *inside[:1]], strict=True)):
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
                continue
        if low in _AS_GIVEN and k > j and tokens[k - 1].text in ",)" and k + 1 < stop and tokens[k + 1].lower in SCHEDULE:
            if part.sign == "," and not part.raw:
                parts.pop()
            schedule, k = True, k + 1  # "A, given every 3 weeks for 6 cycles, or B"
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
        if low == "or" and tokens[k - 1].lower == "with" and k + 1 < stop and tokens[k + 1].lower == "without":
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
        if low in _JOIN and not (token.text == "-" and (schedule or tokens[k - 1].kind == "n")):
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


def _split(parts: list[Listed]) -> list[list[Listed]]:
    """Group segments into arms: the strongest separator present parts the arms, weaker ones part components."""
    parts = [p for p in parts if p.words or p.raw]
    signs = {p.sign for p in parts[1:]}
    if "(1)" in signs:
        strong = {"(1)"}
    elif "versus" in signs:
        strong = {"versus"}
    elif "or" in signs:
        strong = {"or"}
        at = next(k for k, p in enumerate(parts) if p.sign == "or" and k)
        if at >= 2 and parts[at - 1].sign == "," and all(p.sign == "," for p in parts[1:at]):
            strong.add(",")
        strong.add(";")
    elif ";" in signs:
        strong = {";"}
    elif sum(p.n is not None for p in parts) >= 2 or any(p.aliases for p in parts):
        strong = {"and", ","}
    else:
        strong = {"and", ","}
    groups: list[list[Listed]] = []
    for p in parts:
        if groups and p.sign not in strong:
            groups[-1].append(p)
        else:
            groups.append([p])
    return groups


def as_entries(parts: list[Listed], source: str, number: int, strength: int) -> list[Entry]:
    """Entries of the arms of a list; where words do not tell them apart, the dose does."""
    groups = _split(parts)
    plain = [_trim([t for p in group for t in p.words]) for group in groups]
    keys = [name_key(words) if words and is_name(words) else () for words in plain]
    out: list[Entry] = []
    seen: set[tuple[str, ...]] = set()
    lone = all(any(p.lone or p.n for p in group) for group in groups)
    for k in range(1, len(groups)):
        if not plain[k] and keys[k - 1] and any(t.lower in DOSE_UNITS for p in groups[k] for t in p.raw):
            plain[k], keys[k] = plain[k - 1], keys[k - 1]  # "A 20 mg or 40 mg"
    for group, words, key in zip(groups, plain, keys, strict=True):
        named = [key]
        text = joined_text(words, source) if words else ""
        if not key or keys.count(key) > 1:
            dose = _trim(dose_or_schedule([t for p in group for t in p.raw]))
            if not dose or len(dose) > 9 or not (key or any(t.kind == "w" for t in dose)):
                continue
            if not key and not any(t.kind == "n" or t.lower in SCHEDULE for t in dose):
                continue
            amount = name_key(dose)
            named = [
                *([amount] if len(amount) > 1 or not key else []),
                *([(*amount, *key), (*key, *amount), (key[-1], *amount), (key[-1], amount[0])] if key else []),
            ]
            text = f"{text} {joined_text(dose, source)}" if key else joined_text(dose, source)
            words = words if key else dose
        if named[0] in seen:
            continue
        seen.update(named)
        if words[-1].lower in _DISEASES and strength > 1:
            return []
        n = next((p.n or p.lone for p in group if p.n is not None or (lone and p.lone)), None)
        named += [q for p in group for a in p.aliases if (q := name_key(a)) and q not in named]
        out.append(Entry(text, n, named, (words[0].start, words[-1].end), strength, number, 3 if strength == 4 else 1))
    return out


def joined_text(words: list[Token], source: str) -> str:
    """Words as the text has them, without what stood between them."""
    runs: list[list[Token]] = []
    for token in words:
        if runs and token.start - runs[-1][-1].end <= 1:
            runs[-1].append(token)
        else:
            runs.append([token])
    return " ".join(phrase_text(run, source) for run in runs)


def _trim(words: list[Token]) -> list[Token]:
    while words and (words[-1].lower in _JOIN - {"alone"} or words[-1].kind == "s" or words[-1].lower in {"both", "first-line"}):
        words = words[:-1]
    while words and (words[0].lower in _JOIN - {"alone", "combination", "combined", "concurrent", "concomitant"} or words[0].kind == "s"):
        words = words[1:]
    return words
