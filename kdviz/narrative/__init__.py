"""All sentences that are generated from numbers."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.narrative.across_runs import answer_changes_text, different_images, seeds_sentence
    from kdviz.narrative.border import border_warning
    from kdviz.narrative.checks import check_name, check_sentence, checks_headline, conclusion
    from kdviz.narrative.claims import beside_published, claimed_words, overview, with_seeds
    from kdviz.narrative.findings import (
        Finding,
        accuracy_gains,
        details,
        finding,
        guessing,
        headline,
        held_out_label,
        twin_gains,
    )
    from kdviz.narrative.intervals import accuracy_gain_text, score_text, spoken_points
    from kdviz.narrative.localization import localization_sentence
    from kdviz.narrative.rank_correlation import rank_correlation_sentence
    from kdviz.narrative.survey import (
        alike_rule,
        goodhart_alarm,
        shortcut_warning,
        survey_answer,
        survey_details,
        survey_headline,
        teacher_misses,
    )
    from kdviz.narrative.training import training_caveat
    from kdviz.narrative.verdicts import seeds_words, verdict_over_seeds, verdict_with_images, verdict_words
    from kdviz.narrative.what_if import (
        cue_look_name,
        cue_place_name,
        edit_sentence,
        planted_word,
        what_if_sentence,
    )
    from kdviz.narrative.why import brief_twin, brief_why, cue_meaning, cue_word, twin_sentence, why_sentence

export_lazily(__name__)
