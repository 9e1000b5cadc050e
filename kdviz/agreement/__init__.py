"""Comparison of explanations and of models: measures, chance level, intervals, fidelity, calibration."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.agreement.binomial import binomial_at_most
    from kdviz.agreement.calibration import calibration_error, confidence_error
    from kdviz.agreement.chance import (
        ImageScores,
        agreement,
        corrected_for_chance,
        gain_over,
        image_scores,
        maps_in_other_orders,
        scores_against_chance,
        summary,
        summary_difference,
    )
    from kdviz.agreement.fidelity import Fidelity, fidelity
    from kdviz.agreement.intervals import (
        Verdict,
        hierarchical_bootstrap,
        paired_difference,
        paired_gain,
        share_difference,
        share_interval,
        verdict,
    )
    from kdviz.agreement.measures import Measure
    from kdviz.agreement.rank_correlation import rank_correlations
    from kdviz.agreement.ranking import chance_of_lower
    from kdviz.agreement.registry import MEASURES, measures_for
    from kdviz.agreement.word_maps import Maps

export_lazily(__name__)
