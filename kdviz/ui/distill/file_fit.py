"""What a teacher's file is, how it fits its network, and what becomes of its outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from kdviz.language import _, plural, sentences
from kdviz.models import MODELS
from kdviz.ui.frame.formatting import count, plain

if TYPE_CHECKING:
    from kdviz.networks import ProgramSummary
    from kdviz.trainer.teacher_check import TeacherExamination


def file_fit(found: TeacherExamination, *, from_onnx: bool) -> None:
    """Its network, its outputs and, of weights, every tensor that is not loaded."""
    outputs = _outputs(found)
    if found.program:
        st.markdown(_program(found.program, outputs, from_onnx=from_onnx))
    else:
        st.markdown(sentences(_recognized(found), outputs))
        _differences(found)


def _program(found: ProgramSummary, outputs: str, *, from_onnx: bool) -> str:
    height, width = found.card.explained_sizes["last"]
    return sentences(
        (
            _("**An ONNX network,** kept as a program of torch.export, with {parameters} parameters.")
            if from_onnx
            else _("**A program of torch.export** with {parameters} parameters.")
        ).format(parameters=count(found.card.parameters)),
        outputs,
        _("{loaded} of {needed} tensors are loaded.").format(loaded=found.tensors, needed=found.tensors),
        _("Its last map has {height} × {width} cells.").format(height=height, width=width),
        _("Its mean and one linear layer follow, so that maps of all classes cost nothing.")
        if found.pooled
        else "",
    )


def _recognized(found: TeacherExamination) -> str:
    best = found.best
    needed = len(best.loaded) + len(best.missing) + len(best.wrong_shape)
    return sentences(
        _("**{network}**, with the tensor names of {whose}.").format(
            network=_(MODELS[best.candidate.architecture].label), whose=plain(best.candidate.naming)
        ),
        _("{loaded} of {needed} tensors are loaded.").format(
            loaded=len(best.loaded) - len(_replaced(found)), needed=needed
        ),
    )


def _outputs(found: TeacherExamination) -> str:
    """How many outputs it has, and what becomes of them."""
    if not found.outputs:
        if not found.checks:
            return ""
        return _("It has no last layer of this network: a new one is fitted to your training images.")
    given = plural("It has {count} output.", "It has {count} outputs.", found.outputs)
    if not found.layers:
        return given
    classes = len(found.layers.classes)
    if found.fits_layer:
        became = plural(
            "Your data has {count} class, so its last layer is replaced by one that is fitted to your "
            "training images.",
            "Your data has {count} classes, so its last layer is replaced by one that is fitted to your "
            "training images.",
            classes,
        )
        return sentences(given, became)
    if found.settings.get("teacher_classes") and not found.reordered:
        return sentences(given, _("Those with the names of your classes are taken."))
    return given


def _replaced(found: TeacherExamination) -> list[str]:
    """The tensors of the file's last layer, in the place of which a new one is fitted."""
    return [name for name in found.best.loaded.values() if found.fits_layer and name in found.best.head]


def _differences(found: TeacherExamination) -> None:
    """Every tensor that is not loaded, in a table."""
    best = found.best
    shapes = {name: f"{given} ≠ {needed}" for name, (given, needed) in best.wrong_shape.items()}
    rows = [
        *((name, _("left out for the new last layer"), "") for name in _replaced(found)),
        *((name, _("missing in the file"), "") for name in best.missing),
        *((name, _("not part of the network"), "") for name in (*best.unexpected, *found.summary.left_out)),
        *((name, _("of another shape"), shape) for name, shape in shapes.items()),
        *((name, _("without an effect here"), "") for name in best.ignored),
    ]
    if not rows:
        return
    with st.popover(plural("{count} tensor is not loaded", "{count} tensors are not loaded", len(rows))):
        columns = {name: st.column_config.TextColumn(_(name)) for name in ("Tensor", "Why", "Shape")}
        table = [dict(zip(columns, row, strict=True)) for row in rows]
        st.dataframe(table, hide_index=True, column_config=columns, alt=_("Tensors that are not loaded"))
