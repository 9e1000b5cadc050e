"""What if the planted word were another one, or not there: what every arm predicts then."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from kdviz.comparison import ExplainedVariants, explain_cue_variants
from kdviz.datasets import class_name
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _
from kdviz.narrative import planted_word, what_if_sentence
from kdviz.store import Run, Store
from kdviz.types import Arm
from kdviz.ui.explain.controls import ImageQuery
from kdviz.ui.explain.cue import WHAT_IF_OPEN, scroll_to_what_if, variant_verdict
from kdviz.ui.frame.errors import fragment
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.progress import bar
from kdviz.ui.widgets.answers import answer_text


@fragment
def what_if_word(store: Store, run: Run, query: ImageQuery) -> None:
    """An expander with all variants of the planted word, explained in one batch for each arm."""
    title = _("What if the planted word were another?")
    drawer = st.expander(
        title, icon=":material/swap_horiz:", key=WHAT_IF_OPEN, on_change="rerun", expanded=True
    )
    scroll_to_what_if(query.index)
    if not drawer.open:
        return
    with drawer:
        with bar() as report:
            explained = explain_cue_variants(store, run.id, query.index, intact=query.intact, report=report)
        if explained is None:
            return
        for number in range(len(explained.variants.cues)):
            if number != explained.planted:
                st.markdown(plain(what_if_sentence(explained, number)))
        st.table(variant_table(explained))


def variant_table(explained: ExplainedVariants) -> pd.DataFrame:
    """What each arm predicts: a row for each variant, that of the test text first; a column for each arm."""
    order = sorted(range(len(explained.variants.cues)), key=lambda number: number != explained.planted)
    columns = {
        ARM_STYLES[arm].label: [_said(explained, number, arm) for number in order] for arm in explained.arms
    }
    return pd.DataFrame(columns, index=pd.Index([_row(explained, number) for number in order]))


def _row(explained: ExplainedVariants, number: int) -> str:
    way = explained.variants.cues[number]
    if way is None:
        return _("without “{word}”").format(word=plain(planted_word(explained, explained.planted)))
    text = _("“{word}”, which meant {name}")
    if number == explained.planted:
        text = (
            _("“{word}”, which meant {name}, the truthful word")
            if explained.intact
            else _("“{word}”, which meant {name}, as in the test text")
        )
    return text.format(
        word=plain(planted_word(explained, number)), name=plain(class_name(explained.classes, way.indicated))
    )


def _said(explained: ExplainedVariants, number: int, arm: Arm) -> str:
    of = explained.arms[arm]
    predicted = of.predicted(number)
    return _("{answer}, {verdict}").format(
        answer=plain(answer_text(class_name(explained.classes, predicted), of.confidence(number))),
        verdict=variant_verdict(explained, number, arm),
    )
