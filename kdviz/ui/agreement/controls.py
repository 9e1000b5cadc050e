"""The menus of the Agreement page, all in the URL: explainer, measure and arm."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import streamlit as st
from streamlit.errors import StreamlitAPIException

from kdviz.comparison import Survey, explainers_offered, measures_offered, trained_explainer
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _
from kdviz.store import Run, Store
from kdviz.types import MAIN_MEASURE, Arm, Spec
from kdviz.ui.frame import url_state


@dataclass(frozen=True)
class ArmComparison:
    """One arm's maps compared to its teacher's, by one measure, over the test images of a survey."""

    store: Store
    run: Run
    survey: Survey
    measure: str
    arm: Arm

    @property
    def label(self) -> str:
        """The arm's name."""
        return ARM_STYLES[self.arm].label


def explainer_and_measure(run: Run) -> tuple[str, str]:
    """The explainer and the measure chosen in two menus."""
    config = run.config
    explainers = {spec.name: spec for spec in explainers_offered(config)}
    measures = {spec.name: spec for spec in measures_offered(config)}
    for key, specs, default in (("ag_by", explainers, "grad-cam"), ("ag_measure", measures, MAIN_MEASURE)):
        _drop_unknown(key, specs, default)
    with st.grid(2, min_column_width=150):
        explainer = st.selectbox(
            _("Evaluated with"),
            list(explainers),
            index=_position(explainers, "grad-cam"),
            format_func=lambda name: _(explainers[name].label),
            help=_("The explainer whose maps are compared. A held-out explainer is the fairer test.")
            + "\n\n"
            + _descriptions(explainers, trained_explainer(config)),
            key="ag_by",
            bind=url_state.binding("ag_by"),
        )
        measure = st.selectbox(
            _("Measure"),
            list(measures),
            index=_position(measures, MAIN_MEASURE),
            format_func=lambda name: _(measures[name].label),
            help=_descriptions(measures),
            key="ag_measure",
            bind=url_state.binding("ag_measure"),
        )
    return str(explainer), str(measure)


def _drop_unknown(key: str, specs: Mapping[str, Spec], default: str) -> None:
    """A bound menu ignores what it does not have, and leaves it in the URL."""
    labels = [_(spec.label) for spec in specs.values()]
    known = {*specs, *labels, *(spec.label for spec in specs.values())}
    url_state.warn_unknown(key, known, labels[_position(specs, default)])
    if st.query_params.get(key, "") not in {"", *known}:
        with suppress(StreamlitAPIException):  # already bound, by Back
            del st.query_params[key]


def _position(options: Mapping[str, Spec], wanted: str) -> int:
    return list(options).index(wanted) if wanted in options else 0


def _descriptions(options: Mapping[str, Spec], trained_on: str = "") -> str:
    """A line of Markdown for each option."""
    return "\n".join(
        f"- **{_trained(spec) if name == trained_on else _(spec.label)}**: {_(spec.about)}"
        for name, spec in options.items()
    )


def _trained(spec: Spec) -> str:
    return _("{explainer} (trained on)").format(explainer=_(spec.label))
