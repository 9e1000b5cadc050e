"""What a person asks of the Explain page: which image, which method, which class, and how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from kdviz.comparison import (
    MAX_FILE_MB,
    PICTURE_TYPES,
    RunImages,
    Target,
    explainers_offered,
)
from kdviz.config import RunConfig
from kdviz.explainers import BASELINES, EXPLAINERS
from kdviz.figures.maps import COLOUR_MAPS
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _
from kdviz.store import Run
from kdviz.types import Arm
from kdviz.ui.frame import url_state

_PERCENTS = [str(percent) for percent in range(101)]


@dataclass(frozen=True)
class View:
    """What the controls say. All of it is in the address, but for a picture of one's own.

    shape: "row", "swipe" or "methods". source: "test", "upload" or "camera"; file: a picture's bytes, None
    without one. index: a test image. pair: whose maps are swiped over. opacity, divider: in percent.
    apart: whether the pair's difference is shown in its place. signed: evidence against the class is shown
    as well, where a method finds it. intact: the cue tells the truth.
    """

    shape: str
    source: str
    file: bytes | None
    index: int
    explainer: str
    target: Target
    baseline: str
    pair: tuple[Arm, Arm]
    opacity: int
    divider: int
    apart: bool
    signed: bool
    grid: bool
    outline: bool
    colours: str
    intact: bool


def controls(run: Run, images: RunImages) -> View:
    """Draws them."""
    config = run.config
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shape = url_state.menu("view", _("View"), _shapes(), widget=st.segmented_control, required=True)
        source = url_state.menu(
            "source", _("Image from"), _sources(), widget=st.segmented_control, required=True
        )
    with st.grid(3, min_column_width=240):
        explainer = _method(config, drawn=shape != "methods")
        target = _class(images, labelled=source == "test")
        file = None if source == "test" else _file(source)
        if source == "test":
            _image_picker(len(images.test))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pair = _pair(("teacher", *config.arms)) if shape == "swipe" else ("teacher", config.arms[0])
        baseline = _baseline() if shape == "methods" or EXPLAINERS[explainer].takes_baseline else "mean"
        colours = url_state.menu("colours", _("Colours"), _colours(), width=150)
        signed = (shape == "methods" or EXPLAINERS[explainer].signed) and st.toggle(
            _("For and against"),
            key="signed",
            bind="query-params",
            help=_("Also show what speaks against the class: orange is for it, purple against."),
        )
        grid = st.toggle(
            _("Real grid"),
            key="grid",
            bind="query-params",
            help=_("Show the map's own cells instead of smoothing between them."),
        )
        outline = st.toggle(
            _("Outline"),
            key="outline",
            bind="query-params",
            help=_(
                "Go around the highest 20 % of each map's cells: teacher solid, student dashed, twin dotted. "
                "The teacher's line is drawn on the others' maps as well. Maps finer than 14 × 14 cells are "
                "outlined by blocks."
            ),
        )
        cued = config.cue != "none" and source == "test"
        intact = cued and st.toggle(
            _("Cue intact"),
            key="intact",
            bind="query-params",
            help=_("The cue tells the truth, as in training."),
        )
    return View(
        shape=shape,
        source=source,
        file=file,
        index=int(st.session_state.get("image", 0)),
        explainer=explainer,
        target=target,
        baseline=baseline,
        pair=pair,
        opacity=int(url_state.choice("opacity", _PERCENTS, "90")),
        divider=int(url_state.choice("divider", _PERCENTS, "50")),
        apart=url_state.choice("apart", ("no", "yes"), "no") == "yes",
        signed=signed,
        grid=grid,
        outline=outline,
        colours=colours,
        intact=intact,
    )


def _method(config: RunConfig, *, drawn: bool) -> str:
    """drawn: else the choice is kept for when it matters again."""
    offered = explainers_offered(config)
    labels = {spec.name: _(spec.label) for spec in offered}
    by_label = {spec.label: spec.name for spec in offered} | {text: name for name, text in labels.items()}
    about = "\n".join(f"- **{labels[spec.name]}**: {_(spec.about)}" for spec in offered)
    if not drawn:
        return url_state.choice("explainer", labels, next(iter(labels)), aliases=by_label)
    return url_state.menu("explainer", _("Method"), labels, aliases=by_label, help=about)


def _class(images: RunImages, *, labelled: bool) -> Target:
    options = {"teacher": _("the teacher's answer")}
    if labelled:
        options["label"] = _("the label")
    options["own"] = _("each model's own answer")
    options |= {str(number): name for number, name in enumerate(images.classes)}
    chosen = url_state.menu(
        "target",
        _("Explain"),
        options,
        help=_("The class for which evidence is shown. Training used the teacher's answer."),
    )
    match chosen:
        case "teacher" | "label" | "own":
            return chosen
    return int(chosen)


def _baseline() -> str:
    about = "\n".join(f"- **{_(spec.label)}**: {_(spec.about)}" for spec in BASELINES.values())
    labels = {spec.name: _(spec.label) for spec in BASELINES.values()}
    return url_state.menu("baseline", _("An absent pixel is"), labels, help=about, width=190)


def _pair(arms: tuple[Arm, ...]) -> tuple[Arm, Arm]:
    by_name = {str(arm): arm for arm in arms}
    labels = {name: ARM_STYLES[arm].label for name, arm in by_name.items()}
    left = url_state.menu("left", _("Left"), labels, width=160)
    del labels[left]
    return by_name[left], by_name[url_state.menu("right", _("Right"), labels, width=160)]


def _file(source: str) -> bytes | None:
    if source == "camera":
        file = st.camera_input(_("Your picture"), key="camera")
    else:
        file = st.file_uploader(
            _("Your picture: choose, drop or paste one"),
            PICTURE_TYPES,
            key="picture",
            max_upload_size=MAX_FILE_MB,
        )
    return None if file is None else file.getvalue()


def _image_picker(count: int) -> None:
    st.session_state["image"] = min(int(st.session_state.get("image", 0)), count - 1)
    with st.container(horizontal=True, vertical_alignment="bottom", wrap=False):
        st.button(
            _("Previous"), icon=":material/chevron_left:", on_click=_step, args=(-1, count), shortcut="Left"
        )
        st.number_input(
            _("Test image"),
            0,
            count - 1,
            key="image",
            bind="query-params",
            help=_("{first} to {last}.").format(first=0, last=count - 1),
        )
        st.button(
            _("Next"), icon=":material/chevron_right:", on_click=_step, args=(1, count), shortcut="Right"
        )


def _step(by: int, count: int) -> None:
    st.session_state["image"] = (int(st.session_state["image"]) + by) % count


def _shapes() -> dict[str, str]:
    return {"row": _("Side by side"), "swipe": _("Swipe"), "methods": _("All methods")}


def _sources() -> dict[str, str]:
    return {"test": _("Test set"), "upload": _("Own picture"), "camera": _("Camera")}


def _colours() -> dict[str, str]:
    labels = {"cividis": _("blue to yellow"), "viridis": _("violet to yellow"), "greys": _("greys")}
    return {name: labels[name] for name in COLOUR_MAPS}


def open_method(explainer: str) -> None:
    """Look at one method of all, side by side. Call it from a callback."""
    url_state.set_choice("explainer", explainer)
    url_state.set_choice("view", "row")
