"""The words by which the grammar of clauses tells subjects, adjuncts and predicates apart."""

from __future__ import annotations

__all__ = [
    "ADJUNCT",
    "ALONE",
    "BARE",
    "BE",
    "COMPARED",
    "DETERMINERS",
    "GENERIC",
    "HAVE",
    "LEFT",
    "LIMITS",
    "LINKERS",
    "NEVER",
    "OF_PATIENTS",
    "OUTER",
    "PREDICATES",
    "SEEN",
    "SEXES",
    "STOPS",
    "VERBS",
]

# fmt: off
ADJUNCT = frozenset(
    {
        "about", "across", "after", "against", "among", "amongst", "at", "before", "between", "by", "compared", "despite", "due",
        "during", "following", "for", "from", "in", "into", "of", "on", "over", "per", "plus", "receiving", "since", "than", "through",
        "to", "under", "undergoing", "until", "using", "v", "versus", "via", "vs", "with", "within", "without",
    }
)
DETERMINERS = frozenset(
    {
        "a", "all", "an", "another", "any", "both", "each", "either", "fewer", "her", "his", "its", "least", "less", "more", "most",
        "much", "no", "one", "only", "other", "our", "same", "some", "such", "the", "their", "these", "this", "those",
    }
)
GENERIC = frozenset(  # heads that name no endpoint, whatever stands before them
    {
        "addition", "analyses", "analysis", "arm", "arms", "baseline", "centers", "centres", "chemotherapy", "cohort", "cohorts",
        "comparison", "consolidation", "control", "controls", "cut-off", "cutoff", "data", "days", "evidence", "favor", "favour",
        "findings", "group", "groups", "induction", "intervention", "maintenance", "majority", "medians", "months", "observation",
        "ones", "patient", "patient-years", "person-years", "placebo", "population", "radiotherapy", "randomisation",
        "randomization", "regimen", "regimens", "respectively", "result", "results", "schedule", "schedules", "setting",
        "significance", "standard", "studies", "study", "subgroup", "subgroups", "superiority", "tendency", "therapy", "treatment",
        "treatments", "trend", "trial", "trials", "weeks", "years",
    }
)
BARE = frozenset(  # heads that name none when they stand alone
    {
        "admission", "advantage", "age", "average", "benefit", "category", "chance", "course", "courses", "criteria", "criterion",
        "cycle",
        "cycles", "difference", "differences", "dose", "doses", "effect", "eligible", "endpoint", "endpoints", "estimate", "estimates",
        "factor", "figure", "figures", "first", "follow-up", "frequency", "grade", "grades", "incidence", "interval", "intervals",
        "investigator", "investigators", "kind",
        "level", "likelihood", "line", "mean", "median", "men", "number", "objective", "others", "outcome", "outcomes", "overall", "part",
        "percentage", "percentages", "period", "points", "possibility", "probability", "proportion", "proportions", "range", "rate",
        "rates", "ratio", "recruitment", "risk", "risks", "sample", "score", "scores", "second", "step", "surgery", "test", "tests",
        "third", "time",
        "total", "type", "types", "use", "value", "values", "variations", "women",
    }
)
LIMITS = frozenset({"boundary", "margin", "threshold", "accrual", "alpha", "power", "significance"})
NEVER = frozenset(  # heads that name no endpoint: tests and models, comparatives, verbs, ordinals, what a text consists of
    {
        "absolute", "abstract", "accrual", "aim", "altogether", "anova", "apart", "approach", "article", "background", "basis",
        "boundary",
        "checkmate", "chi", "chi-square", "chi-squared", "chose", "comparable", "conclusion", "conclusions", "correlation",
        "correlations",
        "covariate", "covariates", "cox",
        "daily", "databases", "date", "dates", "determinant", "determinants", "deviation", "earlier", "eg", "equal", "exact",
        "exception", "fashion", "faster",
        "favoring", "favouring", "fewer", "fisher", "fisher's", "follows", "fourth", "gehan", "greater", "half", "higher",
        "hypothesis", "ie",
        "impower", "interaction", "interim", "javelin", "kaplan-meier", "keynote", "kruskal-wallis", "larger",
        "later", "log", "log-rank", "logistic", "logrank", "made", "mann-whitney", "manner", "mantel-haenszel", "margin", "matching",
        "mcnemar", "meet", "met", "method", "methods", "model", "models", "monthly", "multivariable", "multivariate", "non-inferior",
        "non-inferiority", "noninferior", "noninferiority", "odds", "once", "one-half", "one-quarter", "one-sided", "one-third", "owing",
        "p-value", "p-values", "pearson",
        "phase", "predictor", "predictors", "prognosticator", "prognosticators", "purpose", "rank", "rank-sum", "ranksum", "ratios",
        "regression", "se", "sem", "sided", "signed-rank", "slower",
        "smaller", "spearman", "spent", "square", "statistic", "statistics", "student", "student's", "summary", "t-test", "threefold",
        "thereafter",
        "threshold", "took", "twice", "three-quarters", "trends", "two-sided", "two-thirds", "twofold", "univariable", "univariate",
        "weekly", "well", "wilcoxon",
    }
)
PREDICATES = frozenset(
    {
        "able", "alone", "available", "balanced", "better", "common", "commoner", "commonest", "comparable", "consistent", "different",
        "due", "eligible", "equal", "equivalent", "evaluable", "feasible", "frequent", "good", "greater", "high", "higher", "identical",
"inferior", "infrequent", "larger", "likely", "longer", "low", "lower", "manageable", "mandatory", "mild", "moderate", "necessary",
        "nonsignificant", "not-significant", "often", "poor", "poorer", "possible", "predictive", "predominant", "present", "prevalent",
        "prognostic", "rare", "severe", "shorter",
        "significant", "similar", "smaller", "successful", "superior", "tolerable", "unable", "uncommon", "worse",
    }
)
OUTER = frozenset(
    {
        "change", "changes", "decline", "decrease", "deterioration", "drop", "fall", "gain", "improvement", "improvements", "increase",
        "increases", "reduction", "reductions", "rise", "worsening",
    }
)
STOPS = frozenset({";", "whereas", "while", "but", "although", "however"})
HAVE = frozenset(
    {
        "achieve", "achieved", "achieving", "attained", "carried", "completed", "declined", "demonstrated", "develop", "developed",
        "developing", "discontinued", "displayed", "exhibited", "experience", "experienced", "experiencing", "expressed", "had",
        "harbored", "harboured", "has", "have", "having", "obtained", "presented", "reached", "received", "refused", "reported",
        "reporting", "required", "showed", "showing", "stopped", "suffered", "underwent", "with", "withdrew",
    }
)
SEXES = {"male": "male", "males": "male", "female": "female", "females": "female"}
SEEN = frozenset({"reported", "observed", "noted", "seen", "encountered", "recorded"})
LEFT = frozenset({"discontinued", "stopped", "withdrew"})
BE = frozenset({"was", "were", "are", "is", "remained", "became", "been", "be"})
VERBS = BE | {"had", "occurred", "developed", "achieved", "reached", "experienced", "showed", "increased", "decreased", "improved"}
LINKERS = frozenset({"of", "=", ":", "being", "about", "approximately", "only", "nearly", "almost", "just", "over", "a", "the", "-", "~"})
COMPARED = frozenset({"compared", "relative", "comparison", "similar", "addition", "superior", "inferior"})
ALONE = {
    "died": "DEATH", "relapsed": "RECUR", "recurred": "RECUR", "progressed": "PD", "responded": "ORR", "discontinued": "DISC",
    "survived": "OS", "withdrew": "withdrawal",
}
OF_PATIENTS = frozenset(
    {
        "adults", "all", "also", "among", "and", "arm", "arm,", "arms", "assigned", "at", "both", "cases", "children", "cohort",
        "cohorts", "dose", "for", "given", "group", "group,", "groups", "in", "individuals", "least", "men", "of", "on", "participants",
        "patients", "people", "pts", "randomized", "receiving", "respective", "respectively", "respondents", "subjects", "survivors",
        "that", "the", "these", "those", "three", "to", "treated", "treatment", "two", "who", "women",
    }
)
# fmt: on
