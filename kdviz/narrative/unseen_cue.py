"""A planted cue that decides answers whose maps are not on it, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kdviz.comparison import CueEffect, ImageExplanation, PlantedCue, UnseenCue, evidence_on
from kdviz.datasets import CUES, class_names
from kdviz.language import _, percentage, sentences
from kdviz.narrative.brief_twin import near_tie
from kdviz.narrative.why import arm_names, brief_why, shown_arms, strongest_alone
from kdviz.types import Arm


@dataclass(frozen=True)
class UnseenWarning:
    """That maps do not show all that decides. by_arm: a line for each arm."""

    heading: str
    what: str
    by_arm: Sequence[str]
    then: str


def unseen_warning(found: Sequence[UnseenCue]) -> UnseenWarning | None:
    """Each arm whose maps are beside the cue on most of the images that the cue decides; None without one."""
    by_arm = {each.arm: each for each in found}
    arms = [arm for arm in arm_names() if arm in by_arm]
    if not arms:
        return None
    return UnseenWarning(
        _("The maps do not show all that decides."),
        _("The cue decides many answers whose maps are highest elsewhere:"),
        [_warned(by_arm[arm]) for arm in arms],
        _("To see what decides an answer, change the cue on an image, or choose another explainer."),
    )


def unseen_cue_warning(found: Sequence[UnseenCue]) -> str:
    """The same as Markdown; "" without an arm."""
    warning = unseen_warning(found)
    if warning is None:
        return ""
    by_arm = "\n".join(f"- {line}" for line in warning.by_arm)
    return f"{sentences(f'**{warning.heading}**', warning.what)}\n\n{by_arm}\n\n{warning.then}"


def cue_headline(explanation: ImageExplanation, cue: PlantedCue, effects: Mapping[Arm, CueEffect]) -> str:
    """Where twin and student look in an image, the teacher too if that is at the cue; and one `answer_notes`.

    explanation: each arm's for its own prediction. effects: of the `headline_arms`.
    """
    return sentences(
        brief_why(explanation, cue),
        _teacher_too(explanation, cue),
        *answer_notes(explanation, cue, effects)[:1],
    )


def answer_notes(
    explanation: ImageExplanation, cue: PlantedCue, effects: Mapping[Arm, CueEffect]
) -> list[str]:
    """Where an answer hangs on the cue of an image but the map does not, and the reverse, a line each."""
    meant = _meant_anyway(explanation, cue, effects)
    notes = (
        brief_unseen(explanation, cue, effects),
        *(_brief_meant(arm, effects[arm]) for arm in meant),
        _brief_undecided([arm for arm in _undecided_arms(explanation, cue, effects) if arm not in meant]),
    )
    return [note for note in notes if note]


def _teacher_too(explanation: ImageExplanation, cue: PlantedCue) -> str:
    """That the teacher's map is at the cue, where the sentence on the places is of the other two."""
    found = evidence_on(cue, explanation)
    if "teacher" in shown_arms(found) or found["teacher"].looks_at != "cue":
        return ""
    if strongest_alone(found["teacher"]):
        return _("The teacher's own map is strongest on the patch.")
    return _("The teacher itself looks at the patch.")


def chosen_class_headline(explanation: ImageExplanation, cue: PlantedCue) -> str:
    """Where twin and student look in an image for a class that was chosen, which is named."""
    name = class_names(explanation.classes)[explanation.target]
    return sentences(brief_why(explanation, cue), _("That is by the maps for {name}.").format(name=name))


def headline_arms(explanation: ImageExplanation) -> tuple[Arm, ...]:
    """The arms of which a headline says whether the cue decides the answer."""
    return tuple(arm for arm in arm_names() if arm in explanation.arms)


