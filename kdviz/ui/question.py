"""What a person asks of the Explain page: which image, which method, which class, and how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from kdviz.comparison import MAX_FILE_MB, PICTURE_TYPES, RunImages, Target, explainers_offered, settings
from kdviz.store import RunRecord
from kdviz.types import Arm
from kdviz.figures import ARM_STYLES
from kdviz.ui.link import keep_linked, linked

_TEACHERS, _LABEL = "the teacher's answer", "the label"
_TEST, _OWN = "Test image", "Own picture"
SIDE_BY_SIDE, SWIPE, DIFFERENCE, METHODS = "Side by side", "Swipe", "Difference", "All methods"


@dataclass(frozen=True)
class View:
    """What the controls say.

    index: a test image. own: a picture is asked about that is not one of them; file: its bytes, None
    until there are some. opacity: in percent. pair: whose maps are swiped over, or subtracted.
    """

    index: int
    own: bool
    file: bytes | None
    explainer: str
    target: Target
    shape: str
    pair: tuple[Arm, Arm]
    opacity: int
    grid: bool
    outline: bool
    intact: bool


def controls(run: RunRecord, images: RunImages) -> View:
    """Image, method, class and look. All of it is in the URL, but for a picture of one's own."""
    config = settings(run.config)
    methods = {spec.label: spec for spec in explainers_offered(config)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shape = str(
            st.segmented_control(
                "View",
                [SIDE_BY_SIDE, SWIPE, DIFFERENCE, METHODS],
                default=SIDE_BY_SIDE,
                required=True,
                key="view",
                bind="query-params",
            )
        )
        own = _OWN == st.segmented_control("Image from", [_TEST, _OWN], default=_TEST, required=True, key="source")
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
            [_TEACHERS, *([] if own else [_LABEL]), *images.classes],
            key="target",
            bind="query-params",
            help="The class for which evidence is shown. Training used the teacher's answer.",
        )
        file = _upload() if own else _image_picker(len(images.test))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pair = _pair(("teacher", *config.arms)) if shape in (SWIPE, DIFFERENCE) else ("teacher", config.arms[0])
        opacity = _opacity(slider=shape in (SIDE_BY_SIDE, METHODS))
        grid = st.toggle(
            "Real grid",
            key="grid",
            bind="query-params",
            help="Show the map's own cells instead of smoothing between them.",
        )
        outline = st.toggle(
            "Outline",
            key="outline",
            bind="query-params",
            help="Go around the highest 20 % of each map's cells, in the arm's colour.",
        )
        intact = (
            config.cue != "none"
            and not own
            and st.toggle(
                "Cue intact",
                key="intact",
                bind="query-params",
                help="The cue tells the truth, as in training.",
            )
        )
    return View(
        index=int(st.session_state.get("image", 0)),
        own=own,
        file=file,
        explainer=methods[str(method)].name,
        target=_target(str(target), images.classes),
        shape=shape,
        pair=pair,
        opacity=opacity,
        grid=grid,
        outline=outline,
        intact=intact,
    )


def keep_opacity(percent: int) -> None:
    """Take over the opacity that was set elsewhere. Call it from a callback."""
    keep_linked("opacity", percent)


def _opacity(*, slider: bool) -> int:
    """In percent. It is set by the slider here, or in the swipe comparer by its own."""
    opacity = linked("opacity", default=90, low=0, high=100)
    if slider:
        st.session_state["opacity_slider"] = opacity
        st.slider(
            "Opacity",
            0,
            100,
            format="%d %%",
            key="opacity_slider",
            width=220,
            on_change=lambda: keep_opacity(int(st.session_state["opacity_slider"])),
        )
    return opacity


def _pair(arms: tuple[Arm, ...]) -> tuple[Arm, Arm]:
    def menu(label: str, key: str, first: Arm) -> Arm:
        by_label = {ARM_STYLES[arm].label: arm for arm in arms}
        chosen = st.selectbox(
            label, list(by_label), index=arms.index(first), key=key, bind="query-params", width=170
        )
        return by_label[str(chosen)]

    return menu("Left", "left", arms[0]), menu("Right", "right", arms[1])


def _upload() -> bytes | None:
    file = st.file_uploader(
        "Picture",
        PICTURE_TYPES,
        key="picture",
        max_upload_size=MAX_FILE_MB,
        help="It is kept in memory for this visit alone: not on disk, and not in the link.",
    )
    return None if file is None else file.getvalue()


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
