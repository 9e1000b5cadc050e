"""What a run's maps show, what they do not show, and to which conclusions they would mislead."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from kdviz.comparison import localization_table, unseen_cues
from kdviz.datasets import class_name
from kdviz.explainers import EXPLAINERS
from kdviz.language import _, enumerated, listed, sentences
from kdviz.narrative.conclusion import Conclusion, Grounds, cue_noun
from kdviz.narrative.cue_removal import misleading_map
from kdviz.narrative.least_trusted import CHECKED
from kdviz.narrative.localization import CLEARLY, maxima_differ, missed_classes
from kdviz.narrative.map_faults import qualified_trust
from kdviz.narrative.why import arm_names
from kdviz.types import Arm


def trust_conclusions(grounds: Grounds) -> Iterator[Conclusion]:
    """Whether the maps of teacher and student show where their evidence is, by their checks.

    Nothing where all checks are passed but the maps miss something, which `object_conclusion` and
    `misleading_maps` say.
    """
    cards = {card.arm: card for card in grounds.cards if card.arm in CHECKED}
    explainer = _(EXPLAINERS[grounds.survey.explainer].label)
    if unchecked := [arm for arm in CHECKED if arm not in cards]:
        text = _("That {explainer} shows where the evidence of {arms} is: that is not checked yet.")
        yield Conclusion("not-shown", "maps", text.format(explainer=explainer, arms=_names(unchecked)))
        return
    by_trust = {
        trust: [arm for arm, card in cards.items() if card.trust == trust]
        for trust in ("none", "limited", "unknown")
    }
    if failed := by_trust["none"]:
        text = _("That {explainer} shows where the evidence of {arms} is: its checks are failed.")
        yield Conclusion("do-not-say", "maps", text.format(explainer=explainer, arms=_names(failed)))
    if limited := by_trust["limited"]:
        text = _("That {explainer} shows where the evidence of {arms} is: not every check is passed.")
        yield Conclusion("not-shown", "maps", text.format(explainer=explainer, arms=_names(limited)))
    if unknown := by_trust["unknown"]:
        text = _("That {explainer} shows where the evidence of {arms} is: the checks do not apply.")
        yield Conclusion("not-shown", "maps", text.format(explainer=explainer, arms=_names(unknown)))
    if all(qualified_trust(card, grounds.survey, grounds.removals) == "location" for card in cards.values()):
        text = _("{explainer} shows where the evidence of {arms} is, not why it is there.")
        narrow = any(card.only_just for card in cards.values())
        but = _("Not every check is passed clearly.") if narrow else ""
        said = text.format(explainer=explainer, arms=_names(CHECKED))
        yield Conclusion("say", "maps", sentences(said, but))


def object_conclusion(grounds: Grounds) -> Conclusion:
    """The classes whose object the maps miss; or else whether the teacher's maps point at the object."""
    survey = grounds.survey
    rows = {row.arm: row for row in localization_table(survey) if row.region == "object"}
    missed = {arm: _missed(grounds, arm) for arm in CHECKED if arm in rows}
    if classes := missed.get("student") or missed.get("teacher"):
        text = _(
            "That the maps of {arms} point at the object in images labelled {classes}: there the brightest "
            "spot misses it."
        )
        arms = [arm for arm, names in missed.items() if names == classes]
        return Conclusion("not-shown", "maps", text.format(arms=_names(arms), classes=listed(classes)))
    if "teacher" not in rows or not isfinite(rows["teacher"].hit.value):
        text = _("That the teacher looks at the right place: no masks say where the object is.")
        return Conclusion("not-shown", "object", text)
    if rows["teacher"].hit.low > rows["teacher"].chance + CLEARLY:
        text = _("The teacher's maps point at the object clearly more often than by chance.")
        return Conclusion("say", "object", text)
    text = _("That the teacher's maps point at the object clearly more often than by chance.")
    return Conclusion("not-shown", "object", text)


def misleading_maps(grounds: Grounds) -> Iterator[Conclusion]:
    """What would be concluded from maps that miss a cue that decides, or that mark one that does not.

    Nothing until it is known what removing the cue changes, which decides what may be said of it.
    """
    if not grounds.has_cue or not grounds.removals:
        return
    cue = cue_noun(grounds.run.config.cue)
    unseen = {each.arm for each in unseen_cues(grounds.survey)}
    if arms := [name for arm, name in arm_names().items() if arm in unseen]:
        text = _(
            "That a network ignores {cue} because its map is elsewhere: answers of the {arms} depend on it "
            "all the same."
        )
        yield Conclusion("do-not-say", "cue", text.format(cue=cue, arms=enumerated(arms)))
    other = grounds.other
    if other is None or not maxima_differ(grounds.survey, other, "cue"):
        return
    found = misleading_map(grounds.removals, grounds.survey, other)
    if found is None:
        return
    if found.marks:
        text = _(
            "That teacher and student rely on {cue} because {explainer} marks it: what is marked there does "
            "not decide the answer."
        )
    else:
        text = _(
            "That teacher and student ignore {cue} because {explainer} does not mark it: it decides answers."
        )
    yield Conclusion(
        "do-not-say", "cue", text.format(cue=cue, explainer=_(EXPLAINERS[found.explainer].label))
    )


def _missed(grounds: Grounds, arm: Arm) -> list[str]:
    missed = missed_classes(grounds.survey, "object", arm)
    return [class_name(grounds.survey.classes, each.label) for each in missed]


def _names(arms: list[Arm] | tuple[Arm, ...]) -> str:
    """One or both of the arms that are checked, within a sentence."""
    if len(arms) == len(CHECKED):
        return _("teacher and student")
    return {"teacher": _("the teacher"), "student": _("the student")}[arms[0]]
