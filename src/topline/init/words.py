"""What headings and cells are called, in Chinese and English: the roles of columns, and the words for yes, no, dead, male, response."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "date", "number", "code", "text"]


@dataclass(frozen=True)
class Role:
    """What a column may hold: the DM variable it becomes, and headings that say so, the surest first."""

    variable: str
    label: str
    kind: Kind
    headings: tuple[str, ...]
    never: str | None = None


ROLES: tuple[Role, ...] = (
    Role(
        "USUBJID",
        "subject id",
        "id",
        (
            r"研究编?号|受试者|入组编?号|筛选号|随机号|usubjid|subject(id|no|number|code)?$|studyid|studyno|screeningno",
            r"病例编?号|患者编?号|病人编?号|patient(id|no|number|code)$|case(id|no|number)$|^pa?t(id|no)$|^pid$",
            r"^编号$|^id$|^no$|^序号$|^serialno$|^number$|^row$",
        ),
    ),
    Role(
        "TRTSDTC",
        "start of treatment",
        "date",
        (
            r"(开始|首次|首剂|第一次|起始|启动).*(治疗|用药|给药|化疗|靶向|免疫)|(治疗|用药|给药|化疗|方案).*(开始|起始|首次)"
            r"|treatmentstart|startoftreatment|start(of)?therapy|therapystart|firstdose|trtsd|c1d1|cycle1day1|dateoffirsttreatment|treatmentdate",
            r"^(治疗|用药)(日期|时间)|入组(日期|时间)|indexdate|startdate|enrol\w*date|dateofenrol|随机(日期|时间)|randomi[sz]ationdate",
            r"手术(日期|时间)|dateofsurgery|surgerydate|确诊(日期|时间)|诊断(日期|时间)|diagnosisdate|dateofdiagnosis",
        ),
        r"结束|停止|停药|末次|最后|last|end|stop|二线|后续",
    ),
    Role(
        "PROGDTC",
        "progression",
        "date",
        (
            r"(进展|复发)(的)?(日期|时间)|progress\w*date|date(of)?(progress|relapse|recurrence|pd)|(relapse|recurrence|pd)(date|on$)|progdt|^pddt|pd(日期|时间)",
            r"pfs(终点|截止|结束)?(日期|时间|date|enddate)|(进展|复发|转移).*(日期|时间)",
        ),
        r"死亡|death|月|天\b",
    ),
    Role("DTHDTC", "death", "date", (r"死亡(的)?(日期|时间)|dateofdeath|deathdate|^dod$|dthdt|diedon",)),
    Role(
        "LASTFUDTC",
        "last follow-up",
        "date",
        (
            r"末次随访|最后.*随访|最近.*随访|末次联系|随访截止|last(date)?(of)?(followup|fu|contact|seen|visit|known)|dateoflast",
            r"末次.*(复查|就诊)|随访(日期|时间)|followup(date)?$|fudate|os(终点|截止)?(日期|date)|lstalv|lastfu",
        ),
        r"方式|次数|用药",
    ),
    Role(
        "PROGFL",
        "progression seen",
        "code",
        (
            r"是否.*(进展|复发)|(进展|复发)(与否|情况|状态|是否)|pfs.*(状态|事件|结局|status|event|censor|删失|cens)",
            r"^(进展|复发)|progress(ion|ed)?(status|event|yn|flag)?\d*$|^relapsed?$|^recurrence$|^(pd|progress\w*|relapsed?)(yn|ny|yesno|status|flag|event|seen)?$",
        ),
        r"日期|date|部位|site",
    ),
    Role(
        "DTHFL",
        "death seen",
        "code",
        (
            r"是否.*(死亡|存活)|(生存|存活)(状态|情况|结局|与否)|死亡(与否|状态|情况)|os.*(状态|事件|结局|status|event|censor|删失|cens)|vitalstatus",
            r"^死亡|^存活|survivalstatus|^status|^(dead|death|died|deceased|alive)|^结局|^转归|^随访结局|dthfl",
        ),
        r"日期|date|原因|cause|reason",
    ),
    Role(
        "BESTRESP",
        "best response",
        "code",
        (
            r"最佳.*疗效|最佳.*(反应|缓解)|best(overall|tumou?r|recist)?resp(onse)?|^bor$|overallresp",
            r"疗效|recist|^resp(onse)?$|tumou?rresponse|objectiveresponse",
        ),
        r"日期|date",
    ),
    Role("ARM", "group", "code", (r"^分组|^组别|治疗组|^组$|^group|^arm$|(treatment|study)(group|arm)|^cohort$|^队列",)),
    Role(
        "REGIMEN",
        "drugs",
        "text",
        (r"(治疗|用药|一线|化疗|联合)方案|^方案|regimen", r"用药|药物|^drugs?$|^treatment$|^therapy$|medication"),
        r"日期|date|剂量|dose|既往|prior|后续|周期|次数",
    ),
    Role("AGE", "age", "number", (r"^年龄|^age",), r"分组|group"),
    Role("SEX", "sex", "code", (r"^性别|^sex|^gender",)),
    Role("ECOG", "ECOG performance status", "code", (r"ecog|体力状况|体能|performancestatus|^ps(评分)?$|zubrod",)),
    Role("STAGE", "stage", "code", (r"(临床|tnm|ajcc|uicc|肿瘤).*分期|^分期|^stage|(tnm|clinical|ajcc)stage",)),
    Role(
        "PFSTIME",
        "recorded PFS",
        "number",
        (r"^pfs(月|天|周|个月|months?|days?|weeks?|mo|time|时间|期)?$|无进展生存(期|时间)?|progressionfreesurvival",),
        r"状态|status|event",
    ),
    Role(
        "OSTIME",
        "recorded OS",
        "number",
        (r"^os(月|天|周|个月|months?|days?|weeks?|mo|time|时间|期)?$|总生存(期|时间)?|overallsurvival|^生存(期|时间)",),
        r"状态|status|event",
    ),
)
OUTCOME = re.compile(
    r"进展|死亡|随访|疗效|生存|毒|不良|复发|后续|备注|转归|结局|停药|减量|存活|缓解|(?<![a-z])resp(?!ir)|response|death|(?<![a-z])(?:died|dead|alive|deceased)(?![a-z])|progress|relaps|recurr|(?<![a-z])bor(?![a-z])"
    r"|(?<![a-z])pd(?![a-z0-9]|[- ]?l?[- ]?1)|follow|status|remark|comment|note|toxic|adverse|subsequent"
    r"|日期|时间|date|time|pfs|^os|grade.*ae|ae.*grade|周期|cycle|剂量|dose|event|censor|医生|医师|doctor|科室"
)
"""Headings of columns that are no baseline characteristic."""

TOTALS = re.compile(
    r"^(合\s*计|总\s*计|共\s*计|小\s*计|总数|总人数|平均|均值|中位|备注|注[:：]|注释|说明|制表|填表|审核|total|sum\b|mean\b|average|median|notes?\b|n\s*=|\*)",
    re.IGNORECASE,
)
"""The first words of rows below the patients."""

NO_DATE = frozenset(
    ("无", "-", "--", "/", "\\", "未", "未进展", "未死亡", "存活", "不详", "未知", "不明", "失访", "至今", "未到", "否", "0", ".", "?")
    + ("na", "n/a", "nd", "none", "nil", "null", "no", "unknown", "lost", "alive", "ongoing")
)
"""Words that stand in a date column where there is no date."""

_YES = r"是|有|y|yes|true|t|阳性|positive|已|发生"
_NO = r"否|无|n|no|false|f|阴性|negative|未|未发生|没有"
FLAG_WORDS: dict[str, tuple[str, str]] = {
    "DTHFL": (
        rf"(?:{_YES}|.*死亡.*|死|已死|去世|已故|dead|died|death|deceased|expired|dod|event)",
        rf"(?:{_NO}|.*(?:存活|生存|健在|活着|在世).*|alive|living|censored|ned|awd|删失|未死亡|无死亡)",
    ),
    "PROGFL": (
        rf"(?:{_YES}|.*进展.*|.*复发.*|pd|progress(?:ed|ion)?|relapsed?|recurrence|event)",
        rf"(?:{_NO}|(?:未|无|没有?)(?:见)?(?:进展|复发).*|稳定|censored|删失|no progression|stable|sd|pr|cr)",
    ),
}
SEX_WORDS = {"M": r"男.*|m|male|man|boy", "F": r"女.*|f|female|woman|girl"}
UNKNOWN = r"失访.*|不详|未知|不明|lost.*|unknown|na|n/a|\?|-|/|无资料|nd"
RESPONSES = {
    "CR": r"i?cr|.*完全缓解.*|complete (?:response|remission)",
    "PR": r"i?pr|.*部分缓解.*|partial (?:response|remission)",
    "SD": r"i?sd|.*稳定.*|stable(?: disease)?",
    "PD": r"i?u?c?pd|.*进展.*|progress(?:ive disease|ion|ed)",
    "NE": r"ne|nd|na|n/a|未评.*|无法评.*|不可评.*|不能评.*|未查|不详|not (?:evaluable|done|assessed)|-|/|无",
}
_CODED = re.compile(r"^(?:i?(?P<code>cr|pr|sd|pd|ne))(?=$|[\W_])|(?<![a-z])(?P<inner>cr|pr|sd|pd)(?=[)）\]]|$)", re.IGNORECASE)


def plain(text: str) -> str:
    """Text without width, case and outer blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def response_of(text: str) -> str | None:
    """CR, PR, SD, PD or NE for what somebody wrote; None where it is none of them."""
    word = plain(text)
    for code, pattern in RESPONSES.items():
        if re.fullmatch(pattern, word):
            return code
    match = _CODED.search(word)
    return (match["code"] or match["inner"]).upper() if match else None


def hints_of(heading: str) -> dict[str, str]:
    """Codes that the heading itself explains: ``Status (0=alive, 1=dead)`` or ``性别(1男2女)`` → {code: word}."""
    text = unicodedata.normalize("NFKC", heading)
    found = dict(re.findall(r"(?<![\d.])(\d)\s*[=:、.\-–]?\s*([^\W\d_][^\d,;:/()=、,;]*)", text))
    if not found or all(re.search(rf"=\s*{code}(?!\d)", text) for code in found):
        found = {code: word for word, code in re.findall(r"([^\W\d_][^\d,;:/()=、]*?)\s*[=:]\s*(\d)(?!\d)", text)} or found
    return {code: word.strip() for code, word in found.items()}
