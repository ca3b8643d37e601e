"""The words of the trade: endpoints, adverse events, units and the small words that link values."""

from __future__ import annotations

from functools import lru_cache

__all__ = [
    "ENDPOINTS",
    "FAMILY",
    "HIGHER",
    "LOWER",
    "NOT_RESULTS",
    "PATIENT_NOUNS",
    "RATIO_HEADS",
    "TIME_UNITS",
    "endpoint_at",
    "normalise_part",
    "parts_in",
    "parts_of",
]

_TTE = {
    "PFS": "progression or death|disease progression or death|progression free survival|pfs|mpfs|progression "
    "free interval|progression free|median pfs|radiographic progression free survival|rpfs",
    "OS": "alive|overall survival|os|mos|median survival|survival rate|survival time|median survival time|mst",
    "DFS": "disease free survival|disease free|dfs|idfs|invasive disease free survival|mdfs",
    "EFS": "event free survival|event free|efs|mefs",
    "RFS": "recurrence or death|relapse or death|recurrence free survival|relapse free survival|recurrence free|relapse free|rfs|mrfs",
    "disease-free interval": "disease free interval|dfi",
    "DSS": "tumor specific survival|disease specific survival|cancer specific survival|dss|css|cause specific survival",
    "TRM": "transplant related mortality|transplantation related mortality|trm|non relapse mortality|nonrelapse mortality|nrm",
    "DMFS": "distant metastasis free survival|dmfs|distant metastasi free survival",
    "MFS": "metastasis or death|metastases or death|metastasi or death|metastasis free survival|metastasi free survival|mfs",
    "LRFS": "locoregional recurrence free survival|local recurrence free survival|lrfs|lrrfs|locoregional relapse free survival",
    "FFS": "failure free survival|ffs",
    "TTP": "time to progression|ttp|mttp|time to disease progression|time to tumor progression",
    "TTF": "time to treatment failure|ttf",
    "DOR": "duration of response|duration of the response|dor|mdor|response duration|duration of objective response|duration of remission",
    "TTR": "time to response|ttr|time to first response|time to objective response",
    "TTNT": "time to next treatment|ttnt",
    "LC": "local control|local control rate|lcr",
    "DOT": "treatment duration|duration of treatment|duration of therapy|duration of exposure|treatment exposure|"
    "time on treatment|time on therapy",
}
_RESPONSE = {
    "ORR": "rr|objective response rate|overall response rate|objective response|overall response|orr|response rate|objective "
    "remission rate|overall remission rate|objective responder|tumor response rate|objective tumor response|tumor response|"
    "overall tumor response|objective tumor response rate|confirmed objective response|confirmed orr|"
    "objective remission|overall remission",
    "DCR": "disease control rate|disease control|dcr|tumor control rate",
    "CBR": "clinical benefit rate|clinical benefit|cbr",
    "BCS": "breast conserving surgery|breast conservation|breast conserving surgery rate|bcs",
    "PCR": "complete pathological response|complete pathologic response|"
    "pathological complete response|pathologic complete response|pathological complete response rate|pcr|pathologic "
    "complete response rate|total pathological complete response|pathological complete remission",
    "MPR": "major pathological response|major pathologic response|mpr|major pathological response rate|major pathologic response rate",
    "R0": "r0 resection|r0 resection rate",
}
_CATEGORY = {
    "CR": "complete clinical response|clinical complete response|"
    "complete response|complete remission|cr|complete responder|complete response rate|complete remission rate|cr rate|"
    "complete metabolic response",
    "PR": "partial response|partial remission|pr|partial responder|partial response rate|pr rate",
    "SD": "stable disease|sd|disease stabilization|disease stabilisation",
    "PD": "progressive disease|pd|disease progression",
    "NE": "not evaluable|non evaluable|inevaluable",
}
_EVENTS = {
    "TRAE": "treatment related adverse event|trae|drug related adverse event|treatment related ae|treatment related adverse reaction|"
    "treatment related toxicity|adverse event related to treatment|drug related adverse reaction|adverse drug reaction|"
    "drug related ae|treatment related toxicitie",
    "TEAE": "treatment emergent adverse event|teae|treatment emergent ae",
    "SAE": "serious adverse event|sae|serious ae|serious adverse reaction",
    "TRSAE": "serious treatment related adverse event|treatment related serious adverse event|serious trae|treatment related sae",
    "IRAE": "immune related adverse event|irae|immune mediated adverse event|immune mediated ae|imae|immune related ae",
    "AE": "adverse event|ae|adverse reaction|toxicity|toxicitie|side effect|adverse effect|toxic effect|adverse drug event",
    "HEMTOX": "hematologic toxicity|hematological toxicity|hematologic adverse event|hematological adverse event|"
    "hematologic toxicitie|hematological toxicitie",
    "TRDEATH": "treatment related death|treatment related mortality|drug related death|fatal treatment related adverse event|toxic death",
    "DEATH": "death|mortality|died",
    "DISC": "treatment discontinuation|discontinuation of treatment|discontinued treatment|permanent discontinuation|"
    "discontinuation|discontinued|temporary discontinuation|discontinuation ae|discontinuation adverse event",
    "DOSERED": "dose reduction",
    **{name: name for name in ("dose modification", "dose interruption", "dose delay", "dose adjustment")},
}
_OTHER = {
    "AGE": "median age|mean age|age",
    "FU": "survival follow up|median survival follow up|"
    "followed for|followed up for|follow up|followup|follow up duration|follow up time|follow up period|follow up duration",
    "RECUR": "recurrence|relapse|recurrence rate|local recurrence|relapse rate",
    "CROSSOVER": "crossover",
}
_TERMS = (
    "neutropenia|febrile neutropenia|anemia|thrombocytopenia|leukopenia|leucopenia|lymphopenia|hypertension|proteinuria|fatigue|"
    "asthenia|nausea|vomiting|diarrhea|constipation|rash|pruritus|hypothyroidism|hyperthyroidism|hand foot syndrome|"
    "hand foot skin reaction|palmar plantar erythrodysesthesia|mucositis|oral mucositis|stomatitis|alopecia|pneumonitis|pneumonia|"
    "colitis|hepatitis|myocarditis|peripheral neuropathy|peripheral sensory neuropathy|neuropathy|sensory neuropathy|"
    "decreased appetite|anorexia|appetite loss|loss of appetite|weight loss|hypokalemia|hyponatremia|hypoalbuminemia|hyperglycemia|"
    "hyperbilirubinemia|hypophosphatemia|elevated transaminase|increased alanine aminotransferase|alanine aminotransferase increased|"
    "increased aspartate aminotransferase|aspartate aminotransferase increased|elevated alt|elevated ast|increased alt|increased ast|"
    "alt elevation|ast elevation|alt increased|ast increased|transaminase elevation|transaminitis|neutrophil count decreased|"
    "decreased neutrophil count|white blood cell count decreased|decreased white blood cell count|platelet count decreased|"
    "decreased platelet count|lymphocyte count decreased|decreased lymphocyte count|myelosuppression|bone marrow suppression|"
    "hemorrhage|bleeding|epistaxis|hemoptysis|fever|pyrexia|infection|sepsis|febrile|arthralgia|myalgia|headache|insomnia|dysphonia|"
    "dysphagia|dermatitis|radiation dermatitis|radiation pneumonitis|esophagitis|xerostomia|dry mouth|abdominal pain|pain|dyspnea|"
    "cough|edema|peripheral edema|cytokine release syndrome|crs|neurotoxicity|icans|hepatotoxicity|hepatic dysfunction|liver injury|"
    "nephrotoxicity|renal dysfunction|cardiotoxicity|thromboembolism|venous thromboembolism|infusion related reaction|"
    "infusion reaction|reactive cutaneous capillary endothelial proliferation|rccep|dysgeusia|interstitial lung disease|ild|"
    "adrenal insufficiency|hypophysitis|acneiform rash|dermatitis acneiform|paronychia|hypomagnesemia|ocular toxicity|keratopathy|"
    "gastrointestinal perforation|fistula|hyperuricemia|hypertriglyceridemia|hypercholesterolemia|lipase increased|increased lipase|"
    "amylase increased|hematuria|hearing loss|ototoxicity|leukocytopenia|granulocytopenia|lymphocytopenia|neutrophil decrease|"
    "platelet decrease|mouth ulcer|qt prolongation|thyroid dysfunction|gastrointestinal reaction|nasopharyngeal necrosis|"
    "nasopharyngeal hemorrhage|hoarseness|myocardial infarction|cardiac failure|creatinine increased|increased creatinine|"
    "blood bilirubin increased"
)

