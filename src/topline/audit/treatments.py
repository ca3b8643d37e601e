"""Words that name a treatment: by the stem of an international nonproprietary name, by what is done, by the look of a regimen or code.

The stems are those of the World Health Organization ("The use of stems in the selection of international nonproprietary names (INN)
for pharmaceutical substances", 2018, and its addenda), with older endings of established names.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["is_code", "is_drug", "is_role", "is_treatment"]

# fmt: off
_STEMS = (
    "adol", "ametinib", "arabine", "arotene", "asparaginase", "aspargase", "astine", "azepam", "azocine", "bactam", "bercept",
    "blastine", "bopag", "caine", "carbazine", "ciclib", "cillin", "citabine", "citidine", "clax", "conazole", "coxib", "cristine",
    "cycline", "degib", "domide", "dotin", "dronate", "dronic", "ectedin", "elestrant", "emtansine", "epilone", "estrant", "fentanil",
    "floxacin", "flurane", "formin", "fosfamide", "fungin", "fusp", "gestrol", "gliflozin", "gliptin", "glitazone", "glutide",
    "grastim", "grel", "ibulin", "ifene", "inostat", "iterone", "kacin", "lamide", "leucel", "leukin", "lidomide", "limus", "lisib",
    "lukast", "lutamide", "mab", "mestane", "methasone", "mustine", "mycin", "nercept", "nib", "nidazole", "olimus", "olone", "oxetine",
    "oxifen", "ozogamicin", "parib", "parin", "penem", "phosphamide", "pitant", "plase", "platin", "plostim", "poetin", "pofol",
    "poside", "prazole", "prednisone", "profen", "proterone", "purine", "rasib", "razoxane", "relbine", "relin", "relix", "reotide",
    "repvec", "retinoin", "rozole", "rsen", "rubicin", "sartan", "selinexor", "setron", "siran", "stane", "stat", "statin", "sulfan",
    "tabine", "tacept", "taxel", "tecan", "tidine", "trexate", "trexed", "triptan", "uracil", "uridine", "vastatin", "vedotin",
    "vindesine", "vinflunine", "virine", "xaban", "xanthrone", "xantrone", "zolomide", "zomib",
)
_DONE = (
    "ablation", "cautery", "ectomies", "ectomy", "embolisation", "embolization", "irradiation", "oplasty", "ostomy", "otomy", "perfusion",
    "puncture", "radiation", "radiotherapy", "surgery", "surgical", "therapies", "therapy", "transplant", "transplantation",
    "vaccination", "vaccine",
)
_DRUGS = frozenset(  # whose names end in no stem
    {
        "amifostine", "aspirin", "chlorambucil", "fluoropyrimidine", "fu", "heparin", "hydroxyurea", "imiquimod", "interferon",
        "interleukin", "leucovorin", "lidocaine", "melphalan", "mesna", "methotrexate", "mitotane", "octreotide", "tamoxifen", "thiotepa",
        "triamcinolone", "vincristine",
    }
)
_WORDS = frozenset(
    {
        "3dcrt", "abvd", "acid", "adt", "agonist", "alfa", "anaesthesia", "analgesia", "anesthesia", "antagonist", "anthracycline",
        "antibiotic", "antibody", "antiemetic", "asct", "bcg", "bcs", "beacopp", "bep", "blockade", "bmt", "boost", "brachytherapy",
        "bsc", "bso", "capox", "care", "ccrt", "chemo", "chop", "cht", "cmf", "cmt", "counseling", "counselling", "crt", "csf",
        "curcumin", "deferral", "deprivation", "diet", "dissection", "drainage", "dressing", "ecf", "ect", "education", "ert", "exercise",
        "folfiri", "folfirinox", "folfox", "folfoxiri", "folinic", "fractionation", "ginseng", "glutamine", "graft", "hdr", "hipec",
        "hsct", "hyperthermia", "hypofractionation", "ibrt", "icis", "ifn", "il", "imrt", "inhibitor", "iodine", "iort", "laparoscopic",
        "laparoscopy", "linac", "lrt", "lutetium", "massage", "melatonin", "monitoring", "monotherapy", "mouthwash", "mvac", "nact",
        "observation", "opioid", "palliative", "pbi", "pbt", "pci", "pdt", "photon", "placebo", "platinum", "pld", "proton",
        "radiosurgery", "radium", "regimen", "rehabilitation", "resection", "rfa", "robotic", "rt", "sabr", "saline", "sbrt", "schedule",
        "screening", "sct", "sham", "sirt", "sox", "srs", "srt", "stent", "stenting", "steroid", "strontium", "support", "suppression",
        "surveillance", "tace", "tare", "taxane", "tki", "tme", "tmz", "tpc", "tpf", "training", "trioxide", "uft", "vitamin", "vmat",
        "waiting", "wbrt", "xelox", "yoga", "yttrium",
    }
)
_ROLES = frozenset(
    {
        "arm", "cohort", "combination", "comparator", "control", "conventional", "experimental", "group", "intervention",
        "investigational", "maintenance", "no", "none", "nothing", "only", "reference", "standard", "study", "test", "treated",
        "treatment", "trial", "untreated", "usual", "without",
    }
)
# fmt: on
_CODE = re.compile(r"[A-Z]{1,6}-?[0-9]{2,}[A-Za-z]{0,2}|[0-9]{1,3}-?F[Uu]|S-1|[A-Z][A-Za-z]*\+[A-Z][A-Za-z]*|[A-Z]{2,}x|m?FOLF[A-Z]+")


@lru_cache(maxsize=20_000)
def is_treatment(part: str) -> bool:
    """Whether a normalised word (lower case, singular) names a treatment: "velatinib", "gastrectomy", "placebo", "sbrt"."""
    return part in _WORDS or is_drug(part) or part.endswith(_DONE)


def is_drug(part: str) -> bool:
    """Whether a normalised word is the name of a drug: "velatinib", "melphalan"."""
    return part in _DRUGS or (len(part) > 5 and part.endswith(_STEMS))


def is_role(part: str) -> bool:
    """Whether a word names an arm by its part in the trial: "control", "experimental"."""
    return part in _ROLES


def is_code(text: str) -> bool:
    """Whether a word as printed looks like the code of a drug or a regimen: "AB-1234", "5-FU", "GemOx"."""
    return _CODE.fullmatch(text) is not None
