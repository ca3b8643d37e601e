"""Which numbers become claims, with all their printed parts, and which are none."""

from __future__ import annotations

import pytest

from topline.audit import audit_text
from topline.audit.claims import Claim

ARMS = "Ninety patients were randomised to velotinib (n = 45) or placebo (n = 45). "


def claims(text: str, *kinds: str) -> list[Claim]:
    return [c for c in audit_text(text).claims if c.type in kinds]


def totals(text: str) -> list[str | None]:
    return [c.value for c in claims(text, "count") if c.endpoint == "N" and c.arm is None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Total 226 women with sarcoma (2001 to 2021, 88.5% of them operated) were enrolled.", ["226"]),
        ("The total sample was 63.", ["63"]),
        ("The study sample was comprised of forty-seven patients with cough.", ["47"]),
        ("Of 1460 patients who were operated, 507 met the inclusion criteria.", ["507"]),
        ("Tissue of the whole cohort (N = 1396) was stained.", ["1396"]),
        ("One hundred eighty-six of 750 planned patients were randomized.", ["186"]),
        ("The analysis is based on 122 of 143 patients treated with velotinib.", ["122"]),
        ("The charts of 369 eligible patients were retrospectively reviewed.", ["369"]),
        ("Among 21\u202f978 patients with sarcoma, 62.0% were men.", ["21978"]),
        ("One hundred and two patients were initially randomized.", ["102"]),
        ("One-hundred twenty patients were enrolled.", ["120"]),
        ("In 2,098 patients randomly assigned, the median PFS was 7.4 months.", ["2098"]),
        # no totals: a speed, a share, an arm, patients who got something
        ("Recovery was three times faster for patients assigned to velotinib.", []),
        ("Eighty patients were enrolled. A total of 25 patients (31%) had surgery.", ["80"]),
        ("Ninety patients were enrolled. Then 44 patients were analysed in the velotinib group.", ["90"]),
    ],
)
def test_all_patients(text: str, expected: list[str]) -> None:
    assert totals(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patients were treated at our hospital (2007-2017).", [("start", "2007"), ("end", "2017")]),
        ("We studied patients operated during 1998-2004.", [("start", "1998"), ("end", "2004")]),
        ("Resections were carried out during 01/2000 - 12/2006.", [("start", "2000-01"), ("end", "2006-12")]),
        (
            "In the first trial (accrual period: October 1, 1985, to December 31, 1990) all were men.",
            [("start", "1985-10-01"), ("end", "1990-12-31")],
        ),
        ("Patients were treated at the M. D. Anderson Hospital between 1983 and 1992.", [("start", "1983"), ("end", "1992")]),
    ],
)
def test_dates(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(c.endpoint, c.value) for c in claims(text, "date")] == expected


Parts = tuple[str | None, str | None, str | None, str | None]


