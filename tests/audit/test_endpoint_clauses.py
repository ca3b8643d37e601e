"""What a value is a value of where the clause is longer: governed lists, relative clauses, labels, predicates, factors and limits."""

from __future__ import annotations

import pytest

from topline.audit import audit_text


def named(sentence: str, kind: str) -> list[tuple[str, str]]:
    """Endpoint and value of each claim of a type; survival-type rates count as proportions."""
    kinds = {"proportion", "landmark_rate"} if kind == "proportion" else {kind}
    found = [c for c in audit_text(f"Ninety patients were treated. {sentence}").claims if c.type in kinds]
    return [(str(c.endpoint), c.value or f"{c.x}/{c.n}") for c in found]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Thirty of 80 patients enrolled in the second stage had at least one serious adverse event.", [("SAE", "30/80")]),
        (
            "Of the patients, 15% had been treated with platinum and 11% were classified as high risk.",
            [("platinum", "15"), ("high risk", "11")],
        ),
        ("Of the lesions, 35% did not require a second excision.", [("no excision", "35")]),
        ("In this group, 46% had not received radiotherapy.", [("not received radiotherapy", "46")]),
        ("Overall, 62% were able to complete all planned cycles.", [("able to complete planned cycles", "62")]),
        ("Eight percent had to stop velotinib because of toxicity.", [("DISC", "8")]),
        ("By then, 93% of patients in the control group crossed over to velotinib.", [("CROSSOVER", "93")]),
        ("At week 72, 67% had recurred.", [("RECUR", "67")]),
        ("At 3 years, 70% were alive and relapse-free.", [("RFS", "70")]),
        ("Of whom 85% were on tamoxifen.", [("tamoxifen", "85")]),
        ("Of these 59 patients, 52% were considered by the review board to have a favorable outcome.", [("favorable outcome", "52")]),
        ("Overall, 56% were older than 60 years.", [("older than 60 years", "56")]),
        ("In 12% of cases, the dose had to be reduced.", [("dose reduced", "12")]),
        ("One (0.5%) occult tumour was detected.", [("occult tumour", "0.5")]),
        ("More patients were hospitalised for three days (36% v 13%).", [("hospitalised", "36"), ("hospitalised", "13")]),
        ("Adenocarcinoma was predominant (67%), and 50% of the patients had bone pain.", [("adenocarcinoma", "67"), ("bone pain", "50")]),
        (
            "Age was 70 years; 73% were men; 44% had lung cancer, and 31% never smoked.",
            [("male", "73"), ("lung cancer", "44"), ("never smoked", "31")],
        ),
        ("Ki-67 was above 20% in 45% of tumours.", [("ki-67", "45")]),
        ("Sixty-eight percent of the tumours were positive for PD-L1.", [("positive for PD-L1", "68")]),
        ("Salvage therapy was given to 45% of relapsing patients.", [("salvage therapy", "45")]),
        ("In all, 70% completed six cycles.", [("completed six cycles", "70")]),
        ("Progressive disease as best response was seen in 18%.", [("PD", "18")]),
        ("The 2-year OS rate was 71% for responders and 40% for non-responders.", [("OS", "71"), ("OS", "40")]),
        ("Resection was R0 in 82% of the patients and R1 in 18%.", [("R0", "82"), ("R1", "18")]),
        ("Seventeen (57%) of 30 patients with a response had not experienced fever.", [("not experienced fever", "57")]),
    ],
)
def test_the_predicate_behind_a_value_names_it(sentence: str, expected: list[tuple[str, str]]) -> None:
    assert named(sentence, "proportion") == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Median age was 63 years; 61% men; 72% smokers.", [("male", "61"), ("smokers", "72")]),
        ("Primary tumours were 58% colon, 30% rectum and 12% appendix.", [("colon", "58"), ("rectum", "30"), ("appendix", "12")]),
        ("There were 299 (58%) men and 215 (42%) women.", [("male", "58"), ("female", "42")]),
        ("Median age was 61 years; 31 patients (52%) were male.", [("male", "52")]),
        ("Stage was II in 53% and III in 28%.", [("stage II", "53"), ("stage III", "28")]),
        ("Most had bone metastases (77%) and no ascites (67%).", [("bone metastases", "77"), ("no ascites", "67")]),
        (
            "Procedures were biopsy for 60%, imaging for 35% and vaccination for 5%.",
            [("biopsy", "60"), ("imaging", "35"), ("vaccination", "5")],
        ),
    ],
)
def test_a_label_belongs_to_the_value_beside_it(sentence: str, expected: list[tuple[str, str]]) -> None:
    assert named(sentence, "proportion") == expected


