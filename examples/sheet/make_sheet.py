"""Make records/patients.xlsx, a SYNTHETIC sheet as hospitals keep them: a row a patient, Chinese headings, each time a bit different.

No patient in it exists: names, identity-card and telephone numbers, dates and outcomes are drawn at random from a fixed seed, and the same
command gives the same bytes. What is messy is messy on purpose; docs/sheet.md walks through it.

    python examples/sheet/make_sheet.py
"""

from __future__ import annotations

import io
import random
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

import xlsxwriter

HERE = Path(__file__).resolve().parent
PATIENTS = 60
CUTOFF = date(2024, 6, 30)
HEADINGS = (
    "序号", "研究编号", "姓名", "身份证号", "联系电话", "住院号", "性别(1男2女)", "年龄", "ECOG评分", "临床分期",
    "吸烟史", "EGFR状态", "肿瘤长径", "组别", "治疗方案", "首次用药日期", "最佳疗效", "是否进展", "进展日期",
    "末次随访时间", "生存状态（0=存活，1=死亡）", "死亡日期", "备注",
)  # fmt: skip
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity_card(random_: random.Random) -> str:
    """A number of the right shape and checksum, with an area code (999999) that is given to nobody."""
    born = date(1945, 1, 1) + timedelta(days=random_.randrange(12000))
    digits = f"999999{born:%Y%m%d}{random_.randrange(1000):03d}"
    return digits + "10X98765432"[sum(int(c) * w for c, w in zip(digits, WEIGHTS, strict=True)) % 11]


def written(day: date, random_: random.Random) -> str | datetime | int:
    """A date as one of the people who filled in the sheet would have entered it."""
    return random_.choices(
        (
            datetime(day.year, day.month, day.day),  # noqa: DTZ001 - a calendar date
            f"{day.year}/{day.month}/{day.day}",
            f"{day.year}.{day.month}.{day.day}",
            f"{day:%Y%m%d}",
            f"{day.year}年{day.month}月{day.day}日",
            str((day - date(1899, 12, 30)).days),
            f"{day:%Y-%m}",
        ),
        (50, 20, 8, 6, 10, 4, 2),
    )[0]


def patients() -> list[dict[str, object]]:
    """The rows, by heading."""
    random_ = random.Random(20240630)
    rows = []
    for number in range(1, PATIENTS + 1):
        treated = number % 2 == 0
        start = date(2021, 1, 4) + timedelta(days=random_.randrange(900))
        median = 330 if treated else 190
        to_progression = max(25, int(random_.expovariate(0.69 / median)))
        to_death = to_progression + int(random_.expovariate(0.69 / 400))
        seen_until = min(CUTOFF, start + timedelta(days=random_.randrange(250, 1300)))
        death = start + timedelta(days=to_death)
        progression = start + timedelta(days=to_progression)
        died, progressed = death <= seen_until, progression <= seen_until
        last = death if died else seen_until
        best = random_.choices(("CR", "PR", "SD", "PD"), (6, 50, 34, 10) if treated else (2, 28, 45, 25))[0]
        spelling = {
            "CR": ("CR", "完全缓解", "cr"),
            "PR": ("PR", "部分缓解", "PR（部分缓解）", "pr"),
            "SD": ("SD", "疾病稳定", "稳定"),
            "PD": ("PD", "疾病进展", "进展"),
        }
        immune = random_.choice(("卡瑞利珠单抗", "信迪利单抗", "替雷利珠单抗"))
        chemo = random_.choice(("培美曲塞+卡铂", "紫杉醇+顺铂", "白蛋白紫杉醇+卡铂"))
        age = int(random_.gauss(60, 9))
        rows.append({
            "序号": number,
            "研究编号": f"LC-{number:03d}",
            "姓名": random_.choice(SURNAMES) + "".join(random_.sample(GIVEN, random_.choice((1, 2, 2)))),
            "身份证号": identity_card(random_),
            "联系电话": f"1{random_.choice('3578')}{random_.randrange(10**9):09d}",
            "住院号": f"{random_.randrange(10**7, 10**8)}",
            "性别(1男2女)": 1 if random_.random() < 0.65 else 2,
            "年龄": f"{age}岁" if random_.random() < 0.2 else age,
            "ECOG评分": random_.choice((0, 1, 1, 1, 2, "1分", "0分")),
            "临床分期": random_.choice(("ⅢB", "IIIB", "Ⅳ期", "IV期", "IV", "ⅣA", "IVB")),
            "吸烟史": random_.choice(("有", "无", "无")),
            "EGFR状态": random_.choice(("野生型", "野生型", "突变型", None)),
            "肿瘤长径": random_.choice((f"{random_.randrange(20, 90) / 10} cm", f"{random_.randrange(20, 90)}mm")),
            "组别": "免疫联合化疗组" if treated else "单纯化疗组",
            "治疗方案": f"{immune}+{chemo}" if treated else chemo,
            "首次用药日期": written(start, random_),
            "最佳疗效": random_.choice(spelling[best]) if number != 17 else "未评价",
            "是否进展": "是" if progressed else random_.choice(("否", "否", "未进展")),
            "进展日期": written(progression, random_) if progressed else random_.choice((None, None, "无", "/")),
            "末次随访时间": written(last, random_),
            "生存状态（0=存活，1=死亡）": int(died),
            "死亡日期": written(death, random_) if died else None,
            "备注": random_.choice((None, None, None, "外院治疗", "电话随访", "=HYPERLINK(\"x\")")),
        })  # fmt: skip
    _spoil(rows)
    return rows


