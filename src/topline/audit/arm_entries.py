"""A list of treatments as arms: what parts them, their names, and the doses that tell them apart."""

from __future__ import annotations

from topline.audit.arm_doses import SCHEDULE, dose_or_schedule
from topline.audit.arm_lists import JOIN, Listed
from topline.audit.arm_phrases import DOSE_UNITS, Entry, is_name, name_key, phrase_text
from topline.audit.tokens import Token

__all__ = ["as_entries"]

_DISEASES = frozenset(
    {"cancer", "cancers", "carcinoma", "disease", "leukemia", "lymphoma", "melanoma", "sarcoma", "tumor", "tumors", "tumour", "tumours"}
)


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
    for k in range(len(groups) - 1, 0, -1):
        led = groups[k][0].raw[:1]
        if keys[k] and not plain[k - 1] and _dosed(groups[k - 1]) and _dosed(groups[k]) and led and led[0].kind == "n":
            plain[k - 1], keys[k - 1] = plain[k], keys[k]  # "30 mg or 90 mg of A"
    for k in range(1, len(groups)):
        if not plain[k] and keys[k - 1] and _dosed(groups[k]):
            plain[k], keys[k] = plain[k - 1], keys[k - 1]  # "A 20 mg or 40 mg"
    for group, words, key in zip(groups, plain, keys, strict=True):
        named = [key]
        text = _joined_text(words, source) if words else ""
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
            text = f"{text} {_joined_text(dose, source)}" if key else _joined_text(dose, source)
            words = words if key else dose
        if named[0] in seen:
            continue
        seen.update(named)
        if words[-1].lower in _DISEASES and strength > 1:
            return []
        n = next((p.n or p.lone for p in group if p.n is not None or (lone and p.lone)), None)
        if keys[0] and group is not groups[0] and any(p.again for p in group):
            named.append((*keys[0], "plus", *key))
        named += [q for p in group for a in p.aliases if (q := name_key(a)) and q not in named]
        out.append(Entry(text, n, named, (words[0].start, words[-1].end), strength, number, 3 if strength == 4 else 1))
    return out


def _dosed(group: list[Listed]) -> bool:
    return any(t.lower in DOSE_UNITS for p in group for t in p.raw)


def _joined_text(words: list[Token], source: str) -> str:
    """Words as the text has them, without what stood between them."""
    runs: list[list[Token]] = []
    for token in words:
        if runs and token.start - runs[-1][-1].end <= 1:
            runs[-1].append(token)
        else:
            runs.append([token])
    return " ".join(phrase_text(run, source) for run in runs)


def _trim(words: list[Token]) -> list[Token]:
    while words and (words[-1].lower in JOIN - {"alone"} or words[-1].kind == "s" or words[-1].lower in {"both", "first-line"}):
        words = words[:-1]
    while words and (words[0].lower in JOIN - {"alone", "combination", "combined", "concurrent", "concomitant"} or words[0].kind == "s"):
        words = words[1:]
    return words
