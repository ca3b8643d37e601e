"""Columns that tell who a patient is (names, identity and telephone numbers, addresses, hospital cards): never mapped, never shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_HEADINGS: tuple[tuple[str, str], ...] = (
    (r"姓名|名字|^name$|(patient|full|first|last|family|given|sur|maiden)names?$|^姓$|^名$|^患者$|^病人$|联系人|家属|监护人", "a name"),
    (r"身份证|证件号|idcard|nationalid|identitycard|identityno|passport|护照|社保|ssn|socialsecurity", "an identity-card number"),
    (r"电话|手机|联系方式|phone|mobile|telephone|^tel|contactno|contactnumber|微信|wechat|^qq", "a telephone number"),
    (r"邮箱|邮件|email|^mail$", "a mail address"),
    (r"地址|住址|籍贯|户籍|address|street|postcode|zipcode|邮编|居住地", "an address"),
    (
        r"住院号|门诊号|病案号|病历号|就诊卡|就诊号|医保|卡号|登记号|床号|影像号|病理号|检查号|mrn|medicalrecord|hospital(no|number|id|card)"
        r"|inpatient(no|id|number)|outpatient(no|id|number)|admission(no|number)|chartno|recordno|insurance",
        "a hospital-card or record number",
    ),
    (r"出生|birth|^dob$|生日", "a date of birth"),
)
_ID_CARD = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+", re.ASCII)
_ADDRESS = re.compile(
    r"(?:省|市|自治区).*(?:区|县|市|镇|乡|路|街|村|号)|(?:路|街|村).*号|\d+\s+\w+\s+(?:street|road|avenue|lane)\b", re.IGNORECASE
)
_HAN_NAME = re.compile(r"^[一-鿿]{1,2}[·\s]?[一-鿿]{1,2}$")
_LATIN_NAME = re.compile(r"^[A-Z][a-z]+(?:[ -][A-Z][a-z]*\.?)?[ ,]+[A-Z][a-z]+$")
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦傅方白邹孟熊秦邱江尹薛"
    "闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛"
    "曲翁冉骆蓝路游辛靳欧阳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def heading_key(heading: str) -> str:
    """A heading without blanks, punctuation, width and case, by which headings are compared."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", heading).casefold())


def is_id_card(text: str) -> bool:
    """Tell whether 18 characters are a Chinese identity-card number: its last one is a checksum of the others."""
    return (
        bool(_ID_CARD.fullmatch(text))
        and "10X98765432"[sum(int(c) * w for c, w in zip(text, _WEIGHTS, strict=False)) % 11] == text[17].upper()
    )


def identity_in(text: str) -> str | None:
    """Say what in one text identifies a person beyond doubt: an identity-card or mobile number, a mail address; else None."""
    if any(is_id_card(match) for match in _ID_CARD.findall(text)):
        return "an identity-card number"
    if _MOBILE.search(text):
        return "a telephone number"
    return "a mail address" if _MAIL.search(text) else None


def identity_of(heading: str, counts: Mapping[str, int]) -> str | None:
    """Say what a column seems to identify a person by, from its heading and the shape of its values; None where nothing does.

    Parameters
    ----------
    heading : str
    counts : mapping
        Text of a cell → number of cells with it.
    """
    key = heading_key(heading)
    for pattern, what in _HEADINGS:
        if re.search(pattern, key):
            return what
    for text in counts:
        if (what_in := identity_in(text)) is not None:
            return what_in
    return _by_shape(counts)


def _by_shape(counts: Mapping[str, int]) -> str | None:
    n = sum(counts.values())
    if n == 0:
        return None
    addresses = sum(times for text, times in counts.items() if len(text) >= 6 and _ADDRESS.search(text))
    if addresses >= max(1, 0.3 * n):
        return "an address"
    han = [text for text in counts if _HAN_NAME.match(text) and text[0] in _SURNAMES]
    latin = [text for text in counts if _LATIN_NAME.match(text)]
    for names in (han, latin):
        if sum(counts[text] for text in names) >= 0.6 * n and len(names) >= 0.6 * n and len(names) >= 3:
            return "a name"
    return None