def _spoil(rows: list[dict[str, object]]) -> None:
    """What goes wrong in every sheet: a death without its date, a progression without, a follow-up after death."""
    died = [row for row in rows if row["死亡日期"] is not None]
    died[3]["死亡日期"] = None
    progressed = [row for row in rows if row["是否进展"] == "是"]
    progressed[9]["进展日期"] = None
    died[6]["死亡日期"], died[6]["末次随访时间"] = "2023-02-10", "2023-03-01"
    rows[40]["首次用药日期"] = None


def write(path: Path) -> None:
    """Write the workbook: a title over the table, an empty row in it, a row of totals and a note below."""
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "SYNTHETIC patients", "created": datetime(2024, 7, 1)})  # noqa: DTZ001 - fixed on purpose
    sheet = book.add_worksheet("患者")
    day = book.add_format({"num_format": "yyyy/m/d"})
    bold = book.add_format({"bold": True, "text_wrap": True})
    sheet.merge_range(0, 0, 0, len(HEADINGS) - 1, "晚期非小细胞肺癌患者随访表（虚构数据 SYNTHETIC: no real patient）", bold)
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(2, column, heading, bold)
    at = 3
    for row in patients():
        at += row["序号"] == 31  # an empty row between two printed pages
        for column, heading in enumerate(HEADINGS):
            value = row[heading]
            if isinstance(value, datetime):
                sheet.write_datetime(at, column, value, day)
            elif value is not None:
                sheet.write(at, column, value)
        at += 1
    sheet.write(at, 0, "合计")
    sheet.write(at, 1, f"{PATIENTS}例")
    sheet.write(at + 2, 0, "注：数据截止 2024年6月；本表为程序生成的虚构数据。")
    notes = book.add_worksheet("填表说明")
    notes.write(0, 0, "本表所有患者均为虚构 (synthetic)。")
    notes.write(1, 0, "日期请尽量填写完整。")
    book.close()
    path.write_bytes(_same_bytes(memory.getvalue()))


def _same_bytes(archive: bytes) -> bytes:
    """The same zip with one fixed date in every entry."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, (2024, 7, 1, 0, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED, 9)
    return result.getvalue()


if __name__ == "__main__":
    write(HERE / "records" / "patients.xlsx")
