"""Change of a laboratory value from baseline: its best and last change, described, and as a waterfall."""

from __future__ import annotations

import polars as pl

from topline.analyze.baseline import QUARTILES, summary
from topline.analyze.context import Context, row
from topline.analyze.results import Result, Waterfall
from topline.derive.labs import biochemical_response
from topline.study.analyses import LabChangeAnalysis
from topline.study.endpoints import BiochemicalResponse


def analyse_lab_change(analysis: LabChangeAnalysis, context: Context) -> tuple[list[Result], list[Waterfall]]:
    """Return n, median, quartiles and range of the best and last percent change from baseline, and the waterfall of the best."""
    endpoint = context.protocol.endpoint(analysis.endpoint)
    assert isinstance(endpoint, BiochemicalResponse)
    labs = context.datasets.adlb
    rows: list[Result] = []
    waterfalls: list[Waterfall] = []
    for group in context.groups(analysis):
        if labs is None:
            rows.append(row(analysis, group, "n", 0, endpoint=endpoint.id, warnings=("no value of the test",)))
            continue
        changes = biochemical_response(labs, group.subjects, endpoint)
        for column, name in (("BESTPCHG", "best change"), ("LASTPCHG", "last change")):
            values = changes[column].drop_nulls().to_numpy()
            common = {"endpoint": endpoint.id, "estimand": endpoint.estimand_id, "variable": name, "unit": "%"}
            rows.append(row(analysis, group, "n", len(values), **(common | {"unit": "patients"})))
            for statistic, value in summary(values).items():
                gone = {} if value is not None else {"status": "not_estimable", "warnings": ("too few values",)}
                rows.append(row(analysis, group, statistic, value, method=QUARTILES, **common, **gone))
        best = changes.filter(pl.col("BESTPCHG").is_not_null()).sort(["BESTPCHG", "RESPONSE"], descending=[True, False])
        label = f"Best change of {endpoint.test} from baseline (%)"
        if best.height:
            category = tuple("Response" if value == "Y" else "No response" for value in best["RESPONSE"])
            waterfalls.append(Waterfall(analysis.id, label, tuple(best["BESTPCHG"].to_list()), category, group.n - best.height))
    return rows, waterfalls
