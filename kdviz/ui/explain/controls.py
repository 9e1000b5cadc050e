"""The controls of the Explain page: image, method, class, and display."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kdviz.comparison import (
    MAX_PICTURE_MB,
    PICTURE_TYPES,
    RunImages,
    Target,
    baselines_offered,
    explainers_offered,
)
from kdviz.config import RunConfig
from kdviz.datasets import class_names
from kdviz.explainers import EXPLAINERS
from kdviz.figures.maps import COLOUR_MAPS
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _
from kdviz.store import Run
from kdviz.types import Arm
from kdviz.ui.explain.image_keys import image_keys
from kdviz.ui.explain.own_sound import own_sound
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.projector import projecting
from kdviz.ui.frame.responsive import NARROW, folded_when_narrow
from kdviz.ui.widgets.input_views import InputView, view_of
from kdviz.ui.widgets.live_typing import live_typing
from kdviz.ui.widgets.pickers import image_picker

_KEY = "explain_controls"
_PERCENTS = [str(percent) for percent in range(101)]
_PARAMETERS = (
    *("view", "source", "explainer", "left", "right", "target", "fit", "image", "baseline", "colours"),
    *("signed", "both_signs", "grid", "outline", "object_outline", "intact", "opacity", "divider", "apart"),
)
"""Of the address, on this page."""


@dataclass(frozen=True)
class ImageQuery:
    """What the controls say. All of it is in the address, except for an own picture.

    layout: "row", "swipe" or "methods". source: "test", or one of `InputView.own_sources`; file: the
    bytes of a picture, a text or a sound, None without one; letterbox: whether all of it is shown, else its
    centre. index: a test image. pair: whose maps are swiped over. opacity, divider: in percent; None is for
    the maps to say. apart: the pair's difference is shown in its place. signed: evidence against the class
    is shown as well, where a method finds it. object_outline: the object's mask is outlined. intact: the
    planted cue is.
    """

    layout: str
    source: str
    file: bytes | None
    letterbox: bool
    index: int
    explainer: str
    target: Target
    baseline: str
    pair: tuple[Arm, Arm]
    opacity: int
    divider: int | None
    apart: bool
    signed: bool
    grid: bool
    outline: bool
    object_outline: bool
    colours: str
    intact: bool


def controls(run: Run, images: RunImages) -> ImageQuery:
    """Draw the controls. A narrow screen and a projector fold them, unless an image must be chosen first."""
    own_picture = st.query_params.get("source", "test") != "test"
    with (
        url_state.warnings_above(),
        folded_when_narrow(
            _("Controls"), key=_KEY, start_open=own_picture, always=projecting(), shown="image_stepper"
        ),
    ):
        query = _controls(run.config, images)
        url_state.drop_others(_PARAMETERS)
    return query


def _controls(config: RunConfig, images: RunImages) -> ImageQuery:
    # A segmented control is lower than the menus beside it.
    st.html("<style>.st-key-view_menu button { min-height: 2.5rem; }</style>")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        view = view_of(config.dataset)
        layout = url_state.menu("view", _("View"), _layouts(view), widget=st.segmented_control, required=True)
        sources = {"test": _("Test set"), **view.own_sources()}
        source = url_state.menu("source", _("Image from"), sources, width=124, aliases={"recording": "sound"})
        methods, test_image = layout == "methods", source == "test"
        explainer = _method(config, drawn=not methods)
        swiped = layout == "swipe"
        pair = _pair(config.all_arms) if swiped else ("teacher", config.arms[0])
        target = "teacher" if swiped else _target(images, labelled=test_image)
        letterbox = not test_image and view.any_shape and _letterbox()
        last = _image_and_more()
        if test_image:
            with last:
                _image_stepper(len(images.test))
        with last, st.popover(_("More"), icon=":material/tune:", key="explain_more"):
            target = _target(images, labelled=test_image) if swiped else target
            takes_baseline = methods or EXPLAINERS[explainer].takes_baseline
            baseline = _baseline(config) if takes_baseline else "mean"
            colours = url_state.menu("colours", _("Colours"), _colours()) if view.on_picture else "cividis"
            signed = (methods or EXPLAINERS[explainer].signed) and _signed(usual=not view.on_picture)
            grid, outline = (_grid(), _outline()) if view.on_picture else (False, False)
            known = test_image and images.test.object_masks is not None
            object_outline = known and _object_outline()
            intact = config.cue != "none" and test_image and _intact()
    return ImageQuery(
        layout=layout,
        source=source,
        file=None if test_image else _given(source),
        letterbox=letterbox,
        index=int(st.session_state.get("image", 0)),
        explainer=explainer,
        target=target,
        baseline=baseline,
        pair=pair,
        colours=colours,
        signed=signed,
        grid=grid,
        outline=outline,
        object_outline=object_outline,
        intact=intact,
        opacity=int(url_state.choice("opacity", _PERCENTS, "90")),
        divider=int(divided) if (divided := url_state.choice("divider", _PERCENTS, "")) else None,
        apart=url_state.choice("apart", ("no", "yes"), "no") == "yes",
    )


def _image_and_more() -> DeltaGenerator:
    """The end of the row, which is broken on a narrow screen alone."""
    key = "image_and_more"
    st.html(f"<style>@media {NARROW} {{ .st-key-{key} {{ flex-wrap: wrap; }} }}</style>")
    return st.container(
        key=key, horizontal=True, vertical_alignment="bottom", wrap=False, gap="xsmall", width="content"
    )


# --- which image, method and class ---------------------------------------------------------------


def _method(config: RunConfig, *, drawn: bool) -> str:
    """drawn: else the choice is kept for the views that have it."""
    offered = explainers_offered(config)
    labels = {spec.name: _(spec.label) for spec in offered}
    by_label = {spec.label: spec.name for spec in offered} | {text: name for name, text in labels.items()}
    about = "\n".join(f"- **{labels[spec.name]}**: {_(spec.about)}" for spec in offered)
    if not drawn:
        return url_state.choice("explainer", labels, next(iter(labels)), aliases=by_label)
    return url_state.menu("explainer", _("Method"), labels, aliases=by_label, help=about, width=165)


def _target(images: RunImages, *, labelled: bool) -> Target:
    options = {"teacher": _("each network's own prediction")}
    if labelled:
        options["label"] = _("the label")
    options["own"] = _("own, without comparison")
    options |= {str(number): name for number, name in enumerate(class_names(images.classes))}
    chosen = url_state.menu(
        "target",
        _("Target class"),
        options,
        help=_(
            "The class whose evidence is shown: that which each network itself predicts, or one for all. "
            "Agreement and the difference compare maps for one class; training used the teacher's prediction."
        ),
        width=230,
    )
    match chosen:
        case "teacher" | "label" | "own":
            return chosen
    return int(chosen)


def open_own_input(source: str) -> None:
    """Ask for an own input from there. Call it from a callback."""
    url_state.set_choice("source", source)
    st.session_state[f"{_KEY}_switch"] = True


def _given(source: str) -> bytes | None:
    if source == "typed":
        text = st.text_area(
            _("Your text"), key="typed_text", height=100, placeholder=_("Type or paste a text.")
        )
        live_typing("typed_text")
        return text.encode() if text.strip() else None
    match source:
        case "camera":
            file = st.camera_input(_("Your picture"), key="camera")
        case "sound":
            file = own_sound()
        case _picture:
            file = st.file_uploader(
                _("Your picture: choose, drop or paste one"),
                PICTURE_TYPES,
                key="picture",
                max_upload_size=MAX_PICTURE_MB,
            )
    return None if file is None else file.getvalue()


def _letterbox() -> bool:
    """Whether all of a picture is shown to the networks, else its centre."""
    fits = {"crop": _("crop the centre"), "letterbox": _("all, with bars")}
    return url_state.menu("fit", _("Fit"), fits, width=150) == "letterbox"


def _image_stepper(count: int) -> None:
    hidden = "{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }"
    words = f"button [data-testid='stMarkdownContainer'] {hidden}"  # the icons alone fit a phone
    row = ".st-key-image_stepper { width: auto !important; min-width: 0; }"
    narrow = f"{row} .st-key-image_previous {words} .st-key-image_next {words}"
    projected = f"{narrow} .st-key-image_stepper .stNumberInput [data-testid='stWidgetLabel'] {hidden}"
    st.html(f"<style>{projected if projecting() else f'@media {NARROW} {{ {narrow} }}'}</style>")
    with st.container(
        key="image_stepper", horizontal=True, vertical_alignment="bottom", wrap=False, gap="xsmall", width=330
    ):
        st.button(
            _("Previous"),
            icon=":material/chevron_left:",
            key="image_previous",
            on_click=safely(_step),
            args=(-1, count),
            help=_("Or the key ←."),
        )
        index = image_picker(count)
        st.button(
            _("Next"),
            icon=":material/chevron_right:",
            key="image_next",
            on_click=safely(_step),
            args=(1, count),
            help=_("Or the key →."),
        )
    image_keys(index, count)


def _step(by: int, count: int) -> None:
    st.session_state["image"] = (int(st.session_state["image"]) + by) % count


# --- how it is drawn -----------------------------------------------------------------------------


def _pair(arms: tuple[Arm, ...]) -> tuple[Arm, Arm]:
    by_name = {str(arm): arm for arm in arms}
    labels = {name: ARM_STYLES[arm].label for name, arm in by_name.items()}
    left = url_state.menu("left", _("Left"), labels, default="student", width=120)
    del labels[left]
    usual = "twin" if "twin" in labels else ""
    return by_name[left], by_name[url_state.menu("right", _("Right"), labels, default=usual, width=120)]


def _baseline(config: RunConfig) -> str:
    """Where inputs have several; else there is nothing to choose."""
    offered = baselines_offered(config)
    if len(offered) == 1:
        return "mean"
    about = "\n".join(f"- **{_(spec.label)}**: {_(spec.about)}" for spec in offered)
    labels = {spec.name: _(spec.label) for spec in offered}
    return url_state.menu("baseline", _("Baseline"), labels, help=about, width=190)


def _signed(*, usual: bool) -> bool:
    """usual: whether it is on at first, as for texts, where "not" is as telling as "good"."""
    about = _("Also show evidence against the class: orange is for it, purple against.")
    key = "both_signs" if usual else "signed"
    return st.toggle(_("Signed"), value=usual, key=key, bind=url_state.binding(key), help=about)


def _grid() -> bool:
    about = _("Show the map's own cells instead of smoothing between them.")
    return st.toggle(_("Map cells"), key="grid", bind=url_state.binding("grid"), help=about)


def _outline() -> bool:
    about = _(
        "Outline the highest 20 % of each map's cells: teacher solid, student dashed, twin dotted. The "
        "teacher's line is drawn on the others' maps as well. Maps finer than 14 × 14 cells are outlined by "
        "blocks."
    )
    return st.toggle(_("Outline"), key="outline", bind=url_state.binding("outline"), help=about)


def _object_outline() -> bool:
    about = _("Outline the object's mask or box, on every picture.")
    key = "object_outline"
    return st.toggle(_("Outline of the object"), value=True, key=key, bind=url_state.binding(key), help=about)


def _intact() -> bool:
    about = _("Show the image as in training, where the cue gives the class away.")
    return st.toggle(_("Cue helps"), key="intact", bind=url_state.binding("intact"), help=about)


def _layouts(view: InputView) -> dict[str, str]:
    swipe = {"swipe": _("Swipe")} if view.on_picture else {}
    return {"row": _("Side by side"), **swipe, "methods": _("All methods")}


def _colours() -> dict[str, str]:
    labels = {
        "cividis": _("grey to yellow"),
        "viridis": _("grey over green to yellow"),
        "greys": _("grey to white"),
    }
    return {name: labels[name] for name in COLOUR_MAPS}


def open_method(explainer: str) -> None:
    """Show one method of all, side by side. Call it from a callback."""
    url_state.set_choice("explainer", explainer)
    url_state.set_choice("view", "row")
