"""The small words that link values, arms and endpoints, and those that name none of them."""

from __future__ import annotations

__all__ = [
    "ASSIGN",
    "BREAKS",
    "CLOSED",
    "COMPARING",
    "EMPTY",
    "GENERIC",
    "GOVERN",
    "HEADS",
    "JOINTS",
    "LINKS",
    "LIST_GLUE",
    "NO_ARM",
    "NO_LIST",
    "RESULT_VERBS",
    "STOP",
    "TREATMENT_VERBS",
    "VS",
    "WITH",
]

# fmt: off
ASSIGN = frozenset(
    {
        "allocated", "arm", "arms", "assigned", "classified", "cohort", "cohorts", "compared", "comprised", "comprising", "divided",
        "enrolled", "given", "group", "groups", "included", "random", "randomised", "randomized", "randomly", "receive", "received",
        "receiving", "regimen", "stratified", "treated", "underwent", "versus", "vs",
    }
)
BREAKS = frozenset(
    {
        ";", "but", "whereas", "while", "whilst",
    }
)
CLOSED = frozenset(
    {
        "a", "about", "above", "according", "achieve", "achieved", "achieves", "achieving", "across", "additionally", "affect",
        "affected", "affects", "after", "against", "aimed", "al", "alive", "all", "allocated", "allowed", "almost", "along", "also",
        "although", "am", "among", "amongst", "amounted", "amounting", "an", "analysed", "analyzed", "and", "another", "any", "appear",
        "appeared", "approximately", "are", "around", "as", "assessed", "assigned", "associated", "at", "attain", "attained", "authors",
        "based", "be", "became", "because", "become", "been", "before", "began", "being", "below", "besides", "between", "beyond",
        "both", "but", "by", "can", "carrying", "cause", "caused", "causes", "causing", "ci", "compare", "compared", "comparing",
        "complete", "completed", "completing", "comprised", "concerning", "concluded", "conducted", "confirm", "confirmed", "confirms",
        "considered", "consisted", "correlated", "could", "declined", "decrease", "decreases", "decreasing", "defined", "demonstrate",
        "demonstrated", "demonstrates", "designed", "despite", "detected", "develop", "developed", "developing", "diagnosed", "did",
        "die", "died", "dies", "differ", "differed", "discontinued", "do", "documented", "does", "done", "down", "dropped", "due",
        "during", "dying", "e", "each", "either", "enough", "enrolled", "entered", "estimated", "et", "evaluated", "even", "every",
        "except", "excluding", "exhibited", "experience", "experienced", "experiencing", "expressed", "expressing", "extend",
        "extended", "extends", "favor", "favored", "favors", "favour", "favoured", "favours", "fell", "few", "fewer", "find", "finding",
        "followed", "following", "for", "found", "from", "furthermore", "g", "gave", "get", "give", "given", "giving", "got", "grew",
        "had", "harbored", "harboring", "has", "have", "having", "he", "hence", "her", "here", "his", "however", "hr", "hypothesized",
        "i", "identified", "if", "improve", "improves", "improving", "in", "include", "included", "includes", "including", "increase",
        "increases", "increasing", "indicate", "indicated", "indicates", "into", "irrespective", "is", "it", "its", "just", "lead",
        "leads", "least", "led", "less", "like", "lived", "many", "may", "measured", "might", "more", "moreover", "most", "much",
        "must", "n", "near", "nearly", "needed", "neither", "never", "no", "non-inferiority", "none", "noninferiority", "nor", "not",
        "notably", "noted", "observe", "observed", "obtain", "obtained", "occur", "occurred", "occurring", "occurs", "of", "off", "on",
        "only", "onto", "or", "other", "others", "our", "out", "over", "p", "per", "performed", "permitted", "plus", "predict",
        "predicted", "predicts", "presented", "presenting", "presents", "prevent", "prevented", "prevents", "produced", "produces",
        "progressed", "prolong", "prolonged", "prolonging", "prolongs", "provide", "provided", "provides", "quite", "randomised",
        "randomized", "randomly", "ranged", "ranging", "rather", "reach", "reached", "reaching", "receive", "received", "receives",
        "receiving", "recorded", "recurred", "reduce", "reduces", "reducing", "regarding", "regardless", "relapsed", "remain",
        "remained", "remaining", "remains", "report", "reported", "reporting", "reports", "require", "required", "requires",
        "requiring", "resp", "respective", "respectively", "respectively.", "responded", "result", "resulted", "resulting", "results",
        "returned", "rose", "rr", "same", "seen", "several", "shall", "she", "should", "show", "showed", "showing", "shown", "shows",
        "significantly", "since", "so", "some", "started", "stayed", "still", "stopped", "such", "suffered", "suffering", "suggest",
        "suggested", "suggests", "superiority", "survived", "tend", "tended", "than", "that", "the", "their", "them", "then", "there",
        "therefore", "these", "they", "this", "those", "though", "through", "throughout", "thus", "to", "too", "toward", "towards",
        "treat", "treated", "treating", "under", "undergo", "undergoing", "undergone", "underwent", "unlike", "until", "up", "upon",
        "us", "use", "used", "using", "v", "versus", "very", "via", "vs", "vs.", "was", "we", "were", "what", "when", "where",
        "whereas", "whether", "which", "while", "whilst", "who", "whom", "whose", "will", "with", "within", "without", "would", "yes",
        "yet", "yield", "yielded",
    }
)
COMPARING = frozenset(
    {
        "against", "arms", "better", "both", "compared", "difference", "fewer", "greater", "groups", "higher", "improved", "increased",
        "longer", "lower", "more", "opposed", "over", "prolonged", "reduced", "relative", "respectively", "respectively.", "shorter",
        "similar",
        "superior", "than", "v", "v/s", "versus", "vs", "whereas", "while", "worse",
    }
)
EMPTY = frozenset(
    {
        "agent", "alone", "and", "arm", "based", "cohort", "combination", "combined", "dose", "first", "group", "inhibitor", "line",
        "of", "only", "or", "patient", "plus", "regimen", "single", "the", "therapy", "treatment", "with",
    }
)
GENERIC = frozenset(
    {
        "combination", "combined", "comparator", "comparison", "concurrent", "control", "conventional", "double", "doublet", "dual",
        "early", "experimental", "first", "high", "induction", "intervention", "late", "low", "maintenance", "mono", "monotherapy",
        "observation", "second", "sequential", "single", "standard", "study", "surgery", "test", "third", "treatment", "triple",
        "triplet",
    }
)
GOVERN = frozenset(
    {
        "against", "compared", "comparison", "contrast", "from", "opposed", "over", "relative", "than", "v", "v/s", "versus", "vs",
    }
)
HEADS = frozenset(
    {
        "arm", "arms", "cohort", "cohorts", "group", "groups",
    }
)
JOINTS = frozenset(
    {
        ",", "-", "/", ":", ";", "against", "and", "compared", "or", "opposed", "over", "relative", "than", "to", "v", "v/s", "versus",
        "vs",
        "whereas", "while",
    }
)
LINKS = frozenset(
    {
        "%", "(", ")", ",", "-", ".", "/", ":", ";", "[", "]", "a", "about", "after", "against", "all", "allocated", "alone",
        "among", "an", "and", "approximately", "arm", "arms", "as", "assigned", "at", "both", "by", "cases", "cohort", "cohorts",
        "compared", "entire", "followed", "following", "for", "from", "given", "group", "groups", "had", "in", "just", "median",
        "month", "months", "of", "on", "only", "or", "opposed", "over", "overall", "patient", "patients", "pts", "randomised", "randomized",
        "received", "receiving", "relative", "respective", "respectively", "respectively,", "subjects", "taking", "than", "the",
        "therapy", "those", "to", "total", "treated", "treatment", "under", "undergoing", "underwent", "using", "v", "v/s",
        "versus", "versus.", "vs", "was", "were", "whereas", "while", "who", "whole", "with", "women", "years",
    }
)
LIST_GLUE = frozenset(
    {
        "&", "(", ")", ",", "-", "/", "[", "]", "and", "as", "both", "confirmed", "events", "for", "incidence", "median", "of", "or",
        "plus", "rate", "rates", "respectively", "the", "well",
    }
)
NO_ARM = frozenset(
    {
        "age", "contemporaneous", "cooperative", "current", "different", "four", "new", "oncology", "other", "our", "patient",
        "present", "prospective", "retrospective", "risk", "same", "single", "three", "total", "training", "two", "unselected",
        "validation",
    }
)
NO_LIST = frozenset(
    {
        ";", "against", "compared", "had", "higher", "in", "lower", "than", "versus", "vs", "was", "were", "whereas", "while", "with",
    }
)
RESULT_VERBS = frozenset(
    {
        "a", "achieved", "achieving", "an", "any", "as", "at", "attained", "because", "confirmed", "demonstrated", "developed", "did",
        "died", "discontinued", "displayed", "due", "exhibited", "experienced", "for", "from", "had", "having", "obtained", "of",
        "presented", "progressed", "reached", "received", "remained", "reported", "required", "showed", "suffered", "the", "to",
        "underwent", "were", "with",
    }
)
STOP = frozenset(
    {
        "a", "achieved", "administered", "after", "all", "allocated", "among", "an", "and", "are", "as", "assess", "assessed",
        "assigned", "at", "background", "be", "been", "before", "between", "both", "by", "case", "cases", "compare", "compared",
        "compares", "comparing", "comprising", "consisting", "did", "divided", "during", "each", "effect", "efficacy", "either",
        "enrolled", "evaluate", "evaluated", "experienced", "for", "from", "given", "had", "has", "have", "if", "in", "included",
        "including", "individuals", "into", "is", "median", "men", "methods", "not", "occurred", "of", "on", "or", "participants",
        "patient", "patients", "patients:", "per", "pts", "randomised", "randomized", "randomly", "ratio", "receive", "received",
        "receives", "receiving", "reported", "respectively", "results", "safety", "showed", "study", "subjects", "than", "that", "the",
        "there", "these", "this", "to", "total", "treated", "undergoing", "underwent", "up", "using", "versus", "vs", "was", "were",
        "whereas", "which", "while", "who", "whose", "with", "within", "without", "women",
    }
)
TREATMENT_VERBS = frozenset(
    {
        "allocated", "assigned", "given", "got", "randomised", "randomized", "receive", "received", "receiving", "treated", "underwent",
    }
)
VS = frozenset(
    {
        "against", "compared", "opposed", "over", "relative", "than", "v", "v/s", "versus", "vs",
    }
)
WITH = frozenset(
    {
        "along", "combination", "combined", "concurrent", "concurrently", "plus", "together",
    }
)
# fmt: on
