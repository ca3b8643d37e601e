"""Files in, text out: HTML without its clutter, JATS with its tables, records, PDF, and messages for what cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from topline.audit import audit_text, read_documents
from topline.audit.read import UnreadableError

JATS = """<?xml version="1.0"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving DTD v1.2 20190208//EN" "JATS-archivearticle1.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink"><front><article-meta>
<title-group><article-title>Axerib or placebo</article-title></title-group>
<history><date date-type="received"><day>04</day><month>05</month><year>2025</year></date></history>
<abstract><p>The ORR was 47.7% (31/65)<sup>1</sup> with axerib.</p></abstract></article-meta></front>
<body><sec><title>Results</title><p>See <xref>Table 1</xref>.</p>
<table-wrap><label>Table 1</label><caption><p>Response</p></caption><table>
<thead><tr><th>Outcome</th><th>Axerib (n = 65)</th><th>Placebo (n = 89)</th><th>P value</th></tr></thead>
<tbody><tr><td>Objective response rate, n (%)</td><td>31 (47.7)</td><td>28 (31.5)</td><td>0.041</td></tr>
<tr><td>Disease control rate, n (%)</td><td>59 (90.8%)</td><td>73 (83.0%)</td><td>0.126</td></tr></tbody></table></table-wrap></sec></body>
<back><ref-list><ref><p>Other 2019; 12: 45.6%</p></ref></ref-list></back></article>"""


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_jats_tables_become_claims(tmp_path: Path) -> None:
    (document,) = read_documents(write(tmp_path, "a.xml", JATS))
    assert document.kind == "jats"
    assert "45.6" not in document.text
    report = audit_text(document.text)
    rows = {(c.endpoint, c.arm, c.value, c.x) for c in report.claims if c.type == "proportion"}
    assert ("ORR", "Axerib group", "47.7", 31) in rows
    assert ("DCR", "Placebo group", "83.0", 73) in rows
    assert {(v.check) for v in report.findings} == {"A2"}  # 73/89 is 82.0%, not 83.0%
    assert any(c.type == "date" and c.endpoint == "received" and c.value == "2025-05-04" for c in report.claims)


def test_html_without_scripts_menus_and_styles(tmp_path: Path) -> None:
    page = (
        "<!DOCTYPE html><html><head><style>p{width:55.5%}</style><title>T</title></head><body><nav>12 items</nav>"
        "<p>The ORR was 50.0% (10&#47;20).</p><script>var x = '66.6%';</script><p>No deaths.</p></body></html>"
    )
    (document,) = read_documents(write(tmp_path, "a.html", page))
    assert document.kind == "html"
    assert document.text == "T\n\nThe ORR was 50.0% (10/20).\n\nNo deaths."


def test_tables_of_a_page_become_claims(tmp_path: Path) -> None:
    table = (
        "<table><caption>Response</caption><thead><tr><th></th><th>Axerib (n = 65)</th><th>Placebo (n = 89)</th><th>P</th></tr></thead>"
        "<tbody><tr><td>ORR</td><td>31 (47.7%)</td><td>28 (31.5%)</td><td>0.041</td></tr></tbody></table>"
    )
    layout = "<table><tr><td>Menu</td><td><table><tr><td>inner</td></tr></table></td></tr></table>"
    (page,) = read_documents(write(tmp_path, "p.html", f"<html><body>{layout}{table}</body></html>"))
    assert "ORR: 31 (47.7%) in the Axerib group, 28 (31.5%) in the Placebo group; P = 0.041." in page.text
    assert "inner" in page.text
    report = audit_text(page.text)
    assert {v.check for v in report.verdicts} >= {"A2", "A6"}
    assert not report.findings


def test_records_one_a_line_are_papers_of_their_own(tmp_path: Path) -> None:
    lines = "AUTHOR=A TITLE=T YEAR=2020 ABSTRACT=The ORR was 50.0% (10/20).\nAUTHOR=B ABSTRACT=The ORR was 51.0% (10/20).\n"
    documents = read_documents(write(tmp_path, "r.txt", lines))
    assert [d.name for d in documents] == ["r.txt#1", "r.txt#2"]
    assert [len(audit_text(d.text).findings) for d in documents] == [0, 1]


def test_other_encodings_are_read_and_said(tmp_path: Path) -> None:
    (document,) = read_documents(write(tmp_path, "a.txt", "Médiane: 12,5 %".encode("cp1252") * 20))
    assert "Médiane" in document.text
    assert "Windows-1252" in document.notes[0]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"  \n", "empty"),
        ("a.xml", b"<?xml version='1.0'?><article><p>x</article>", "not well-formed"),
        ("d.xml", b"<article>" + b"<sec>" * 100_000 + b"</sec>" * 100_000 + b"</article>", "nested too deeply"),
        ("e.xml", b"<article>" + b" " * 30_000 + b'<!ENTITY a "aaaa"></article>', "entities"),
        ("f.txt", b"The ORR was \x00\x01\x02", "not a text file"),
        ("g.docx", b"PK\x03\x04rest", "zip archive"),
        ("b.xml", b'<?xml version="1.0"?><!DOCTYPE article [<!ENTITY a "aaaa">]><article>&a;</article>', "entities"),
        ("a.pdf", b"%PDF-1.4 broken", "PDF"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        read_documents(write(tmp_path, name, content))


def test_absent_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="no such file"):
        read_documents(tmp_path / "none.txt")
    with pytest.raises(UnreadableError, match="folder"):
        read_documents(tmp_path)


def pdf(lines: list[str]) -> bytes:
    """A PDF of one page, written by hand."""
    text = (
        "BT /F1 12 Tf 14 TL 50 750 Td "
        + " ".join(f"({line.replace('(', chr(92) + '(').replace(')', chr(92) + ')')}) Tj T*" for line in lines)
        + " ET"
    )
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = "%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(f"{o:010d} 00000 n \n" for o in offsets)
    return (out + f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF").encode()


def test_pdf_text(tmp_path: Path) -> None:
    pytest.importorskip("pypdf")
    (document,) = read_documents(
        write(
            tmp_path, "a.pdf", pdf(["Twenty patients were enrolled. The objective", "response rate was 55.0% (11/20; 95% CI 31.5-76.9)."])
        )
    )
    assert document.kind == "pdf"
    report = audit_text(document.text)
    assert [(c.endpoint, c.x, c.n) for c in report.claims if c.type == "proportion"] == [("ORR", 11, 20)]
