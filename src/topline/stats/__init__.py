"""The statistics floor: survival and trial statistics, arrays in, frozen results out.

It stands alone: NumPy and SciPy only, no data frame, no file, nothing else of Topline.
"""

from topline.stats.errors import InputError
from topline.stats.means import WelchT, standardised_difference, welch_t
from topline.stats.proportions import proportion_ci
from topline.stats.rank_tests import RankTest, wilcoxon_rank_sum, wilcoxon_signed_rank
from topline.stats.result import Estimate, Result, TestResult
from topline.stats.survival.competing import CumulativeIncidence, IncidenceAt, cumulative_incidence
from topline.stats.survival.cox import CoxRegression, cox_regression
from topline.stats.survival.cox_baseline import BaselineHazard, PredictedSurvival
from topline.stats.survival.cox_newton import CoxDiagnostics
from topline.stats.survival.cox_proportional import ProportionalHazardsTest
from topline.stats.survival.gray import GrayTest, gray_test
from topline.stats.survival.kaplan_meier import KaplanMeier, SurvivalAt, kaplan_meier, reverse_kaplan_meier
from topline.stats.survival.logrank import LogRankTest, logrank_test
from topline.stats.survival.risk_sets import RiskSets
from topline.stats.survival.rmst import RmstDifference, rmst_difference
from topline.stats.tables import (
    CochranMantelHaenszel,
    FisherExact,
    chi_squared,
    cochran_mantel_haenszel,
    fisher_exact,
    n_minus_1_chi_squared,
)
from topline.stats.two_proportions import odds_ratio, risk_difference, risk_ratio

__all__ = [
    "BaselineHazard",
    "CochranMantelHaenszel",
    "CoxDiagnostics",
    "CoxRegression",
    "CumulativeIncidence",
    "Estimate",
    "FisherExact",
    "GrayTest",
    "IncidenceAt",
    "InputError",
    "KaplanMeier",
    "LogRankTest",
    "PredictedSurvival",
    "ProportionalHazardsTest",
    "RankTest",
    "Result",
    "RiskSets",
    "RmstDifference",
    "SurvivalAt",
    "TestResult",
    "WelchT",
    "chi_squared",
    "cochran_mantel_haenszel",
    "cox_regression",
    "cumulative_incidence",
    "fisher_exact",
    "gray_test",
    "kaplan_meier",
    "logrank_test",
    "n_minus_1_chi_squared",
    "odds_ratio",
    "proportion_ci",
    "reverse_kaplan_meier",
    "risk_difference",
    "risk_ratio",
    "rmst_difference",
    "standardised_difference",
    "welch_t",
    "wilcoxon_rank_sum",
    "wilcoxon_signed_rank",
]
