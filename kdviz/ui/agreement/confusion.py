"""Classes that an arm predicts more or less often than its teacher, computed only in an open expander."""

from __future__ import annotations

import streamlit as st

from kdviz.comparison import Survey, confusion_difference, largest_survey
from kdviz.datasets import class_names
from kdviz.figures.charts import confusion_alt, confusion_figure, confusion_info
from kdviz.language import _, language
from kdviz.types import Arm
from kdviz.ui.agreement.controls import ArmComparison
from kdviz.ui.frame.errors import fragment
from kdviz.ui.widgets.chart import Drawn, untitled_chart


@fragment
def confusion_panel(shown: ArmComparison) -> None:
    """An expander: the confusion matrix of an arm minus its teacher's."""
    title = _("Predictions compared to the teacher's")
    drawer = st.expander(title, icon=":material/grid_on:", key="ag_answers", on_change="rerun")
    if not drawer.open:
        return
    survey = largest_survey(shown.store, shown.run, shown.survey)
    drawn = _drawn(survey.key, shown.arm, language(), survey)
    with drawer:
        st.caption(drawn.info.about)
        untitled_chart(
            drawn.info,
            drawn.figure,
            drawn.alt,
            title=title,
            key="ag_confusion",
            file=f"kdviz-{shown.arm}-confusion",
        )


@st.cache_resource(max_entries=64, show_spinner=False)
def _drawn(key: str, arm: Arm, code: str, _survey: Survey) -> Drawn:
    info = confusion_info(arm, class_names(_survey.classes), confusion_difference(_survey, arm))
    return Drawn(info, confusion_figure(info), confusion_alt(info))
