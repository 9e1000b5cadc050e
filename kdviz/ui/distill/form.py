"""The settings of a new run, what they cost, and the button that starts it."""

from __future__ import annotations

import math
import time
from typing import Any

import streamlit as st

from kdviz.config import NEED_LAMBDA, RunConfig, make_config, usual_loss
from kdviz.datasets import DATASETS, Counts, input_shape
from kdviz.device import resolve_device
from kdviz.errors import ConfigError, KdvizError
from kdviz.figures.style import duration, lambda_text
from kdviz.jobs import joining_s, submit
from kdviz.language import _, plural, sentences
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import MODELS, ModelCard, describe
from kdviz.store import Run, Store
from kdviz.types import Arm
from kdviz.ui.distill.presets import PRESETS, changed_line
from kdviz.ui.distill.responsive import FORM
from kdviz.ui.frame.formatting import count
from kdviz.ui.frame.shell import errors
from kdviz.ui.widgets.estimate import cost, image_counts, rounded
from kdviz.ui.widgets.fields import Fields, dataset_choice

_START: Any = {"type": "primary", "width": "stretch", "icon": ":material/play_arrow:"}
_SIZE, _CLASSES = 32, 10  # of a person's own images, before they are read
_DOUBLE_CLICK_S = 2.0

_FEW_STEPS = 30
"""Adjustments of a network, below which it has hardly begun to learn, however large its learning rate."""
_CHOSEN, _AGAIN = "preset_chosen", "preset_again"


def new_run(store: Store) -> str | None:
    """The form in a card. Returns the id of a run that was started, or chosen instead, just now."""
    if again := st.session_state.pop(_AGAIN, None):
        _fill(again)
    with st.container(border=True, key="new_run"):
        st.subheader(_("New run"), anchor=FORM)
        top = st.container()
        values = _settings()
        with top:
            _presets(values)
            return _offer(store, values)


def _offer(store: Store, values: dict[str, Any]) -> str | None:
    """The Start button, or why there is nothing to start."""
    if values["dataset"] == "folder" and not values["data"]:  # not yet: nobody has done anything wrong
        st.button(_("Start"), key="start", disabled=True, **_START)
        st.info(
            _("Say under *Your files* where your pictures are: one folder for each class."),
            icon=":material/folder_open:",
        )
        return None
    try:
        return _start(store, make_config(values))
    except KdvizError as error:
        st.button(_("Start"), key="start", disabled=True, **_START)
        errors(error)
        return None


def formula(config: RunConfig) -> str:
    """What is minimised, with the run's own numbers."""
    ce, kd, temperature = 1 - config.kd_weight, config.kd_weight, config.temperature
    distance = _(EXPLANATION_LOSSES[config.explanation_loss].label)
    weight = f"{config.explanation_weight:g}"
    if config.explanation_share is not None:
        weight = f"λ ({lambda_text(config.explanation_weight, config.explanation_share)})"
    return f"L = {ce:.2g} · CE + {kd:.2g} · {temperature:g}² · KL + {weight} · {distance}"


def _presets(values: dict[str, Any]) -> None:
    """Settings to start from. The one that the form says is marked, and what it has set is told."""
    said = next((name for name, preset in PRESETS.items() if preset.matches(values)), None)
    st.session_state["preset"] = said
    st.pills(
        _("Start from"),
        list(PRESETS),
        format_func=lambda name: _(PRESETS[name].label),
        key="preset",
        on_change=_choose,
    )
    if chosen := st.session_state.pop(_CHOSEN, None):
        _fill_once_more(chosen)
    if said is None:
        st.caption(_("Settings of your own."))
    else:
        st.caption(sentences(_(PRESETS[said].about), changed_line(PRESETS[said])))


def _choose() -> None:
    if (chosen := st.session_state["preset"]) is not None:
        _fill(chosen)
        st.session_state[_CHOSEN] = chosen


def _fill_once_more(chosen: str) -> None:
    """Soon, when the browser knows the widgets that the preset brought: only such reach the URL."""
    drawn: list[bool] = []

    @st.fragment(run_every=0.2)
    def once() -> None:
        if drawn:
            st.session_state[_AGAIN] = chosen
            st.rerun()
        drawn.append(True)

    once()


def _fill(chosen: str) -> None:
    Fields(PRESETS[chosen].dataset).fill(PRESETS[chosen])


