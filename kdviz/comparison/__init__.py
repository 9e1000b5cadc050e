"""Explaining and comparing the trained snapshots of runs."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.comparison.across_runs.compared import (
        MOST_RUNS,
        SeedGroup,
        check_run_count,
        different_settings,
        on_same_images,
        seed_groups,
    )
    from kdviz.comparison.input.cue_variants import ExplainedVariants, VariantAnswers, explain_cue_variants
    from kdviz.comparison.input.explanation import (
        ArmExplanation,
        ImageExplanation,
        Target,
        difference_map,
        explain_image,
        explain_test_image,
        explainers_offered,
        measures_offered,
        trained_explainer,
    )
    from kdviz.comparison.input.own_image import PICTURE_TYPES, prepare_image
    from kdviz.comparison.input.pairs import MapPair, map_pairs
    from kdviz.comparison.input.planted_cue import CueEvidence, PlantedCue, evidence_on, planted_cue
    from kdviz.comparison.models.loading import loading_code
    from kdviz.comparison.models.snapshots import (
        RunImages,
        Snapshots,
        run_images,
        snapshots,
    )
    from kdviz.comparison.test_set.chance_levels import (
        REFERENCE_IMAGES,
        REFERENCE_IMAGES_SLOW,
        Levels,
        chance_levels,
        known_chance_levels,
    )
    from kdviz.comparison.test_set.checks import TRUST_IMAGES, Check, TrustCard, trust_card
    from kdviz.comparison.test_set.grading import (
        ClassRow,
        Difference,
        MeasureRow,
        by_class,
        by_measure,
        calibration,
        confusion,
        confusion_difference,
        difference,
    )
    from kdviz.comparison.test_set.localization import (
        LocalizationRow,
        localization_gain,
        localization_table,
    )
    from kdviz.comparison.test_set.rank_correlation import (
        SameOrder,
        between_explainers,
        between_measures,
    )
    from kdviz.comparison.test_set.survey import ArmAnswers, Survey
    from kdviz.comparison.test_set.surveying import MOST_IMAGES, MOST_IMAGES_SLOW, Work, known_survey, survey
    from kdviz.comparison.test_set.triage import (
        ALIKE_QUANTILE,
        EVERYTHING,
        TriageRow,
        Wanted,
        alike_above,
        box_counts,
        boxes,
        triage,
    )
    from kdviz.modalities.image import MAX_FILE_MB

__all__ = [
    "ALIKE_QUANTILE",
    "EVERYTHING",
    "MAX_FILE_MB",
    "MOST_IMAGES",
    "MOST_IMAGES_SLOW",
    "MOST_RUNS",
    "PICTURE_TYPES",
    "REFERENCE_IMAGES",
    "REFERENCE_IMAGES_SLOW",
    "TRUST_IMAGES",
    "ArmAnswers",
    "ArmExplanation",
    "Check",
    "ClassRow",
    "CueEvidence",
    "Difference",
    "ExplainedVariants",
    "ImageExplanation",
    "Levels",
    "LocalizationRow",
    "MapPair",
    "MeasureRow",
    "PlantedCue",
    "RunImages",
    "SameOrder",
    "SeedGroup",
    "Snapshots",
    "Survey",
    "Target",
    "TriageRow",
    "TrustCard",
    "VariantAnswers",
    "Wanted",
    "Work",
    "alike_above",
    "between_explainers",
    "between_measures",
    "box_counts",
    "boxes",
    "by_class",
    "by_measure",
    "calibration",
    "chance_levels",
    "check_run_count",
    "confusion",
    "confusion_difference",
    "difference",
    "difference_map",
    "different_settings",
    "evidence_on",
    "explain_cue_variants",
    "explain_image",
    "explain_test_image",
    "explainers_offered",
    "known_chance_levels",
    "known_survey",
    "loading_code",
    "localization_gain",
    "localization_table",
    "map_pairs",
    "measures_offered",
    "on_same_images",
    "planted_cue",
    "prepare_image",
    "run_images",
    "seed_groups",
    "snapshots",
    "survey",
    "trained_explainer",
    "triage",
    "trust_card",
]

export_lazily(__name__)
