"""Whether one arm's explanations deserve belief: a few checks on a handful of test images, in words."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from kdviz.agreement import MEASURES, paired_difference
from kdviz.cache import Cache
from kdviz.comparison.input.explanation import comparable_maps, explainers_offered
from kdviz.comparison.models.snapshots import Snapshots, snapshots
from kdviz.datasets import balanced_subset
from kdviz.errors import ConfigError, unknown_name
from kdviz.explainers import EXPLAINERS, completeness_gap, explain
from kdviz.faithfulness import area_under, cascade, infidelity, removal, sensitivity, spread
from kdviz.language import _, decimal, language, listed, with_interval
from kdviz.models import Network
from kdviz.progress import Message, Report, silent
from kdviz.store import Store
from kdviz.types import Arm, ExplainerSpec, Interval

TRUST_IMAGES = 16
"""Test images that are checked, class-balanced."""

STEADY = 0.5
"""A map that moves by more than this share of its length under a change nobody sees is not steady."""

COMPLETE = 0.05
"""A sum that misses its due by more than this share of it is not complete."""

_COMPARED_BY = ("spearman", "ssim")


@dataclass(frozen=True)
class Check:
    """passed: None where the check does not apply, or its number is undefined.

    value: the check's number, better the higher for `deletion` and `insertion`, the lower for the others;
    NaN where undefined. sentence: what was found.
    """

    name: str
    passed: bool | None
    value: float
    sentence: str


@dataclass(frozen=True)
class TrustCard:
    """What the checks of one explainer of one arm have found, on n images."""

    explainer: str
    arm: Arm
    n: int
    checks: tuple[Check, ...]

    @property
    def headline(self) -> str:
        """How many of the checks that apply are passed, in one sentence."""
        made = [check.passed for check in self.checks if check.passed is not None]
        sentence = (
            _("{explainer} of the {arm} passes {passed} of {made} checks.")
            if made
            else _("{explainer} of the {arm} could not be checked.")
        )
        return sentence.format(
            explainer=_(EXPLAINERS[self.explainer].label),
            arm=_(self.arm),
            passed=sum(made),
            made=len(made),
        )


@dataclass(frozen=True, eq=False)
class _Subject:
    """What is checked: an explainer's maps of a network's own answers to some normalised images.

    answers: images to logits. make: network, images and target to maps. Both hold the device for one batch.
    """

    spec: ExplainerSpec
    network: Network
    images: Tensor
    target: Tensor
    answers: Callable[[Tensor], Tensor]
    make: Callable[[Network, Tensor, Tensor], Tensor]
    maps: Tensor


_CARDS: Cache[TrustCard] = Cache(64)


def trust_card(
    store: Store,
    run_id: str,
    explainer: str = "grad-cam",
    *,
    arm: Arm = "student",
    images: int = TRUST_IMAGES,
    report: Report = silent,
) -> TrustCard:
    """The checks of an explainer on an arm's latest weights, for the classes that the arm itself predicts.

    Holds the device for one batch at a time, so that pages get in between.
    Raises ConfigError for an arm or an explainer that the run does not have, StoreError without snapshots.
    """
    run = snapshots(store, run_id, report=report)
    offered = [spec.name for spec in explainers_offered(run.config)]
    for field, given, known in (("arm", arm, list(run.networks)), ("explainer", explainer, offered)):
        if given not in known:
            raise ConfigError(unknown_name(field, given, known))
    key = (str(store.directory), run_id, run.hashes[arm], explainer, images, language())
    if (known_card := _CARDS.find(key)) is not None:
        return known_card
    subject = _subject(run, arm, explainer, images)
    checks = []
    for done, (message, check) in enumerate(_CHECKS):
        report(message, done / len(_CHECKS))
        checks += check(subject)
    card = TrustCard(explainer, arm, len(subject.images), tuple(checks))
    _CARDS.keep(key, card)
    return card


def _subject(run: Snapshots, arm: Arm, explainer: str, count: int) -> _Subject:
    test = run.images.test
    images = run.normalizer.normalize(balanced_subset(test, min(count, len(test)), seed=0).images)
    network = run.networks[arm]

    def answers(images: Tensor) -> Tensor:
        with run.lock, torch.no_grad():
            logits: Tensor = network(images)
        return logits

    def make(network: Network, images: Tensor, target: Tensor) -> Tensor:
        with run.lock:
            return explain(explainer, network, images, target, layer=run.config.explained_layer)

    target = answers(images).argmax(1)
    maps = make(network, images, target)
    return _Subject(EXPLAINERS[explainer], network, images, target, answers, make, maps)


# --- the checks ---------------------------------------------------------------------------------


def _removal(of: _Subject) -> list[Check]:
    found = removal(of.answers, of.images, of.target, of.maps)
    deletion = _gain(area_under(found.random_deletion), area_under(found.deletion))
    insertion = _gain(area_under(found.insertion), area_under(found.random_insertion))
    going = (
        _(
            "Covering what it marks lowers the class's probability sooner than covering at random: the area "
            "differs by {difference}."
        )
        if deletion.low > 0
        else _(
            "Covering what it marks lowers the class's probability no sooner than covering at random: the "
            "area differs by {difference}."
        )
    )
    coming = (
        _(
            "Showing what it marks brings the class's probability back sooner than showing at random: the "
            "area differs by {difference}."
        )
        if insertion.low > 0
        else _(
            "Showing what it marks brings the class's probability back no sooner than showing at random: the "
            "area differs by {difference}."
        )
    )
    return [
        _better("deletion", deletion, deletion.value, going.format(difference=_interval(deletion))),
        _better("insertion", insertion, insertion.value, coming.format(difference=_interval(insertion))),
    ]


def _foresight(of: _Subject) -> list[Check]:
    batches = (of.maps, of.maps.roll(1, 0))
    own, other = (infidelity(of.answers, of.images, of.target, maps) for maps in batches)
    gain, unexplained = _gain(other, own), spread(own).median
    sentence = (
        _(
            "It foretells better than the next image's map what covering a square does: {own} unexplained "
            "against {other}."
        )
        if gain.low > 0
        else _(
            "It foretells no better than the next image's map what covering a square does: {own} unexplained "
            "against {other}."
        )
    ).format(own=_percent(unexplained), other=_percent(spread(other).median))
    return [_better("infidelity", gain, unexplained, sentence)]


def _randomisation(of: _Subject) -> list[Check]:
    similarity = {name: partial(_likeness, MEASURES[name].measure, of.spec.name) for name in _COMPARED_BY}
    found = cascade(of.network, of.images, of.target, explain=of.make, similarity=similarity)
    if found.ignores_weights is None:
        return [_undefined("randomisation", _blank())]
    likeness = listed(f"{_(MEASURES[name].label)} {decimal(value)}" for name, value in found.stays.items())
    sentence = (
        _("It stays much as it was when the network forgets what it has learnt: likeness {likeness}.")
        if found.ignores_weights
        else _("It changes when the network forgets what it has learnt: likeness {likeness}.")
    )
    value = found.stays.get("spearman", math.nan)
    return [Check("randomisation", not found.ignores_weights, value, sentence.format(likeness=likeness))]


def _likeness(
    measure: Callable[[Tensor, Tensor], Tensor], explainer: str, original: Tensor, maps: Tensor
) -> Tensor:
    return measure(*comparable_maps(original, maps, explainer))


def _stability(of: _Subject) -> list[Check]:
    moves = spread(sensitivity(partial(of.make, of.network), of.images, of.target)).median
    if math.isnan(moves):
        return [_undefined("stability", _blank())]
    sentence = _("A change of the picture that nobody sees moves it by {share} of its length.")
    return [Check("stability", moves <= STEADY, moves, sentence.format(share=_percent(moves)))]


def _completeness(of: _Subject) -> list[Check]:
    if not of.spec.complete:
        sentence = _("{explainer} does not promise a sum.").format(explainer=_(of.spec.label))
        return [Check("completeness", None, math.nan, sentence)]
    gap = spread(completeness_gap(of.answers, of.images, of.target, of.maps)).median
    if math.isnan(gap):
        return [_undefined("completeness", _("the class's score does not rise"))]
    sentence = _("Its values add up to the rise of the class's score but for {share}.")
    return [Check("completeness", gap <= COMPLETE, gap, sentence.format(share=_percent(gap)))]


# What is being done, to be translated where it is shown, and the check that does it.
_CHECKS: tuple[tuple[Message, Callable[[_Subject], list[Check]]], ...] = (
    (Message("Covering and showing what is marked"), _removal),
    (Message("Covering squares"), _foresight),
    (Message("Forgetting what was learnt"), _randomisation),
    (Message("Changing pixels a little"), _stability),
    (Message("Adding up"), _completeness),
)


# --- verdicts and words -------------------------------------------------------------------------


def _blank() -> str:
    return _("too few maps are not blank")


def _gain(better: Tensor, worse: Tensor) -> Interval:
    return paired_difference(better.cpu(), worse.cpu())


def _better(name: str, gain: Interval, value: float, sentence: str) -> Check:
    """Passed where the whole interval lies above 0."""
    if math.isnan(gain.low):
        return _undefined(name, _blank())
    return Check(name, gain.low > 0, value, sentence)


def _undefined(name: str, why: str) -> Check:
    return Check(name, None, math.nan, _("Undefined: {reason}.").format(reason=why))


def _interval(gain: Interval) -> str:
    return with_interval(decimal(gain.value), decimal(gain.low), decimal(gain.high))


def _percent(share: float) -> str:
    words = f"{share:.0%}" if share >= 0.01 else _("under 1%")
    return words.replace("%", "\N{NO-BREAK SPACE}%")
