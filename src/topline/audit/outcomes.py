"""What a ratio or p-value behind a prognostic factor is of: the outcome that the factor is said to predict."""

from __future__ import annotations

from topline.audit.item import Item
from topline.audit.phrases import content_word, family_of, words_of
from topline.audit.tokens import Token

__all__ = ["factor_outcome", "predicted"]

# fmt: off
_NOUNS = frozenset(
    {
        "predictor", "predictors", "factor", "factors", "variable", "variables", "covariate", "covariates", "determinant", "determinants",
        "marker",
    }
)
_LEADS = {
    "associated": ("with",), "association": ("with",), "correlated": ("with", "to"), "correlation": ("with",), "predictive": ("of", "for"),
    "prognostic": ("of", "for"), "related": ("to",), "predicted": (), "predicting": (), "affecting": (), "influencing": (),
    "influenced": (), "affected": (), "impact": ("on",), "effect": ("on",), "influence": ("on",),
    **dict.fromkeys(sorted(_NOUNS), ("of", "for")),
}
_DESCRIBING = frozenset(
    {
        "a", "an", "any", "better", "both", "decreased", "greater", "higher", "improved", "increased", "inferior", "likelihood", "longer",
        "lower", "more", "of", "patient", "patients'", "poor", "poorer", "probability", "prolonged", "rate", "rates", "reduced", "risk",
        "shorter", "significant", "superior", "the", "worse",
    }
)
_LISTED = frozenset({":", "are", "include", "included", "including", "is", "was", "were"})
# fmt: on


def _leads(items: list[Item], j: int) -> int | None:
    """Where the outcome begins that the words at item `j` lead to: "predictors of", "associated with"."""
    links = _LEADS.get(items[j].low)
    if links is None or j + 1 >= len(items):
        return None
    if not links:
        return j + 1 if items[j - 1 if j else 0].low not in {"were", "was", "not"} else None
    return j + 2 if items[j + 1].low in links else None


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


def predicted(tokens: list[Token], items: list[Item], k: int) -> tuple[int, str] | None:
    """The outcome that the factors around item `k` predict and the item that says so: the nearest before, or the next behind.

    "Nodal stage (HR …) and grade (HR …) were predictors of recurrence"; "factors affecting OS were age (P …) and …".
    """
    found: tuple[int, str] | None = None
    for j, item in enumerate(items):
        if item.kind != "W" or item.low not in _LEADS:
            continue
        begin = _leads(items, j)
        name = _outcome_at(tokens, items, begin) if begin is not None else None
        if name is None:
            continue
        if j > k:
            return (j, name) if found is None and not _valued(items[k:j]) else found
        found = (j, name)
    return found


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
    if said is not None and (said[0] > k or (said[0] < at and any(x.low in _LISTED for x in items[said[0] : at]))):
        return said[1]
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
        "predictor", "predictors", "predictive", "prognostic", "factor", "factors", "associated", "affected", "influenced", "correlated",
        "independent", "independently", "multivariate", "multivariable", "univariate",
    }
)  # fmt: skip
