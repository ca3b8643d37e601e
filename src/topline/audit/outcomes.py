"""What a ratio or p-value behind a prognostic factor is of: the outcome that the factor is said to predict."""

from __future__ import annotations

from dataclasses import dataclass

from topline.audit.item import Item
from topline.audit.phrases import content_word, family_of, words_of
from topline.audit.tokens import Token

__all__ = ["Said", "factor_outcome", "lists_factors", "predicted"]

# fmt: off
_NOUNS = frozenset(
    {
        "predictor", "predictors", "factor", "factors", "variable", "variables", "covariate", "covariates", "determinant", "determinants",
        "marker",
    }
)
_EITHER_WAY = {  # what stands on either side may be the outcome
    "associated": ("with",), "association": ("with",), "correlated": ("with", "to"), "correlation": ("with",), "linked": ("to", "with"),
    "related": ("to",), "dependent": ("on",),
}
_SUFFERING = frozenset({"affected", "determined", "influenced", "predicted"})  # with "by": the subject is the outcome
_LEADS = {
    **_EITHER_WAY, **dict.fromkeys(sorted(_SUFFERING), ()), "predictive": ("of", "for"), "prognostic": ("of", "for"), "predict": (),
    "predicts": (), "predicting": (), "affecting": (), "influencing": (), "impact": ("on",), "effect": ("on",), "influence": ("on",),
    "prognosticator": ("of", "for"), "prognosticators": ("of", "for"), "significant": ("for",), "significance": ("for",),
    **dict.fromkeys(sorted(_NOUNS), ("of", "for")),
}
_DESCRIBING = frozenset(
    {
        "a", "achieving", "an", "any", "better", "both", "decreased", "developing", "experiencing", "greater", "having", "higher",
        "improved", "receiving", "requiring", "undergoing", "increased", "inferior", "likelihood", "longer",
        "lower", "more", "of", "patient", "patients'", "poor", "poorer", "probability", "prolonged", "rate", "rates", "reduced", "risk",
        "shorter", "significant", "superior", "the", "worse",
    }
)
_OUTCOMES = frozenset({"tte", "response"})
_PASSED = frozenset({"also", "and", "are", "be", "been", "both", "has", "have", "is", "not", "only", "to", "was", "were", "by", ","})
_LISTED = frozenset({":", "are", "include", "included", "including", "is", "was", "were"})
# fmt: on


@dataclass(slots=True)
class Said:
    """An outcome and the item that says what predicts it; `subject`: the outcome stands before that item as its subject."""

    at: int
    name: str
    subject: bool = False


def _leads(items: list[Item], j: int) -> int | None:
    """Where the outcome begins that the words at item `j` lead to: "predictors of", "associated with"."""
    links = _LEADS.get(items[j].low)
    if links is None or j + 1 >= len(items):
        return None
    if not links:
        return j + 1 if items[j - 1 if j else 0].low not in {"were", "was", "not"} or items[j + 1].low == "by" else None
    return j + 2 if items[j + 1].low in links else None


def _subject(items: list[Item], j: int) -> str | None:
    """The time to an event or response that is the subject of the verb at item `j`: "survival was 31 weeks and was related to …"."""
    depth = 0
    for x in reversed(items[max(0, j - 20) : j]):
        depth += (x.low in {")", "]"}) - (x.low in {"(", "["})
        if depth > 0 or x.low in {"(", "["}:
            continue
        if x.kind == "E":
            return str(x.data) if family_of(str(x.data)) in _OUTCOMES else None
        if x.kind in {"P", "R", "A"} or (x.kind == "W" and x.low not in _PASSED and not x.low.endswith("ly")):
            return None
    return None


def _outcome_at(tokens: list[Token], items: list[Item], k: int) -> str | None:
    while k < len(items) and (items[k].low in _DESCRIBING or items[k].kind in {"T", "G"} or items[k].low.endswith("ly")):
        k += 1
    words: list[str] = []
    while k < len(items) and len(words) < 6:
        if items[k].kind == "E":
            return str(items[k].data)
        if not (content_word(items[k]) or (words and items[k].low in {"of", "to"})):
            break
        words.extend(words_of(tokens, items[k]))
        k += 1
    while words and words[-1] in {"of", "to"}:
        words.pop()
    if words == ["survival"]:
        return "OS"
    return None if not words or words[-1] in {"prognosis", "outcome", "outcomes"} else " ".join(words)


def predicted(tokens: list[Token], items: list[Item], k: int) -> Said | None:
    """The outcome that the factors around item `k` predict: said by the nearest word before, or the next behind.

    "Nodal stage (HR …) and grade (HR …) were predictors of recurrence"; "factors affecting OS were age (P …) and …"; "survival was
    related to weight loss (HR …) and …".
    """
    found: Said | None = None
    for j, item in enumerate(items):
        if item.kind != "W" or item.low not in _LEADS:
            continue
        begin = _leads(items, j)
        if begin is None:
            continue
        passive = item.low in _SUFFERING and items[j + 1].low == "by"
        name = None if passive else _outcome_at(tokens, items, begin)
        subject = None
        if (passive or item.low in _EITHER_WAY) and j < k and (name is None or family_of(name) not in _OUTCOMES):
            subject = _subject(items, j)
        if name is None and subject is None:
            continue
        said = Said(j, subject or str(name), subject is not None)
        if j > k:
            return said if found is None and not _valued(items[k:j]) else found
        found = said
    return found


def lists_factors(items: list[Item], a: int, b: int) -> bool:
    """Whether a verb between items `a` and `b` makes what follows a list of factors: "predictors of OS were …"."""
    return any(x.low in _LISTED for x in items[a:b])


def _valued(items: list[Item]) -> bool:
    """Whether a value or a new clause stands among items, outside brackets opened there."""
    depth = 0
    for k, x in enumerate(items):
        depth += (x.low in {"(", "[", "{"}) - (x.low in {")", "]", "}"} and depth > 0)
        clause = x.low == ";" and k > 0 and items[k - 1].low in {")", "]"} and items[k + 1 : k + 2] and items[k + 1].low not in {"(", "["}
        if depth == 0 and (x.kind == "C" or clause):
            return True
    return False


def factor_outcome(tokens: list[Token], items: list[Item], k: int, own: str, at: int, bare: bool) -> str:
    """The outcome of the p-value at item `k`, where `own`, which begins at item `at`, may be a factor; `bare`: no values precede."""
    family = family_of(own)
    if family not in {"phrase", "term"} and own != "AGE":
        return own
    said = predicted(tokens, items, k)
    if said is not None and (said.at > at or said.subject or (lists_factors(items, said.at, at))):
        return said.name
    if family == "term":
        return own
    outcomes = [(j, str(x.data)) for j, x in enumerate(items) if x.kind == "E" and family_of(str(x.data)) in {"tte", "response"}]
    before = [code for j, code in outcomes if j < k]
    if {x.low for x in items} & _PROGNOSTIC and outcomes:
        return before[-1] if before else outcomes[0][1]
    if bare and not before and outcomes and not any(x.kind == "C" for x in items[:k]):
        return outcomes[0][1]  # "former smokers (P = …) had a longer PFS"
    return own


_PROGNOSTIC = frozenset(
    {
        "associated", "correlated", "factor", "factors", "independent", "independently", "multivariable", "multivariate", "predictive",
        "predictor", "predictors", "prognostic", "univariate",
    }
)  # fmt: skip
