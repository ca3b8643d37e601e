"""`topline audit`: exit statuses, JSON, and a page that is closed to the network and escapes what the paper holds."""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from topline.audit import audit_text
from topline.audit.command import add_arguments, run
from topline.report.audit_page import render

GOOD = "Twenty patients were enrolled. The ORR was 55.0% (11/20; 95% CI 31.5-76.9)."
BAD = GOOD.replace("55.0", "65.0")


def call(*words: str, page: bool = True) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(list(words)), page=render if page else None)


def paper(folder: Path, text: str, name: str = "p.txt") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_exit_statuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(paper(tmp_path, GOOD)) == 0
    assert "Nothing found" in capsys.readouterr().out
    assert call(paper(tmp_path, BAD)) == 1
    assert "does not reproduce" in capsys.readouterr().out
    assert call(str(tmp_path / "none.txt")) == 2
    assert "no such file" in capsys.readouterr().err
    assert call(paper(tmp_path, GOOD), "--html", str(tmp_path / "x.html"), page=False) == 2


def test_worst_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(paper(tmp_path, BAD + " The median PFS was 9.0 months (95% CI 9.5-12.0)."), "--all")
    rungs = re.findall(r"^  (impossible|inconsistent, major|inconsistent, minor|consistent)", capsys.readouterr().out, re.MULTILINE)
    order = ["impossible", "inconsistent, major", "inconsistent, minor", "consistent"]
    assert rungs == sorted(rungs, key=order.index)
    assert rungs[0] == "impossible"


def test_json_has_the_keys_of_the_contract(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    call(paper(tmp_path, BAD), "--json", str(target))
    document = json.loads(target.read_text(encoding="utf-8"))["papers"][0]
    keys = ["type", "endpoint", "arm", "value", "x", "n", "lower", "upper", "conf_level", "p", "contrast", "unit", "span", "sentence"]
    assert all(set(keys) <= set(c) for c in document["claims"])
    assert all({"check", "verdict", "claims", "method", "recomputed", "repair", "power", "inputs"} <= set(v) for v in document["verdicts"])
    identities = {c["id"] for c in document["claims"]}
    assert all(set(v["claims"]) <= identities for v in document["verdicts"])


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "action"}]
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_page_is_closed_and_escaped() -> None:
    hostile = "<script>alert(1)</script> & <b>The ORR was 65.0% (11/20).</b> <img src=x onerror=y>"
    page = render([("<i>name</i>", audit_text(hostile), ("a <note>",))])
    reader = Tags()
    reader.feed(page)
    assert not {"script", "img", "link", "iframe", "i", "form"} & set(reader.tags)
    assert all(link.startswith("#") for link in reader.links)
    assert hostile in "".join(reader.text)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style.group(1).encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page


def test_every_number_is_coloured_and_every_link_arrives() -> None:
    page = render([("p", audit_text("Dose 12 mg. " + BAD), ())])
    assert '<mark class="notresult" title="not a result">12</mark>' in page
    assert 'class="major"' in page or 'class="minor"' in page
    targets = set(re.findall(r'id="(v[0-9-]+)"', page))
    assert set(re.findall(r'href="#(v[0-9-]+)"', page)) <= targets


def test_help_imports_nothing_heavy() -> None:
    import subprocess
    import sys

    heavy = ("numpy", "scipy", "polars", "pydantic", "pypdf")
    code = f"import sys; import topline.audit.command; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