def parts(c: Claim) -> Parts:
    return c.value, c.lower, c.upper, c.p


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Hazard ratios (HRs) for PFS were 0.51 for arm B versus A (P = .022) and 0.64 for arm C versus A (P = .118).",
            [("0.51", None, None, "0.022"), ("0.64", None, None, "0.118")],
        ),
        (
            "The odds ratios were 0.99 (95% CI 0.95-1.02); 1.03 (95% CI 0.57-1.85); and 1.45 (95% CI 0.85-2.49).",
            [("0.99", "0.95", "1.02", None), ("1.03", "0.57", "1.85", None), ("1.45", "0.85", "2.49", None)],
        ),
        (
            "PFS was longer with a fall [HR (95% CI): velotinib = 0.61 (0.40-0.94), P = 0.022; placebo = 0.49 (0.29-0.85), P = 0.009].",
            [("0.61", "0.40", "0.94", "0.022"), ("0.49", "0.29", "0.85", "0.009")],
        ),
        ("OS seemed to be worse without rash (1.30, 1.05-1.61, p=0.017).", [("1.30", "1.05", "1.61", "0.017")]),
        (
            "OS did not differ (stratified log-rank P = .528; hazard ratio, 0.94; 95% repeated CI, 0.77 to 1.15).",
            [("0.94", "0.77", "1.15", "0.528")],
        ),
        (
            "PFS was longer (HR 0.54, 95% CI 0.41-0.71), as was OS (0.82, 95.1% CI 0.69-0.98; p=0.030).",
            [("0.54", "0.41", "0.71", None), ("0.82", "0.69", "0.98", "0.030")],
        ),
        ("The rate ratio for death during years 10 and 11 was 0.62 (95% CI, 0.45 to 0.85; P=0.003).", [("0.62", "0.45", "0.85", "0.003")]),
        (
            "The PFS hazard ratio was 1.095 (95% CI, 0.892 to 1.344; one-sided stratified log-rank P = .807).",
            [("1.095", "0.892", "1.344", "0.807")],
        ),
        (
            "In univariate analysis, the hazard ratio of age, smoking, number of distant metastases, brain metastases, performance status, "
            "weight loss and anaemia at the start for PFS was 1.21 (95% CI 0.67-2.18).",
            [("1.21", "0.67", "2.18", None)],
        ),
    ],
)
def test_ratios_with_all_their_parts(text: str, expected: list[Parts]) -> None:
    assert [parts(c) for c in claims(text, "ratio")] == expected
    assert claims(text, "p_value", "proportion", "median") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The median PFS was 12 (0-40) months, and the median OS 16 (3-44) months.", [("12", "0", "40", None), ("16", "3", "44", None)]),
        (
            ARMS + "Median PFS was 2.6 months for velotinib (95% CI 1.9-2.9) and placebo (95% CI 1.9-3.0; HR 1.02, 95% CI 0.83-1.25).",
            [("2.6", "1.9", "2.9", None), ("2.6", "1.9", "3.0", None)],
        ),
        (
            ARMS + "Median DFS was 66 months with velotinib vs. 73 in the placebo group.",
            [("66", None, None, None), ("73", None, None, None)],
        ),
        ("The mean age was 39 years (range, 1-88 years).", [("39", "1", "88", None)]),
        ("After 44.0 months of median follow-up the effect remained.", [("44.0", None, None, None)]),
        ("There was no difference in survival: 33 versus 27 months median OS.", [("33", None, None, None), ("27", None, None, None)]),
        ("At a median follow-up of 5-years (range 3.4-7.0) all lived.", [("5", "3.4", "7.0", None)]),
        ("During the 16-month median follow-up, eight patients died.", [("16", None, None, None)]),
        ("The median pmOS was 29.5 months.", [("29.5", None, None, None)]),
        (
            ARMS + "Median OS differed at 19.8 months and 12.9 months, respectively.",
            [("19.8", None, None, None), ("12.9", None, None, None)],
        ),
        (
            "Mean OS for women who had surgery (n=18; 36.7%) vs those who did not was 40.5 months vs 12.03 months.",
            [("40.5", None, None, None), ("12.03", None, None, None)],
        ),
        # no results
        ("The survival rate at both 5 and 10 years was low.", []),
        ("Toxicity was seen in eight patients between 3-5 years of follow-up.", []),
        ("The differences in OS did not reach statistical significance.", []),
        ("Scores were higher at the daily one week follow-up.", []),
    ],
)
def test_times(text: str, expected: list[Parts]) -> None:
    assert [parts(c) for c in claims(text, "median", "mean_sd", "follow_up")] == expected


Share = tuple[str | None, int | None, int | None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Of the 168 lesions, 94 (56%) were stable.", [("56", 94, 168)]),
        ("Of these 59 women, 52 had a favourable outcome.", [(None, 52, 59)]),
        ("Thirty-five (12.4%) of 282 patients had nausea, 51 patients (18.1%) had rash.", [("12.4", 35, 282), ("18.1", 51, 282)]),
        ("Progression occurred in 39% of patients (n = 141).", [("39", 141, None)]),
        ("Rash occurred in two [<1%] patients.", [("<1", 2, None)]),
        ("A fall of thyroglobulin was achieved by 76% of patients.", [("76", None, None)]),
        ("At 6 years, 181 deaths had occurred among 334 patients (54.2%).", [("54.2", 181, 334)]),
        # no results: effects, thresholds, studies, doses, those who are left out
        ("Eligible patients had a normal ejection fraction (LVEF >or= 55%).", []),
        ("Patients of two trials (SUNRISE 017/057 pooled) had an ECOG PS ≤ 1.", []),
        ("All but two of 47 patients provided data.", []),
        ("Velotinib gave a reduction of deaths over years 0-14 of 15% (95% CI -3 to 30).", []),
        ("Rash was seen more often, an absolute increase of 20% (95% CI 5-34).", []),
        ("Responses were more frequent (treatment difference, 21.3%; 95% CI, 4.0% to 38.7%).", []),
        ("The absolute difference in disease-free survival between the groups was 6.4%.", []),
        ("The drugs were given at 500/100/500 mg/m2.", []),
    ],
)
def test_shares(text: str, expected: list[Share]) -> None:
    found = [c for c in audit_text(text).claims if c.type in {"proportion", "p_value", "landmark_rate"}]
    assert [(c.value, c.x, c.n if c.n_from == "printed" else None) for c in found] == expected