def _start(store: Store, config: RunConfig) -> str | None:
    counts = image_counts(config.dataset, config.data)
    _check_amounts(config, counts)
    cards = [_built(config, role, counts.classes) for role in ("teacher", "student")]
    started = st.button(_("Start"), key="start", **_START)
    with st.container(gap="xsmall"):
        cost(store, config, counts, *cards)
        _few_steps(config, counts)
        st.caption(_when(store, config))
        st.caption(_("Minimised: {formula}").format(formula=formula(config)))
    if started:
        return _submitted(store, config)
    same = _same(store, config)
    open_it = _("Open the run with these settings")
    if same and st.button(open_it, key="open_same", width="stretch", icon=":material/history:"):
        return same.id
    return None


def _check_amounts(config: RunConfig, counts: Counts) -> None:
    """Raise ConfigError for more images, or a larger batch, than there are: sooner than the run would."""
    images = config.train_count or counts.train
    if images > counts.train:
        raise ConfigError(
            f"train_count: must be at most {counts.train}, the number of training images, got {images}. "
            "Leave it empty to take all."
        )
    if config.batch_size > images:
        raise ConfigError(
            f"batch_size: {config.batch_size} is more than the {images} training images. "
            f"Choose at most {images}."
        )


def _few_steps(config: RunConfig, counts: Counts) -> None:
    """A network that is hardly ever adjusted learns nothing: a batch as large as all the images is a trap."""
    steps = config.epochs * ((config.train_count or counts.train) // config.batch_size)
    if steps < _FEW_STEPS:
        st.caption(
            plural(
                ":material/warning: The students would be adjusted only {count} time, too few to learn "
                "much. A smaller batch (*Advanced*) or more epochs help.",
                ":material/warning: The students would be adjusted only {count} times, too few to learn "
                "much. A smaller batch (*Advanced*) or more epochs help.",
                steps,
            )
        )


def _submitted(store: Store, config: RunConfig) -> str:
    """A new run; a double click makes one, not two."""
    # The second click ends the first one's script at its next touch of the session: so not after `submit`.
    submitted: dict[str, tuple[float, str]] = st.session_state.setdefault("submitted", {})
    now, key = time.monotonic(), config.key
    when, run_id = submitted.get(key, (-math.inf, ""))
    if now - when > _DOUBLE_CLICK_S:
        run_id = submit(store, config)
        submitted[key] = (now, run_id)
    return run_id


def _when(store: Store, config: RunConfig) -> str:
    """When the run would start."""
    device = resolve_device(config.device)
    before = sum(resolve_device(run.config.device) == device for run in store.queued())
    soon = joining_s(store, device)
    starts = duration(rounded(soon))
    if before and starts:
        return plural(
            "{count} run waits before it: starts in about {time}.",
            "{count} runs wait before it: starts in about {time}.",
            before,
            time=starts,
        )
    if before:
        return plural("{count} run waits before it.", "{count} runs wait before it.", before)
    if not any(run.live and resolve_device(run.config.device) == device for run in store.runs()):
        return _("Starts at once.")
    if starts:
        return _("A run is being trained; this one starts in about {time}.").format(time=starts)
    return _("A run is being trained; this one comes next.")


def _same(store: Store, config: RunConfig) -> Run | None:
    key = config.key
    return next(
        (run for run in store.runs() if run.record.config_key == key and run.state == "finished"), None
    )


def _settings() -> dict[str, Any]:
    """All widgets. What is not on the page is left to the recipe."""
    dataset = dataset_choice()
    fields, values = Fields(dataset), {"dataset": dataset}
    _data(fields, values)
    _networks(fields, values)
    _loss(fields, values)
    _training(fields, values)
    with st.expander(_("Advanced"), icon=":material/tune:"):
        _advanced(fields, values)
    return values


def _data(fields: Fields, values: dict[str, Any]) -> None:
    if values["dataset"] == "folder":
        values["data"] = fields.text("data", placeholder=_("/path/to/images or images.zip"))
        values["image_size"] = fields.text("image_size")
    values["cue"] = fields.few("cue")
    if values["cue"] != "none":
        values["cue_strength"] = fields.slider("cue_strength", step=0.05)


def _networks(fields: Fields, values: dict[str, Any]) -> None:
    shortest = min(_input_shape(values)[1:])
    fitting = [name for name, spec in MODELS.items() if spec.minimum_size <= shortest]
    for role in ("teacher", "student"):
        name, width = st.columns([3, 2], gap="small")
        with name:
            values[role] = fields.choice(role, fitting)
        with width:
            values[f"{role}_width"] = fields.width(role, values[role])
    st.caption(_compression(*(_card(values, role) for role in ("teacher", "student"))))


def _loss(fields: Fields, values: dict[str, Any]) -> None:
    ladder = st.container()
    networks = (values["teacher"], values["student"], fields.held("explained_layer"))
    values["explanation_loss"] = fields.loss(*networks)
    st.caption(_why(*networks))
    with ladder:
        values["explanation_weight"] = fields.weight(values["explanation_loss"])
    values["temperature"] = fields.slider("temperature", step=1.0)
    values["kd_weight"] = fields.slider("kd_weight", step=0.05)


def _why(teacher: str, student: str, layer: str) -> str:
    """Why the explanation loss that the form starts with is the usual one for these networks."""
    if usual_loss(teacher, student, layer) == "class-attention":
        return _(
            "Both networks end in average pooling and one linear layer, so the maps of all classes come at "
            "no extra cost. Matching all of them (class attention) teaches most."
        )
    return _(
        "Class attention is the default where only average pooling and one linear layer follow the explained "
        "layer in both networks. Here it is Grad-CAM of the teacher's answer."
    )


def _training(fields: Fields, values: dict[str, Any]) -> None:
    images, epochs = st.columns(2, gap="small")
    with images:
        values["train_count"] = fields.number("train_count", placeholder=_("all"))
    with epochs:
        values["epochs"] = fields.number("epochs")
    plain = values["explanation_weight"] == 0
    st.markdown(
        _("Trained beside the student"), help=_("All in lockstep: same images, same order, same start.")
    )
    with st.container(horizontal=True):
        wanted = [
            arm
            for arm, about in _arms().items()
            if fields.arm(arm, about, disabled=plain and arm in NEED_LAMBDA)
        ]
    values["arms"] = ("student", *wanted)


def _advanced(fields: Fields, values: dict[str, Any]) -> None:
    values["explained_layer"] = fields.choice("explained_layer")
    values["explanation_share"] = fields.number(
        "explanation_share", placeholder=_("λ stays as it is"), min_value=0.05, max_value=0.95, step=0.05
    )
    for field in ("seed", "teacher_epochs", "batch_size"):
        values[field] = fields.number(field)
    values["optimizer"] = fields.choice("optimizer")
    values["learning_rate"] = fields.number(
        "learning_rate", placeholder=_("suits the optimiser"), format="%g"
    )
    values["teacher_weights"] = fields.text("teacher_weights", placeholder=_("trained here"))
    if values["dataset"] != "folder":
        values["data"] = fields.text("data", placeholder=_("the usual place"))
    values["device"], values["precision"] = fields.choice("device"), fields.choice("precision")


def _input_shape(values: dict[str, Any]) -> tuple[int, ...]:
    """(C, H, W) of the images; of squares of the usual size while what is typed is no size."""
    try:
        return input_shape(values["dataset"], values.get("image_size") or _SIZE, values["cue"])
    except ConfigError:
        return input_shape(values["dataset"], _SIZE, values["cue"])


def _card(values: dict[str, Any], role: str) -> ModelCard | None:
    """The cost of a network as it will be built; None while its settings do not fit."""
    spec = DATASETS[values["dataset"]]
    try:
        return describe(
            values[role],
            classes=spec.classes or _CLASSES,
            input_shape=_input_shape(values),
            width=values[f"{role}_width"],
        )
    except KdvizError:
        return None


def _built(config: RunConfig, role: str, classes: int) -> ModelCard:
    """The cost of a network. Raises the error that building it would raise later."""
    values = config.model_dump()
    return describe(
        values[role],
        classes=classes,
        input_shape=config.input_shape,
        width=values[f"{role}_width"],
    )


def _compression(teacher: ModelCard | None, student: ModelCard | None) -> str:
    if teacher is None or student is None:
        return _("A network cannot be built with these settings.")
    return _(
        "Parameters {from_p} → {to_p}: **{smaller}× smaller**. "
        "Multiply-adds an image {from_m} → {to_m}: {less}× less."
    ).format(
        from_p=count(teacher.parameters),
        to_p=count(student.parameters),
        smaller=f"{teacher.parameters / student.parameters:.3g}",
        from_m=count(teacher.multiply_adds),
        to_m=count(student.multiply_adds),
        less=f"{teacher.multiply_adds / student.multiply_adds:.3g}",
    )


def _arms() -> dict[Arm, str]:
    """What each further arm is for."""
    return {
        "twin": _("The same student at λ = 0: what differs between the two is caused by λ and nothing else."),
        "placebo": _(
            "The same λ on wrong maps, shuffled between images: only the gain over it is knowledge."
        ),
        "same-answer": _(
            "The same λ on the maps of other images that got the same answer: what is gained over it is this "
            "image's places, not what the class usually looks like. For batches with several images a class."
        ),
        "scratch": _("The same network without a teacher: labels alone."),
    }
