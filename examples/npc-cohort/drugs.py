"""Drugs of the synthetic cohort: how hospitals write each of them, with dose and rhythm; and which adverse events each component brings."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Drug:
    """A drug's spellings, and one dose a course."""

    spellings: tuple[str, ...]
    doses: tuple[str, ...]
    unit: str
    rhythm: str
    since: str = "2015-01-01"  # not given before this day


ANTIBODIES = {
    "camrelizumab": Drug(
        ("Camrelizumab", "卡瑞利珠单抗", "艾瑞卡", "注射用卡瑞利珠单抗", "CAMRELIZUMAB "), ("200",), "mg", "Q3W", "2019-06-15"
    ),
    "toripalimab": Drug(("Toripalimab", "特瑞普利单抗", "拓益", "特瑞普利单抗注射液", "toripalimab"), ("240",), "mg", "Q3W", "2019-01-20"),
    "sintilimab": Drug(("Sintilimab", "信迪利单抗", "达伯舒", "sintilimab injection"), ("200",), "mg", "Q3W", "2019-03-10"),
    "tislelizumab": Drug(("Tislelizumab", "替雷利珠单抗", "百泽安", "替雷利珠单抗注射液"), ("200",), "mg", "Q3W", "2020-01-15"),
    "pembrolizumab": Drug(("Pembrolizumab", "帕博利珠单抗", "Keytruda", "可瑞达", "KEYTRUDA"), ("200",), "mg", "Q3W"),
    "nivolumab": Drug(("Nivolumab", "纳武利尤单抗", "Opdivo", "欧狄沃"), ("240", "200"), "mg", "Q2W"),
}
TARGETED = {
    "apatinib": Drug(
        ("Apatinib", "Apatinib mesylate", "甲磺酸阿帕替尼", "艾坦", "阿帕替尼", "甲磺酸阿帕替尼片", "apatinib Mesylate"),
        ("250", "500"),
        "mg",
        "QD",
    ),
    "anlotinib": Drug(
        ("Anlotinib", "Anlotinib hydrochloride", "盐酸安罗替尼", "福可维", "安罗替尼", "盐酸安罗替尼胶囊"),
        ("12", "10", "8"),
        "mg",
        "QD",
        "2018-06-01",
    ),
}
CHEMOTHERAPY = {
    "gemcitabine": Drug(
        ("Gemcitabine", "吉西他滨", "Gemcitabine HCl", "盐酸吉西他滨", "注射用盐酸吉西他滨"), ("1000",), "mg/m2", "D1,8 Q3W"
    ),
    "cisplatin": Drug(("Cisplatin", "顺铂", "DDP", "cisplatin", "顺铂注射液"), ("75", "80"), "mg/m2", "Q3W"),
    "docetaxel": Drug(("Docetaxel", "多西他赛", "多西他赛注射液", "DOCETAXEL"), ("75", "60"), "mg/m2", "Q3W"),
    "capecitabine": Drug(("Capecitabine", "卡培他滨", "Xeloda", "希罗达", "卡培他滨片"), ("1000",), "mg/m2", "BID D1-14 Q3W"),
    "nab-paclitaxel": Drug(("Nab-paclitaxel", "白蛋白紫杉醇", "白蛋白结合型紫杉醇", "nab-Paclitaxel "), ("260",), "mg/m2", "Q3W"),
    "S-1": Drug(("S-1", "替吉奥", "替吉奥胶囊"), ("50", "60"), "mg", "BID D1-14 Q3W"),
    "nedaplatin": Drug(("Nedaplatin", "奈达铂", "注射用奈达铂"), ("80",), "mg/m2", "Q3W"),
}
OTHER = {  # given in first or later lines only; no component of a treatment mode
    "nimotuzumab": Drug(("Nimotuzumab", "尼妥珠单抗", "泰欣生"), ("200",), "mg", "QW"),
    "cetuximab": Drug(("Cetuximab", "西妥昔单抗", "爱必妥"), ("250",), "mg/m2", "QW"),
    "endostar": Drug(("恩度", "重组人血管内皮抑制素注射液"), ("15",), "mg", "D1-14 Q3W"),
}
ALL = ANTIBODIES | TARGETED | CHEMOTHERAPY | OTHER

