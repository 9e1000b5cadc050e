"""Answers that differ between two runs: how many, in which classes, and on which pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import streamlit as st

from kdviz.comparison import (
    AnswerChanges,
    MapPair,
    Survey,
    answer_changes,
    different_settings,
    known_lead,
    map_pairs,
    on_same_images,
)
from kdviz.datasets import class_name, class_names
from kdviz.figures.maps import (
    SentenceLine,
    density,
    enlarged,
    has_unknown_words,
    heatmap_alt,
    heatmaps,
    overlay,
    sentences_html,
    side_by_side,
    signed_density,
    webp_url,
    words_key,
)
from kdviz.figures.style import RUN_STYLES
from kdviz.language import _, listed, sentences
from kdviz.narrative import accuracy_lead_text, answers_gained_text, evidence_change_text
from kdviz.store import Run, Store
from kdviz.types import FloatArray, Interval
from kdviz.ui.frame.errors import fragment
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.frame.progress import bar
from kdviz.ui.widgets.metric_columns import share_format
from kdviz.ui.widgets.sentence import frame_meaning
from kdviz.ui.widgets.setting_names import setting_name

_AT_MOST = 12


@dataclass(frozen=True)
class ComparedPair:
    """Two finished runs on the same test images, the earlier one first, and their letters."""

    runs: tuple[Run, Run]
    letters: tuple[str, str]

    @property
    def names(self) -> tuple[str, str]:
        """Their letters, with λ if that is all they differ in: "A (λ = 30)"."""
        first, second = (run.config for run in self.runs)
        if set(different_settings([first, second])) != {"explanation_weight"}:
            return self.letters
        before, after = (
            f"{letter} (λ = {run.config.explanation_weight:g})"
            for letter, run in zip(self.letters, self.runs, strict=True)
        )
        return before, after


def compared_pair(runs: Sequence[Run]) -> ComparedPair | None:
    """The earlier and the later of two finished runs; None for others, whose answers are not compared."""
    if len(runs) != 2 or any(run.results is None for run in runs):
        return None
    if not on_same_images([run.config for run in runs]):
        return None
    first, second = sorted((0, 1), key=lambda place: runs[place].record.created)
    letters = RUN_STYLES[first].letter, RUN_STYLES[second].letter
    return ComparedPair((runs[first], runs[second]), letters)


def accuracy_answer(store: Store, pair: ComparedPair, surveys: Mapping[str, Survey]) -> None:
    """Which of the two students is more accurate: by their results until both runs are evaluated.

    With what other seeds of the same settings say, where they are known.
    """
    seeds = known_lead(store, *pair.runs)
    if all(run.id in surveys for run in pair.runs):
        earlier, later = (surveys[run.id] for run in pair.runs)
        changes = answer_changes(earlier, later)
        lead = accuracy_lead_text(changes.accuracy, pair.names, images=changes.images, seeds=seeds)
        st.markdown(sentences(lead, _several_settings(pair), answers_gained_text(changes, pair.letters)))
        return
    before, after = (run.results["student"].accuracy for run in pair.runs if run.results)
    lead = accuracy_lead_text(Interval(round(after - before, 12), nan, nan), pair.names, seeds=seeds)
    st.markdown(sentences(lead, _several_settings(pair)))


def _several_settings(pair: ComparedPair) -> str:
    """That the runs differ in more than one setting, the seed aside; "" if not."""
    different = [name for name in different_settings([run.config for run in pair.runs]) if name != "seed"]
    if len(different) < 2:
        return ""
    text = _("They differ in {settings}: the difference cannot be put down to one of these.")
    return text.format(settings=listed(plain(setting_name(name)) for name in different))


def answers_changed(store: Store, pair: ComparedPair, surveys: Mapping[str, Survey]) -> None:
    """What the later student answers differently, once both runs are evaluated."""
    if any(run.id not in surveys for run in pair.runs):
        return
    letters = pair.letters
    earlier, later = (surveys[run.id] for run in pair.runs)
    changes = answer_changes(earlier, later)
    st.markdown(
        _("**Answers of the student that changed, {earlier} → {later}**").format(
            earlier=letters[0], later=letters[1]
        ),
        help=_(
            "Mended: only {later} predicts the label. Broken: only {earlier} does. Differences with their "
            "95 % paired bootstrap intervals over test images; one run is one seed."
        ).format(earlier=letters[0], later=letters[1]),
    )
    if moved := evidence_change_text(changes):
        st.markdown(moved)
    with st.expander(_("By class"), icon=":material/table:"):
        st.dataframe(
            classes_table(changes),
            hide_index=True,
            height="content",
            placeholder="–",
            column_config=_columns(letters),
            alt=_("Answers that changed, a row for each class"),
            key="answers_changed",
        )
    _pictures(store, pair, (earlier, later), changes)


def classes_table(changes: AnswerChanges) -> pd.DataFrame:
    """A row for each class; accuracies in percent, NaN without images."""
    names = class_names([each.name for each in changes.classes])
    return pd.DataFrame(
        {
            "class": name,
            "images": each.images,
            "before": 100 * each.before,
            "after": 100 * each.after,
            "mended": each.mended,
            "broken": each.broken,
        }
        for name, each in zip(names, changes.classes, strict=True)
    )


def _columns(letters: tuple[str, str]) -> dict[str, Any]:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    before, after = (_("Accuracy {run}").format(run=letter) for letter in letters)
    return {
        "class": text(_("Class"), pinned=True),
        "images": number(_("Images"), format="localized"),
        "before": number(before, format=share_format()),
        "after": number(after, format=share_format()),
        "mended": number(_("Mended"), format="localized"),
        "broken": number(_("Broken"), format="localized"),
    }


@fragment
def _pictures(store: Store, pair: ComparedPair, surveys: Sequence[Survey], changes: AnswerChanges) -> None:
    """An expander with the pictures of one kind; explained only while it is open."""
    kinds = {"mended": changes.mended, "broken": changes.broken}
    kinds = {kind: indices for kind, indices in kinds.items() if len(indices)}
    if not kinds:
        return
    title = _("The pictures whose answers changed")
    drawer = st.expander(title, icon=":material/image_search:", key="changed_open", on_change="rerun")
    if not drawer.open:
        return
    names = {"mended": _("Mended"), "broken": _("Broken")}
    with drawer:
        kind = st.segmented_control(
            title,
            list(kinds),
            default=next(iter(kinds)),
            required=True,
            format_func=lambda each: f"{names[each]} ({len(kinds[each]):,})",
            label_visibility="collapsed",
            key="changed_kind",
        )
        indices = kinds.get(kind, next(iter(kinds.values())))[:_AT_MOST].tolist()
        with bar() as report:
            before, after = (map_pairs(store, run.id, indices, report=report) for run in pair.runs)
        st.caption(
            _("From the left: the picture, the student of {earlier}, the student of {later}.").format(
                earlier=pair.letters[0], later=pair.letters[1]
            )
        )
        if any(each.text is not None for each in before):
            said = _("Evidence for what the teacher predicts:")
            frames = frame_meaning(pair.runs[0]) if any(each.framed for each in before) else ""
            unknown = any(has_unknown_words(each.text or "") for each in before)
            st.html(words_key(signed=True, before=said, framed=frames, unknown=unknown))
        with st.grid(3, min_column_width=290, gap="medium"):
            for couple in zip(before, after, strict=True):
                with st.container(gap="xxsmall"):
                    _picture(pair, surveys, couple)
        if len(kinds[kind]) > len(indices):
            st.caption(_("The first {shown} of {count}.").format(shown=len(indices), count=len(kinds[kind])))


def _picture(pair: ComparedPair, surveys: Sequence[Survey], couple: tuple[MapPair, MapPair]) -> None:
    """One test image with both students' maps on one scale, a link to Explain."""
    index = couple[0].index
    answers = [_answer(survey, index) for survey in surveys]
    label = class_name(surveys[0].classes, int(surveys[0].labels[_place(surveys[0], index)]))
    texts = couple[0].text is not None
    scale = heatmaps({"teacher": couple[0].teacher, "student": couple[0].other}, signed=texts).scale
    maps = [(signed_density if texts else density)(each.other) for each in couple]
    link = with_language({"run": pair.runs[1].id, "image": str(index)})
    caption = _("Image {index} · {label}: {before} → {after}").format(
        index=index, label=plain(label), before=plain(answers[0]), after=plain(answers[1])
    )
    if (text := couple[0].text) is not None:
        lines = [_line(*each) for each in zip(pair.letters, maps, strict=True)]
        st.html(sentences_html(text, lines, scale, outlined=couple[0].framed))
        st.page_link(
            "pages/explain.py", label=caption, icon=":material/center_focus_strong:", query_params=link
        )
        return
    drawn = [overlay(couple[0].image, values, scale) for values in maps]
    st.image(
        webp_url(side_by_side([enlarged(couple[0].image), *drawn])),
        width="stretch",
        alt=sentences(
            _("Test image {index}: {label}").format(index=index, label=label),
            *(
                _("{name}: {value}").format(name=letter, value=heatmap_alt("student", values))
                for letter, values in zip(pair.letters, maps, strict=True)
            ),
        ),
        link=f"explain?{urlencode(link)}",
    )
    st.caption(caption)


def _line(letter: str, values: FloatArray) -> SentenceLine:
    """The line of a run's student, in the run's colour."""
    style = next(style for style in RUN_STYLES if style.letter == letter)
    return SentenceLine(letter, style.color, f"{style.glyph} {letter}", values)


def _place(survey: Survey, index: int) -> int:
    """Where an image of the test set is in a survey."""
    return int(np.flatnonzero(survey.indices == index)[0])


def _answer(survey: Survey, index: int) -> str:
    return class_name(survey.classes, int(survey.predictions["student"].predicted[_place(survey, index)]))