def unseen_on_image(explanation: ImageExplanation, cue: PlantedCue, effects: Mapping[Arm, CueEffect]) -> str:
    """Of twin, student and teacher, whose answer changes with the cue of an image it does not look at.

    explanation: each arm's for its own prediction. "" if there is no such arm.
    """
    arms = _unseen_arms(explanation, cue, effects)
    if not arms:
        return ""
    decided = (_decided(arm, cue, effects[arm], class_names(explanation.classes)) for arm in arms)
    try_it = _("The map alone does not show that: move the patch below, or try another method.")
    return sentences(*decided, try_it)


def brief_unseen(explanation: ImageExplanation, cue: PlantedCue, effects: Mapping[Arm, CueEffect]) -> str:
    """The same in a line: "Yet the twin's answer changes with the patch."; of a near tie, that it tips it."""
    arms = _unseen_arms(explanation, cue, effects)
    ties = [arm for arm in arms if near_tie(explanation.arms[arm])]
    decided = [arm for arm in arms if arm not in ties]
    return sentences(_brief_decided(decided), *(_brief_tie(explanation, arm) for arm in ties))


def _brief_decided(arms: Sequence[Arm]) -> str:
    texts = (
        "",
        _("Yet the {}'s answer changes with the patch."),
        _("Yet the answers of the {} and the {} change with the patch."),
        _("Yet the answers of {}, {} and {} change with the patch."),
    )
    return texts[len(arms)].format(*(arm_names()[arm] for arm in arms))


def _brief_tie(explanation: ImageExplanation, arm: Arm) -> str:
    (_first, share), (_second, other_share) = explanation.arms[arm].top(2)
    return _("The patch tips the {arm}'s answer, a near tie ({share} against {other_share}).").format(
        arm=arm_names()[arm], share=percentage(share, 0), other_share=percentage(other_share, 0)
    )


def _brief_undecided(arms: Sequence[Arm]) -> str:
    texts = (
        "",
        _("Yet the {}'s answer is the same without the patch."),
        _("Yet the answers of the {} and the {} are the same without the patch."),
    )
    return texts[len(arms)].format(*(arm_names()[arm] for arm in arms))


def _undecided_arms(
    explanation: ImageExplanation, cue: PlantedCue, effects: Mapping[Arm, CueEffect]
) -> list[Arm]:
    """Of the arms whose place the headline says, those that look at a cue that does not decide the answer."""
    found = evidence_on(cue, explanation)
    return [arm for arm in shown_arms(found) if found[arm].looks_at == "cue" and not effects[arm].decides]


def _brief_meant(arm: Arm, effect: CueEffect) -> str:
    text = _(
        "Yet the {arm} answers what the patch meant with and without it: {share} with the patch, {without} "
        "without."
    )
    shares = {"share": effect.share, "without": effect.share_without}
    return text.format(arm=arm_names()[arm], **{name: percentage(of, 0) for name, of in shares.items()})


def _meant_anyway(
    explanation: ImageExplanation, cue: PlantedCue, effects: Mapping[Arm, CueEffect]
) -> list[Arm]:
    """The arms whose wrong answer is the cue's, wherever their map is, but does not change with it."""
    return [
        arm
        for arm in headline_arms(explanation)
        if explanation.arms[arm].predicted == cue.variant.indicated != explanation.label
        if not effects[arm].decides
    ]


def _warned(found: UnseenCue) -> str:
    text = _(
        "{arm}: of the {count} images whose answer changes without the cue, its map is highest on the cue in "
        "{hit} (a random place: {chance})"
    )
    return text.format(
        arm=arm_names()[found.arm],
        count=found.n,
        hit=percentage(found.hit.value),
        chance=percentage(found.chance),
    )


def _unseen_arms(
    explanation: ImageExplanation, cue: PlantedCue, effects: Mapping[Arm, CueEffect]
) -> list[Arm]:
    found = evidence_on(cue, explanation)
    return [
        arm for arm in headline_arms(explanation) if found[arm].looks_at != "cue" and effects[arm].decides
    ]


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
