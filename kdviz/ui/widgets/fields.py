"""Widgets for the settings of a run. Label, help, bounds and default all come from `RunConfig`.

Each data set has widgets of its own, because its recipe gives it defaults of its own. Values live in the
URL, so that a copied link opens the same settings; what differs from the default is all that it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from kdviz.config import (
    CHOICES,
    LAMBDA_LADDER,
    OPENING,
    RunConfig,
    bounds,
    filled,
    options,
    usual_loss,
    usual_weight,
)
from kdviz.datasets import DATASETS
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import MODELS
from kdviz.types import ARMS, Arm, Spec
from kdviz.ui.distill.presets import Preset


class Fields:
    """The widgets of one data set's settings."""

    def __init__(self, dataset: str) -> None:
        self._dataset = dataset
        self._usual = filled({} if dataset == OPENING["dataset"] else {"dataset": dataset})

    def default(self, field: str) -> Any:
        """What the setting is where nobody chooses."""
        return self._usual[field]

    def choice(self, field: str, names: Sequence[str] = (), *, key: str = "", usual: str = "") -> str:
        """One name of a registry, or of a fixed list.

        names: those to offer, all by default. key, usual: the widget's own, where the data set's do not do.
        """
        offered, specs = list(names or options(field)), CHOICES.get(field, {})
        shared, default = self._shared(field), usual or self.default(field)
        chosen = st.selectbox(
            **{**shared, "key": key or shared["key"]},
            options=offered,
            index=offered.index(default) if default in offered else 0,
            format_func=lambda name: _(specs[name].label) if name in specs else name,
        )
        return str(chosen)

    def few(self, field: str) -> str:
        """One of a few names, all in sight."""
        specs = CHOICES.get(field, {})
        chosen = st.segmented_control(
            **self._shared(field),
            options=options(field),
            default=self.default(field),
            required=True,
            format_func=lambda name: _(specs[name].label) if name in specs else name,
        )
        return str(chosen)

    def slider(self, field: str, *, step: float) -> float:
        """A number between the config's two bounds."""
        low, high = bounds(field)
        assert low is not None
        assert high is not None
        return st.slider(
            **self._shared(field),
            min_value=float(low),
            max_value=float(high),
            value=float(self.default(field)),
            step=step,
        )

    def number(self, field: str, **more: Any) -> Any:
        """A number to type, within the config's bounds; None where it may be left empty."""
        kind = int if "int" in str(RunConfig.model_fields[field].annotation) else float
        low, high = bounds(field)
        return st.number_input(
            **self._shared(field),
            value=self.default(field),
            **{
                "min_value": None if low is None else kind(low),
                "max_value": None if high is None else kind(high),
                **({"step": 1} if kind is int else {}),
                **more,
            },
        )

    def width(self, role: str, network: str) -> float:
        """The width of a network: the recipe's for its own network, 1 for any other."""
        if not MODELS[network].has_width:
            st.text_input(
                _("Width"), _("one width only"), disabled=True, key=f"{self._dataset}.{role}.{network}"
            )
            return 1.0
        field = f"{role}_width"
        recipes, key = network == self.default(role), self._width_key(role, network)
        low, high = (float(bound or 0) for bound in bounds(field))
        return st.number_input(
            **{**self._shared(field), "key": key},
            min_value=low,
            max_value=high,
            value=float(self.default(field)) if recipes else 1.0,
            step=0.25,
        )

    def text(self, field: str, **more: Any) -> str | None:
        """A line of text; None where it is empty."""
        return st.text_input(**self._shared(field), value=str(self.default(field) or ""), **more) or None

    def held(self, field: str) -> Any:
        """What a widget that is drawn later holds by now."""
        return st.session_state.get(f"{self._dataset}.{field}", self.default(field))

    def loss(self, teacher: str, student: str, layer: str) -> str:
        """The explanation loss, of those that both networks can do. The usual one suits the two."""
        usual, offers = usual_loss(teacher, student, layer), MODELS[teacher].offers & MODELS[student].offers
        offered = [name for name, spec in EXPLANATION_LOSSES.items() if spec.requires <= offers]
        key = self.loss_key(teacher, student, layer)
        labels = {_(EXPLANATION_LOSSES[name].label): name for name in offered}
        self._take_over("explanation_loss", key, labels.get)
        return self.choice("explanation_loss", offered, key=key, usual=usual)

    def weight(self, loss: str) -> float:
        """The weight λ: a ladder to slide on, and a box for any other value. The usual one suits the loss."""
        field, key = "explanation_weight", self.weight_key(loss)
        self._take_over(field, key, {f"{weight:g}": weight for weight in LAMBDA_LADDER}.get)
        on_ladder = st.select_slider(
            **{**self._shared(field), "key": key},
            options=LAMBDA_LADDER,
            value=usual_weight(loss),
            format_func=lambda value: f"{value:g}",
        )
        low, high = (float(bound or 0) for bound in bounds(field))
        other = st.number_input(
            _("Another λ"),
            min_value=low,
            max_value=high,
            value=None,
            placeholder=_("any other value"),
            label_visibility="collapsed",
            key=f"{self._dataset}.lambda",
            bind="query-params",
        )
        return float(on_ladder if other is None else other)

    def arm(self, arm: Arm, about: str, *, disabled: bool) -> bool:
        """Whether an arm is trained."""
        label = ARM_STYLES[arm].label
        wanted = st.checkbox(
            label[:1].upper() + label[1:],
            value=arm in self.default("arms"),
            help=about,
            key=f"{self._dataset}.{arm}",
            bind="query-params",
            disabled=disabled,
        )
        return wanted and not disabled

    def fill(self, preset: Preset) -> None:
        """Set every widget to what a preset says. Call it from a callback: before they are drawn."""
        state, key = st.session_state, self._dataset
        for field in RunConfig.model_fields:
            value = preset.value(field)
            if field == "arms":
                state.update({f"{key}.{arm}": arm in value for arm in ARMS[2:]})
            elif field.endswith("_width"):
                state[self._width_key(role := field.removesuffix("_width"), preset.value(role))] = float(
                    value
                )
            elif field == "explanation_loss":
                networks = (preset.value(name) for name in ("teacher", "student", "explained_layer"))
                state[self.loss_key(*networks)] = value
            elif field == "explanation_weight":
                loss, on_ladder = preset.value("explanation_loss"), value in LAMBDA_LADDER
                state[self.weight_key(loss)] = value if on_ladder else usual_weight(loss)
                state[f"{key}.lambda"] = None if on_ladder else value
            elif field in ("data", "mistake"):
                continue  # the person's own files stay theirs, and the form makes no mistake
            elif field != "dataset":
                state[f"{key}.{field}"] = _as_widget(field, value)
        state["dataset"] = key

    def loss_key(self, teacher: str, student: str, layer: str) -> str:
        """Networks with another usual loss have a choice of their own."""
        usual, field = usual_loss(teacher, student, layer), f"{self._dataset}.explanation_loss"
        return field if usual == self.default("explanation_loss") else f"{field}.{usual}"

    def weight_key(self, loss: str) -> str:
        """A loss with another usual weight has a ladder of its own."""
        field, weight = f"{self._dataset}.explanation_weight", usual_weight(loss)
        return field if weight == self.default("explanation_weight") else f"{field}.{weight:g}"

    def _take_over(self, field: str, key: str, read: Callable[[str], Any]) -> None:
        """What a link from before there were choices of their own says under the plain key."""
        plain = f"{self._dataset}.{field}"
        if key == plain or key in st.session_state or key in st.query_params:
            return
        if (given := read(st.query_params.get(plain, ""))) is not None:
            st.session_state[key] = given

    def _width_key(self, role: str, network: str) -> str:
        """Another network than the recipe's has a width of its own."""
        field = f"{self._dataset}.{role}_width"
        return field if network == self.default(role) else f"{field}.{network}"

    def _shared(self, field: str) -> dict[str, Any]:
        info = RunConfig.model_fields[field]
        return {
            "label": _(info.title or field),
            "help": _about(field, CHOICES.get(field, {})),
            "key": f"{self._dataset}.{field}",
            "bind": "query-params",
        }


def dataset_choice() -> str:
    """The data set, on which all other defaults hang."""
    return str(
        st.selectbox(
            _(RunConfig.model_fields["dataset"].title or ""),
            options=list(DATASETS),
            help=_about("dataset", DATASETS),
            format_func=lambda name: _(DATASETS[name].label),
            key="dataset",
            bind="query-params",
        )
    )


def _as_widget(field: str, value: Any) -> Any:
    """A setting's value as its widget holds it: sliders hold floats, text boxes text."""
    kind = str(RunConfig.model_fields[field].annotation)
    if "str" in kind:
        return "" if value is None else str(value)
    return float(value) if value is not None and "float" in kind else value


def _about(field: str, specs: Mapping[str, Spec]) -> str:
    """The setting in a sentence, then each choice in one."""
    lines = [f"- **{_(spec.label)}**: {_(spec.about)}" for spec in specs.values()]
    return "\n".join([_(RunConfig.model_fields[field].description or ""), "", *lines]).strip()
