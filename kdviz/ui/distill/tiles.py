"""The result of a finished run in tiles: each arm's accuracy, agreement, and how often it follows a cue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

import streamlit as st

from kdviz.agreement import Verdict, verdict
from kdviz.figures.style import arm_legend, interval_text, too_few_maps
from kdviz.language import _, decimal, plural, sentences
from kdviz.metrics import METRICS
from kdviz.narrative import (
    accuracy_interval,
    images_tested,
    percent_range,
    score_text,
    spoken_points,
    wrong_cue_name,
)
from kdviz.types import UNDEFINED_GAIN, Agreement, Arm, ArmResult, Gain, Results

_WIDTH = 270  # pixels


def tiles(
    results: Results,
    gains: Mapping[Arm, Gain],
    accuracy_gains: Mapping[Arm, Gain],
    *,
    cue: str,
    any_maps: str,
) -> None:
    """A tile for each arm with a student.

    gains, accuracy_gains: agreement, and accuracy, of each arm minus that of the twin. cue: of the run.
    any_maps: how much of the student's gain the placebo has, too, in a sentence of its tile, or "".
    """
    arms = [arm for arm in results if arm != "teacher"]
    with st.grid(len(arms), min_column_width=_WIDTH):
        for arm in arms:
            with st.container(border=True, key=f"tile_{arm}", gap="xxsmall", height="stretch"):
                words = against_twin(
                    arm,
                    results,
                    gains.get(arm, UNDEFINED_GAIN),
                    accuracy_gains.get(arm, UNDEFINED_GAIN),
                )
                _tile(arm, results, sentences(words, any_maps if arm == "placebo" else ""), cue)


def _tile(arm: Arm, results: Results, words: str, cue: str) -> None:
    result, accuracy, agreement = results[arm], METRICS["accuracy"], METRICS["agreement"]
    st.html(arm_legend([arm]))
    with st.container(horizontal=True, gap="small"):
        st.metric(
            _("Test accuracy"),
            accuracy.text(accuracy.read(result)),
            percent_range(accuracy_interval(result)) or None,
            delta_color="off",
            delta_arrow="off",
            width="content",
            help=_accuracy_help(images_tested(result)),
        )
        if isfinite(result.cue_followed):
            label, about = wrong_cue_name([cue])
            share = METRICS["cue_followed"].text(result.cue_followed)
            st.metric(label, share, width="content", help=about)
        st.metric(
            _("Agreement with the teacher"),
            agreement.text(agreement.read(result)),
            too_few_maps(result.cosine)
            or interval_text(result.cosine.interval.low, result.cosine.interval.high)
            or None,
            delta_color="off",
            delta_arrow="off",
            width="content",
            help=_(
                "0 = no more than chance, 1 = the same map as the teacher's. Below it the 95 % interval over "
                "images."
            ),
        )
    if text := sentences(_few_maps(result.cosine), words):
        st.caption(text)


def _accuracy_help(count: int) -> str | None:
    """On how many test images; None where that is unknown."""
    if not count:
        return None
    return plural(
        "Share of {count} test image that is classified correctly. Below it the 95 % interval over images.",
        "Share of {count} test images that are classified correctly. Below it the 95 % interval over images.",
        count,
    )


def _few_maps(found: Agreement) -> str:
    """On how few images a network's agreement is, where most have no map; "" where most have one."""
    if not found.is_partial:
        return ""
    text = _("Only on {n} of {total} images do both the network and its teacher have a map.")
    return text.format(n=f"{found.n:,}", total=f"{found.total:,}")


def against_twin(arm: Arm, results: Results, gain: Gain, accuracy_gain: Gain = UNDEFINED_GAIN) -> str:
    """An arm compared with the twin, in words; "" without a twin. accuracy_gain: of no images if unknown."""
    if "twin" not in results:
        return ""
    if arm == "twin":
        return _("The same student without maps to match (λ = 0): the others are compared with it.")
    roles: dict[Arm, str] = {
        "placebo": _("The same student with the maps of other images."),
        "teacher-maps": _("The same student with the same λ on the teacher's maps, without marks."),
    }
    accuracy = (
        _accuracy_gain_words(accuracy_gain)
        if accuracy_gain.n
        else _accuracy_words(results[arm], results["twin"])
    )
    compared = (results[arm].cosine, results["twin"].cosine)
    return sentences(roles.get(arm, ""), accuracy, _agreement_words(gain, compared))


def _accuracy_gain_words(gain: Gain) -> str:
    match verdict(gain):
        case Verdict.BETTER:
            return _("{points} more accurate than the twin.").format(points=spoken_points(gain))
        case Verdict.WORSE:
            return _("{points} less accurate than the twin.").format(points=spoken_points(gain.negated))
    return _("Accuracy not clearly different: {points}.").format(points=spoken_points(gain, signed=True))


def _accuracy_words(result: ArmResult, twin: ArmResult) -> str:
    points = decimal(100 * abs(result.accuracy - twin.accuracy), 1)
    if points == decimal(0.0, 1):
        return _("As accurate as the twin.")
    words = (
        _("{points} points more accurate than the twin.")
        if result.accuracy > twin.accuracy
        else _("{points} points less accurate than the twin.")
    )
    return words.format(points=points)


def _agreement_words(gain: Gain, compared: Sequence[Agreement]) -> str:
    """compared: the agreements of the two, which may be of few images; "" for a gain of too few."""
    if not isfinite(gain.value):
        return ""
    few = any(each.is_partial for each in compared) or gain.n < min(each.n for each in compared)
    match verdict(gain):
        case Verdict.BETTER:
            return _("Agreement higher by {gain}.").format(gain=_on_the_same(score_text(gain), gain, few))
        case Verdict.WORSE:
            size = score_text(gain.negated)
            return _("Agreement lower by {gain}.").format(gain=_on_the_same(size, gain, few))
    size = score_text(gain, signed=True)
    return _("Agreement not clearly different: {gain}.").format(gain=_on_the_same(size, gain, few))


def _on_the_same(size: str, gain: Gain, few: bool) -> str:
    return _("{value} on the same {n} images").format(value=size, n=f"{gain.n:,}") if few else size
