"""All sentences that are generated from numbers."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.narrative.above_guessing import guessing
    from kdviz.narrative.accuracy_gains import Surveys, accuracy_gains, largest_with, student_accuracy_gain
    from kdviz.narrative.across_runs import (
        accuracy_lead_text,
        answer_changes_text,
        answers_gained_text,
        different_images,
        evidence_change_text,
        seeds_sentence,
    )
    from kdviz.narrative.answer import twin_in_full
    from kdviz.narrative.answer_limits import answer_limits, brief_limits
    from kdviz.narrative.border import border_warning
    from kdviz.narrative.brief_twin import brief_twin, placebo_sentence
    from kdviz.narrative.brightest_spots import brightest_spots
    from kdviz.narrative.checks import (
        check_name,
        check_question,
        check_sentence,
        check_threshold,
        checks_headline,
        checks_limit,
        conclusion,
        object_sentence,
        plausibility_sentence,
    )
    from kdviz.narrative.claims import (
        beside_published,
        claim_verdict_words,
        claimed_words,
        overview,
        with_seeds,
    )
    from kdviz.narrative.conclusion import Conclusion, Grounds, Group, Topic, group_name
    from kdviz.narrative.conclusion_figures import (
        FigureColumn,
        figure_arms,
        figure_columns,
        figures_caption,
        figures_notes,
    )
    from kdviz.narrative.conclusions import conclusions
    from kdviz.narrative.cue_removal import MisleadingMap, misleading_map, which_map_is_right
    from kdviz.narrative.cue_split import cue_split_titles, lucky_errors_sentence, wrong_cue_name
    from kdviz.narrative.data import shared_data, shared_recipe
    from kdviz.narrative.error_ranking import tells_errors
    from kdviz.narrative.finding_details import details
    from kdviz.narrative.findings import (
        Finding,
        figures,
        finding,
        headline,
        held_out_label,
        plain_finding,
        twin_gains,
    )
    from kdviz.narrative.gain_by import GainBy, gain_in_results, with_gain_in_results
    from kdviz.narrative.heard import heard_name
    from kdviz.narrative.intervals import (
        accuracy_gain_text,
        accuracy_interval,
        accuracy_range_text,
        agreement_text,
        images_tested,
        percent_range,
        percent_text,
        score_text,
        spoken_points,
    )
    from kdviz.narrative.largest_agreements import largest_agreements
    from kdviz.narrative.least_trusted import CHECKED, checks_brief, least_trusted
    from kdviz.narrative.localization import (
        by_class_sentence,
        evidence_sentence,
        explainers_differ,
        hardly_ever,
        localization_sentence,
    )
    from kdviz.narrative.looks_apart import looks_apart
    from kdviz.narrative.map_faults import passed_but, qualified_trust
    from kdviz.narrative.marks import marked_evidence_line, marks_answer, marks_figures
    from kdviz.narrative.method_line import method_line
    from kdviz.narrative.one_class import one_class_sentence
    from kdviz.narrative.other_explainer import by_other_explainers
    from kdviz.narrative.placebo import against_placebo, of_any_maps, placebo_warning
    from kdviz.narrative.places import answers_sentence, places_contradict, places_sentence
    from kdviz.narrative.prediction import prediction_line
    from kdviz.narrative.rank_correlation import rank_correlation_sentence
    from kdviz.narrative.run_answer import RunAnswer, run_answer
    from kdviz.narrative.scale_note import scale_note
    from kdviz.narrative.spot_and_cue import spot_beside_cue
    from kdviz.narrative.strongest_words import strongest_words
    from kdviz.narrative.survey import (
        alike_rule,
        goodhart_alarm,
        left_out,
        shortcut_warning,
        survey_answer,
        survey_details,
        survey_headline,
        teacher_misses,
    )
    from kdviz.narrative.training import teacher_guesses, training_caveat
    from kdviz.narrative.unseen_cue import (
        UnseenWarning,
        answer_notes,
        brief_unseen,
        chosen_class_headline,
        cue_headline,
        headline_arms,
        unseen_cue_warning,
        unseen_on_image,
        unseen_warning,
    )
    from kdviz.narrative.verdicts import seeds_words, verdict_over_seeds, verdict_with_images, verdict_words
    from kdviz.narrative.weak_class import weak_class_sentence
    from kdviz.narrative.what_if import (
        as_it_is,
        cue_look_name,
        cue_place_name,
        edit_sentence,
        planted_word,
        what_if_sentence,
    )
    from kdviz.narrative.why import (
        brief_why,
        cue_alone,
        cue_meaning,
        cue_word,
        true_cue,
        why_sentence,
    )

export_lazily(__name__)
