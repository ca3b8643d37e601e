"""From text to claims: every printed result with its endpoint, arm, values and place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from topline.audit.arms import ArmBook, learn_arms
from topline.audit.build import SentenceContext, build_claims
from topline.audit.claims import Arm, Claim
from topline.audit.dates import date_event
from topline.audit.group_contrasts import leave_the_frame, opposed_groups, with_groups
from topline.audit.items import Item, read_items
from topline.audit.lexicon import endpoint_at, parts_of
from topline.audit.listed_groups import listed_groups
from topline.audit.patient_groups import Group, all_groups
from topline.audit.phrases import family_of
from topline.audit.regimens import as_words
from topline.audit.series import find_series
from topline.audit.small_words import VS
from topline.audit.sole_groups import mark_those_without, sole_group
from topline.audit.text import clean, sentences
from topline.audit.tokens import Token, tokenise
from topline.audit.totals import local_size, totals
from topline.audit.unnamed_ratios import name_ratios

__all__ = ["Extraction", "extract"]

_DIGIT = re.compile("[0-9]")
_NUMBER_WORD = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|"
    r"fifty|sixty|seventy|eighty|ninety|hundred|not (?:yet )?(?:been )?reached|NR)\b",
    re.IGNORECASE,
)
_GROUP_WORDS = re.compile(
    r"\b(?:groups?|arms?|cohorts?|versus|vs|randomi[sz]ed|randomly|assigned|compar(?:ed|ing|es?|ison)|addition|adding|without|received?)\b",
    re.IGNORECASE,
)
_COMMA = re.compile("[0-9],[0-9]")
_POINT_DECIMAL = re.compile(r"(?<![0-9])0\.[0-9]")
_COMMA_DECIMALS = re.compile(r"(?<![0-9.,])(?:0,[0-9]+|[0-9]{1,2},[0-9]{1,2}(?= ?(?:%|months|mesi|Monate)))")
_HYPOTHESIS = re.compile(
    r"\b(?:hypothes[ei]\w*|assum(?:ed|ing|ption)\w*|sample size|null (?:rate|response)|type I error|alpha (?:of|=|level)|α|"
    r"(?:was|were) capped|would be claimed|(?:analys[ei]s|analyses) (?:was |were )?(?:pre-?)?planned|planned interim|statistical plan|"
    r"statistical analysis targeted|protocol specified|designates?|powered to|"
    r"(?:was|were|is) (?:defined|considered) (?:as|if|when|positive|significant)|"
    r"statistical significance was|power (?:of|to)|[0-9]+% power|designed to (?:detect|show|rule)|"
    r"would be (?:considered|required|needed)|will be (?:enrolled|randomi[sz]ed|recruited|included))\b",
    re.IGNORECASE,
)
_PLANS = frozenset(  # one of these stands in whatever the pattern before finds
    {
        "alpha", "analyses", "analysis", "assumed", "assuming", "assumption", "assumptions", "capped", "claimed", "considered", "defined",
        "designated", "designates", "designate", "designed", "enrolled", "hypotheses", "hypothesis", "hypothesised", "hypothesize",
        "hypothesized", "included", "interim", "null", "power", "powered", "protocol", "randomised", "randomized", "recruited", "required",
        "sample", "significance", "statistical", "targeted", "type", "would", "α",
    }
)  # fmt: skip
_PRIMARY = re.compile(  # what begins with fixed letters is found at once
    r"rimary (?<=\b[Pp]rimary )(?:end ?-?points?|outcomes?|objectives?|aims?|response variable)\b([^.;]{0,160})"
)
_WORD = re.compile(r"[A-Za-z][A-Za-z-]*")
_ELSEWHERE = re.compile(  # unless the sentence also tests something
    r"\b(?:historical(?:ly)?|previously (?:demonstrated|described|found|published|reported|showed|shown)|in the literature|"
    r"earlier (?:studies|trials)|"
    r"\boccurs? in (?:up to |about |approximately |nearly )?[0-9]+|previous (?:studies|trials|reports)|other (?:studies|trials)|"
    r"worldwide|new cases|account(?:s|ing)? for|estimated to)\b",
    re.IGNORECASE,
)
_OTHERS = frozenset(  # one of these stands in whatever the pattern before finds
    {
        "account", "accounting", "accounts", "earlier", "estimated", "historical", "historically", "literature", "new", "occur", "occurs",
        "other", "previous", "previously", "worldwide",
    }
)  # fmt: skip
_LIKE = re.compile(r"\b(?:similar|comparable|consistent|identical|in line|in keeping) (?:to|with)\b[^,;]*$", re.IGNORECASE)
_BACKGROUND = re.compile(
    r"(?:BACKGROUND|IMPORTANCE|INTRODUCTION|OBJECTIVES?|PURPOSE|AIMS?|Background|Introduction|Objectives?|Purpose|Aims?) ?:"
)
_BODY = re.compile(
    r"(?:[A-Z][A-Za-z]+ (?:and|AND) )?(?:[Mm]ethods?|METHODS?|METHODOLOGY|PATIENTS|[A-Z][A-Za-z ,/-]{2,40}:)|RESULTS?|Results?|FINDINGS"
)
_OWN = re.compile(r"\b(?:we|our|here(?:in)?|this (?:study|trial|analysis|report)|follow-?up)\b", re.IGNORECASE)
_EVALUABLE = re.compile(
    r"\b([0-9]{1,5}) (?:patients |of them )?(?:were |was |had |being )?(?:evaluable|assessable|measurable|eligible for)"
)
_TIMED = frozenset({"OS", "PFS", "DFS", "EFS", "RFS", "DMFS", "MFS", "LRFS", "FFS", "TTP", "TTF"})
_REFERRING = frozenset({"corresponding", "respective"})
_VALUES = frozenset({"C", "P", "R"})  # the items of which claims are made
_MAX_TEXT = 4_000_000
_MAX_CLAIMS = 20_000


@dataclass(frozen=True)
class Extraction:
    """Claims of a text, its arms, and a count of what was seen and not seen; `source` is the text with its signs repaired."""

    source: str
    claims: tuple[Claim, ...]
    arms: tuple[Arm, ...]
    numbers_found: int
    numbers_typed: int
    not_results: tuple[tuple[int, int], ...] = ()
    numbers: tuple[tuple[int, int], ...] = ()
    sizes: tuple[int, ...] = ()
    unread: int = 0
    registrations: tuple[tuple[str, int, int], ...] = ()


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
    begin = source[:200_000]
    comma = bool(_COMMA.search(begin) and _COMMA_DECIMALS.search(begin) and not _POINT_DECIMAL.search(begin))
    spans: list[tuple[int, int]] = []
    tokens: list[list[Token]] = []
    background = False
    known_before: set[int] = set()  # sentences under a heading that says so
    for a, b in sentences(source):
        piece = source[a:b]
        background = bool(_BACKGROUND.match(piece)) or (background and not _BODY.match(piece))
        if background:
            known_before.add(a)
        if not spans or _DIGIT.search(piece) or _NUMBER_WORD.search(piece) or _GROUP_WORDS.search(piece):
            spans.append((a, b))
            tokens.append(tokenise(source, a, b, decimal_comma=comma))
    tokens, doses = as_words(tokens)
    words_of = [{t.lower for t in sentence} for sentence in tokens]
    book = learn_arms(tokens, words_of, source)
    total, total_claims = totals(tokens, spans, source, [arm.n for arm in book.arms if arm.n] if len(book.arms) > 1 else [])
    claims: list[Claim] = []
    if len(book.arms) > 1:
        claims.extend(_size_claim(arm, spans, tokens, source) for arm in book.arms if arm.n is not None)
    claims.extend(total_claims)
    numbers: list[tuple[int, int]] = doses
    skipped: list[tuple[int, int]] = [*doses]
    registrations: list[tuple[str, int, int]] = []
    used: list[tuple[int, int]] = [c.span for c in claims]
    sizes: dict[int, None] = {arm.n: None for arm in book.arms if arm.n}
    if total:
        sizes[total] = None
    group = 0
    last: str | None = None
    recent: str | None = None
    spoken: str | None = None
    timed = _primary(source)
    measure: str | None = None
    rated: str | None = None
    pair: ArmBook | None = None
    for (a, b), sentence, words in zip(spans, tokens, words_of, strict=True):
        if len(claims) > _MAX_CLAIMS:
            unread += len(source) - a
            break
        numbers.extend((t.start, t.end) for t in sentence if t.kind == "n")
        registrations.extend((t.text, t.start, t.end) for t in sentence if t.kind == "id")
        body = source[a:b]
        items, here = _read(sentence, book, source, pair)
        kinds = {item.kind for item in items}
        for item in items:
            if item.kind in {"X", "I", "G", "T", "N", "H"}:
                skipped.append((sentence[item.i].start, sentence[min(item.j, len(sentence)) - 1].end))
            if item.kind == "N" and item.data:
                sizes.setdefault(item.data, None)
        dates = _dates(items, sentence, body)
        claims.extend(dates)
        used.extend(c.span for c in dates)
        if a in known_before and not _OWN.search(body):
            skipped.append((a, b))
            continue
        if (not words.isdisjoint(_PLANS) and _HYPOTHESIS.search(body) and not any(_tested(item) for item in items)) or (
            not words.isdisjoint(_OTHERS) and _of_others(body) and kinds.isdisjoint({"P", "R"})
        ):
            skipped.append((a, b))
            continue
        for match in _EVALUABLE.finditer(body) if "able" in body or "eligible" in body else ():
            sizes.setdefault(int(match.group(1)), None)
        local = local_size(sentence)
        if local:
            sizes.setdefault(local, None)
        pair = here if here is not book and len(here.arms) == 2 else None if "A" in kinds else pair
        if kinds.isdisjoint(_VALUES):
            timed = _time_named(items) or timed
            continue
        name_ratios(sentence, items, measure)
        measure = next((x.data.measure for x in reversed(items) if x.kind == "R"), measure)
        series = find_series(sentence, items, here, spoken)
        told = (recent if any(item.kind == "R" for item in items[:4]) else last or recent) or timed  # "The hazard ratio was 0.42"
        context = SentenceContext(sentence, items, body, here, total, local, group, told, spoken, rated)
        built = build_claims(context, series)
        group = context.group
        recent = next(
            (c.endpoint for c in reversed(built) if c.type in {"median", "landmark_rate", "ratio"} and c.endpoint in _TIMED), recent
        )
        spoken = next((c.endpoint for c in reversed(built) if c.type not in {"p_value", "date", "count"}), spoken)
        rated = context.rated
        last = next((c.endpoint for c in reversed(built) if c.type == "ratio" and c.measure == "HR"), last)
        for claim in built:
            if claim.n and claim.n_from == "printed":
                sizes.setdefault(claim.n, None)
        claims.extend(built)
        used.extend(c.span for c in built)
        timed = _time_named(items) or timed
    ordered = sorted((c for c in claims if not _allotted(c, book)), key=lambda c: c.span)
    named = tuple(c.numbered(i) for i, c in enumerate(ordered, start=1))
    numbers.sort()  # those of doses came first
    typed = _covered(numbers, used + skipped)
    return Extraction(
        source, named, tuple(book.arms), len(numbers), typed, tuple(skipped), tuple(numbers), tuple(sizes), unread, tuple(registrations)
    )


def _time_named(items: list[Item]) -> str | None:
    """The first time to an event that a sentence names."""
    return next((str(x.data) for x in items if x.kind == "E" and family_of(str(x.data)) == "tte"), None)


def _allotted(claim: Claim, book: ArmBook) -> bool:
    """Whether a proportion without a name is the share of patients that an arm got: "699 (50%) to A"."""
    if claim.type != "proportion" or claim.endpoint is not None or claim.x is None:
        return False
    return any(arm.n == claim.x and abs(arm.span[0] - claim.span[0]) < 200 for arm in book.arms)


def _of_others(body: str) -> bool:
    """Whether a sentence speaks of results of others, and not only of those that its own are like."""
    found = _ELSEWHERE.search(body)
    return found is not None and _LIKE.search(body, max(0, found.start() - 60), found.start()) is None


def _tested(item: Item) -> bool:
    """Whether an item is a test that was made: "P = 0.031", "HR 0.71 (95% CI …)"; none of a plan is as exact."""
    if item.kind == "P":
        return str(item.data.value)[:1] not in "<>≤≥" and len(str(item.data.value)) > 4
    return item.kind == "R" and item.data.interval is not None


def _read(sentence: list[Token], book: ArmBook, source: str, pair: ArmBook | None = None) -> tuple[list[Item], ArmBook]:
    """A sentence as items, with the arms of the text or, where it names none of them, with the groups of its own."""
    items = read_items(sentence, book)
    if not any(item.kind == "C" for item in items):
        return items, book
    leave_the_frame(sentence, items, source)
    mark_those_without(items, book)
    groups = all_groups(sentence, items, source)
    if sum(item.kind == "C" for item in items) < 2:
        return _sole(items, book, groups)
    listed = listed_groups(sentence, items, source)
    if listed and len(listed) > len({x.data for x in items[listed[0].a : listed[-1].b] if x.kind == "A"}):
        return with_groups(items, listed, book)
    named = opposed_groups(sentence, items, source, groups)
    if len({group.key for group in named}) > max(1, len({item.data for item in items if item.kind == "A"})):
        return with_groups(items, named, book)
    if not any(item.kind == "A" for item in items):
        if pair is not None and any(item.low in _REFERRING for item in items):
            return items, ArmBook(pair.arms, recent=[0, 1])  # "In the elderly the corresponding rates were 81% and 91%"
        found, here = _sole(items, book, groups)
        if here is not book:
            return found, here
        if pair is not None and any(item.kind == "P" or item.low in VS for item in items):
            return items, ArmBook(pair.arms, recent=[0, 1])  # "The rates at 1 year were 81% and 91%", of the groups just named
    return items, book


def _sole(items: list[Item], book: ArmBook, groups: list[Group]) -> tuple[list[Item], ArmBook]:
    if not any(item.kind == "A" for item in items):
        sole = sole_group(items, groups)
        if sole:
            return with_groups(items, sole, book)
    return items, book


def _primary(source: str) -> str | None:
    """The time to an event that the text calls its primary endpoint: what a ratio without a name is of."""
    for match in _PRIMARY.finditer(source[:20_000]):
        parts = [part for word in _WORD.findall(match.group(1)) for part in parts_of(word.lower())] + [""]
        for at in range(len(parts) - 1):
            found = endpoint_at(parts, at)
            if found is not None and family_of(found[0]) == "tte":
                return found[0]
    return None


def _size_claim(arm: Arm, spans: list[tuple[int, int]], tokens: list[list[Token]], source: str) -> Claim:
    """The size of an arm: the claim stands where the number does, the arm's name stands beside it."""
    at, end = arm.span
    k = next((k for k, (a, b) in enumerate(spans) if a <= at < b), 0)
    printed = [t for t in tokens[k] if t.kind == "n" and t.value == str(arm.n)]
    near = min(printed, key=lambda t: (max(at - t.start, t.end - end, 0), abs(t.start - at)), default=None)
    span = (near.start, near.end) if near is not None else arm.span
    body = source[spans[k][0] : spans[k][1]]
    return Claim("count", endpoint="N", arm=arm.name, value=str(arm.n), n=arm.n, unit="patients", span=span, sentence=body)


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
