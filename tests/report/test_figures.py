from __future__ import annotations

import logging
import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

import matplotlib
import pytest
from matplotlib.text import Text

from topline.analyze.results import Curve, ResultSet, Waterfall
from topline.report.figures import build_figures, forest, kaplan_meier, waterfall
from topline.report.figures.canvas import render
from topline.report.figures.fonts import BASE, families_for
from topline.report.figures.steps import RESOLUTION, few_from, split, steps_of
from topline.report.figures.ticks import month_ticks
from topline.report.figures.words import clean, widest_word, width_of, wrap
from topline.study.protocol import Protocol

Study = tuple[ResultSet, Protocol]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The matplotlib figures that are drawn, measured while their settings hold."""
    outside: list[Any] = []

    def spy(draw: Any, texts: Any) -> tuple[bytes, bytes]:
        def measured() -> Any:
            figure = draw()
            figure.canvas.draw()
            renderer, page = figure.canvas.get_renderer(), figure.bbox
            for item in figure.findobj(Text):
                box = item.get_window_extent(renderer)
                inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= page.x1 and box.y1 <= page.y1
                if item.get_text().strip() and item.get_visible() and not inside:
                    outside.append((item.get_text(), box.extents.tolist(), page.extents.tolist()))
            return figure

        return render(measured, texts)

    for module in (kaplan_meier, forest, waterfall):
        monkeypatch.setattr(module, "render", spy)
    return outside


def test_every_figure_of_both_studies(single: Study, two_arm: Study) -> None:
    assert [figure.name for figure in build_figures(*single)] == ["km-pfs", "waterfall-response", "waterfall-tg"]
    assert [figure.name for figure in build_figures(*two_arm)] == ["km-pfs", "forest-pfs", "km-os"]


def test_no_text_is_clipped(single: Study, two_arm: Study, hostile: Study, drawn: list[Any]) -> None:
    for study in (single, two_arm, hostile):
        assert build_figures(*study)
        assert drawn == []


def test_the_same_results_give_the_same_bytes_whatever_the_settings(two_arm: Study) -> None:
    first = build_figures(*two_arm)
    with matplotlib.rc_context({"font.size": 20, "lines.linewidth": 9, "svg.fonttype": "none", "axes.facecolor": "red"}):
        second = build_figures(*two_arm)
    assert [(figure.svg, figure.png) for figure in first] == [(figure.svg, figure.png) for figure in second]


def test_svg_is_self_contained_text_is_paths_and_nothing_tells_when_or_by_what(hostile: Study) -> None:
    for figure in build_figures(*hostile):
        root = ET.fromstring(figure.svg)
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert not tags & {"text", "script", "image", "foreignObject"}
        assert set(re.findall(rb"https?://([^/\"]+)", figure.svg)) <= {b"www.w3.org", b"purl.org", b"creativecommons.org"}
        assert b"<dc:date>" not in figure.svg
        assert b"atplotlib" not in figure.svg.replace(b"matplotlib.axis", b"")
        assert figure.png.startswith(b"\x89PNG")
        assert b"atplotlib" not in figure.png


def test_synthetic_patients_are_marked_on_the_figure(single: Study) -> None:
    results, protocol = single
    real = protocol.model_copy(update={"study": protocol.study.model_copy(update={"synthetic": False})})
    for marked, plain in zip(build_figures(results, protocol), build_figures(results, real), strict=True):
        assert marked.svg != plain.svg
        assert b"#8a1c1c" in marked.svg
        assert b"#8a1c1c" not in plain.svg


def test_the_alternative_text_says_what_is_seen(two_arm: Study) -> None:
    alt = build_figures(*two_arm)[0].alt
    assert "Combination: 45 events / 65 patients; median 20.8 months (95% CI 16.6–NR)" in alt
    assert "Hazard ratio: 0.46 (95% CI 0.32–0.69); log-rank p < 0.001" in alt


def test_numbers_at_risk_stand_under_their_ticks(two_arm: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    found: dict[str, list[float]] = {}

    def spy(draw: Any, texts: Any) -> tuple[bytes, bytes]:
        figure = draw()
        figure.canvas.draw()
        axes = figure.axes[0]
        found["ticks"] = [axes.transData.transform((tick, 0))[0] for tick in axes.get_xticks()]
        numbers = [item for item in figure.texts if item.get_text().isdigit()]
        found["numbers"] = [item.get_window_extent().x0 / 2 + item.get_window_extent().x1 / 2 for item in numbers]
        found["first"] = [float(item.get_text()) for item in numbers if abs(item.get_window_extent().x0 - found["ticks"][0]) < 15]
        return b"", b""

    monkeypatch.setattr(kaplan_meier, "render", spy)
    monkeypatch.setattr(forest, "render", lambda draw, texts: (b"", b""))
    build_figures(*two_arm)
    assert found["first"] == [65, 89]
    assert all(min(abs(number - tick) for tick in found["ticks"]) < 1.0 for number in found["numbers"])


def points(number: int) -> Curve:
    time = tuple(float(i) for i in range(1, number + 1))
    survival = tuple(1 - i / (number + 1) for i in range(1, number + 1))
    none = (None,) * number
    return Curve("pfs", "PFS", None, time, survival, none, none, time, survival, (0.0,), (number,), (0,))


def test_a_curve_of_many_patients_is_thinned_to_what_a_page_shows() -> None:
    steps = steps_of(points(100_000), 100_000.0)
    assert len(steps.time) <= RESOLUTION + 2
    assert len(steps.censor_time) <= RESOLUTION + 2
    assert (steps.time[0], steps.survival[0]) == (0.0, 1.0)
    assert steps.end == 100_000.0
    assert steps.survival[-1] == points(100_000).survival[-1]


def test_a_curve_begins_at_one_and_ends_at_the_last_censoring() -> None:
    curve = replace(points(2), censor_time=(5.5,), censor_survival=(0.4,))
    steps = steps_of(curve, 5.5)
    assert steps.time == (0.0, 1.0, 2.0, 5.5)
    assert steps.survival[-1] == steps.survival[-2]


@pytest.mark.parametrize(
    "curve",
    [
        Curve("pfs", "PFS", None, (), (), (), (), (), (), (0.0, 1.0), (0, 0), (0, 0)),
        Curve("pfs", "PFS", None, (0.0,), (1.0,), (None,), (None,), (0.0,), (1.0,), (0.0,), (1,), (0,)),
        Curve("pfs", "PFS", None, (0.03,), (0.0,), (None,), (None,), (), (), (0.0,), (1,), (0,)),
        Curve("pfs", "PFS", None, (3.0,), (1.0,), (1.0,), (1.0,), (3.0,), (1.0,), (), (), ()),
    ],
    ids=["nobody", "one patient, day 0", "everybody at once", "no risk table"],
)
def test_extreme_curves_are_drawn(single: Study, curve: Curve, drawn: list[Any]) -> None:
    results, protocol = single
    assert [figure.name for figure in build_figures(replace(results, curves=(curve,), waterfalls=()), protocol)] == ["km-pfs"]
    assert drawn == []


@pytest.mark.parametrize(
    "values",
    [(0.0,), (-100.0,), (900.0, 151.0, -3.0), tuple(50 - 0.05 * i for i in range(2000))],
    ids=["no change", "gone", "huge", "many"],
)
def test_extreme_waterfalls_are_drawn(single: Study, values: tuple[float, ...], drawn: list[Any]) -> None:
    results, protocol = single
    bars = Waterfall("response", "Best change $x$", values, ("<PD> 疾病进展",) * len(values))
    assert build_figures(replace(results, curves=(), waterfalls=(bars,)), protocol)
    assert drawn == []


def test_nothing_to_draw_draws_nothing(single: Study) -> None:
    results, protocol = single
    assert build_figures(replace(results, curves=(), waterfalls=(Waterfall("tg", "x", (), (), 3),)), protocol) == ()


def test_many_groups_are_drawn_in_their_own_colours(two_arm: Study, drawn: list[Any]) -> None:
    results, protocol = two_arm
    curves = tuple(replace(results.curves[0], group=f"Mode {i} with a rather long name") for i in range(8))
    assert build_figures(replace(results, curves=curves), protocol)
    assert drawn == []


@pytest.mark.parametrize(
    ("end", "known", "expected"),
    [
        (24.8, (), (0, 3, 6, 9, 12, 15, 18, 21, 24)),
        (0.4, (), (0, 0.25)),
        (60.0, tuple(float(i) for i in range(61)), (0, 12, 24, 36, 48, 60)),
        (87.4, (0.0, 12.0, 24.0, 36.0, 48.0, 60.0, 72.0, 84.0), (0, 12, 24, 36, 48, 60, 72, 84)),
    ],
)
def test_ticks_in_steps_that_a_clinician_expects(end: float, known: tuple[float, ...], expected: tuple[float, ...]) -> None:
    assert month_ticks(end, known) == expected


def test_labels_are_broken_by_printed_width() -> None:
    assert wrap("联合治疗组 of an antiangiogenic drug", 14).split("\n") == ["联合治疗组 of", "an", "antiangiogeni…"]
    assert all(width_of(line) <= 10 for line in wrap("非联合治疗组（含化疗）without apatinib", 10, 9).split("\n"))
    assert not any(line.startswith("）") for line in wrap("非联合治疗组（含化疗）", 12, 9).split("\n"))
    assert wrap("short", 20) == "short"
    assert wrap("", 20) == ""
    assert clean("a\x00b\n\tc") == "a b c"


def test_a_character_that_no_font_has_is_logged_and_never_raised(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert families_for(["\U0001e900\U00012345"])[0] == BASE
    assert "no installed font draws" in caplog.text
    assert families_for(["plain text, ≥ 65, ¹³¹I"]) == [BASE]


def test_a_name_breaks_at_its_hyphens_and_the_head_of_the_forest_breaks_no_word(two_arm: Study) -> None:
    assert wrap("Non-combination", 13) == "Non-\ncombination"
    assert widest_word("Non-combination therapy") == 11
    results, protocol = two_arm
    drawing = forest._Drawing(forest.Context(results, protocol), "T", [], "Chemoradiotherapy", "Non-combination")
    heads, _ = drawing._heads(forest.new_figure(1), 3.0)
    assert heads == ["Chemoradiotherapy\nevents / n", "Non-combination\nevents / n"]
    heads, widths = drawing._heads(forest.new_figure(1), 1.9)
    assert heads[1] == "Non-\ncombination\nevents / n"
    assert len(widths) == 2


def test_the_curve_is_lighter_where_few_are_at_risk(two_arm: Study) -> None:
    times = tuple(float(t) for t in range(1, 11))
    line = Curve(
        "a", "E", None, times, tuple(1 - t / 20 for t in times), (None,) * 10, (None,) * 10, (), (), (0.0, 6.0, 12.0), (10, 5, 0), (0, 0, 0)
    )
    assert few_from(line) == 6.0
    steps = steps_of(line, 10)
    first, last = split(steps, 6.0)
    assert (first[0][-1], last[0][0], last[0][-1]) == (6.0, 6.0, 10.0)
    assert first[1][-1] == last[1][0] == pytest.approx(0.7)
    assert split(steps, math.inf) == ((steps.time, steps.survival), ((), ()))
    assert few_from(replace(line, n_risk=(30, 25, 20))) == math.inf
    assert "lighter line, fewer than 5 patients at risk" in build_figures(*two_arm)[0].title


def test_progression_that_the_sum_does_not_show_is_marked(single: Study) -> None:
    results, protocol = single
    plain = {figure.name: figure.title for figure in build_figures(results, protocol)}
    assert "* Progressive" not in plain["waterfall-response"]
    assert "Dashed line, threshold of the protocol." in plain["waterfall-tg"]
    fall = Waterfall("response", "Best change", (31.0, 0.0, -40.0), ("PD", "PD", "PR"))
    marked = build_figures(replace(results, waterfalls=(fall,)), protocol)[-1]
    assert "* Progressive disease without a rise" in marked.title
