"""A planted cue that decides answers whose maps are not on it, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kdviz.comparison import CueEffect, ImageExplanation, PlantedCue, UnseenCue, evidence_on
from kdviz.datasets import CUES, class_names
from kdviz.language import _, percentage, sentences
from kdviz.narrative.why import arm_names, near_tie, shown_arms
from kdviz.types import Arm


def unseen_cue_warning(found: Sequence[UnseenCue]) -> str:
    """Each arm whose maps are beside the cue on most of the images that the cue decides; "" without one."""
    mostly = {each.arm: each for each in found if each.mostly}
    arms = [arm for arm in arm_names() if arm in mostly]
    if not arms:
        return ""
    found_by_arm = "\n".join(f"- {_warned(mostly[arm])}" for arm in arms)
    what = _("The cue decides many answers whose maps are highest elsewhere:")
    then = _("To see what decides an answer, change the cue on an image, or choose another explainer.")
    heading = _("**The maps do not show all that decides.**")
    return f"{sentences(heading, what)}\n\n{found_by_arm}\n\n{then}"


def unseen_cue_note(found: Sequence[UnseenCue]) -> str:
    """A sentence for each arm whose answers depend on the cue more often than its maps point at it."""
    some = {each.arm: each for each in found}
    text = _(
        "The patch changes the {arm}'s answers in at least {share} of the images; its maps point at the "
        "patch in {hit}."
    )
    return sentences(*(_filled(text, some[arm]) for arm in arm_names() if arm in some))


def unseen_on_image(explanation: ImageExplanation, cue: PlantedCue, effects: Mapping[Arm, CueEffect]) -> str:
    """Of twin and student, whose answer changes with the cue of an image though it does not look at it.

    explanation: each arm's for its own prediction. "" if there is no such arm.
    """
    arms = _unseen_arms(explanation, cue, effects)
    if not arms:
        return ""
    decided = (_decided(arm, cue, effects[arm], class_names(explanation.classes)) for arm in arms)
    try_it = _("The map alone does not show that: move the patch below, or try another method.")
    return sentences(*decided, try_it)


def brief_unseen(explanation: ImageExplanation, cue: PlantedCue, effects: Mapping[Arm, CueEffect]) -> str:
    """The same in a line: "Yet the patch decides the twin's answer."; of a near tie, that it tips it."""
    arms = _unseen_arms(explanation, cue, effects)
    return sentences(*(_brief(explanation, arm) for arm in arms))


def _brief(explanation: ImageExplanation, arm: Arm) -> str:
    of = explanation.arms[arm]
    if not near_tie(of):
        return _("Yet the patch decides the {arm}'s answer.").format(arm=arm_names()[arm])
    (_first, share), (_second, other_share) = of.top(2)
    return _("Yet the patch tips the {arm}'s answer, a near tie ({share} against {other_share}).").format(
        arm=arm_names()[arm], share=percentage(share, 0), other_share=percentage(other_share, 0)
    )


def _warned(found: UnseenCue) -> str:
    text = _(
        "{arm}: right on {intact} where the cue helps, on {random} with a random cue; its map is highest on "
        "the cue in {hit} (a random point: {area})"
    )
    return _filled(text, found)


def _filled(text: str, found: UnseenCue) -> str:
    return text.format(
        arm=arm_names()[found.arm],
        intact=percentage(found.intact),
        random=percentage(found.random),
        share=percentage(found.lost.value),
        hit=percentage(found.hit.value),
        area=percentage(found.area),
    )


def _unseen_arms(
    explanation: ImageExplanation, cue: PlantedCue, effects: Mapping[Arm, CueEffect]
) -> list[Arm]:
    found = evidence_on(cue, explanation)
    return [arm for arm in shown_arms(found) if found[arm].looks_at != "cue" and effects[arm].decides]


def _decided(arm: Arm, cue: PlantedCue, effect: CueEffect, classes: Sequence[str]) -> str:
    if effect.without != effect.predicted:
        text = _("Without the patch the {arm} predicts {name}.")
        return text.format(arm=arm_names()[arm], name=classes[effect.without])
    texts = {
        "place": _(
            "With the patch at the place of another class the {arm} predicts what a patch there meant "
            "({followed} of {count})."
        ),
        "word": _(
            "With the word of another class the {arm} predicts what that word meant ({followed} of {count})."
        ),
        "pitch": _(
            "With the tone at the pitch of another class the {arm} predicts what that pitch meant "
            "({followed} of {count})."
        ),
    }
    by_colour = _(
        "With the patch in the colour of another class the {arm} predicts what that colour meant "
        "({followed} of {count})."
    )
    text = texts.get(CUES[cue.cue].indicated_by, by_colour)
    return text.format(arm=arm_names()[arm], followed=effect.followed, count=effect.others)
