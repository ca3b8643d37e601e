"""The statistics floor: survival and trial statistics, arrays in, frozen results out.

It stands alone: NumPy and SciPy only, no data frame, no file, nothing else of Topline.
"""

from topline.stats.agreement import cohen_kappa
from topline.stats.errors import InputError
from topline.stats.graphical import GraphicalProcedure, GraphStep, graphical_procedure
from topline.stats.logistic import LogisticRegression, logistic_regression
from topline.stats.means import WelchT, standardised_difference, welch_t
from topline.stats.multiplicity import benjamini_hochberg, fixed_sequence, hochberg, holm
from topline.stats.paired_tables import breslow_day_test, cochran_armitage_test, mcnemar_test
from topline.stats.proportions import proportion_ci
from topline.stats.rank_tests import RankTest, wilcoxon_rank_sum, wilcoxon_signed_rank
from topline.stats.result import Estimate, Result, TestResult
from topline.stats.shifts import geometric_mean_ratio, hodges_lehmann
from topline.stats.survival.bootstrap import Bootstrap, bootstrap, bootstrap_hazard_ratio
from topline.stats.survival.competing import CumulativeIncidence, IncidenceAt, cumulative_incidence
from topline.stats.survival.cox import cox_regression
from topline.stats.survival.cox_baseline import BaselineHazard, PredictedSurvival
from topline.stats.survival.cox_newton import CoxDiagnostics
from topline.stats.survival.cox_penalised import PenalisedCox, penalised_cox_regression
from topline.stats.survival.cox_proportional import ProportionalHazardsTest
from topline.stats.survival.cox_result import CoxRegression
from topline.stats.survival.day_table import DayTable, count_days, merge_days
from topline.stats.survival.fine_gray import FineGray, fine_gray
from topline.stats.survival.gray import GrayTest, gray_test
from topline.stats.survival.kaplan_meier import kaplan_meier, reverse_kaplan_meier
from topline.stats.survival.landmark import LandmarkDifference, landmark_difference
from topline.stats.survival.logrank import LogRankTest, logrank_test
from topline.stats.survival.max_combo import MaxComboTest, max_combo_test
from topline.stats.survival.multistate import LengthOfStay, Multistate, StateProbabilities, TransitionProbabilities, multistate
from topline.stats.survival.nested import nested_models_test
from topline.stats.survival.parametric import ParametricSurvival, parametric_regression
from topline.stats.survival.permutation import PermutationLogRank, permutation_logrank_test
from topline.stats.survival.risk_sets import RiskSets
from topline.stats.survival.rmst import RmstDifference, rmst_difference
from topline.stats.survival.spline import FlexibleParametric, flexible_parametric_regression
from topline.stats.survival.survival_curve import KaplanMeier, SurvivalAt
from topline.stats.survival.turnbull import Turnbull, TurnbullAt, turnbull
from topline.stats.tables import (
    CochranMantelHaenszel,
    FisherExact,
    chi_squared,
    cochran_mantel_haenszel,
    fisher_exact,
    n_minus_1_chi_squared,
)
from topline.stats.two_proportions import odds_ratio, risk_difference, risk_ratio
from topline.stats.unconditional import barnard_test, boschloo_test

__all__ = [
    "BaselineHazard",
    "Bootstrap",
    "CochranMantelHaenszel",
    "CoxDiagnostics",
    "CoxRegression",
    "CumulativeIncidence",
    "DayTable",
    "Estimate",
    "FineGray",
    "FisherExact",
    "FlexibleParametric",
    "GraphStep",
    "GraphicalProcedure",
    "GrayTest",
    "IncidenceAt",
    "InputError",
    "KaplanMeier",
    "LandmarkDifference",
    "LengthOfStay",
    "LogRankTest",
    "LogisticRegression",
    "MaxComboTest",
    "Multistate",
    "ParametricSurvival",
    "PenalisedCox",
    "PermutationLogRank",
    "PredictedSurvival",
    "ProportionalHazardsTest",
    "RankTest",
    "Result",
    "RiskSets",
    "RmstDifference",
    "StateProbabilities",
    "SurvivalAt",
    "TestResult",
    "TransitionProbabilities",
    "Turnbull",
    "TurnbullAt",
    "WelchT",
    "barnard_test",
    "benjamini_hochberg",
    "bootstrap",
    "bootstrap_hazard_ratio",
    "boschloo_test",
    "breslow_day_test",
    "chi_squared",
    "cochran_armitage_test",
    "cochran_mantel_haenszel",
    "cohen_kappa",
    "count_days",
    "cox_regression",
    "cumulative_incidence",
    "fine_gray",
    "fisher_exact",
    "fixed_sequence",
    "flexible_parametric_regression",
    "geometric_mean_ratio",
    "graphical_procedure",
    "gray_test",
    "hochberg",
    "hodges_lehmann",
    "holm",
    "kaplan_meier",
    "landmark_difference",
    "logistic_regression",
    "logrank_test",
    "max_combo_test",
    "mcnemar_test",
    "merge_days",
    "multistate",
    "n_minus_1_chi_squared",
    "nested_models_test",
    "odds_ratio",
    "parametric_regression",
    "penalised_cox_regression",
    "permutation_logrank_test",
    "proportion_ci",
    "reverse_kaplan_meier",
    "risk_difference",
    "risk_ratio",
    "rmst_difference",
    "standardised_difference",
    "turnbull",
    "welch_t",
    "wilcoxon_rank_sum",
    "wilcoxon_signed_rank",
]
