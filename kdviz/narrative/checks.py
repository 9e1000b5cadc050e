"""The results of an explainer's checks, a sentence each."""

from __future__ import annotations

from kdviz.agreement import MEASURES
from kdviz.comparison.test_set.checks import Check, CheckName, TrustCard, Undefined
from kdviz.explainers import EXPLAINERS
from kdviz.language import _, decimal, listed, percentage
from kdviz.narrative.intervals import score_text


def checks_headline(card: TrustCard) -> str:
    """How many of the applicable checks are passed, in one sentence."""
    passed, made = card.counts
    sentence = (
        _("{explainer} of the {arm} passes {passed} of {made} checks.")
        if made
        else _("{explainer} of the {arm} could not be checked.")
    )
    label = _(EXPLAINERS[card.explainer].label)
    return sentence.format(explainer=label, arm=_(card.arm), passed=passed, made=made)


def conclusion(card: TrustCard) -> str:
    """What the map may be used for, in one or two sentences."""
    match card.trust:
        case "location":
            return _(
                "You may use these maps to ask *where* the network's evidence is. They do not say *why*: "
                "what the network sees there, or what it would do without it."
            )
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


def check_name(name: CheckName) -> str:
    """The name of a check."""
    return {
        "deletion": _("Deletion"),
        "insertion": _("Insertion"),
        "infidelity": _("Infidelity"),
        "randomisation": _("Weight randomisation"),
        "stability": _("Stability"),
        "completeness": _("Completeness"),
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
        difference=score_text(check.interval) if check.interval else "",
        similarity=listed(
            f"{_(MEASURES[name].label)} {decimal(of)}" for name, of in check.similarity.items()
        ),
    )


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
    }[check.name]
    return passed if check.passed else failed


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
    return percentage(share, 0) if share >= 0.01 else _("under 1%").replace("%", "\N{NO-BREAK SPACE}%")
