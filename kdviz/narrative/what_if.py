"""What moving, recolouring or removing a planted cue changes, in a sentence."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from kdviz.comparison import ExplainedVariants, ImageExplanation
from kdviz.datasets import CUES, CueVariant, class_name, class_names
from kdviz.figures.hue_names import hue_name
from kdviz.figures.maps import place_name, time_text
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _
from kdviz.narrative.why import arm_names, tone_text, word_at
from kdviz.sound import seconds
from kdviz.types import Arm


def what_if_sentence(explained: ExplainedVariants, number: int) -> str:
    """What was done to the cue in a variant, and what each arm predicts then.

    Of an answer that follows the cue it is said if the map is highest elsewhere; where nothing was done, only
    that: the panels say the rest. E.g. "Moved to the lower left: the twin still predicts heart; the student
    still predicts cross."
    """
    arms = _arms(explained.arms)
    if number == explained.planted and explained.variants.cues[number] is not None:
        arms = [arm for arm in arms if explained.hides_following(arm, number)]
        if not arms:
            return _("{sentence}.").format(sentence=as_it_is(explained))
    answers = (_answer(explained, number, arm) for arm in arms)
    return _("{change}: {answers}.").format(change=_change(explained, number), answers=_("; ").join(answers))


def as_it_is(explained: ExplainedVariants) -> str:
    """The name of the variant that equals the input, e.g. "As in the test image"."""
    if explained.index is None:
        return _("As it was given")
    return _("With the truthful patch") if explained.intact else _("As in the test image")


def cue_place_name(explained: ExplainedVariants, number: int) -> str:
    """The position of the cue of a variant, e.g. "lower left"; of a tone its time, e.g. "0.30 s"."""
    mask = explained.variants.masks[number]
    if CUES[explained.cue].indicated_by == "pitch":
        return time_text(seconds(float(mask.nonzero()[:, 1].float().mean()) + 0.5))
    down, across = (mask.nonzero() + 0.5).mean(0).tolist()
    return place_name(down / mask.shape[0], across / mask.shape[1])


def planted_word(explained: ExplainedVariants, number: int) -> str:
    """The planted word of a variant of a text."""
    assert explained.variants.texts is not None
    return word_at(explained.variants.texts[number], explained.variants.masks[number])


def cue_look_name(explained: ExplainedVariants, number: int) -> str:
    """The name of the colour of a variant's cue; "white" where the position indicates the class.

    Of a tone its frequency.
    """
    if CUES[explained.cue].indicated_by == "pitch":
        way = explained.variants.cues[number]
        assert way is not None
        return tone_text(way.indicated, len(explained.classes))
    if CUES[explained.cue].indicated_by == "place":
        return _("white")
    variants = explained.variants
    red, green, blue = variants.inputs[number][:, variants.masks[number]][:, 0].tolist()
    return hue_name((red, green, blue))


def edit_sentence(before: ImageExplanation, after: ImageExplanation) -> str:
    """What each arm predicts for a text after an edit, e.g. "After the edit: the twin …"."""
    answers = (
        _changed(arm, before.arms[arm].predicted, after.arms[arm].predicted, class_names(after.classes))
        for arm in _arms(after.arms)
    )
    return _("{change}: {answers}.").format(change=_("After the edit"), answers=_("; ").join(answers))


def _arms(known: Collection[Arm]) -> list[Arm]:
    """Those of a sentence on a change, the placebo last."""
    return [arm for arm in (*arm_names(), "placebo") if arm in known]


def _answer(explained: ExplainedVariants, number: int, arm: Arm) -> str:
    answers = explained.arms[arm]
    before, after = answers.predicted(explained.planted), answers.predicted(number)
    if number == explained.planted:
        said = _("the {arm} predicts {name}").format(
            arm=_short_name(arm), name=class_name(explained.classes, after)
        )
    else:
        said = _changed(arm, before, after, class_names(explained.classes))
    if not explained.hides_following(arm, number):
        return said
    return _("{answer} (its map does not show that)").format(answer=said)


def _changed(arm: Arm, before: int, after: int, classes: Sequence[str]) -> str:
    text = _("the {arm} still predicts {name}") if before == after else _("the {arm} now predicts {name}")
    return text.format(arm=_short_name(arm), name=classes[after])


def _short_name(arm: Arm) -> str:
    return arm_names().get(arm, ARM_STYLES[arm].label)


def _change(explained: ExplainedVariants, number: int) -> str:
    ways = explained.variants.cues
    before, after = ways[explained.planted], ways[number]
    if number == explained.planted and before is not None:
        return as_it_is(explained)
    if after is None:
        return _("Without the patch")
    if before is None:
        return _put(explained).format(
            place=cue_place_name(explained, number),
            colour=cue_look_name(explained, number),
            name=class_name(explained.classes, after.indicated),
        )
    if CUES[explained.cue].indicated_by == "word":
        word, name = planted_word(explained, number), class_name(explained.classes, after.indicated)
        return _("With “{word}”, which meant {name}").format(word=word, name=name)
    return _moved(explained, before, after).format(
        place=cue_place_name(explained, number),
        colour=cue_look_name(explained, number),
        name=class_name(explained.classes, after.indicated),
    )


def _put(explained: ExplainedVariants) -> str:
    """What was put on an input without a cue, likewise."""
    return {
        "place": _("With the patch where it meant {name} ({place})"),
        "pitch": _("With a tone of {colour} at {place}, which meant {name}"),
    }.get(CUES[explained.cue].indicated_by, _("With a {colour} patch at the {place}, which meant {name}"))


def _moved(explained: ExplainedVariants, before: CueVariant, after: CueVariant) -> str:
    """The change, with values to be filled in."""
    if CUES[explained.cue].indicated_by == "place":
        return _("Moved to where it meant {name} ({place})")
    if CUES[explained.cue].indicated_by == "pitch":
        return _moved_tone(before, after)
    if before.indicated == after.indicated:
        return _("Moved to the {place}")
    if before.place == after.place:
        return _("Recoloured to {colour}, which meant {name}")
    return _("Moved to the {place} and recoloured to {colour}, which meant {name}")


def _moved_tone(before: CueVariant, after: CueVariant) -> str:
    """The change of a tone, likewise."""
    if before.indicated == after.indicated:
        return _("Moved to {place}")
    if before.place == after.place:
        return _("Changed to {colour}, which meant {name}")
    return _("Moved to {place} and changed to {colour}, which meant {name}")
