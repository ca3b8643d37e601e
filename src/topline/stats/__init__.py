"""The statistics floor: survival and trial statistics, arrays in, frozen results out.

It stands alone: NumPy and SciPy only, no data frame, no file, nothing else of Topline.
"""

from topline.stats.errors import InputError
from topline.stats.means import WelchT, standardised_difference, welch_t
from topline.stats.proportions import proportion_ci
from topline.stats.rank_tests import RankTest, wilcoxon_rank_sum, wilcoxon_signed_rank
from topline.stats.result import Estimate, Result, TestResult
from topline.stats.survival.cox import CoxRegression, cox_regression
from topline.stats.survival.kaplan_meier import KaplanMeier, SurvivalAt, kaplan_meier, reverse_kaplan_meier
from topline.stats.survival.logrank import LogRankTest, logrank_test
from topline.stats.survival.risk_sets import RiskSets
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
    "CochranMantelHaenszel",
    "CoxRegression",
    "Estimate",
    "FisherExact",
    "InputError",
    "KaplanMeier",
    "LogRankTest",
    "RankTest",
    "Result",
    "RiskSets",
    "SurvivalAt",
    "TestResult",
    "WelchT",
    "chi_squared",
    "cochran_mantel_haenszel",
    "cox_regression",
    "fisher_exact",
    "kaplan_meier",
    "logrank_test",
    "n_minus_1_chi_squared",
    "odds_ratio",
    "proportion_ci",
    "reverse_kaplan_meier",
    "risk_difference",
    "risk_ratio",
    "standardised_difference",
    "welch_t",
    "wilcoxon_rank_sum",
    "wilcoxon_signed_rank",
]
