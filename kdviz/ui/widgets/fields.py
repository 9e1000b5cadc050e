"""Widgets for the settings of a run.

Label, help, bounds and default come from the run configuration. Values are in the URL, so that a copied link
opens the same settings; it contains only what differs from the default.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from kdviz.config import (
    CHOICES,
    LAMBDA_LADDER,
    OPENING,
    RunConfig,
    bounds,
    choices_for,
    filled,
    is_whole,
    options,
)
from kdviz.datasets import DATASETS
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import TEACHERS
from kdviz.types import Arm, ModalityName, Spec
from kdviz.ui.frame import url_state
from kdviz.ui.widgets.field_keys import FieldKeys, parameters
from kdviz.ui.widgets.filled_in_size import keep_size
from kdviz.ui.widgets.following_count import keep_count
from kdviz.ui.widgets.ladder_ticks import LAMBDA_ROW, ticks
from kdviz.ui.widgets.setting_names import lambda_meaning


class Fields:
    """The widgets of one data set's settings."""

    def __init__(self, dataset: str) -> None:
        self._keys = FieldKeys(dataset)
        self.modality: ModalityName = DATASETS[dataset].modality

    def choice(self, field: str, names: Sequence[str] = (), *, key: str = "", usual: str = "") -> str:
        """A name of a registry, or of a fixed list. names: those to offer, all by default.

        key, usual: the widget's key and default, if not those of the data set.
        """
        offered, default = list(names or self._offered(field)), usual or self._keys.default(field)
        chosen = st.selectbox(
            **self._shared(field, key),
            options=offered,
            index=offered.index(default) if default in offered else 0,
            format_func=_label_of(field),
        )
        return str(chosen)

    def few(self, field: str) -> str:
        """One of a few names, all visible."""
        chosen = st.segmented_control(
            **self._shared(field),
            options=self._offered(field),
            default=self._keys.default(field),
            required=True,
            format_func=_label_of(field),
            wrap=True,
        )
        return str(chosen)

    def slider(self, field: str, *, step: float) -> float:
        """A number between the config's two bounds."""
        low, high = _finite_bounds(field)
        value = float(self._keys.default(field))
        return st.slider(**self._shared(field), min_value=low, max_value=high, value=value, step=step)

    def number(self, field: str, *, key: str = "", usual: Any = None, **more: Any) -> Any:
        """A number to type, within the config's bounds; None if it may be empty.

        key, usual: as in `choice`.
        """
        kind = int if is_whole(field) else float
        low, high = (None if bound is None else kind(bound) for bound in bounds(field))
        step = {"step": 1} if kind is int else {}
        return st.number_input(
            **self._shared(field, key),
            value=self._keys.default(field) if usual is None else usual,
            **{"min_value": low, "max_value": high, **step, **more},
        )

    def teacher_epochs(self, teacher: str) -> Any:
        """The teacher's epochs, of which a pretrained one needs fewer by default."""
        key = self._keys.teacher_epochs(teacher)
        return self.number(
            "teacher_epochs", key=key, usual=self._keys.default("teacher_epochs", teacher=teacher)
        )

    def width(self, role: str, network: str) -> float:
        """The width of a network; 1 for one that comes in one width only."""
        if not TEACHERS[network].has_width:
            key = self._keys.of(f"{role}.{network}")
            st.text_input(_("Width"), _("one width only"), disabled=True, key=key)
            return 1.0
        field = f"{role}_width"
        low, high = _finite_bounds(field)
        return st.number_input(
            **self._shared(field, self._keys.width(role, network)),
            min_value=low,
            max_value=high,
            value=float(self._keys.default(field, **{role: network})),
            step=0.25,
        )

    def text(self, field: str, **more: Any) -> str | None:
        """A line of text; None if it is empty."""
        text = st.text_input(
            **self._described(field),
            value=str(self._keys.default(field) or ""),
            bind="query-params",  # an empty parameter is a text box that was cleared
            **more,
        )
        return text or None

    def current(self, field: str) -> Any:
        """The value of a widget that is drawn further down."""
        return st.session_state.get(self._keys.of(field), self._keys.default(field))

    def loss(self, teacher: str, student: str, layer: str) -> str:
        """The explanation loss, among those that both networks support. The default depends on the two."""
        usual = self._keys.default(
            "explanation_loss", teacher=teacher, student=student, explained_layer=layer
        )
        offers = TEACHERS[teacher].offers & TEACHERS[student].offers
        fitting = self._offered("explanation_loss")
        offered = [name for name in fitting if EXPLANATION_LOSSES[name].requires <= offers]
        key = self._keys.loss(teacher, student, layer)
        labels = {_(EXPLANATION_LOSSES[name].label): name for name in offered}
        self._read_old_link("explanation_loss", key, labels.get)
        return self.choice("explanation_loss", offered, key=key, usual=usual)

    def weight(self, loss: str) -> float:
        """The weight λ: a ladder to slide on, and a box for other values. The default depends on the loss.

        The label says the value in force. While another is typed, the ladder is greyed out.
        """
        field, key = "explanation_weight", self._keys.weight(loss)
        self._read_old_link(field, key, {f"{weight:g}": weight for weight in LAMBDA_LADDER}.get)
        with st.container(horizontal=True, vertical_alignment="center", key=LAMBDA_ROW):
            ladder = st.container(key="lambda_ladder", gap=None)
            low, high = _finite_bounds(field)
            other = st.number_input(
                _("Another λ"),
                min_value=low,
                max_value=high,
                value=None,
                placeholder=_("any other value"),
                label_visibility="collapsed",
                key=self._keys.of("lambda"),
                bind=url_state.binding(self._keys.of("lambda")),
            )
            with ladder:
                return self._ladder(key, loss, other)

    def _ladder(self, key: str, loss: str, other: float | None) -> float:
        """The slider, with the value in force above and its values below. other: typed, applies instead."""
        looks = self._shared("explanation_weight", key)
        said = st.container(key="lambda_said")
        chosen = st.select_slider(
            **{**looks, "label": _("{name}: {value}").format(name="λ", value=lambda_meaning())},
            options=LAMBDA_LADDER,
            value=self._keys.default("explanation_weight", explanation_loss=loss),
            format_func=lambda value: f"{value:g}",
            disabled=other is not None,
            label_visibility="collapsed",
        )
        st.html(ticks([f"{value:g}" for value in LAMBDA_LADDER]))
        weight = float(chosen if other is None else other)
        name = f"**λ = {weight:g}**"
        said.markdown(_("{name}: {value}").format(name=name, value=lambda_meaning()), help=looks["help"])
        return weight

    def arm(self, arm: Arm, about: str, *, disabled: bool) -> bool:
        """Whether an arm is trained."""
        label = ARM_STYLES[arm].label
        wanted = st.checkbox(
            label[:1].upper() + label[1:],
            value=arm in self._keys.default("arms"),
            help=about,
            key=self._keys.of(arm),
            bind=url_state.binding(self._keys.of(arm)),
            disabled=disabled,
        )
        return wanted and not disabled

    def _read_old_link(self, field: str, key: str, read: Callable[[str], Any]) -> None:
        """Links from before a field had several widgets contain its plain key."""
        plain = self._keys.of(field)
        if key == plain or key in st.session_state or key in st.query_params:
            return
        if (given := read(st.query_params.get(plain, ""))) is not None:
            st.session_state[key] = given

    def _shared(self, field: str, key: str = "") -> dict[str, Any]:
        described = self._described(field, key)
        return {**described, "bind": url_state.binding(described["key"])}

    def _described(self, field: str, key: str = "") -> dict[str, Any]:
        info = RunConfig.model_fields[field]
        return {
            "label": _(info.title or field),
            "help": _about(field, choices_for(field, self.modality) if field in CHOICES else {}),
            "key": key or self._keys.of(field),
        }

    def _offered(self, field: str) -> Sequence[str]:
        """What a field may be, of that what is made for the inputs of the data set."""
        return list(choices_for(field, self.modality)) if field in CHOICES else options(field)