def test_a_test_that_was_made_is_no_assumption() -> None:
    text = "No evidence supported the hypothesis that velotinib improved PFS (one-sided P = 0.999)."
    assert [c.p for c in claims(text, "p_value")] == ["0.999"]
    assert audit_text("We hypothesised that velotinib would improve the response rate from 20% to 40% (P < 0.05).").claims == ()


def test_a_number_of_groups_of_three_reads_as_one() -> None:
    found = claims("Of 13\u2009624 patients, 13\u00a0000 (95.4%) were men.", "proportion")
    assert [(c.x, c.n) for c in found] == [(13000, 13624)]


@pytest.mark.parametrize(
    "text",
    [
        "BACKGROUND: Mutations occur in 40% of patients with sarcoma. METHODS: We studied velotinib.",
        "IMPORTANCE: Earlier, velotinib prolonged PFS (hazard ratio, 0.57; 95% CI, 0.40 to 0.81).",
        "Velotinib was given on days 1 to 21 of a 28-day cycle, or weekly for 7 of 8 weeks.",
        "Women with hormone receptor (HR)-positive, human epidermal growth factor receptor 2 (HER2)-negative cancer took part.",
        "The primary end point was objective response (OR) per RECIST 1.1 by central review.",
        "The noninferiority margin of the hazard ratio was set at 1.32.",
        "A hazard ratio that did not exceed 1.29 would be claimed as noninferiority.",
        "The protocol specified P = .05 for the comparison, and a two-sided α of 0.20.",
        "The planned interim analyses were done at 33%, 50%, and 67% of expected accrual.",
        "Patients were randomized to 1 of 2 treatment arms.",
        "The required number of events for overall survival had not been reached.",
        "Velotinib is a poly(ADP-ribose) polymerase (PARP) 1/2 inhibitor.",
        "Velotinib prolonged median overall survival by 8.5 months.",
        "Patients returned for follow-up 24 weeks, 48 weeks, and 72 weeks after treatment.",
    ],
)
def test_what_is_no_result(text: str) -> None:
    assert [c.value for c in audit_text(text).claims] == []


def test_results_told_in_the_introduction_as_the_papers_own_are_results() -> None:
    text = "BACKGROUND: Velotinib is new. We report the final results after a median follow-up of 50 months. METHODS: None."
    assert [c.value for c in claims(text, "follow_up")] == ["50"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Median PFS was 17.9 weeks (2-sided 95% CI, 11.9-24.0 weeks).", ("17.9", "11.9", "24.0", None)),
        ("The hazard ratio for recurrence vs. tamoxifen, 0.65; 95% CI, 0.49 to 0.87, was low.", ("0.65", "0.49", "0.87", None)),
        ("Recurrence fell (hazard ratio, 0.58; 95 percent confidence interval, 0.40 to 0.85; P=0.005).", ("0.58", "0.40", "0.85", "0.005")),
        ("The PFS rate at 6 months was 71% (95% credible interval, 55%-84%).", ("71", "55", "84", None)),
        ("The median duration of surgery was 292 min (range 100-400 min).", ("292", "100", "400", None)),
        ("The median tumour diameter was 64.1 mm (13.2-255.8 mm).", ("64.1", "13.2", "255.8", None)),
        ("The response rate was 40% (95% highest posterior density interval, 26.2-54.9).", ("40", "26.2", "54.9", None)),
    ],
)
def test_intervals_under_other_names(text: str, expected: Parts) -> None:
    (claim,) = audit_text(text).claims
    assert parts(claim) == expected


def test_means_share_the_way_their_spread_is_printed() -> None:
    text = ARMS + "The mean volume was 38 [SD 26] with velotinib vs 57 [41] with placebo."
    assert [(c.value, c.lower) for c in claims(text, "mean_sd")] == [("38", "26"), ("57", "41")]


def test_response_counts_of_each_group() -> None:
    text = ARMS + "With velotinib there was 1 CR case and 12 PR cases; with placebo 1 PR case."
    assert [c.counts for c in claims(text, "response_counts")] == [{"CR": 1, "PR": 12}, {"PR": 1}]


