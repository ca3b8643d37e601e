"""Whatever is done to a study folder: an answer (0, 1 or 2), never a traceback, never a half-written result."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", " ", "NA", "nan", "inf", "-inf", "1e400", "-0", "0", "1e18", "99999999999999999999", "2023-02-30", "0000-00-00", "9999-12-31"]
        + [
            "0001-01-01",
            "2023",
            "2023-01",
            "2024-12-31T99:99",
            "Y",
            "N",
            "PD",
            "CR",
            "S-01",
            "=cmd()",
            "\x00",
            "\u2028",
            "\ud800",
            "𠀀",
            "a\nb",
            '"',
            "'",
        ]
    ),
)
SCALARS = st.one_of(
    TEXTS,
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.booleans(),
    st.none(),
    st.sampled_from(["FAS", "OS", "PFS", "DM", "AGE > 1", "AGE in (", "1 = 1"]),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3), max_leaves=6
)


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a tree."""
    found = [path]
    for key, item in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        found += places(item, (*path, key))
    return found


def changed(tree: Any, path: tuple[Any, ...], what: str, value: Any) -> Any:
    if not path:
        return value
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    key = path[0]
    if len(path) > 1:
        copy[key] = changed(copy[key], path[1:], what, value)
    elif what == "drop":
        del copy[key]
    elif what == "twice" and isinstance(copy, list):
        copy.append(copy[key])
    else:
        copy[key] = value
    return copy


class Plain(yaml.SafeDumper):
    """Without anchors, which topline refuses."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, study_of: Callable[..., Any]) -> Path:
    """A sound study folder, to be copied and spoiled."""
    study = study_of(tmp_path_factory.mktemp("sound") / "study")
    return Path(study.write())


def answers(folder: Path, topline: Callable[..., Any]) -> int:
    """Check and run the study; whatever is wrong with it, it is said, and the folder is as before or whole."""
    checked = topline("check", str(folder))
    done = topline("run", "--quiet", str(folder))
    assert checked.status in (0, 1, 2), checked.err
    assert done.status in (0, 1, 2), done.err
    assert "Traceback" not in done.err + checked.err
    left = {path.name for path in folder.iterdir()} - {"study.yaml", "records"}
    if done.status == 2:
        assert left == set()
        assert "error" in done.err
        assert checked.status != 0, "check found nothing, run refused"
    else:
        assert left == {"results"}
        assert (folder / "results" / "manifest.json").is_file()
    return int(done.status)


def spoiled(sound: Path, spoil: Callable[[Path], None], topline: Callable[..., Any]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "study"
        shutil.copytree(sound, folder)
        spoil(folder)
        answers(folder, topline)


def cells(folder: Path, domain: str) -> list[list[str]]:
    return [line.split(",") for line in (folder / "records" / f"{domain}.csv").read_text(encoding="utf-8").splitlines()]


DOMAINS = st.sampled_from(["dm", "ex", "rs", "ae", "lb", "ss", "cm"])


def protocol_trees(sound: Path, topline: Callable[..., Any], data: st.DataObject, times: int) -> None:
    tree = yaml.safe_load((sound / "study.yaml").read_text(encoding="utf-8"))
    for _ in range(data.draw(st.integers(1, times))):
        path = data.draw(st.sampled_from(places(tree)))
        what = data.draw(st.sampled_from(["drop", "set", "set", "twice"]))
        tree = changed(tree, path, what, data.draw(VALUES))
    text = yaml.dump(tree, Dumper=Plain, allow_unicode=True).encode("utf-8", "surrogatepass")
    spoiled(sound, lambda folder: folder.joinpath("study.yaml").write_bytes(text) and None, topline)


def file_bytes(sound: Path, topline: Callable[..., Any], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["study.yaml", "records/dm.csv", "records/rs.csv", "records/ae.csv", "records/lb.csv"]))
    raw = bytearray((sound / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw)))
        length = data.draw(st.integers(0, 20))
        raw[at : at + length] = data.draw(
            st.one_of(st.binary(max_size=8), st.sampled_from([b'"', b",", b"\n", b"\r", b"\x00", b"'", b"\xff\xfe", b"{", b": "]))
        )
    spoiled(sound, lambda folder: (folder / name).write_bytes(bytes(raw)) and None, topline)


def record_cells(sound: Path, topline: Callable[..., Any], data: st.DataObject) -> None:
    domain = data.draw(DOMAINS)
    table = cells(sound, domain)
    for _ in range(data.draw(st.integers(1, 6))):
        what = data.draw(st.sampled_from(["cell", "cell", "cell", "copy row", "drop row", "drop column", "rename column", "cut row"]))
        row = data.draw(st.integers(0, len(table) - 1))
        column = data.draw(st.integers(0, max(len(table[0]) - 1, 0)))
        if what == "cell" and column < len(table[row]):
            table[row][column] = '"' + data.draw(TEXTS).replace('"', '""') + '"'
        elif what == "copy row":
            table.append(list(table[row]))
        elif what == "drop row" and len(table) > 1:
            del table[row]
        elif what == "drop column" and len(table[0]) > 1:
            for line in table:
                del line[column : column + 1]
        elif what == "rename column" and table[0]:
            table[0][column] = data.draw(
                st.sampled_from(
                    ["AESTDTC", "usubjid", "USUBJID", "X", "DMSEQ", "AESEQ", "LBSEQ", "_ROW", "ORIGDT", "FASFL", "AVAL", "TRT01P"]
                )
            )
        elif what == "cut row":
            table[row] = table[row][:column]
    text = "\n".join(",".join(line) for line in table).encode("utf-8", "surrogatepass")
    spoiled(sound, lambda folder: (folder / "records" / f"{domain}.csv").write_bytes(text) and None, topline)


@settings(max_examples=25)
@given(data=st.data())
def test_any_change_of_the_protocol_is_answered(sound: Path, topline: Callable[..., Any], data: st.DataObject) -> None:
    protocol_trees(sound, topline, data, 3)


@settings(max_examples=15)
@given(data=st.data())
def test_any_change_of_bytes_is_answered(sound: Path, topline: Callable[..., Any], data: st.DataObject) -> None:
    file_bytes(sound, topline, data)


@settings(max_examples=10)
@given(data=st.data())
def test_any_change_of_records_is_answered(sound: Path, topline: Callable[..., Any], data: st.DataObject) -> None:
    record_cells(sound, topline, data)


@pytest.mark.slow
@settings(max_examples=600)
@given(data=st.data())
def test_many_changes_of_the_protocol_are_answered(sound: Path, topline: Callable[..., Any], data: st.DataObject) -> None:
    protocol_trees(sound, topline, data, 6)


@pytest.mark.slow
@settings(max_examples=300)
@given(data=st.data())
def test_many_changes_of_bytes_are_answered(sound: Path, topline: Callable[..., Any], data: st.DataObject) -> None:
    file_bytes(sound, topline, data)


@pytest.mark.slow
@settings(max_examples=300)
@given(data=st.data())
def test_many_changes_of_records_are_answered(sound: Path, topline: Callable[..., Any], data: st.DataObject) -> None:
    record_cells(sound, topline, data)
