"""The Explain page's text: what the arms predict, the scale of the maps, and how they were computed."""

from __future__ import annotations

import streamlit as st

from kdviz.comparison import ImageExplanation, baselines_offered
from kdviz.datasets import class_name, class_names
from kdviz.explainers import BASELINES, EXPLAINERS
from kdviz.figures.maps import ColourScale, colour_bar, png, shaded_words, unread_sentence
from kdviz.figures.style import ARM_STYLES, percent
from kdviz.language import _, decimal, listed, sentences
from kdviz.store import Run
from kdviz.types import LAYER_STRIDES
from kdviz.ui.explain.controls import ImageQuery
from kdviz.ui.explain.explanation_view import ExplanationView
from kdviz.ui.frame.formatting import plain


def show_target(explanation: ImageExplanation, query: ImageQuery) -> None:
    """Which class is explained, in one line."""
    names = [plain(name) for name in class_names(explanation.classes)]
    st.markdown(_target(explanation, names, query))


def show_predictions(explanation: ImageExplanation, query: ImageQuery) -> None:
    """The same, and before it what the arms predict, where no panel says it."""
    names = [plain(name) for name in class_names(explanation.classes)]
    st.markdown(sentences(_predictions(explanation, names), _target(explanation, names, query)))


def image_alt(explanation: ImageExplanation) -> str:
    """Alt text of the image itself."""
    if explanation.index is not None:
        return _("Test image {index}: {label}").format(index=explanation.index, label=explanation.label_name)
    return _("Your picture, as the networks get it")


def show_scale(view: ExplanationView) -> None:
    """The colour bar of the maps, what its ends are, and that of the difference."""
    if view.explanation.text is not None:
        st.caption(_words_scale(view))
        return
    limit = decimal(view.maps.scale.limit, 1)
    name, clipped = plain(view.class_of("teacher")), percent(view.maps.clipped)
    text = _scale_text(view).format(name=name, top=limit, cells=_cells(view), clipped=clipped)
    if not view.signed:
        arm, value = view.maps.highest
        above = _("Highest: {arm}, {most}×.").format(arm=ARM_STYLES[arm].label, most=decimal(value, 1))
        several = _("A map of another class has its own scale, given under it.")
        text = sentences(text, several if _differing(view.explanation) else "")
        alt = _("Colours from 0, grey, to {top}, bright").format(top=limit)
        bar = png(colour_bar(colours=view.query.colours))
        _colour_bar(bar, alt, sentences(text, above) if value > view.maps.scale.limit else text)
        text = _("The difference has the full colour of the maps, on both sides of 0; 0 is see-through.")
    _colour_bar(png(colour_bar(signed=True)), _("Colours from purple over 0 to orange"), text)


def show_provenance(run: Run, explanation: ImageExplanation, query: ImageQuery) -> None:
    """What is needed to compute the maps again."""
    spec = EXPLAINERS[query.explainer]
    name = plain(class_name(explanation.classes, explanation.target))
    baselines = [each.name for each in baselines_offered(run.config)]
    absent = query.baseline if query.baseline in baselines else baselines[0]
    text = _("Run {run}, {weights}; {method} {where}, for {target}.").format(
        run=run.id,
        weights=weights_words(run),
        method=_(spec.label),
        where=_where(run, query),
        target=_("each network's own prediction") if query.target == "own" else name,
    )
    baseline = _("Baseline: {baseline}.").format(baseline=_(BASELINES[absent].label))
    st.caption(sentences(text, baseline) if spec.takes_baseline else text)


def weights_words(run: Run) -> str:
    """Which weights are explained: those of the last epoch, or of the last one before the run ended early."""
    if run.state == "finished":
        return _("weights after the last epoch")
    now, all_epochs = run.record.progress, run.config.epochs
    if now.stage != "students":
        return _("weights of its last snapshot")
    return _("weights after epoch {epoch} of {epochs}").format(epoch=int(now.epoch), epochs=all_epochs)


def _predictions(explanation: ImageExplanation, names: list[str]) -> str:
    predicted = {arm: of.predicted for arm, of in explanation.arms.items()}
    known = predicted["teacher"] if explanation.label is None else explanation.label
    others = listed(
        _("{arm} predicts {name}").format(arm=ARM_STYLES[arm].label, name=names[label])
        for arm, label in predicted.items()
        if label != known
    )
    if explanation.label is not None:
        text = _("Label **{name}**; {others}.") if others else _("**{name}**, predicted by all networks.")
    else:
        text = (
            _("The teacher predicts **{name}**; {others}.")
            if others
            else _("All networks predict **{name}**.")
        )
    return text.format(name=names[known], others=others)


