"""From text to claims: every printed result with its endpoint, arm, values and place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from topline.audit.arms import learn_arms
from topline.audit.build import SentenceContext, build_claims
from topline.audit.claims import Arm, Claim
from topline.audit.dates import date_event
from topline.audit.items import Item, read_items
from topline.audit.lexicon import PATIENT_NOUNS
from topline.audit.series import find_series
from topline.audit.text import clean, sentences
from topline.audit.tokens import Token, tokenise

__all__ = ["Extraction", "extract"]

_HAS_NUMBER = re.compile(
    r"[0-9]|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|"
    r"fifty|sixty|seventy|eighty|ninety|hundred|not (?:yet )?(?:been )?reached|NR)\b",
    re.IGNORECASE,
)
_GROUP_WORDS = re.compile(
    r"\b(?:groups?|arms?|cohorts?|versus|vs|randomi[sz]ed|randomly|assigned|compar(?:ed|ing|es?|ison)|addition|adding|without|received?)\b",
    re.IGNORECASE,
)
_COMMA_DECIMALS = re.compile(r"(?<![0-9.,])(?:0,[0-9]+|[0-9]{1,2},[0-9]{1,2}(?= ?(?:%|months|mesi|Monate)))")
_HYPOTHESIS = re.compile(
    r"\b(?:hypothes[ei]\w*|assum(?:ed|ing|ption)\w*|sample size|null (?:rate|response)|type I error|alpha (?:of|=|level)|historical(?:ly)?|"
    r"previously (?:reported|published)|"
    r"(?:was|were|is) (?:defined|considered) (?:as|if|when|positive|significant)|"
    r"statistical significance was|power (?:of|to)|[0-9]+% power|designed to (?:detect|show|rule)|"
    r"would be (?:considered|required|needed)|in the literature|earlier (?:studies|trials)|previous (?:studies|trials|reports)|"
    r"other (?:studies|trials)|worldwide|new cases|"
    r"account(?:s|ing)? for|estimated to|will be (?:enrolled|randomi[sz]ed|recruited|included))\b",
    re.IGNORECASE,
)
_ENROL = frozenset(
    [
        "enrolled",
        "recruited",
        "included",
        "randomized",
        "randomised",
        "screened",
        "analyzed",
        "analysed",
        "registered",
        "eligible",
        "evaluable",
        "treated",
        "assessed",
        "assessable",
        "evaluated",
        "accrued",
        "enrolment",
        "identified",
        "reviewed",
        "assigned",
        "allocated",
        "started",
        "entered",
        "evaluable",
        "studied",
        "received",
        "completed",
    ]
)
_EVALUABLE = re.compile(
    r"\b([0-9]{1,5}) (?:patients |of them )?(?:were |was |had |being )?(?:evaluable|assessable|measurable|eligible for)"
)
_TIMED = frozenset({"OS", "PFS", "DFS", "EFS", "RFS", "DMFS", "MFS", "LRFS", "FFS", "TTP", "TTF"})
_MAX_TEXT = 4_000_000
_MAX_CLAIMS = 20_000


@dataclass(frozen=True)
class Extraction:
    """Claims of a text, its arms, and a count of what was seen and not seen."""

    text: str
    claims: tuple[Claim, ...]
    arms: tuple[Arm, ...]
    numbers_found: int
    numbers_typed: int
    not_results: tuple[tuple[int, int], ...] = ()
    numbers: tuple[tuple[int, int], ...] = ()
    sizes: tuple[int, ...] = ()
    unread: int = 0
    registrations: tuple[tuple[str, int, int], ...] = ()
    notes: tuple[str, ...] = field(default=())


def extract(text: str) -> Extraction:
    """Extract the claims of a plain text.

    Parameters
    ----------
    text : str
        UTF-8 text with whatever damage it has. Beyond 4 million characters nothing is read, and `unread` says how much.

    Returns
    -------
    Extraction
        Spans are positions in `text`.
    """
    unread = max(0, len(text) - _MAX_TEXT)
    source = clean(text[:_MAX_TEXT])
    comma = len(_COMMA_DECIMALS.findall(source[:200_000])) >= 1 and not re.search(r"(?<![0-9])0\.[0-9]", source[:200_000])
    spans: list[tuple[int, int]] = []
    tokens: list[list[Token]] = []
    for a, b in sentences(source):
        piece = source[a:b]
        if not spans or _HAS_NUMBER.search(piece) or _GROUP_WORDS.search(piece):
            spans.append((a, b))
            tokens.append(tokenise(source, a, b, decimal_comma=comma))
    book = learn_arms(tokens, source)
    total, total_claims = _totals(tokens, spans, source, len(book.arms) < 2)
    claims: list[Claim] = []
    if len(book.arms) > 1:
        claims.extend(
            Claim(
                "count",
                endpoint="N",
                arm=arm.name,
                value=str(arm.n),
                n=arm.n,
                unit="patients",
                span=arm.span,
                sentence=_sentence_of(arm.span, spans, source),
            )
            for arm in book.arms
            if arm.n is not None
        )
    claims.extend(total_claims)
    numbers: list[tuple[int, int]] = []
    skipped: list[tuple[int, int]] = []
    registrations: list[tuple[str, int, int]] = []
    used: list[tuple[int, int]] = [c.span for c in claims]
    sizes: dict[int, None] = {arm.n: None for arm in book.arms if arm.n}
    if total:
        sizes[total] = None
    group = 0
    last: str | None = None
    recent: str | None = None
    for (a, b), sentence in zip(spans, tokens, strict=True):
        if len(claims) > _MAX_CLAIMS:
            unread += len(source) - a
            break
        numbers.extend((t.start, t.end) for t in sentence if t.kind == "n")
        registrations.extend((t.text, t.start, t.end) for t in sentence if t.kind == "id")
        body = source[a:b]
        items = read_items(sentence, book)
        for item in items:
            if item.kind in {"X", "I", "G", "T", "N", "H"}:
                skipped.append((sentence[item.i].start, sentence[min(item.j, len(sentence)) - 1].end))
            if item.kind == "N":
                sizes.setdefault(item.data, None)
        dates = _dates(items, sentence, body)
        claims.extend(dates)
        used.extend(c.span for c in dates)
        if _HYPOTHESIS.search(body):
            skipped.append((a, b))
            continue
        for match in _EVALUABLE.finditer(body):
            sizes.setdefault(int(match.group(1)), None)
        local = _local_size(sentence)
        if local:
            sizes.setdefault(local, None)
        series = find_series(items, book)
        told = recent if any(item.kind == "R" for item in items[:4]) else last or recent  # "The hazard ratio was 0.42"
        context = SentenceContext(sentence, items, body, book, total, local, group, told)
        built = build_claims(context, series)
        group = context.group
        recent = next((c.endpoint for c in reversed(built) if c.type in {"median", "landmark_rate"} and c.endpoint in _TIMED), recent)
        last = next((c.endpoint for c in built if c.type == "ratio" and c.measure == "HR"), last)
        for claim in built:
            if claim.n and claim.n_from == "printed":
                sizes.setdefault(claim.n, None)
        claims.extend(built)
        used.extend(c.span for c in built)
    ordered = sorted(claims, key=lambda c: c.span)
    named = tuple(_with_id(c, i) for i, c in enumerate(ordered, start=1))
    typed = _covered(numbers, used + skipped)
    return Extraction(
        text, named, tuple(book.arms), len(numbers), typed, tuple(skipped), tuple(numbers), tuple(sizes), unread, tuple(registrations)
    )


def _with_id(claim: Claim, number: int) -> Claim:
    values = {name: getattr(claim, name) for name in Claim.__dataclass_fields__}
    values["id"] = f"c{number}"
    return Claim(**values)


def _sentence_of(span: tuple[int, int], spans: list[tuple[int, int]], source: str) -> str:
    for a, b in spans:
        if a <= span[0] < b:
            return source[a:b]
    return ""


def _covered(numbers: list[tuple[int, int]], spans: list[tuple[int, int]]) -> int:
    """How many numbers lie inside some span; both lists are swept once."""
    ordered = sorted(spans)
    inside = 0
    k = 0
    reach = -1
    for a, b in numbers:
        while k < len(ordered) and ordered[k][0] <= a:
            reach = max(reach, ordered[k][1])
            k += 1
        inside += b <= reach
    return inside


def _totals(tokens: list[list[Token]], spans: list[tuple[int, int]], source: str, single: bool) -> tuple[int | None, list[Claim]]:
    """How many patients in all: the first "N patients were enrolled" of the text, and every such count as a claim."""
    total: int | None = None
    claims: list[Claim] = []
    for (a, b), sentence in zip(spans, tokens, strict=True):
        found = _enrolled(sentence, single, total is None)
        for value, i, j, verb in found:
            claims.append(
                Claim(
                    "count",
                    endpoint="N",
                    value=str(value),
                    n=value,
                    unit="patients",
                    span=(sentence[i].start, sentence[j - 1].end),
                    sentence=source[a:b],
                    measure=verb,
                )
            )
            if total is None and verb not in {"screened", "identified"}:
                total = value
        if len(claims) >= 12:
            break
    return total, claims


def _enrolled(sentence: list[Token], single: bool, first: bool) -> list[tuple[int, int, int, str]]:
    out: list[tuple[int, int, int, str]] = []
    size = len(sentence)
    for i, token in enumerate(sentence):
        if token.kind != "n" or not token.value.isdigit() or (not 1 < len(token.value) < 7 and not token.value.isdigit()):
            continue
        if len(token.value) > 7 or int(token.value) < 3:
            continue
        j = i + 1
        noun = -1
        while j < size and j < i + 8:
            low = sentence[j].lower
            if low in {"patients", "participants", "subjects", "cases", "individuals", "women", "men", "pts"}:
                noun = j
                break
            if sentence[j].kind != "w" or low in {"of", "and", "or", "received", "with", "were", "was"}:
                break
            j += 1
        if noun < 0:
            continue
        if (
            any(t.lower in {"group", "arm", "cohort"} for t in sentence[noun + 1 : noun + 8])
            and sentence[min(noun + 1, size - 1)].lower == "in"
        ):
            continue
        before = [t.lower for t in sentence[max(0, i - 5) : i]]
        if i <= 2 and first and before[-1:] in (["of"], ["among"]):
            out.append((int(token.value), i, noun + 1, "total"))
            continue
        if (
            before
            and before[-1] in {"of", "/", "in", "among", "for"}
            and before[-2:] not in (["total", "of"], ["cohort", "of"], ["population", "of"])
        ):
            continue
        if before and (before[-1] in {"≥", ">", "<", "≤", "least", "other", "remaining", "additional"}):
            continue
        reach = 10 if any(t.text in ")]" for t in sentence[max(0, i - 2) : i]) else 4
        verb = next((t.lower for t in reversed(sentence[max(0, i - reach) : i]) if t.lower in _ENROL), "")
        k = noun + 1
        depth = 0
        while not verb and k < min(size, noun + 40):
            low = sentence[k].lower
            if sentence[k].text in "([":
                depth += 1
            elif sentence[k].text in ")]":
                depth -= 1
            elif depth <= 0:
                if (low in {"received", "started", "entered", "underwent"} and single and not out) or (
                    low in _ENROL
                    and sentence[k - 1].lower
                    in {
                        "were",
                        "was",
                        "been",
                        "and",
                        "finally",
                        "ultimately",
                        "retrospectively",
                        "prospectively",
                        "randomly",
                        "subsequently",
                        "who",
                        "consecutively",
                    }
                    | PATIENT_NOUNS
                ):
                    verb = low
                elif (
                    (low == "had" and sentence[k + 1 : k + 2] and sentence[k + 1].lower != "been")
                    or low in {"achieved", "experienced", "developed", "died", "discontinued", "progressed", "completed", "showed"}
                    or sentence[k].text == ";"
                ) or (sentence[k].kind == "n" and k + 1 < size and sentence[k + 1].text == "%"):
                    break
            k += 1
        if not verb and before[-2:] in (["total", "of"], ["cohort", "of"], ["population", "of"]):
            verb = "total"
        if (
            verb
            and not (verb == "received" and "total" not in before and not single)
            and not (verb in {"treated", "assigned", "completed"} and out)
        ):
            out.append((int(token.value), i, noun + 1, verb))
    return out[:3]


def _local_size(sentence: list[Token]) -> int | None:
    """ "Among 42 evaluable patients, …": the denominator that a sentence states for itself."""
    for i, token in enumerate(sentence[:12]):
        if token.lower in {"among", "of", "in"} and i + 2 < len(sentence):
            j = i + 1
            while j < len(sentence) and sentence[j].lower in {"the", "all", "these"}:
                j += 1
            if j < len(sentence) and sentence[j].kind == "n" and sentence[j].value.isdigit() and len(sentence[j].value) < 7:
                for word in sentence[j + 1 : j + 5]:
                    if word.lower in {"patients", "participants", "evaluable", "assessable", "subjects", "cases"}:
                        return int(sentence[j].value) if i < 3 else None
                    if word.kind != "w":
                        break
    return None


def _dates(items: list[Item], sentence: list[Token], body: str) -> list[Claim]:
    found = [(str(item.data), item.i, item.j) for item in items if item.kind == "D"]
    if not found:
        return []
    events = date_event(sentence, found)
    out: list[Claim] = []
    year = next((value[:4] for value, _, _ in reversed(found) if not value.startswith("--")), None)
    for (value, i, j), event in zip(found, events, strict=True):
        if value.startswith("--"):
            if year is None:
                continue
            value = f"{year}-{value[2:]}"
        out.append(Claim("date", endpoint=event, value=value, span=(sentence[i].start, sentence[j - 1].end), sentence=body, measure=event))
    return out