def test_a_p_value_names_its_hypothesis_behind_it() -> None:
    (claim,) = claims("DFS was alike (hazard ratio, 0.92; 90.2% CI, 0.74 to 1.14; P = 0.005 for noninferiority).", "ratio")
    assert (claim.p, "noninferiority" in claim.marks) == ("0.005", True)


def test_a_percentage_of_some_of_the_patients_before_it_is_not_of_them() -> None:
    found = claims("A total of 168 patients (86% with resistant disease) were enrolled.", "proportion")
    assert [c.x for c in found] == [None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Median OS was 8.4 months for patients treated with velatinib (95% CI, 7.07 to 9.27) and 9.7 months for those given oxane (95% "
            "CI, 8.26 to 11.18).",
            [("8.4", "7.07", "9.27"), ("9.7", "8.26", "11.18")],
        ),
        ("Median OS was 29.7 months (95% CI, 22.1 to not reached [NR]) with velatinib.", [("29.7", "22.1", "NR")]),
        ("Mean ratios were 0.131 (standard deviation [SD], 0.315).", [("0.131", "0.315", None)]),
        ("The recurrence rate was 56.5% (SE = 5.6%).", [("56.5", None, None)]),
        ("The median age was 24 (14-66).", [("24", "14", "66")]),
    ],
)
def test_what_stands_behind_a_value(text: str, expected: list[tuple[str, str | None, str | None]]) -> None:
    assert [(c.value, c.lower, c.upper) for c in audit_text(text).claims] == expected


def test_the_name_of_an_interval_may_stand_with_an_earlier_ratio() -> None:
    text = "PFS favoured velatinib (HR 0.41; 95% CI 0.17-0.99; p=0.040), but OS did not (HR 0.75; 0.36-1.56; p=0.44)."
    assert [(c.value, c.lower, c.upper) for c in audit_text(text).claims] == [("0.41", "0.17", "0.99"), ("0.75", "0.36", "1.56")]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Adverse events were reported by 65.0% versus 75.9%, and on days 1-3 (8.0% versus 47.5%).", ["65.0", "75.9", "8.0", "47.5"]),
        ("Most adverse events were of grade 0-1 (83.8%).", ["83.8"]),
        ("PFS was no longer than with velotinib every 3 weeks (14.7 months and 14.0 months, respectively).", ["14.7", "14.0"]),
        ("There was a 46% (6.9-3.7) reduction in the score, and a 15% (3.5-6.5) reduction in controls.", []),
        ("Infections were seen in 0 (0%) vs. 1 (0.3%) patients (RD - 0.3 (- 0.9,0.3)).", ["0", "0.3"]),
    ],
)
def test_what_stands_beside_a_result_is_none(text: str, values: list[str]) -> None:
    claims = [c for c in audit_text(text).claims if c.type != "p_value"]
    assert [c.value for c in claims] == values
    assert all(c.lower is None for c in claims)


def test_a_time_of_years_and_months_is_one_value() -> None:
    (claim,) = audit_text("Median follow-up was 2 years and 5 months (IQR 12-52 months).").claims
    assert (claim.value, claim.unit, claim.lower, claim.upper) == ("29", "months", "12", "52")


def test_the_level_of_an_interval_may_stand_behind_its_name() -> None:
    (claim,) = claims("The response rate was 17.0% (confidence interval (CI) 95%, 15.4 to 18.6).", "proportion")
    assert (claim.value, claim.lower, claim.upper, claim.conf_level) == ("17.0", "15.4", "18.6", "95")


def test_the_least_and_the_most_are_a_range() -> None:
    (claim,) = audit_text("Median follow-up was 19.7 months (minimum-maximum 0-56.4).").claims
    assert (claim.value, claim.lower, claim.upper, claim.interval) == ("19.7", "0", "56.4", "range")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The variant was detected in 18 samples (20.2%).", [("20.2", 18)]),
        ("Amplification was found in 4 lesions (12%), deletion in three tumours (9%).", [("12", 4), ("9", 3)]),
        ("Of 57 237 people, 40 674 (71%) had a scan.", [("71", 40674)]),
        ("Toxic death occurred in one patient in the velotinib group (<1%; sepsis) and in two patients in the placebo group (4%).",
         [("<1", 1), ("4", 2)]),
        ("Side effects were similar to those previously reported but commoner with velotinib (41%) than with placebo (31%).",
         [("41", None), ("31", None)]),
        # a unit of doses, a raised number, others' results
        ("The dose of velotinib was 75/600 mg/m2.", []),
        ("There were 10<sup>9</sup> cells.", []),
        ("In earlier studies fever was previously reported in 41%.", []),
    ],
)  # fmt: skip
def test_counts_with_shares_of_anything(sentence: str, expected: list[tuple[str, int | None]]) -> None:
    assert [(c.value, c.x) for c in claims(ARMS + sentence, "proportion")] == expected


