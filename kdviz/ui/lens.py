"""The lens row: one image through all arms, side by side on one scale, with scores under each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
import torch

from kdviz.comparison import ArmView, LensRow, Target, chance_levels, explainers_offered, lens, settings
from kdviz.figures import (
    ARM_STYLES,
    blown_up,
    colour_bar,
    density,
    difference,
    difference_alt,
    full_colour_at,
    heat_alt,
    highest,
    marked,
    overlay,
    percent,
    png,
    score,
    shared_reach,
    undefined_because,
)
from kdviz.resolution import at_larger_size
from kdviz.store import RunRecord, Store
from kdviz.types import Arm
from kdviz.ui.waiting import bar
from kdviz.ui.words import plain

_TEACHERS, _LABEL = "the teacher's answer", "the label"


@dataclass(frozen=True)
class View:
    """What the controls say."""

    index: int
    explainer: str
    target: Target
    opacity: float
    grid: bool
    intact: bool


def controls(run: RunRecord, classes: tuple[str, ...], count: int) -> View:
    """Image, method, target and look. All but the look are in the URL."""
    config = settings(run.config)
    methods = {spec.label: spec for spec in explainers_offered(config)}
    with st.grid(3, min_column_width=240):
        method = st.selectbox(
            "Method",
            list(methods),
            key="explainer",
            bind="query-params",
            help="\n".join(f"- **{name}**: {spec.about}" for name, spec in methods.items()),
        )
        target = st.selectbox(
            "Explain",
            [_TEACHERS, _LABEL, *classes],
            key="target",
            bind="query-params",
            help="The class for which evidence is shown. Training used the teacher's answer.",
        )
        _image_picker(count)
    with st.container(horizontal=True, vertical_alignment="center"):
        opacity = st.slider("Opacity", 0, 100, 90, step=5, format="%d %%", key="opacity", width=260)
        grid = st.toggle(
            "Real grid", key="grid", help="Show the map's own cells instead of smoothing between them."
        )
        intact = config.cue != "none" and st.toggle(
            "Cue intact", key="intact", bind="query-params", help="The cue tells the truth, as in training."
        )
    index = int(st.session_state["image"])
    return View(index, methods[str(method)].name, _target(str(target), classes), opacity / 100, grid, intact)


def lens_row(store: Store, run: RunRecord, view: View) -> None:
    """The pictures, their scale, the scores under each and what each arm answers."""
    with st.skeleton(height=320):
        row = lens(
            store, run.id, view.index, explainer=view.explainer, target=view.target, intact=view.intact
        )
    _sentence(row)
    heat = {arm: density(of.attribution) for arm, of in row.arms.items()}
    top = full_colour_at(heat)
    with bar() as report:
        chance = chance_levels(store, run.id, view.explainer, report=report)
    with st.grid(len(row.arms) + 2, min_column_width=150, gap="medium"):
        with st.container(gap="xsmall"):
            st.image(
                png(blown_up(row.image)),
                width="stretch",
                alt=f"Test image {row.index}: {row.classes[row.label]}",
            )
            st.markdown(f"**image** · {plain(row.classes[row.label])}")
        for arm, of in row.arms.items():
            with st.container(gap="xsmall"):
                picture = marked(
                    overlay(row.image, heat[arm], top=top, opacity=view.opacity, grid=view.grid), arm
                )
                alt = heat_alt(arm, heat[arm], agreement=of.scores.get("cosine", math.nan))
                st.image(png(picture), width="stretch", alt=alt)
                _under(row, arm, chance)
        with st.container(gap="xsmall"):
            _difference(row, heat, view)
    _scale(row, heat, top)
    _tables(row, chance)


def _image_picker(count: int) -> None:
    st.session_state["image"] = min(int(st.session_state.get("image", 0)), count - 1)
    with st.container(horizontal=True, vertical_alignment="bottom", wrap=False):
        st.button(
            "Previous", icon=":material/chevron_left:", on_click=_step, args=(-1, count), shortcut="Left"
        )
        st.number_input(
            "Test image", 0, count - 1, key="image", bind="query-params", help=f"0 to {count - 1}."
        )
        st.button("Next", icon=":material/chevron_right:", on_click=_step, args=(1, count), shortcut="Right")


def _step(by: int, count: int) -> None:
    st.session_state["image"] = (int(st.session_state["image"]) + by) % count


def _target(chosen: str, classes: tuple[str, ...]) -> Target:
    if chosen == _TEACHERS:
        return "teacher"
    return "label" if chosen == _LABEL else classes.index(chosen)


def _sentence(row: LensRow) -> None:
    names = [plain(name) for name in row.classes]
    answers = {arm: names[of.predicted] for arm, of in row.arms.items()}
    wrong = [
        f"{ARM_STYLES[arm].label} says {answer}"
        for arm, answer in answers.items()
        if answer != names[row.label]
    ]
    said = f"; {', '.join(wrong)}" if wrong else ", and all arms say so"
    st.markdown(f"**{names[row.label]}**{said}. Shown is the evidence for **{names[row.target]}**.")


def _under(row: LensRow, arm: Arm, chance: Mapping[Arm, Mapping[str, float]]) -> None:
    """Name, answer and score of one arm."""
    view, style = row.arms[arm], ARM_STYLES[arm]
    right = ":material/check:" if view.predicted == row.label else ":material/close:"
    said = f"{plain(row.classes[view.predicted])} {percent(float(view.probabilities.max()))}"
    st.markdown(f"**{style.label}** · {said} {right}")
    if reason := undefined_because(view.attribution):
        st.caption(f"Undefined: {reason}.")
    elif arm == "teacher":
        st.caption("The measure of the others.")
    else:
        level = chance.get(arm, {}).get("cosine", math.nan)
        st.caption(f"Agreement {score(view.scores['cosine'])}; chance {score(level)}.")
    if math.isfinite(view.gap):
        st.caption(f"The parts miss their sum by {percent(view.gap)} of it.")


def _difference(row: LensRow, heat: Mapping[Arm, np.ndarray], view: View) -> None:
    """Student less teacher, in the same unit as the maps."""
    teacher, student = (torch.from_numpy(heat[arm])[None] for arm in ("teacher", "student"))
    larger, other = at_larger_size(teacher, student)
    signed = (other - larger)[0].numpy()
    reach = shared_reach([signed])
    picture = difference(row.image, signed, reach=reach, opacity=view.opacity, grid=view.grid)
    st.image(png(picture), width="stretch", alt=difference_alt("student", signed))
    st.markdown("**student − teacher**")
    if np.isfinite(signed).all():
        st.caption(f"Orange: the student looks more; purple: the teacher. −{reach:.1f} to +{reach:.1f}×.")
    else:
        st.caption("Undefined: one of the maps is.")


def _scale(row: LensRow, heat: Mapping[Arm, np.ndarray], top: float) -> None:
    sizes = sorted({of.attribution.shape for of in row.arms.values()})
    cells = " and ".join(f"{height} × {width}" for height, width in sizes)
    arm, most = highest(heat)
    above = f" Highest: {ARM_STYLES[arm].label}, {most:.1f}×." if most > top else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.image(png(colour_bar()), width=160, alt=f"Colours from 0, dark blue, to {top:.1f}, yellow")
        st.caption(
            f"One scale for all arms, from 0 to {top:.1f} times an even spread of the evidence, where the "
            f"teacher has its maximum.{above} Positive part only. The maps have {cells} cells."
        )


def _tables(row: LensRow, chance: Mapping[Arm, Mapping[str, float]]) -> None:
    answers, scores = st.tabs(["Answers", "All measures"])
    with answers:
        st.dataframe(
            _answers(row.arms, row.classes),
            column_config={
                arm: st.column_config.ProgressColumn(
                    ARM_STYLES[arm].label, min_value=0, max_value=100, format="%.1f %%"
                )
                for arm in row.arms
            },
            alt="Probability of the likeliest classes, by arm",
            key="answers",
        )
    with scores:
        st.dataframe(
            _scores(row.arms, chance), alt="Agreement with the teacher by measure, and chance", key="scores"
        )
        st.caption("This image's raw score by each measure, and what unrelated images score in this run.")


def _answers(arms: Mapping[Arm, ArmView], classes: tuple[str, ...]) -> pd.DataFrame:
    """Probabilities in percent of every class that is among some arm's first five."""
    likely = {each for of in arms.values() for each, _ in of.top(5)}
    order = sorted(likely, key=lambda each: -float(arms["teacher"].probabilities[each]))
    table = {arm: [100 * float(of.probabilities[each]) for each in order] for arm, of in arms.items()}
    return pd.DataFrame(table, index=pd.Index([classes[each] for each in order], name="Class"))


def _scores(arms: Mapping[Arm, ArmView], chance: Mapping[Arm, Mapping[str, float]]) -> pd.DataFrame:
    columns = {}
    for arm, of in arms.items():
        if arm != "teacher":
            columns[ARM_STYLES[arm].label] = dict(of.scores)
            columns[f"{ARM_STYLES[arm].label}, chance"] = dict(chance.get(arm, {}))
    return pd.DataFrame(columns).rename_axis("Measure").round(3)
