"""The results of an explainer's checks, a sentence each."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kdviz.agreement import MEASURES
from kdviz.comparison.test_set.checks import COMPLETE, STABLE
from kdviz.comparison.test_set.cue_removal import CueRemoval
from kdviz.comparison.test_set.localization import localization_table
from kdviz.comparison.test_set.survey import Survey
from kdviz.comparison.test_set.trust_card import Check, CheckName, TrustCard, Undefined
from kdviz.explainers import EXPLAINERS
from kdviz.faithfulness.randomisation import STAYS
from kdviz.language import _, decimal, listed, percent_sign, percentage, plural, sentences
from kdviz.narrative.intervals import digits_of_sign, percent_text, score_text, spoken_points
from kdviz.narrative.localization import against_chance, missed_classes_sentence
from kdviz.narrative.map_faults import fault_briefly
from kdviz.types import Arm, Interval


def checks_headline(
    card: TrustCard, survey: Survey | None = None, removals: Sequence[CueRemoval] = ()
) -> str:
    """How many of the applicable checks are passed, in one sentence; arguments as of `qualified_trust`."""
    passed, made = card.counts
    names = {"explainer": _(EXPLAINERS[card.explainer].label), "arm": _(card.arm)}
    if not made:
        return _("{explainer} of the {arm} could not be checked.").format(**names)
    counted = _("{explainer} of the {arm} passes {passed} of {made} checks").format(
        **names, passed=passed, made=made
    )
    found = _("; ").join(filter(None, [counted, fault_briefly(card, survey, removals)]))
    return _("{finding}.").format(finding=found)


def conclusion(card: TrustCard) -> str:
    """What the map may be used for, in one or two sentences."""
    match card.trust:
        case "location":
            use = _(
                "You may use these maps to ask *where* the network's evidence is. They do not say *why*: "
                "what the network sees there."
            )
            return sentences(use, _narrowly(card))
        case "limited":
            return _(
                "Use these maps with care to ask *where* the network's evidence is: not every check is "
                "passed. Compare them with another method before you rely on them."
            )
        case "none":
            return _(
                "Do not use these maps to say where this network's evidence is: {failed}. Choose another "
                "method."
            ).format(failed=_failure(card))
        case "unknown":
            return _("The checks do not apply to these maps, so nothing is known about them.")


def _narrowly(card: TrustCard) -> str:
    """Which checks are only just passed, on how few images; "" if none is."""
    if not card.only_just:
        return ""
    text = _("Only just passed, on {images}: {checks}. Other images may give another result.")
    images = plural("{count} image", "{count} images", card.n)
    return text.format(images=images, checks=listed(check_name(name).lower() for name in card.only_just))


def check_name(name: CheckName) -> str:
    """The name of a check."""
    return {
        "deletion": _("Deletion"),
        "insertion": _("Insertion"),
        "infidelity": _("Infidelity"),
        "randomisation": _("Weight randomization"),
        "stability": _("Stability"),
        "completeness": _("Completeness"),
        "comprehensiveness": _("Comprehensiveness"),
        "sufficiency": _("Sufficiency"),
    }[name]


def plausibility_sentence(card: TrustCard) -> str:
    """How well the maps mark the words that a person marked; "" where none are."""
    found = card.plausibility
    if found is None:
        return ""
    numbers = {name: decimal(getattr(found, name)) for name in (
        "precision", "chance_precision", "other_precision", "f1", "chance_f1", "other_f1"
    )}  # fmt: skip
    return _(
        "Against the words that a person marked: AUPRC {precision} (in random order {chance_precision}, the "
        "map of a text of similar length {other_precision}), token F1 {f1} ({chance_f1}, {other_f1}). A "
        "network may rely on other words than a person does, so this is no check."
    ).format(**numbers)


def check_question(name: CheckName) -> str:
    """What a check asks, in everyday words."""
    return {
        "deletion": _("Is the answer lost without the marked spots?"),
        "insertion": _("Are the marked spots enough for the answer?"),
        "infidelity": _("Does the map predict what masking does?"),
        "randomisation": _("Does another network get another map?"),
        "stability": _("Does the map stay the same when nothing visible changes?"),
        "completeness": _("Do the values add up to the answer?"),
        "comprehensiveness": _("Does the answer fade without the marked words?"),
        "sufficiency": _("Do the marked words alone keep the answer?"),
    }[name]


def _failure(card: TrustCard) -> str:
    """Why a map is not to be trusted at all."""
    if any(check.name == "randomisation" and check.passed is False for check in card.checks):
        return _("they hardly change when the network's weights are randomized")
    return _("the pixels that they mark matter no more to the network than random ones")


def check_sentence(check: Check, explainer: str) -> str:
    """The result of one check of an explainer."""
    if check.undefined == "not complete":
        return _("{explainer} is not complete: its values need not sum to the class score.").format(
            explainer=_(EXPLAINERS[explainer].label)
        )
    if check.undefined:
        return _("Undefined: {reason}.").format(reason=_reason(check.undefined))
    return _finding(check).format(
        value=_percent(check.value),
        other=_percent(check.reference),
        own=decimal(-check.value, sign=True),
        random=decimal(-check.reference, sign=True),
        difference=_score_with_sign(check.interval) if check.interval else "",
        similarity=listed(
            f"{_(MEASURES[name].label)} {decimal(of)}" for name, of in check.similarity.items()
        ),
    )


def check_threshold(check: Check) -> str:
    """What it takes to pass a check, with the 95 % interval that is not in its finding; "" if undefined."""
    if check.undefined or check.interval is None:
        return ""
    interval, passing = check.interval, _("Passed if the whole 95 % interval is above 0.")
    match check.name:
        case "deletion" | "insertion":
            return sentences(_closeness(check), passing)
        case "infidelity":
            found = _("Mean difference {interval}.").format(interval=spoken_points(interval))
        case "comprehensiveness" | "sufficiency":
            found = _("Mean difference {interval}.").format(interval=_score_with_sign(interval))
        case "randomisation":
            passing = _("Passed if the lowest similarity is at most {limit}.").format(limit=decimal(STAYS))
            lowest = min(check.similarity, key=lambda name: check.similarity[name])
            found = _("The lowest, {measure}, with its 95 % interval: {interval}.").format(
                measure=_(MEASURES[lowest].label), interval=score_text(interval)
            )
        case "stability" | "completeness":
            limit = STABLE if check.name == "stability" else COMPLETE
            passing = _("Passed up to {limit}.").format(limit=percentage(limit, 0))
            found = _("95 % interval: {interval}.").format(interval=percent_text(interval))
    return sentences(_closeness(check), found, passing)


def _closeness(check: Check) -> str:
    return _("Only just passed.") if check.only_just else ""


def _score_with_sign(over: Interval) -> str:
    return score_text(over, digits=digits_of_sign(over))


def checks_limit(accuracy: float | None = None) -> str:
    """What no check says. accuracy: of the network on the test images, where it is known."""
    limit = _(
        "These checks say whether a map shows what its network uses, not whether the network is right, nor "
        "whether it should use that: a map of a network that follows a cue can pass them all."
    )
    if accuracy is None:
        return limit
    right = _("This one is right on {accuracy} of the test images.").format(accuracy=percentage(accuracy))
    return sentences(limit, right)


def object_sentence(survey: Survey, arm: Arm) -> str:
    """How often an arm's maps are highest on the object, against a random place; "" if no object is known."""
    rows = [row for row in localization_table(survey) if (row.region, row.arm) == ("object", arm)]
    if not rows or math.isnan(rows[0].hit.value):
        return ""
    (row,) = rows
    beyond = _("That is {compared}.").format(compared=against_chance(row.hit, row.chance))
    found = _("The brightest spot is on the object in {hit} of {images}, a random place in {chance}.").format(
        hit=percent_text(row.hit),
        images=plural("{count} image", "{count} images", row.n),
        chance=percentage(row.chance),
    )
    but = missed_classes_sentence(survey, "object", arm) if row.hit.low > row.chance else ""
    about = _("This is about where the network looks, not about whether its map is right.")
    return sentences(found, beyond, but, about)


