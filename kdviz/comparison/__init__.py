"""Explaining and comparing the trained snapshots of runs."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.comparison.across_runs.answer_changes import AnswerChanges, ClassChange, answer_changes
    from kdviz.comparison.across_runs.compared import (
        MOST_RUNS,
        SeedGroup,
        check_run_count,
        different_settings,
        equal_runs,
        nearest_lambdas,
        on_same_images,
        seed_groups,
    )
    from kdviz.comparison.across_runs.marks_effect import Change, MarksEffect, marks_effect
    from kdviz.comparison.across_runs.other_seeds import SeedLead, known_lead, known_seeds
    from kdviz.comparison.input.cue_effects import CueEffect, cue_effects
    from kdviz.comparison.input.cue_variants import (
        ExplainedVariants,
        VariantPredictions,
        explain_cue_on,
        explain_cue_variants,
    )
    from kdviz.comparison.input.explanation import (
        ArmExplanation,
        ImageExplanation,
        Target,
        difference_map,
        explain_image,
        explain_test_image,
    )
    from kdviz.comparison.input.heard import HEARD_SHARE, HeardPart, heard_parts
    from kdviz.comparison.input.own_image import PICTURE_TYPES, prepare_image
    from kdviz.comparison.input.own_sound import SOUND_TYPES, OwnSound, prepare_sound
    from kdviz.comparison.input.own_text import OwnText, prepare_text
    from kdviz.comparison.input.pairs import MapPair, map_pairs
    from kdviz.comparison.input.planted_cue import (
        CueEvidence,
        PlantedCue,
        evidence_on,
        evidence_share,
        planted_cue,
    )
    from kdviz.comparison.input.unlike import is_unlike
    from kdviz.comparison.models.label_counts import label_counts
    from kdviz.comparison.models.loading import loading_code
    from kdviz.comparison.models.offered import (
        baselines_offered,
        explainers_offered,
        measures_offered,
        second_explainer,
        trained_explainer,
    )
    from kdviz.comparison.models.program import has_program, onnx_program, program, program_code
    from kdviz.comparison.models.slices import Work
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
    from kdviz.comparison.test_set.checks import (
        TRUST_IMAGES,
        known_trust_card,
        trust_card,
        trust_checks,
    )
    from kdviz.comparison.test_set.cue_removal import CueRemoval, known_cue_removals
    from kdviz.comparison.test_set.cue_split import (
        CueSplit,
        LuckyErrors,
        cue_split,
        lucky_errors,
        survey_cue_classes,
    )
    from kdviz.comparison.test_set.fixed_places import FixedPlace, fixed_places
    from kdviz.comparison.test_set.grading import (
        ClassRow,
        Difference,
        MeasureRow,
        by_class,
        by_measure,
        calibration,
        calibration_difference,
        confusion,
        confusion_difference,
        difference,
        paired_levels,
    )
    from kdviz.comparison.test_set.known_surveys import (
        MOST_IMAGES,
        MOST_IMAGES_SLOW,
        finding_surveys,
        known_survey,
        largest_survey,
    )
    from kdviz.comparison.test_set.localization import (
        LocalizationRow,
        evidence_gain,
        localization_by_class,
        localization_gain,
        localization_table,
    )
    from kdviz.comparison.test_set.only_twin_wrong import (
        first_only_twin_wrong,
        known_only_twin_wrong,
        next_only_twin_wrong,
        only_twin_wrong,
    )
    from kdviz.comparison.test_set.rank_correlation import (
        RankCorrelations,
        between_explainers,
        between_measures,
    )
    from kdviz.comparison.test_set.removing_cues import cue_removals
    from kdviz.comparison.test_set.survey import ArmPredictions, Survey
    from kdviz.comparison.test_set.surveying import survey
    from kdviz.comparison.test_set.triage import (
        ALIKE_QUANTILE,
        ALL_IMAGES,
        ImageFilter,
        TriageRow,
        alike_above,
        box_counts,
        boxes,
        error_ranking,
        triage,
    )
    from kdviz.comparison.test_set.trust_card import Check, Trust, TrustCard
    from kdviz.comparison.test_set.unseen_cue import UnseenCue, unseen_cues
    from kdviz.comparison.test_set.weak_classes import WeakClass, weakest_class
    from kdviz.comparison.training_set.marked_evidence import MarkedEvidence, known_marked_evidence
    from kdviz.comparison.training_set.measuring_marks import marked_evidence
    from kdviz.comparison.training_set.triage import (
        TrainingAnswer,
        TrainingImage,
        TrainingTriage,
        first_training_triage,
        known_training_triage,
        marked_sound,
        training_triage,
    )
    from kdviz.datasets.sound_file import MAX_SOUND_MB
    from kdviz.modalities.image import MAX_PICTURE_MB

export_lazily(__name__)
