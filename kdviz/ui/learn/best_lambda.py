"""Lesson: accuracy and agreement by λ."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kdviz.comparison.across_runs.lambda_curve import (
    LADDER,
    Dot,
    best,
    dots,
    experiment,
    mean_by_weight,
    measured_curve,
    merged,
    missing,
    similar_runs,
)
from kdviz.config import LAMBDA_LADDER, RunConfig, changed
from kdviz.figures.charts import LambdaDots, LambdaInfo, lambda_alt, lambda_figure
from kdviz.figures.style import percent
from kdviz.language import _, decimal, listed, plural, sentences
from kdviz.store import Run, Store
from kdviz.study import Point, Study, StudyStatus, study_status
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.subject import shown_modality
from kdviz.ui.learn.components import Question, ask, exercise, limitation, start_runs
from kdviz.ui.widgets.chart import untitled_chart
from kdviz.ui.widgets.estimate import image_counts
from kdviz.ui.widgets.field_keys import settings_link
from kdviz.ui.widgets.stopped_study import stopped_note
from kdviz.ui.widgets.study_progress import failure_warning, progress_text, queue_runs, runs_bar

_EXPERIMENT, _RUN = "experiment", "run"

_FLAT = 0.03
"""Differences in mean accuracy that three seeds do not tell apart."""


def best_lambda(store: Store, run: Run) -> None:
    """A curve through students that differ only in λ."""
    controls, pictures = st.columns([2, 3], gap="large")
    with controls:
        st.markdown(
            _(
                "**λ** is the weight of the explanation loss. With λ = 0 the student only learns the "
                "teacher's predictions; the larger λ is, the more the maps count beside them. Where accuracy "
                "is highest **has to be measured** for each loss and data set."
            )
        )
        names = {_EXPERIMENT: _("Built-in experiment"), _RUN: _("Runs like the selected one")}
        shown = st.segmented_control(
            _("Students"),
            list(names),
            default=_EXPERIMENT,
            required=True,
            format_func=names.__getitem__,
            key="ln_curve",
            bind=url_state.binding("ln_curve"),
        )
    if shown == _EXPERIMENT:
        _built_in(store, controls, pictures)
    else:
        _selected(store, run, controls, pictures)
    _closing(store)


def _closing(store: Store) -> None:
    limitation(
        _(
            "Agreement is what λ optimizes, so it can stay high where accuracy drops: it does not prove that "
            "the student is right. With few seeds, the spread between the dots of one λ shows how much is "
            "luck."
        )
    )
    ask(
        Question(
            _("Why must the best λ not be chosen by the test accuracy?"),
            (
                _("There are too few test images"),
                _("The test would no longer be of new images"),
                _("The test accuracy does not depend on λ"),
            ),
            _("The test would no longer be of new images"),
            _(
                "What is chosen as best on some images looks better on them than on others."
                " Validation images are for that."
            ),
        ),
        key="ln_check_lambda",
    )
    exercise(
        _(
            "Would the best λ be higher or lower with half as many training images? Predict, then train a "
            "few: “Runs like the selected one” plots them."
        )
    )
    start_runs(
        store, [_with_half_the_images(weight) for weight in (10.0, 30.0, 100.0)], key="ln_start_lambda"
    )


def _experiment(weight: float, seed: int = 0) -> RunConfig:
    """A run of the experiment on the kind of input that the lesson is about."""
    return experiment(shown_modality(), weight, seed)


def _with_half_the_images(weight: float) -> RunConfig:
    config = _experiment(weight)
    return changed(config, train_count=(config.train_count or 0) // 2)


# --- the built-in experiment --------------------------------------------------------------------


def _built_in(store: Store, controls: DeltaGenerator, pictures: DeltaGenerator) -> None:
    config = _experiment(1.0)
    packaged, local = measured_curve(shown_modality()), dots(similar_runs(store.runs(), config))
    with pictures:
        _curve(packaged.dots, local, "experiment")
        command, machine = packaged.origin[:2]
        st.caption(
            _("The packaged values were measured with {command} on {machine}.").format(
                command=command, machine=machine
            )
        )
    with controls:
        st.markdown(
            _(
                "Eight shapes with a coloured patch that gives the class away in the {n} training images and "
                "is drawn at random in the test, right by luck in 1 of 8: a student that relies on the patch "
                "is wrong in the others."
            ).format(n=config.train_count)
        )
        measured_on = _(
            "Accuracy is the mean over seeds on {n} test images. Home and the prepared run have students of "
            "one seed, trained on 1,000 images. The λ ladder on Sweep has the same recipe with 1,000 "
            "training images: there a smaller λ is enough."
        )
        st.caption(measured_on.format(n=f"{image_counts(config.dataset, None).test:,}"))
        _measure(store, merged(packaged.dots, local))


def _measure(store: Store, found: Sequence[Dot]) -> None:
    """Progress of the runs that are queued, or a button that queues the missing λ of one seed."""
    seed = next(seed for seed in range(len(found) + 1) if missing(found, seed))
    points = [Point("", _experiment(weight, each)) for each in range(seed + 1) for weight in LADDER]
    now = study_status(store.runs(), points)
    if now.running or now.waiting:
        runs_bar(store, points, now, stop_key="ln_stop", text=lambda now: _training_text(store, points, now))
        return
    failure_warning(now)
    stopped_note(points, now)
    wanted = missing(found, seed)
    st.caption(_missing_text(seed, wanted))
    st.button(
        _("Measure here"),
        icon=":material/play_arrow:",
        type="primary",
        key="ln_measure",
        on_click=safely(queue_runs),
        args=(
            store,
            Study(name=_("The best λ"), grid={"explanation_weight": wanted, "seed": [seed]}),
            [Point("", _experiment(weight, seed)) for weight in wanted],
        ),
        help=_("Each λ is a run of about ten seconds on an idle computer. The runs are queued."),
    )


def _training_text(store: Store, points: Sequence[Point], now: StudyStatus) -> str:
    if not now.running:
        return progress_text(store, points, now)
    weight = f"{now.running[0].config.explanation_weight:g}"
    return progress_text(store, points, now, doing=_("Training at λ = {weight}").format(weight=weight))


def _missing_text(seed: int, weights: Sequence[float]) -> str:
    if seed and list(weights) == list(LADDER):
        return _("One more seed, number {seed}, is not measured yet.").format(seed=seed)
    return _("Not measured yet with seed {seed}: λ = {weights}.").format(
        seed=seed, weights=listed(f"{weight:g}" for weight in weights)
    )


# --- runs like the selected one -----------------------------------------------------------------


def _selected(store: Store, run: Run, controls: DeltaGenerator, pictures: DeltaGenerator) -> None:
    config = run.config
    local = dots(similar_runs(store.runs(), config))
    with pictures:
        if local:
            _curve((), local, "run")
        else:
            st.info(_("No run with these settings has finished yet."))
    with controls:
        seed = min((dot.seed for dot in local), default=config.seed)
        st.markdown(
            _(
                "{n} students have the settings of the selected run, except for λ and the seed. A twin "
                "counts as λ = 0."
            ).format(n=len(local))
        )
        if wanted := missing(local, seed, LAMBDA_LADDER):
            st.caption(_missing_text(seed, wanted))
            _next_run(run, wanted, seed)


def _next_run(run: Run, wanted: Sequence[float], seed: int) -> None:
    """A link to Distill with the next missing λ."""
    weight = next((each for each in wanted if each >= run.config.explanation_weight), wanted[-1])
    arms = ("student",) if weight == 0 else run.config.arms
    config = changed(run.config, explanation_weight=weight, seed=seed, arms=arms)
    st.page_link(
        "pages/distill.py",
        label=_("Train with λ = {weight}").format(weight=f"{weight:g}"),
        icon=":material/model_training:",
        query_params=settings_link(config),
    )


# --- the curve ----------------------------------------------------------------------------------


def _curve(packaged: Sequence[Dot], local: Sequence[Dot], key: str) -> None:
    found = merged(packaged, local)
    means, top = mean_by_weight(found), best(found)
    info = LambdaInfo(
        _columns(packaged),
        _columns(local),
        {weight: (dot.accuracy, dot.agreement) for weight, dot in means.items()},
        top,
    )
    if len(means) > 1:
        st.markdown(sentences(best_lambda_sentence(found), course_sentence(found)))
        st.caption(_("Shown on the test images, to learn from them. To choose a λ, use validation images."))
    untitled_chart(
        info,
        lambda_figure(info),
        lambda_alt(info),
        title=_("Accuracy and agreement by λ"),
        key=f"ln_lambda_{key}",
        file="kdviz-lambda",
    )


def best_lambda_sentence(found: Sequence[Dot]) -> str:
    """The best λ so far and the second best: they are often close. found: of two λ or more."""
    means = mean_by_weight(found)
    first, second = sorted(means, key=lambda weight: (-means[weight].accuracy, weight))[:2]
    return sentences(
        plural(
            "Highest test accuracy so far: **{accuracy}** at λ = {weight} ({count} seed).",
            "Highest test accuracy so far: **{accuracy}** at λ = {weight} ({count} seeds).",
            means[first].seed,
            weight=f"{first:g}",
            accuracy=percent(means[first].accuracy),
        ),
        _("Second: λ = {weight}, {accuracy}.").format(
            weight=f"{second:g}", accuracy=percent(means[second].accuracy)
        ),
    )


def course_sentence(found: Sequence[Dot]) -> str:
    """Where accuracy stops rising with λ, and whether it falls again. found: of two λ or more."""
    means = mean_by_weight(found)
    top = max(dot.accuracy for dot in means.values())
    near = [weight for weight, dot in means.items() if dot.accuracy >= top - _FLAT]
    first, last = f"{near[0]:g}", f"{near[-1]:g}"
    flat = _("{points} points").format(points=decimal(100 * _FLAT, 0))
    if near[-1] < max(means):
        form = _("It is within {points} of the best from λ = {first} to {last}, and lower beyond.")
    elif len(near) > 1:
        form = _(
            "From λ = {first} to {last} it is flat: within {points} of the best. A λ that is clearly too "
            "large is not among those measured."
        )
    else:
        form = _("It still rises at the largest λ measured, {last}.")
    return form.format(first=first, last=last, points=flat)


def _columns(found: Sequence[Dot]) -> LambdaDots:
    return LambdaDots(
        tuple(dot.weight for dot in found),
        tuple(dot.seed for dot in found),
        tuple(dot.accuracy for dot in found),
        tuple(dot.agreement for dot in found),
    )