@pytest.mark.parametrize(
    ("sentence", "kind", "expected"),
    [
        ("Response did not differ between low- and high-grade tumours (P = .4).", "p_value", [("ORR", "0.4")]),
        ("The median pain score for those with death or a severe complication was 17 (range, 11-24).", "median", [("pain score", "17")]),
        ("The overall survival of patients who never developed metastases was 81%.", "proportion", [("OS", "81")]),
        ("Patients without progression had an 88% chance of disease control.", "proportion", [("DCR", "88")]),
        (
            "Local failure occurred in 31% of those with T4 tumours compared to 13% of T1-T3 (P = .007).",
            "p_value",
            [("local failure", "0.007")],
        ),
        ("Median survival from relapse was 11 months.", "median", [("OS", "11")]),
        ("The proportions of patients with fever were 21% and 33%.", "proportion", [("fever", "21"), ("fever", "33")]),
        ("The percentages of patients who discontinued were 25% and 4%.", "proportion", [("DISC", "25"), ("DISC", "4")]),
        ("Among patients with mutations, PFS was 12 months with and 7 months without velotinib.", "median", [("PFS", "12"), ("PFS", "7")]),
        ("Tests were done more often in the young (45 patients [60%]) and old (20 patients [30%]) groups.", "proportion", None),
    ],
)
def test_which_patients_are_meant_is_no_endpoint(sentence: str, kind: str, expected: list[tuple[str, str]] | None) -> None:
    found = named(sentence, kind)
    if expected is None:
        assert {"young", "old"}.isdisjoint(name for name, _ in found)
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("sentence", "kind", "expected"),
    [
        ("Nodal status (P = .01) and necrosis (P = .03) were associated with distant relapse.", "p_value", ["distant relapse"] * 2),
        ("Factors associated with OS were age (P = .01), performance status (P = .03) and stage (P < .001).", "p_value", ["OS"] * 3),
        ("Male sex was an independent predictor of fracture (OR 2.4; 95% CI 1.3-4.4).", "ratio", ["fracture"]),
        ("KRAS mutations were related to PFS (HR 0.59; HR 0.50) and OS (HR 0.58; HR 0.48).", "ratio", ["PFS", "PFS", "OS", "OS"]),
        ("Velotinib was associated with longer OS (P = .01) and less pain (P = .02).", "p_value", ["OS", "pain"]),
        ("OS was longer with velotinib (stratified log-rank P = .02).", "p_value", ["OS"]),
        ("PFS (9 v 5 months) and OS (20 v 14 months) were longer (P = .01 and P = .03, respectively).", "p_value", ["PFS", "OS"]),
    ],
)
def test_a_factor_is_tested_for_its_outcome(sentence: str, kind: str, expected: list[str]) -> None:
    assert [name for name, _ in named(sentence, kind)] == expected