def _target(explanation: ImageExplanation, names: list[str], query: ImageQuery) -> str:
    by_target = {
        "teacher": _("Shown: the evidence for **{name}**, each network's own prediction."),
        "label": _("Shown: the evidence for **{name}**, the label."),
        "own": _("Shown: each network's evidence for its own prediction."),
    }
    text = by_target.get(str(query.target), _("Shown: the evidence for **{name}**."))
    differing = any(of.target != of.predicted for of in explanation.arms.values())
    if differing and own_first(query):
        text = _(
            "Shown: each network's evidence for its own prediction. Agreement and the difference compare "
            "maps for {name}, the teacher's."
        )
        return text.format(name=names[explanation.target])
    choice = _("Under a network that predicts another class, the evidence for that one can be chosen.")
    return sentences(text.format(name=names[explanation.target]), choice if differing else "")


def own_first(query: ImageQuery) -> bool:
    """Whether a network that predicts another class is first explained for it: unless a class was chosen."""
    return query.target == "teacher"


def _differing(explanation: ImageExplanation) -> bool:
    """Whether an arm predicts, or is explained for, another class than the teacher is explained for."""
    return any({of.target, of.predicted} != {explanation.target} for of in explanation.arms.values())


def _scale_text(view: ExplanationView) -> str:
    if view.signed:
        return _(
            "One scale for all maps of {name}, from −{top} to {top} times the mean strength of the evidence: "
            "the teacher's largest. Orange is evidence for the class, purple against it. Cells of the maps: "
            "{cells}."
        )
    if not view.maps.is_defined("teacher"):
        return _(
            "One scale for all maps of {name}, from 0 to {top} times an even spread of the evidence: the "
            "maximum of all arms, as the teacher's map is undefined. Positive part only. Cells of the maps: "
            "{cells}."
        )
    if view.maps.clipped:
        return _(
            "One scale for all maps of {name}, from 0 to {top} times an even spread of the evidence: the "
            "teacher's maximum, without its highest {clipped} of cells. Positive part only. Cells of the "
            "maps: {cells}."
        )
    return _(
        "One scale for all maps of {name}, from 0 to {top} times an even spread of the evidence: the "
        "teacher's maximum. Positive part only. Cells of the maps: {cells}."
    )


def _words_scale(view: ExplanationView) -> str:
    """The scale of the words' backgrounds."""
    text = (
        _(
            "One scale for all maps of {name}, up to {top} times the mean strength of the evidence: the "
            "teacher's largest. Orange is evidence for the class; purple, underlined, against it."
        )
        if view.signed
        else _(
            "One scale for all maps of {name}, up to {top} times an even spread of the evidence: the "
            "teacher's maximum. Positive part only."
        )
    )
    return sentences(
        text.format(name=plain(view.class_of("teacher")), top=decimal(view.maps.scale.limit, 1)),
        _("The difference has the full colour of the maps, on both sides of 0."),
        _unread(view.explanation),
    )


def _unread(explanation: ImageExplanation) -> str:
    """How much of a test text is not read; of one's own, that is said under it."""
    if explanation.text is None or explanation.index is None:
        return ""
    return unread_sentence(
        shaded_words(explanation.text, explanation.attributions["teacher"], ColourScale(1))
    )


def _cells(view: ExplanationView) -> str:
    sizes = sorted({each.shape for each in view.explanation.attributions.values()})
    return listed(f"{height} × {width}" for height, width in sizes)


def _colour_bar(bar: bytes, alt: str, text: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.image(bar, width=160, alt=alt)
        st.caption(text)


def _where(run: Run, query: ImageQuery) -> str:
    if "spatial-features" not in EXPLAINERS[query.explainer].requires:
        return _("at the pixels")
    layer = run.config.explained_layer
    if layer in LAYER_STRIDES:
        return _("at the last feature map with cells of at most {n} px").format(n=LAYER_STRIDES[layer])
    return _("at the last feature map") if layer == "last" else _("at the second-to-last feature map")
