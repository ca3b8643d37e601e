"""What a value is of by the grammar of its clause: complements, gapped and elliptic lists, clauses that name their own value."""

from __future__ import annotations

import pytest

from topline.audit import audit_text

RATES = {"proportion", "landmark_rate"}


def rates(text: str) -> list[tuple[str | None, str | None]]:
    """Endpoint and value of every rate."""
    return [(c.endpoint, c.value) for c in audit_text(text).claims if c.type in RATES]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Treatment was discontinued owing to toxicity in 13% of patients, and doses were reduced in 27%.",
            [("DISC", "13"), ("DOSERED", "27")],
        ),
        (
            "Margins were negative in 88% of resected specimens, whereas ulceration was found in 46%.",
            [("margins negative", "88"), ("ulceration", "46")],
        ),
        (
            "Pain relief was complete in 35% and partial in 42% of the irradiated sites.",
            [("pain relief", "35"), ("partial", "42")],
        ),
        (
            "Histology was squamous in 62%, adenocarcinoma in 27% and undifferentiated in 11%.",
            [("histology squamous", "62"), ("adenocarcinoma", "27"), ("undifferentiated", "11")],
        ),
        (
            "Conversion to open surgery was necessary in 8.5% and reoperation in 4.1% of the procedures.",
            [("conversion to open surgery", "8.5"), ("reoperation", "4.1")],
        ),
        ("The tumour was located in the rectum in 41% of cases and the sigmoid in 28%.", [("rectum", "41"), ("sigmoid", "28")]),
        ("Protocol treatment was completed in 223 of 314 (71%) patients.", [("protocol treatment completed", "71")]),
        ("The most common toxicity was hematologic (37%).", [("hematologic", "37")]),
        ("Patients were mostly male (68%).", [("male", "68")]),
    ],
)
def test_a_complement_names_the_value_with_its_subject(text: str, expected: list[tuple[str, str]]) -> None:
    assert rates(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Of 214 tumours tested, 88 (41%) carried a KRAS mutation and 19 (9%) a BRAF mutation.",
            [("KRAS mutation", "41"), ("BRAF mutation", "9")],
        ),
        (
            "Overexpression of HER2 was detected in 22% of gastric and 7% of oesophageal tumours.",
            [("overexpression of HER2", "22"), ("overexpression of HER2", "7")],
        ),
        (
            "The 5-year progression-free, cancer-specific and overall survival rates were 42%, 61% and 55%, respectively.",
            [("PFS", "42"), ("DSS", "61"), ("OS", "55")],
        ),
        (
            "There were 5 complete (8%) and 19 partial (30%) responses, for an overall response rate of 38%.",
            [("CR", "8"), ("PR", "30"), ("ORR", "38")],
        ),
        (
            "We observed 24 partial responses (37%), while 18 patients (28%) had stable and 12 (18%) progressive disease.",
            [("PR", "37"), ("SD", "28"), ("PD", "18")],
        ),
        (
            "Acute mucositis was encountered in 38%, dermatitis in 14%, and xerostomia, mostly mild, in 61% of the patients.",
            [("mucositis", "38"), ("dermatitis", "14"), ("xerostomia", "61")],
        ),
        (
            "Leucopenia complicated 21% of the cycles and thrombocytopenia 6%.",
            [("leucopenia", "21"), ("thrombocytopenia", "6")],
        ),
        (
            "Cumulative incidences of acute and chronic graft-versus-host disease were 36% and 41%.",
            [("acute graft-versus-host disease", "36"), ("chronic graft-versus-host disease", "41")],
        ),
    ],
)
def test_what_a_list_leaves_out_is_filled_in(text: str, expected: list[tuple[str, str]]) -> None:
    assert rates(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pneumonitis requiring steroids developed in 6.2% of the patients.", [("pneumonitis", "6.2")]),
        ("Lymphoedema persisted for more than a year in 13% of those who underwent axillary clearance.", [("lymphoedema", "13")]),
        (
            "Disease progressed during induction in 9% of children, 14% relapsed later, and 5% developed a second malignancy.",
            [("PD", "9"), ("RECUR", "14"), ("malignancy", "5")],
        ),
        (
            "Second-line chemotherapy was given to 54% of patients, and 21% went on to third-line therapy.",
            [("second-line chemotherapy", "54"), ("third-line therapy", "21")],
        ),
        ("Sixty-one percent of the responses lasted more than a year.", [("DOR", "61")]),
        ("The rate of confirmed response to velotinib was 40%.", [("ORR", "40")]),
        (
            "Three (9.7%) of 31 patients and zero of 23 patients in the A and B arms, respectively, had a major pathologic response.",
            [("MPR", "9.7"), ("MPR", None)],
        ),
    ],
)
def test_the_verb_of_each_clause_tells_what_is_counted(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert rates(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Twelve-month overall and progression-free survival were 64% and 31%.", [("OS", "64"), ("PFS", "31")]),
        ("The 18-month rate of survival free from progression was 54%.", [("PFS", "54")]),
        ("Three-year GVHD relapse-free survival was 39%.", [("GVHD relapse-free survival", "39")]),
        (
            "Of the 90 patients, 33% achieved a complete, 41% a partial and 9% a minor response.",
            [("CR", "33"), ("PR", "41"), ("minor response", "9")],
        ),
        ("Complete or partial responses were recorded in 44% of patients.", [("ORR", "44")]),
        ("Overall response was 56%, with 12% complete responses.", [("ORR", "56"), ("CR", "12")]),
        ("Adverse events that led to permanent discontinuation of treatment occurred in 8%.", [("DISC", "8")]),
        (
            "A total of 73 patients (56.6%) had treatment-related adverse events; 15 patients (11.6%) had grade 3 or 4 events.",
            [("TRAE", "56.6"), ("TRAE3", "11.6")],
        ),
        ("Skeletal-related events were seen in 18%.", [("skeletal-related events", "18")]),
        ("The distant recurrence rate was 12%.", [("distant recurrence rate", "12")]),
    ],
)
def test_a_compound_is_one_endpoint(text: str, expected: list[tuple[str, str]]) -> None:
    assert rates(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bone was the most frequent site of relapse (41%), followed by liver (27%).", [("bone", "41"), ("liver", "27")]),
        ("Stomatitis was the dose-limiting side effect in 22% of patients.", [("stomatitis", "22")]),
        ("Nine patients (22.5%), all with visceral crisis, responded to re-treatment.", [("ORR", "22.5")]),
        ("By 24 months, 18% had had a fracture.", [("fracture", "18")]),
        ("After surgery, 71% of survivors retained a functional larynx.", [("functional larynx", "71")]),
        ("Eleven (17%) of 64 lesions had regressed completely and 28 (44%) partially.", [("regressed", "17"), ("regressed", "44")]),
        (
            "Half of the patients (52%) were smokers, and a third (34%) had an ECOG performance status of 2.",
            [("smokers", "52"), ("ECOG performance status", "34")],
        ),
    ],
)
def test_the_subject_of_a_clause_and_its_predicate_name_the_value(text: str, expected: list[tuple[str, str]]) -> None:
    assert rates(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Event-free survival at 3 years was influenced by stage (I-II 71% v III-IV 44%) and LDH (normal 63% v elevated 38%).",
            [("EFS", "71"), ("EFS", "44"), ("EFS", "63"), ("EFS", "38")],
        ),
        ("Progression was intracranial in 48%, extracranial in 31% and both in 21%.", [("both", "21")]),
        ("Infections were documented microbiologically in 21% and clinically in 17% of the episodes.", [("infection", "17")]),
        ("Survival rates at 2 years were: I, 91%; II, 74%; and IV, 12%.", [("OS", "91"), ("OS", "74"), ("OS", "12")]),
        (
            "Survival was 72% in patients transplanted in first remission and 31% in those with advanced disease.",
            [("survival", "72"), ("survival", "31")],
        ),
        (
            "Response to chemotherapy was complete in 34% and partial in 29%; 12% had refractory disease.",
            [("CR", "34"), ("PR", "29"), ("refractory disease", "12")],
        ),
        ("Fifteen percent withdrew consent and 8% were lost to follow-up.", [("lost to follow-up", "8")]),
        ("The 5-year DFS rate for stage II disease was 78%, and for stage III disease 54%.", [("DFS", "78"), ("DFS", "54")]),
        ("By central review, 12% of scans were downgraded and 5% upgraded.", [("scans downgraded", "12"), ("scans upgraded", "5")]),
        ("Of the relapses, 31 (63%) were from the lung, 9 (18%) from bone.", [("bone", "18")]),
        ("Relapses were isolated to the bone marrow in 62%.", [("bone marrow", "62")]),
        ("Hypothyroidism requiring replacement therapy was diagnosed in 14%.", [("hypothyroidism", "14")]),
        ("Improvement in dyspnea was reported by 44%.", [("improvement in dyspnea", "44")]),
        ("At 6 weeks, 31% had reduced their analgesic intake.", [("analgesic intake", "31")]),
        ("The crude incidence of fractures was 5.8%; the actuarial risk amounted to 9.3%.", [("fractures", "5.8"), ("fractures", "9.3")]),
        ("Eight percent of patients experienced severe (grade 3) esophagitis.", [("esophagitis", "8")]),
        (
            "Biopsy confirmed viable tumour in 37%, necrosis only in 44% and was inconclusive in 19%.",
            [("viable tumour", "37"), ("inconclusive", "19")],
        ),
        ("Partial or complete responses were recorded in 44% and 31%.", [("ORR", "44"), ("ORR", "31")]),
    ],
)
def test_a_value_goes_on_with_the_endpoint_before_or_begins_its_own(text: str, expected: list[tuple[str, str]]) -> None:
    assert [pair for pair in rates(text) if pair in expected] == expected