def dataset_choice() -> str:
    """The data set, on which all other defaults depend."""
    return str(
        st.selectbox(
            _(RunConfig.model_fields["dataset"].title or ""),
            options=list(DATASETS),
            help=_about("dataset", DATASETS),
            format_func=_label_of("dataset"),
            key="dataset",
            bind=url_state.binding("dataset"),
        )
    )


def fill(settings: Mapping[str, Any]) -> None:
    """Set every widget to these settings. Call it before they are drawn, as from a callback."""
    dataset = settings["dataset"]
    for field, key, value in FieldKeys(dataset).values(settings):
        st.session_state[key] = _as_widget(field, value)
    st.session_state["dataset"] = dataset
    keep_count(settings)
    if "image_size" in settings:
        keep_size(FieldKeys(dataset).of("image_size"), settings.get("data"), settings["image_size"])
    _write_url(settings)


def fill_some(settings: Mapping[str, Any], fields: Collection[str]) -> None:
    """Set the widgets of these fields, and leave the others as they are. Call it from a callback."""
    for field, key, value in FieldKeys(settings["dataset"]).values(settings):
        if field in fields:
            st.session_state[key] = _as_widget(field, value)


def _write_url(settings: Mapping[str, Any]) -> None:
    """Write what differs from the defaults into the URL: Streamlit does so only for drawn widgets."""
    dataset, label = settings["dataset"], _label_of("dataset")
    usual = parameters(filled({} if dataset == OPENING["dataset"] else {"dataset": dataset}))
    usual["dataset"] = label(next(iter(DATASETS)))
    for key, text in {"dataset": label(dataset), **parameters(settings)}.items():
        if usual.get(key) != text:
            with suppress(StreamlitAPIException):  # of a widget that was drawn
                st.query_params[key] = text


def _as_widget(field: str, value: Any) -> Any:
    """A setting's value as its widget stores it: sliders store floats, text boxes text."""
    kind = str(RunConfig.model_fields[field].annotation)
    if "str" in kind:
        return "" if value is None else str(value)
    return float(value) if value is not None and "float" in kind else value


def _finite_bounds(field: str) -> tuple[float, float]:
    low, high = bounds(field)
    assert low is not None
    assert high is not None
    return float(low), float(high)


def _label_of(field: str) -> Callable[[str], str]:
    specs = CHOICES.get(field, {})
    return lambda name: _(specs[name].label) if name in specs else name


def _about(field: str, specs: Mapping[str, Spec]) -> str:
    """The description of the setting, then of each choice."""
    lines = [f"- **{_(spec.label)}**: {_(spec.about)}" for spec in specs.values()]
    return "\n".join([_(RunConfig.model_fields[field].description or ""), "", *lines]).strip()