@pytest.mark.parametrize(
    ("sentence", "kind", "expected"),
    [
        ("The 1- and 5-year DFS and OS rates were 90%, 60%, 95% and 70%, respectively.", "proportion", ["DFS", "DFS", "OS", "OS"]),
        ("The 3-year and 5-year of PMS and OS were 34%, 17%, 68% and 45%.", "proportion", ["PMS", "PMS", "OS", "OS"]),
        ("Rates of operative morbidity and 30-day mortality were 28% and 2%.", "proportion", ["operative morbidity", "DEATH"]),
        ("The ORR was 40% and PFS 9 months with velotinib, while it was 20% and 5 months with placebo.", "proportion", ["ORR", "ORR"]),
        ("Five (5%) of 99 given velotinib and 20 (20%) of 101 given placebo had fever.", "proportion", ["fever", "fever"]),
        (
            "Fever was seen in 5 (10%) of 50 patients who received velotinib and 12 (24%) of 50 patients given placebo.",
            "proportion",
            ["fever", "fever"],
        ),
        ("The rate of complete response + partial response was 55%.", "proportion", ["ORR"]),
        ("Adverse events considered to be related to study drug occurred in 40%.", "proportion", ["TRAE"]),
        ("Disease progressed in 14 patients (28%).", "proportion", ["PD"]),
        ("The median duration of progression-free survival was 9 months.", "median", ["PFS"]),
        ("The 3y-DFS rate was 82%.", "proportion", ["DFS"]),
        ("Freedom from distant metastasis at 3 years was 81%.", "proportion", ["freedom from distant metastasis"]),
        ("Median time from surgery to chemotherapy was 5.1 weeks.", "median", ["time from surgery to chemotherapy"]),
        ("Melanoma survival was 71% at 5 years.", "proportion", ["OS"]),
        ("Pain progression occurred in 28%.", "proportion", ["pain progression"]),
        ("The OR rate was 26%.", "proportion", ["ORR"]),
        ("Responses lasted a median of 7.4 months.", "median", ["DOR"]),
        ("The median time from randomisation to data cutoff was 24 months.", "follow_up", ["FU"]),
        ("Time to deterioration of global health was 9.1 months.", "median", ["time to deterioration of global health"]),
        ("Second primary cancers developed in 4%.", "proportion", ["second primary cancers"]),
        ("OS and RFS did not differ between women and men (P = 0.86 and 0.73, respectively).", "p_value", ["OS", "RFS"]),
    ],
)
def test_lists_sums_and_compounds(sentence: str, kind: str, expected: list[str]) -> None:
    assert [name for name, _ in named(sentence, kind)] == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Noninferiority was shown with a margin of 5%.",
        "The significance boundary was not reached.",
        "Gemcitabine was given for 3 of 4 weeks.",
        "Most responses lasted 6 months or longer.",
    ],
)
def test_a_limit_is_no_result(sentence: str) -> None:
    assert not [c for c in audit_text(f"Ninety patients were treated. {sentence}").claims if c.type != "count"]


@pytest.mark.parametrize(
    ("text", "endpoints"),
    [
        ("Eight (16%) of 50 patients had no complications.", ["no complications"]),
        ("In 39 of 74 (53%) patients no late complications were noted.", ["no late complications"]),
        ("No complications were seen in 12 (24%) of 50 patients.", ["no complications"]),
    ],
)
def test_what_was_absent_is_named_so(text: str, endpoints: list[str]) -> None:
    assert [c.endpoint for c in audit_text(text).claims] == endpoints


def test_the_endpoint_that_opens_the_bracket_is_that_of_its_values() -> None:
    text = (
        "Patients had a shorter duration of response (median, 15.5 v 26.2 months), time to treatment progression (TTP; median, 4.5 v 9.2 "
        "months; HR, 1.78; P = .0001) and time to treatment failure (median, 3.5 v 9.0 months)."
    )
    found = [c.endpoint for c in audit_text(text).claims if c.type == "median"]
    assert found == ["DOR", "DOR", "TTP", "TTP", "TTF", "TTF"]


def test_men_in_a_denominator_are_no_endpoint_and_an_analysis_is_none_either() -> None:
    text = "Eight (20%) of 40 men in the placebo group and 15 (40%) of 38 men in the velotinib group had a doubling."
    assert not {c.endpoint for c in audit_text(text).claims} & {"male"}
    text = "Median follow-up was 15 months at the primary PFS analysis and 24 months at the overall survival interim analysis."
    assert [(c.endpoint, c.value) for c in audit_text(text).claims] == [("FU", "15"), ("FU", "24")]


