"""Find drugs in what people write: generic and brand names, salts, abbreviations, Chinese; several drugs in one text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

# Generic name → other names. Sources: the drugs' marketing authorisations (NMPA, FDA, EMA) and their INN.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    # PD-1 and PD-L1 antibodies
    "camrelizumab": ("shr-1210", "airuika", "卡瑞利珠单抗", "卡瑞利珠", "艾瑞卡"),
    "toripalimab": ("js001", "tuoyi", "loqtorzi", "特瑞普利单抗", "特瑞普利", "拓益"),
    "sintilimab": ("ibi308", "tyvyt", "信迪利单抗", "信迪利", "达伯舒"),
    "tislelizumab": ("bgb-a317", "tevimbra", "替雷利珠单抗", "替雷利珠", "百泽安"),
    "penpulimab": ("ak105", "派安普利单抗", "派安普利", "安尼可"),
    "zimberelimab": ("glS-010", "赛帕利单抗", "誉妥"),
    "serplulimab": ("hlx10", "斯鲁利单抗", "汉斯状"),
    "pembrolizumab": ("keytruda", "mk-3475", "帕博利珠单抗", "派姆单抗", "帕博利珠", "可瑞达"),
    "nivolumab": ("opdivo", "bms-936558", "纳武利尤单抗", "纳武单抗", "纳武利尤", "欧狄沃"),
    "cemiplimab": ("libtayo", "西米普利单抗"),
    "atezolizumab": ("tecentriq", "阿替利珠单抗", "泰圣奇"),
    "durvalumab": ("imfinzi", "度伐利尤单抗", "英飞凡"),
    "avelumab": ("bavencio", "阿维鲁单抗"),
    "envafolimab": ("kn035", "恩沃利单抗", "恩维达"),
    "sugemalimab": ("cs1001", "舒格利单抗", "择捷美"),
    "adebrelimab": ("shr-1316", "阿得贝利单抗", "艾瑞利"),
    "ipilimumab": ("yervoy", "伊匹木单抗", "逸沃"),
    "cadonilimab": ("ak104", "卡度尼利单抗", "开坦尼"),
    # anti-angiogenic and other targeted drugs
    "apatinib": ("rivoceranib", "apatinib mesylate", "阿帕替尼", "甲磺酸阿帕替尼", "艾坦"),
    "anlotinib": ("anlotinib hydrochloride", "安罗替尼", "盐酸安罗替尼", "福可维"),
    "lenvatinib": ("lenvima", "lenvatinib mesylate", "仑伐替尼", "甲磺酸仑伐替尼", "乐卫玛"),
    "sorafenib": ("nexavar", "sorafenib tosylate", "索拉非尼", "甲苯磺酸索拉非尼", "多吉美"),
    "sunitinib": ("sutent", "舒尼替尼", "索坦"),
    "axitinib": ("inlyta", "阿昔替尼", "英立达"),
    "famitinib": ("shr1020", "法米替尼"),
    "donafenib": ("多纳非尼", "泽普生"),
    "surufatinib": ("sulanda", "索凡替尼", "苏泰达"),
    "fruquintinib": ("elunate", "呋喹替尼", "爱优特"),
    "regorafenib": ("stivarga", "瑞戈非尼", "拜万戈"),
    "cabozantinib": ("cabometyx", "cometriq", "卡博替尼"),
    "pazopanib": ("votrient", "培唑帕尼", "维全特"),
    "vandetanib": ("caprelsa", "凡德他尼"),
    "selpercatinib": ("retevmo", "塞普替尼", "睿妥"),
    "pralsetinib": ("gavreto", "普拉替尼", "普吉华"),
    "bevacizumab": ("avastin", "贝伐珠单抗", "贝伐单抗", "安维汀"),
    "endostar": ("recombinant human endostatin", "恩度", "重组人血管内皮抑制素"),
    "cetuximab": ("erbitux", "西妥昔单抗", "爱必妥"),
    "nimotuzumab": ("尼妥珠单抗", "泰欣生"),
    # chemotherapy
    "gemcitabine": ("gemzar", "gem", "gemcitabine hydrochloride", "吉西他滨", "盐酸吉西他滨", "健择", "泽菲"),
    "cisplatin": ("ddp", "cddp", "顺铂", "诺欣"),
    "carboplatin": ("cbp", "卡铂", "伯尔定"),
    "nedaplatin": ("ndp", "奈达铂", "捷佰舒"),
    "lobaplatin": ("lbp", "洛铂"),
    "oxaliplatin": ("eloxatin", "奥沙利铂", "乐沙定"),
    "docetaxel": ("taxotere", "多西他赛", "多西紫杉醇", "泰索帝", "艾素"),
    "nab-paclitaxel": (
        "abraxane",
        "albumin-bound paclitaxel",
        "nab paclitaxel",
        "白蛋白紫杉醇",
        "白蛋白结合型紫杉醇",
        "紫杉醇(白蛋白结合型)",
    ),
    "paclitaxel": ("taxol", "紫杉醇", "泰素"),
    "liposomal paclitaxel": ("紫杉醇脂质体", "力扑素"),
    "capecitabine": ("xeloda", "卡培他滨", "希罗达"),
    "tegafur/gimeracil/oteracil": ("s-1", "s1", "ts-1", "tegafur gimeracil oteracil", "替吉奥", "维康达", "爱斯万"),
    "fluorouracil": ("5-fu", "5fu", "5-fluorouracil", "氟尿嘧啶", "5-氟尿嘧啶"),
    "irinotecan": ("cpt-11", "camptosar", "伊立替康", "开普拓"),
    "etoposide": ("vp-16", "依托泊苷"),
    "vinorelbine": ("navelbine", "nvb", "长春瑞滨"),
    "pemetrexed": ("alimta", "培美曲塞"),
    "methotrexate": ("mtx", "甲氨蝶呤"),
    "ifosfamide": ("ifo", "异环磷酰胺"),
    "bleomycin": ("博来霉素",),
    "cyclophosphamide": ("ctx", "环磷酰胺"),
    "doxorubicin": ("adriamycin", "adm", "阿霉素", "多柔比星"),
    "epirubicin": ("epi", "表柔比星", "表阿霉素"),
}
_WORD = re.compile(r"[0-9a-z]+(?:[-/][0-9a-z]+)*")


def plain(text: str) -> str:
    """Text in one form: full-width letters made narrow, small letters, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


