"""A run's trained weights by arm, with Python code that loads them."""

from __future__ import annotations

from importlib.util import find_spec

import streamlit as st

from kdviz.comparison import (
    has_program,
    loading_code,
    onnx_program,
    program,
    program_code,
    run_images,
    snapshots,
)
from kdviz.errors import KdvizError, StoreError
from kdviz.language import _
from kdviz.models import MODELS
from kdviz.store import Run, Store
from kdviz.store.folder import weights_to_bytes
from kdviz.types import Arm
from kdviz.ui.frame.errors import errors
from kdviz.ui.frame.progress import bar
from kdviz.ui.widgets.downloads import download
from kdviz.ui.widgets.pickers import arm_picker


def weights(store: Store, run: Run) -> None:
    """An expander with one arm's weights and code that loads them. Nothing is read while it is closed."""
    expander = st.expander(
        _("Weights and loading code"),
        icon=":material/deployed_code:",
        key=f"weights_{run.id}",
        on_change="rerun",
    )
    if not expander.open:
        return
    with expander:
        arms = saved_arms(store, run)
        if not arms:
            st.caption(_("No weights yet: they are saved after the first epoch."))
            return
        arm = arm_picker(_("Arm"), arms, key=f"weights_arm_{run.id}", default=arms[min(1, len(arms) - 1)])
        file = f"kdviz-{run.id}-{arm}.safetensors"
        download(
            _("Weights (.safetensors)"),
            lambda: weights_to_bytes(store.weights(run.id, arm)),
            file=file,
            icon="download",
            key=f"weights_file_{run.id}",
        )
        _code(run, arm, file)
        _program(store, run, arm)


def saved_arms(store: Store, run: Run) -> list[Arm]:
    """The arms with saved weights, the teacher first."""
    return [arm for arm in run.config.all_arms if _saved(store, run.id, arm)]


def _saved(store: Store, run_id: str, arm: Arm) -> bool:
    try:
        return bool(store.weights_hash(run_id, arm))
    except StoreError:
        return False


def _program(store: Store, run: Run, arm: Arm) -> None:
    """The arm as a program that needs PyTorch alone, once it is asked for: making it takes seconds."""
    if not has_program(run.config):
        st.caption(_("A program without kdviz can be made of networks on images and sounds."))
        return
    if not st.toggle(
        _("Program without kdviz (.pt2)"),
        key=f"program_{run.id}",
        help=_("Weights and network in one file of torch.export: logits, and the maps of all classes."),
    ):
        return
    try:
        with bar() as report:
            found = snapshots(store, run.id, report=report)
    except KdvizError as error:
        errors(error)
        return
    file = f"kdviz-{run.id}-{arm}.pt2"
    download(
        _("Program (.pt2)"),
        lambda: program(found, arm),
        file=file,
        icon="download",
        key=f"program_file_{run.id}",
    )
    if find_spec("onnx") and find_spec("onnxscript"):
        download(
            _("ONNX"),
            lambda: onnx_program(found, arm),
            file=f"kdviz-{run.id}-{arm}.onnx",
            icon="download",
            key=f"onnx_file_{run.id}",
        )
    st.code(program_code(found, arm, file), language=None)


def _code(run: Run, arm: Arm, file: str) -> None:
    config = run.config
    if arm == "teacher" and (config.teacher not in MODELS or config.teacher_input or config.teacher_size):
        st.caption(_("This teacher is not built from kdviz's networks alone: take its program."))
        return
    try:
        with bar() as report:
            images = run_images(config, report=report)
    except KdvizError as error:
        errors(error)
        return
    st.caption(_("Save the weights next to this script; it needs kdviz installed."))
    # Streamlit's colours for Python have too little contrast.
    st.code(loading_code(config, arm, images, file), language=None)