FAMILY: dict[str, str] = {}
ENDPOINTS: dict[str, list[tuple[tuple[str, ...], str]]] = {}

TIME_UNITS = {
    **dict.fromkeys(["month", "months", "mo", "mos", "mths", "mth"], "months"),
    **dict.fromkeys(["year", "years", "yr", "yrs", "y"], "years"),
    **dict.fromkeys(["week", "weeks", "wk", "wks"], "weeks"),
    **dict.fromkeys(["day", "days"], "days"),
}
PATIENT_NOUNS = frozenset(
    [
        "patient",
        "patients",
        "pts",
        "pt",
        "participant",
        "participants",
        "subject",
        "subjects",
        "case",
        "cases",
        "individual",
        "individuals",
        "women",
        "men",
        "people",
        "responders",
        "evaluable",
        "males",
        "females",
        "male",
        "female",
        "woman",
        "man",
        "adults",
        "children",
        "recipients",
        "respondents",
        "volunteers",
    ]
)
RATIO_HEADS = {
    "hr": "HR",
    "hrs": "HR",
    "ahr": "HR",
    "shr": "HR",
    "hrpfs": "HR",
    "hros": "HR",
    "or": "OR",
    "aor": "OR",
    "ors": "OR",
    "rr": "RR",
    "irr": "RR",
    "sir": "RR",
    "smr": "RR",
}
NOT_RESULTS = frozenset(
    [
        "mg",
        "g",
        "mcg",
        "ug",
        "kg",
        "ml",
        "l",
        "dl",
        "mm",
        "cm",
        "nm",
        "gy",
        "cgy",
        "iu",
        "mci",
        "gbq",
        "mbq",
        "mmol",
        "mol",
        "u",
        "h",
        "hr",
        "hour",
        "hours",
        "min",
        "minutes",
        "fraction",
        "fractions",
        "cycle",
        "cycles",
        "course",
        "courses",
        "dose",
        "doses",
        "times",
        "time",
        "fold",
        "line",
        "lines",
        "lesion",
        "lesions",
        "site",
        "sites",
        "center",
        "centers",
        "centre",
        "centres",
        "hospital",
        "hospitals",
        "country",
        "countries",
        "institution",
        "institutions",
        "study",
        "studies",
        "trial",
        "trials",
        "article",
        "articles",
        "gene",
        "genes",
        "sample",
        "samples",
        "arm",
        "arms",
        "group",
        "groups",
        "cohort",
        "cohorts",
        "mg/m2",
        "mg/kg",
        "mg/m",
        "μm",
        "µm",
        "um",
        "μg",
        "µg",
        "mg/d",
        "mg/day",
        "gy/f",
        "metastases",
        "nodes",
        "tumors",
        "tumours",
        "points",
        "point",
        "kcal",
        "bid",
        "tid",
        "qd",
        "session",
        "sessions",
        "copies",
        "ng",
        "pg",
        "mv",
        "kev",
        "injections",
        "infusions",
        "metabolites",
        "proteins",
        "cells",
        "mutations",
    ]
)
HIGHER = frozenset(
    [
        "higher",
        "longer",
        "improved",
        "improvement",
        "prolonged",
        "superior",
        "better",
        "increased",
        "increase",
        "greater",
        "prolong",
        "extended",
        "extend",
        "improve",
        "improves",
        "improving",
        "prolonging",
        "more",
    ]
)
LOWER = frozenset(["lower", "shorter", "inferior", "worse", "decreased", "reduced", "fewer", "less", "shortened", "poorer"])