def _finding(check: Check) -> str:
    """With {value}, {other}, {difference} and {similarity} to be filled in."""
    passed, failed = {
        "deletion": (
            _(
                "Deleting the pixels that it marks lowers the class's probability faster than deleting "
                "random ones: the area under the curve differs by {difference}."
            ),
            _(
                "Deleting the pixels that it marks lowers the class's probability no faster than deleting "
                "random ones: the area under the curve differs by {difference}."
            ),
        ),
        "insertion": (
            _(
                "Inserting the pixels that it marks raises the class's probability faster than inserting "
                "random ones: the area under the curve differs by {difference}."
            ),
            _(
                "Inserting the pixels that it marks raises the class's probability no faster than inserting "
                "random ones: the area under the curve differs by {difference}."
            ),
        ),
        "infidelity": (
            _(
                "It predicts the effect of masking a patch better than another image's map does: infidelity "
                "{value} against {other}."
            ),
            _(
                "It predicts the effect of masking a patch no better than another image's map does: "
                "infidelity {value} against {other}."
            ),
        ),
        "randomisation": (
            _("It changes when the network's weights are randomized: similarity {similarity}."),
            _("It hardly changes when the network's weights are randomized: similarity {similarity}."),
        ),
        "stability": (_stability(), _stability()),
        "completeness": (_completeness(), _completeness()),
        **_leaving_out(),
    }[check.name]
    return passed if check.passed else failed


def _leaving_out() -> dict[str, tuple[str, str]]:
    """Of the checks that leave out words: passed and failed. A drop is a change with the other sign."""
    return {
        "comprehensiveness": (
            _(
                "Without its highest words the class's probability is lower than without random ones: it "
                "changes by {own} against {random}, the mean over 1, 5, 10, 20 and 50 % of the words."
            ),
            _(
                "Without its highest words the class's probability is no lower than without random ones: it "
                "changes by {own} against {random}, the mean over 1, 5, 10, 20 and 50 % of the words."
            ),
        ),
        "sufficiency": (
            _(
                "With its highest words alone the class's probability is higher than with random ones: it "
                "changes by {own} against {random}, the mean over 1, 5, 10, 20 and 50 % of the words."
            ),
            _(
                "With its highest words alone the class's probability is no higher than with random ones: it "
                "changes by {own} against {random}, the mean over 1, 5, 10, 20 and 50 % of the words."
            ),
        ),
    }


def _stability() -> str:
    return _("An invisible change of the image moves it by {value} of its norm.")


def _completeness() -> str:
    return _("Its values sum to the rise of the class's score, with a completeness gap of {value}.")


def _reason(undefined: Undefined) -> str:
    return {
        "blank maps": _("too few maps are not blank"),
        "no rise": _("the class's score does not rise"),
        "whole words": _("a word cannot be changed a little"),
    }[undefined]


def _percent(share: float) -> str:
    return percentage(share, 0) if share >= 0.01 else _("under 1%").replace("%", percent_sign())