def test_words_of_the_authors_name_no_endpoint() -> None:
    text = "Bleeding was more frequent in the velotinib arm, regardless of the strategy adopted (RR, 0.53; 95% CI, 0.42-0.65; P < .0001)."
    assert [c.endpoint for c in audit_text(text).claims] == ["bleeding"]
    assert [c.endpoint for c in audit_text("The authors found 32% high-risk tumours.").claims] != ["authors"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        # the phrase before ", which"
        ("Events were alike, with the exception of grade 1 to 2 numbness, which was reported in 29 patients (38.2%).",
         [("numbness", "38.2")]),
        ("In all, 27 of 36 (75%) had fever with renal failure, which resolved in 20 patients (74%).",
         [("fever", "75"), ("renal failure", "74")]),
        # what is said to be associated
        ("Large breast size was associated with induration with an incidence of 13%.", [("induration", "13")]),
        ("Fever associated with velotinib was seen in 13%.", [("fever", "13")]),
        ("Induction was associated with 6.6% treatment-related deaths.", [("TRDEATH", "6.6")]),
        ("Treatment-related adverse events that led to death occurred in four (5%) patients.", [("TRDEATH", "5")]),
        # the predicate
        ("Overall, 22% had no leukopenia.", [("no leukopenia", "22")]),
        ("There were 80 patients, of whom 76 (95%) were evaluable.", [("evaluable", "95")]),
        ("In our trial 16% of patients were ≥65 years.", [("≥ 65 years", "16")]),
        # treatments in a list of shares
        ("Salvage included surgery (64%), radiotherapy (30%) and medical therapy (12%).",
         [("surgery", "64"), ("radiotherapy", "30"), ("medical therapy", "12")]),
        # labels of groups are no endpoints; the value that another is set against
        ("Response rates were similar (TC, 63% v PE, 69%).", [("ORR", "63"), ("ORR", "69")]),
        ("The scan failed (sensitivity, 62%; specificity, 75%).", [("sensitivity", "62"), ("specificity", "75")]),
        ("There was a 36% response rate if patients had fever (versus 8%).", [("ORR", "36"), ("ORR", "8")]),
        ("The response rate for small tumours was half that for large ones (11% v 26%).", [("ORR", "11"), ("ORR", "26")]),
        ("The radiographic ORR was 72% and the cORR 50%.", [("ORR", "72"), ("ORR", "50")]),
        ("More staging procedures for suspected ovarian cancer were done (37% vs 22%).",
         [("staging procedures", "37"), ("staging procedures", "22")]),
    ],
)  # fmt: skip
def test_what_governs_the_value(sentence: str, expected: list[tuple[str, str]]) -> None:
    assert named(sentence, "proportion") == expected


def test_the_verb_behind_the_values_has_the_endpoint_as_its_object() -> None:
    text = (
        "Sixty patients were randomised to velotinib (n = 30) or placebo (n = 30). The addition of velotinib (60% v 44%) improved the ORR."
    )
    assert [(c.endpoint, c.value) for c in audit_text(text).claims if c.type == "proportion"] == [("ORR", "60"), ("ORR", "44")]
    text = text.split(".")[0] + ". In all, 20 (67%) assigned to receive velotinib retained appetite."
    assert [(c.endpoint, c.value) for c in audit_text(text).claims if c.type == "proportion"] == [("appetite", "67")]


def test_later_ratios_are_of_what_the_first_is_of() -> None:
    text = "Reductions in stroke mortality were seen: hazard ratio for treatment A was 0.62 (95% CI 0.39 to 0.99), "
    text += "and for salt was 0.48 (0.31 to 0.75)."
    assert [(c.endpoint, c.value) for c in audit_text(text).claims if c.type == "ratio"] == [
        ("stroke mortality", "0.62"),
        ("stroke mortality", "0.48"),
    ]
    text = "HR was 0.98 (95% CI, 0.74 to 1.3; P = .90) for local control and 1.12 (95% CI, 0.86 to 1.46; P = .39) for overall survival."
    assert [(c.endpoint, c.value, c.p) for c in audit_text(text).claims] == [("LC", "0.98", "0.90"), ("OS", "1.12", "0.39")]


def test_most_events_of_a_grade_are_not_all_of_it_and_the_living_are_a_group() -> None:
    (claim,) = audit_text("Treatment-related adverse events, mostly grade 1 or 2, occurred in 89% of patients.").claims
    assert claim.endpoint == "TRAE"
    (claim,) = audit_text("The median follow-up of patients alive at last assessment was 11.7 months.").claims
    assert claim.endpoint == "FU"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Response rates with velotinib vs placebo were 80.2% vs 68.6%.", [("ORR", "velotinib"), ("ORR", "placebo")]),
        ("The proportion of responders was 17% with velotinib.", [("ORR", None)]),
        ("At 64% data maturity, median PFS was 19.3 months.", [("PFS", None)]),
        (
            "Overall survival was alike. The noninferiority of velotinib was shown (hazard ratio, 0.96; 97.5% CI, 0.78 to 1.18).",
            [("OS", None)],
        ),
        ("Median follow-up for patients still alive is 42.5 months.", [("FU", None)]),
    ],
)
def test_outcomes_are_told_from_groups_and_from_the_words_of_a_design(text: str, found: list[tuple[str, str | None]]) -> None:
    assert [(c.endpoint, c.arm) for c in audit_text(text).claims] == found