def normalise_part(word: str) -> str:
    """Lower-case, American spelling, singular."""
    w = word.lower()
    if len(w) > 5:
        w = (
            w.replace("aem", "em")
            .replace("oed", "ed")
            .replace("oea", "ea")
            .replace("tumour", "tumor")
            .replace("oes", "es")
            .replace("haem", "hem")
        )
    if len(w) > 2 and w.endswith("s") and not w.endswith(("ss", "us", "is", "os", "fs")):
        w = w[:-1]
    return w


@lru_cache(maxsize=65536)
def parts_of(word: str) -> tuple[str, ...]:
    """The normalised pieces of a hyphened or slashed word."""
    pieces = word.replace("/", "-").split("-")
    return tuple(normalise_part(piece) for piece in pieces if piece)


@lru_cache(maxsize=65536)
def parts_in(text: str) -> tuple[str, ...]:
    """The normalised pieces of a word as printed; capitals tell what is a plural: "PFSs" is one of "PFS", "CPS" is none of "CP"."""
    low = text.lower().replace(" ", "-")  # "CA 19-9" is one token
    if text.endswith("Ss") and text[:-1].isupper():
        return parts_of(low[:-1])
    return (low,) if len(text) < 5 and text[-1:] == "S" and text.isupper() else parts_of(low)


def _add(phrase: str, code: str, family: str) -> None:
    words = tuple(p for w in phrase.split() for p in parts_of(w))
    ENDPOINTS.setdefault(words[0], []).append((words, code))
    FAMILY[code] = family


for _family, _table in (("tte", _TTE), ("response", _RESPONSE), ("category", _CATEGORY), ("event", _EVENTS), ("other", _OTHER)):
    for _code, _phrases in _table.items():
        for _phrase in _phrases.split("|"):
            _add(_phrase, _code, _family)
for _term in _TERMS.split("|"):
    _add(_term, _term, "term")
for _entries in ENDPOINTS.values():
    _entries.sort(key=lambda entry: -len(entry[0]))


def endpoint_at(parts: list[str], at: int) -> tuple[str, int] | None:
    """The longest endpoint phrase that starts at part `at`: its code and how many parts it spans."""
    for phrase, code in ENDPOINTS.get(parts[at], ()):
        size = len(phrase)
        if size == 1 or tuple(parts[at : at + size]) == phrase:
            return code, size
    return None