def test_tags_do_not_change_a_sign() -> None:
    assert [c.p for c in claims(ARMS + "OS was longer (<i>P</i> = .002) and so was PFS (<i>p</i> < .001).", "p_value")] == [
        "0.002",
        "<0.001",
    ]


def test_a_threshold_is_no_p_value() -> None:
    text = "The significance threshold for PFS was P = 0.0086; the log-rank test gave P = 0.0021."
    assert [c.p for c in claims(ARMS + text, "p_value")] == ["0.0021"]


def test_the_endpoint_goes_on_behind_a_list_in_brackets() -> None:
    text = (
        "Treatment-related deaths occurred in five (11%) patients in the velotinib group (two of unknown cause, one haemorrhage, and one "
        "arrhythmia) and one (2%) patient in the placebo group (sepsis)."
    )
    assert [(c.endpoint, c.value) for c in claims(ARMS + text, "proportion")] == [("TRDEATH", "11"), ("TRDEATH", "2")]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Of 195 patients, 85% were men (n = 166); 82% were white (n = 159).", [("85", 166), ("82", 159)]),
        ("Pain was reported by 25% (n = 40) and fever by 10% (n = 16) of 160 patients.", [("25", 40), ("10", 16)]),
        ("Toxicity was seen in most of 34 patients (grade III: 14, 41.2%; grade IV: 11, 32.4%).", [("41.2", 14), ("32.4", 11)]),
    ],
)
def test_a_count_that_stands_apart_from_its_percentage_is_of_it(text: str, parts: list[tuple[str, int]]) -> None:
    assert [(c.value, c.x) for c in claims(text, "proportion")] == parts


def test_signs_of_bounds_and_limits_at_infinity() -> None:
    (mean,) = claims("Patients had a mean increase in hemoglobin of 0.9 g/dL (range, -3.8 to +5.3).", "mean_sd")
    assert (mean.value, mean.lower, mean.upper) == ("0.9", "-3.8", "5.3")
    (ratio,) = claims("Responses were more frequent (odds ratio, 3.28; 85% CI, 1.54 to infinity; Cox P = .034).", "ratio")
    assert (ratio.lower, ratio.upper, ratio.p) == ("1.54", "NR", "0.034")


def test_a_count_and_its_share_in_the_bracket_of_an_arm_are_no_size_of_it() -> None:
    text = "The incidence of fever in the A group (n=18, 24%) was like the incidence of fever in the control group (n = 15, 19%, OR 1.3)."
    assert [(c.value, c.x, c.n) for c in claims(text, "proportion")] == [("24", 18, None), ("19", 15, None)]
    assert not audit_text(text).findings


def test_a_letter_before_a_percentage_is_a_label_and_no_statistic() -> None:
    assert [c.value for c in claims("The incidence of seroma was reduced (A=18.75% vs B=6.06%; t = 2.31).", "proportion")] == [
        "18.75",
        "6.06",
    ]


def test_decimal_points_that_became_spaces() -> None:
    text = (
        "Median OS was 20 0 months (95% CI 15 4-24 9) with velotinib and 12 2 months (10 4-14 2) with placebo (hazard ratio 0 69, 95% CI "
        "0 56-0 85, p=0 0003) in 1274 patients."
    )
    assert [(c.value, c.lower, c.upper) for c in claims(text, "median")] == [("20.0", "15.4", "24.9"), ("12.2", "10.4", "14.2")]
    (ratio,) = claims(text, "ratio")
    assert (ratio.value, ratio.lower, ratio.upper, ratio.p) == ("0.69", "0.56", "0.85", "0.0003")
    (other,) = claims("The HR was 0.69 at 0 12 and 0 24 months.", "ratio")  # a text that has decimal points keeps its spaces
    assert other.value == "0.69"