class DrugFinder:
    """Finds drugs by their names in free text.

    Latin names are found as whole words, Chinese names anywhere; a longer name wins over a shorter one inside it.

    Parameters
    ----------
    more : mapping
        Drug → further names, beside `SYNONYMS`.
    """

    def __init__(self, more: Mapping[str, Iterable[str]] | None = None) -> None:
        self._of: dict[str, str] = {}
        for generic, names in SYNONYMS.items():
            for name in (generic, *names):
                self._of[plain(name)] = generic
        for own, others in (more or {}).items():
            known = self._of.get(plain(own), plain(own))
            for name in (own, *others):
                self._of[plain(name)] = known
        longest_first = sorted(self._of, key=lambda name: (-len(name), name))
        parts = [
            re.escape(name) if not _WORD.search(name) else rf"(?<![0-9a-z]){re.escape(name)}(?![0-9a-z]|-[a-z])" for name in longest_first
        ]
        self._pattern = re.compile("|".join(parts))

    def generic(self, name: str) -> str:
        """Return the generic name of a drug; the name itself where it is unknown."""
        return self._of.get(plain(name), plain(name))

    def find(self, text: str) -> frozenset[str]:
        """Return the generic names of the drugs in a text."""
        return frozenset(self._of[match.group()] for match in self._pattern.finditer(plain(text)))
