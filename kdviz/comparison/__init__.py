"""One run's trained snapshots, explained and compared for a page or a report."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.comparison.chance_levels import (
        REFERENCE_IMAGES,
        REFERENCE_IMAGES_SLOW,
        Levels,
        chance_levels,
        known_chance_levels,
    )
    from kdviz.comparison.findings import (
        ArmResult,
        Finding,
        details,
        final_table,
        finding,
        guessing,
        headline,
    )
    from kdviz.comparison.grading import (
        MAIN_MEASURE,
        ClassRow,
        Difference,
        MeasureRow,
        by_class,
        calibration,
        confusion,
        confusion_difference,
        difference,
        measure_table,
    )
    from kdviz.comparison.ground_truth import GroundRow, ground_sentence, ground_table
    from kdviz.comparison.lens import (
        ArmView,
        LensRow,
        Look,
        Target,
        contrast,
        explainers_offered,
        lens,
        look,
    )
    from kdviz.comparison.loading import loading_code
    from kdviz.comparison.pairs import MapPair, map_pairs
    from kdviz.comparison.picture import MAX_FILE_MB, PICTURE_TYPES, fitted
    from kdviz.comparison.runs_compared import (
        MOST_RUNS,
        SeedGroup,
        check_run_count,
        different_images,
        different_settings,
        on_same_images,
        seed_groups,
        seeds_sentence,
    )
    from kdviz.comparison.same_order import (
        SameOrder,
        between_explainers,
        between_measures,
        same_order_sentence,
    )
    from kdviz.comparison.snapshots import Report, RunImages, Snapshots, run_images, settings, snapshots
    from kdviz.comparison.survey_words import (
        alike_rule,
        goodhart_alarm,
        survey_details,
        survey_headline,
        trained_explainer,
    )
    from kdviz.comparison.surveyed import ArmAnswers, Survey
    from kdviz.comparison.surveying import MOST_IMAGES, MOST_IMAGES_SLOW, Work, known_survey, survey
    from kdviz.comparison.triage import (
        ALIKE_QUANTILE,
        EVERYTHING,
        TriageRow,
        Wanted,
        alike_above,
        box_counts,
        boxes,
        triage,
    )
    from kdviz.comparison.trust import TRUST_IMAGES, Check, TrustCard, trust_card

__all__ = [
    "ALIKE_QUANTILE",
    "EVERYTHING",
    "MAIN_MEASURE",
    "MAX_FILE_MB",
    "MOST_IMAGES",
    "MOST_IMAGES_SLOW",
    "MOST_RUNS",
    "PICTURE_TYPES",
    "REFERENCE_IMAGES",
    "REFERENCE_IMAGES_SLOW",
    "TRUST_IMAGES",
    "ArmAnswers",
    "ArmResult",
    "ArmView",
    "Check",
    "ClassRow",
    "Difference",
    "Finding",
    "GroundRow",
    "LensRow",
    "Levels",
    "Look",
    "MapPair",
    "MeasureRow",
    "Report",
    "RunImages",
    "SameOrder",
    "SeedGroup",
    "Snapshots",
    "Survey",
    "Target",
    "TriageRow",
    "TrustCard",
    "Wanted",
    "Work",
    "alike_above",
    "alike_rule",
    "between_explainers",
    "between_measures",
    "box_counts",
    "boxes",
    "by_class",
    "calibration",
    "chance_levels",
    "check_run_count",
    "confusion",
    "confusion_difference",
    "contrast",
    "details",
    "difference",
    "different_images",
    "different_settings",
    "explainers_offered",
    "final_table",
    "finding",
    "fitted",
    "goodhart_alarm",
    "ground_sentence",
    "ground_table",
    "guessing",
    "headline",
    "known_chance_levels",
    "known_survey",
    "lens",
    "loading_code",
    "look",
    "map_pairs",
    "measure_table",
    "on_same_images",
    "run_images",
    "same_order_sentence",
    "seed_groups",
    "seeds_sentence",
    "settings",
    "snapshots",
    "survey",
    "survey_details",
    "survey_headline",
    "trained_explainer",
    "triage",
    "trust_card",
]

export_lazily(__name__)