def test_a_ratio_is_of_what_stands_behind_it() -> None:
    text = "The hazard ratios were 1.33 (95% CI, 0.91 to 1.94) for cardiac events and 1.48 (95% CI, 1.04 to 2.09) for cancers."
    assert [(c.endpoint, c.value) for c in claims(text, "ratio")] == [("cardiac events", "1.33"), ("cancers", "1.48")]
    text = "Overall survival was longer. The hazard ratio was 0.79 (95% CI 0.63-0.99) for women and 0.81 (0.70-0.94) for men."
    assert {c.endpoint for c in claims(text, "ratio")} == {"OS"}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Deaths were rarer (53 events in 450 patients on velotinib and 57 in 453 patients on placebo).", [(53, 450), (57, 453)]),
        ("Seventeen of 28 patients had a progression-free survival above 16 weeks.", [(17, 28)]),
        ("The performance status was 0 in 24 patients (49%).", [(24, None)]),
    ],
)
def test_counts_of_patients_without_a_percentage(sentence: str, expected: list[tuple[int, int | None]]) -> None:
    found = claims(ARMS + sentence, "proportion", "landmark_rate")
    assert [(c.x, c.n if c.n_from == "printed" else None) for c in found] == expected


def test_a_reduction_says_that_the_number_behind_it_is_its_ratio() -> None:
    text = "Relapse was reduced by 31% (0.69, 0.59-0.82) and fever by 20% (0.69, 0.59-0.82)."
    assert [(c.value, c.lower) for c in claims(text, "ratio")] == [("0.69", "0.59")]
    text = "OS rates at 5 years were 91% (89-93) and 92% (90-94; 1.16, 0.91-1.46; p=0.234)."
    assert [(c.value, c.lower, c.p) for c in claims(text, "ratio")] == [("1.16", "0.91", "0.234")]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Disease-free and overall survival were worse (P < 0.001 and P = 0.003, respectively).", [("DFS", "<0.001"), ("OS", "0.003")]),
        (
            "Stage (P = 0.028 and P = 0.011, respectively) was an independent predictor of disease-free and overall survival.",
            [("DFS", "0.028"), ("OS", "0.011")],
        ),
        ("ORR, DCR and PFS favoured velotinib (P = 0.01, P = 0.02, and P = 0.03, respectively).",
         [("ORR", "0.01"), ("DCR", "0.02"), ("PFS", "0.03")]),
    ],
)  # fmt: skip
def test_p_values_in_the_order_of_the_endpoints(sentence: str, expected: list[tuple[str, str]]) -> None:
    assert [(c.endpoint, c.p) for c in claims(sentence, "p_value")] == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Plans (0.05% mometasone cream daily) were kept in 30%.", ["30"]),
        ("The rate was 30% for sodium and 40% for velotinib.", ["30", "40"]),
        ("Fever was higher by 4.1% (90% upper confidence limit, 15.0%) with velotinib.", []),
        ("There was no significant difference in the false negative rate, which was 7.3% and 10.5%, respectively.", ["7.3", "10.5"]),
    ],
)
def test_percentages_of_solutions_and_limits_are_none(sentence: str, expected: list[str]) -> None:
    assert [c.value for c in claims(ARMS + sentence, "proportion")] == expected


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("The rate of progression-free survival at month 20 was 65.2% with velotinib.", ["20 months"]),
        ("The PFS rate by week 24 was 61.5% with velotinib.", ["24 weeks"]),
        ("At week 4 and week 12, 20% and 30% had responded.", ["4 weeks", "12 weeks"]),
    ],
)
def test_times_whose_unit_stands_before_the_number(text: str, times: list[str]) -> None:
    assert [c.time for c in claims(text, "proportion", "landmark_rate")] == times


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("Median OS was 308 days (95% CI 283-373) with A and shorter with B (268 days, 210-313; p=0.006).", ("210", "313")),
        ("Median OS was 30 months (95% CI 28-37) with A and shorter with B (26 months, 21-31).", ("21", "31")),
        ("Median OS was 30 months (95% CI 28-37) with A and shorter with B (26 months, 41-51 centres).", (None, None)),
    ],
)
def test_an_interval_behind_a_comma_goes_on_with_the_one_named_before(text: str, interval: tuple[str | None, str | None]) -> None:
    last = [c for c in audit_text(text).claims if c.type == "median"][-1]
    assert (last.lower, last.upper) == interval


@pytest.mark.parametrize("locus", ["chromosome 17p deletion", "1p/19q codeletion", "11q13 amplification"])
def test_an_arm_of_a_chromosome_is_a_word(locus: str) -> None:
    (claim,) = audit_text(f"The 2-year rate of progression-free survival among patients with {locus} was 81.5%.").claims
    assert (claim.endpoint, claim.value, claim.time) == ("PFS", "81.5", "2 years")
