"""The explained layer of a teacher from a file, chosen by its map of one image at each layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from kdviz.datasets import class_name
from kdviz.figures.maps import enlarged, heatmaps, map_alt, overlay, png
from kdviz.language import _, sentences
from kdviz.models import MODELS, finer_layer
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.formatting import plain
from kdviz.ui.widgets.field_keys import FieldKeys

if TYPE_CHECKING:
    from kdviz.trainer.layer_maps import LayerMap, LayerMaps

_CHOICE = "teacher_layer"
_NARROWEST = 84
"""Of a picture, in pixels: three in a row of the form."""


def layer_choice(found: LayerMaps, values: Mapping[str, Any]) -> None:
    """The maps side by side, and which of them is matched. values: of the form, with its explained layer."""
    st.markdown(
        _("**Explained layer**: Grad-CAM of one validation image for {name}").format(
            name=plain(class_name(found.classes, found.target))
        )
    )
    with (
        st.container(key="teacher_layers"),
        st.grid(len(found.maps) + 1, min_column_width=_NARROWEST, gap="small"),
    ):
        with st.container(gap="xsmall"):
            st.image(png(enlarged(found.image)), width="stretch", alt=_("The image without a map"))
            st.caption(_("The image"))
        for each in found.maps:
            with st.container(gap="xsmall"):
                _map(found, each)
    student = MODELS[values["student"]]
    offered = [each for each in found.maps if student.has(each.layer)]
    _choose(offered, found.named(values["explained_layer"]), values["dataset"])
    missing = [each for each in found.maps if each not in offered]
    st.caption(
        sentences(
            _("Maps of earlier layers are finer, and less specific to the class."),
            *(
                _("{layer} is not offered: the student {name} has no map as fine.").format(
                    layer=_named(each), name=_(student.label)
                )
                for each in missing
            ),
            _("It has no finer map: its layers all have one size.") if _one_size(found) else "",
            _advice(offered),
        )
    )


def fitting_layer(found: LayerMaps, values: Mapping[str, Any]) -> str:
    """The form's explained layer, or the last one if the file's network or the student has no such map."""
    layer = str(values["explained_layer"])
    return layer if found.named(layer) and MODELS[values["student"]].has(layer) else "last"


def _map(found: LayerMaps, each: LayerMap) -> None:
    shown = heatmaps({"teacher": each.map})
    heat = shown.positive["teacher"]
    picture = overlay(found.image, heat, shown.scale, grid=True)
    rows, columns = each.map.shape
    st.image(png(picture), width="stretch", alt=map_alt(_named(each), heat))
    cells = _("{rows} × {columns} cells").format(rows=rows, columns=columns)
    usual = _("default") if each.layer == "last" else ""
    st.caption("  \n".join(part for part in (f"**{_named(each)}**", cells, usual) if part))


def _choose(offered: list[LayerMap], current: LayerMap | None, dataset: str) -> None:
    """Which layer the form has; a choice is written into its field under *Advanced*."""
    names = {each.layer: each for each in offered}
    st.session_state[_CHOICE] = current.layer if current and current.layer in names else None
    field = FieldKeys(dataset).of("explained_layer")

    def chosen() -> None:
        if (layer := st.session_state[_CHOICE]) is not None:
            st.session_state[field] = layer

    st.segmented_control(
        _("Layer whose maps are matched"),
        list(names),
        format_func=lambda name: _named(names[name]),
        key=_CHOICE,
        on_change=safely(chosen),
    )


def _named(each: LayerMap) -> str:
    """A layer by its name, with its stage where that has one of its own: "stride16 (layer3)"."""
    return each.layer if each.stage == each.layer else f"{each.layer} ({each.stage})"


def _advice(offered: Sequence[LayerMap]) -> str:
    """Which layer is better where the last map has few cells."""
    finer = finer_layer({each.layer: each.map.shape for each in offered})
    if finer is None:
        return ""
    text = _(
        "The last map has few cells. In our measurements Grad-CAM finds an object more often at {layer}, the "
        "next finer one; what that does to a student was not measured."
    )
    return text.format(layer=_named(next(each for each in offered if each.layer == finer)))


def _one_size(found: LayerMaps) -> bool:
    return len({each.map.shape for each in found.maps}) == 1