FIRST_LINE = (("gemcitabine", "cisplatin"),) * 5 + (
    ("docetaxel", "cisplatin"),
    ("gemcitabine", "nedaplatin"),
    ("nab-paclitaxel", "cisplatin"),
    ("docetaxel", "cisplatin", "capecitabine"),
)
STUDY_CHEMOTHERAPY = (
    ("gemcitabine",),
    ("gemcitabine", "cisplatin"),
    ("docetaxel",),
    ("capecitabine",),
    ("capecitabine",),
    ("nab-paclitaxel",),
    ("nab-paclitaxel", "nedaplatin"),
    ("S-1",),
    ("S-1",),
)
CHEMOTHERAPY_ALONE = (("gemcitabine", "cisplatin"), ("docetaxel",), ("capecitabine",))
LATER_LINE = (
    ("capecitabine",),
    ("S-1",),
    ("docetaxel",),
    ("gemcitabine", "nedaplatin"),
    ("anlotinib",),
    ("apatinib", "S-1"),
    ("tislelizumab", "capecitabine"),
    ("toripalimab", "anlotinib"),
    ("cetuximab", "docetaxel"),
    ("nimotuzumab",),
    ("endostar", "nab-paclitaxel"),
)

# term, what was written down, body system, highest grade drawn
I_EVENTS = (
    ("Hypothyroidism", "甲减", "Endocrine disorders", 2),
    ("Rash maculo-papular", "rash", "Skin and subcutaneous tissue disorders", 3),
    ("Pruritus", "pruritus", "Skin and subcutaneous tissue disorders", 2),
    ("Alanine aminotransferase increased", "ALT elevated", "Investigations", 3),
    ("Pneumonitis", "immune pneumonitis", "Respiratory, thoracic and mediastinal disorders", 3),
    ("Fatigue", "乏力", "General disorders and administration site conditions", 2),
    ("Fever", "fever", "General disorders and administration site conditions", 2),
)
T_EVENTS = (
    ("Hypertension", "高血压", "Vascular disorders", 3),
    ("Proteinuria", "proteinuria", "Renal and urinary disorders", 3),
    ("Palmar-plantar erythrodysesthesia syndrome", "手足综合征", "Skin and subcutaneous tissue disorders", 3),
    ("Mucositis oral", "oral ulcer", "Gastrointestinal disorders", 3),
    ("Diarrhea", "diarrhoea", "Gastrointestinal disorders", 3),
    ("Epistaxis", "nosebleed", "Respiratory, thoracic and mediastinal disorders", 2),
)
C_EVENTS = (
    ("Neutrophil count decreased", "中性粒细胞减少", "Investigations", 4),
    ("White blood cell decreased", "leucopenia", "Investigations", 4),
    ("Anemia", "anaemia", "Blood and lymphatic system disorders", 3),
    ("Platelet count decreased", "low platelets", "Investigations", 4),
    ("Nausea", "nausea", "Gastrointestinal disorders", 2),
    ("Vomiting", "呕吐", "Gastrointestinal disorders", 3),
    ("Peripheral sensory neuropathy", "numb fingers", "Nervous system disorders", 2),
)
EVENTS = {"I": I_EVENTS, "T": T_EVENTS, "C": C_EVENTS}
UNRELATED = (
    ("Upper respiratory infection", "cold", "Infections and infestations", 2),
    ("Back pain", "腰痛", "Musculoskeletal and connective tissue disorders", 2),
    ("Insomnia", "insomnia", "Psychiatric disorders", 2),
    ("Dry mouth", "dry mouth", "Gastrointestinal disorders", 2),
    ("Hearing impaired", "hearing loss", "Ear and labyrinth disorders", 3),
)
