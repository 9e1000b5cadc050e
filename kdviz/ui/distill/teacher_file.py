"""A teacher from a file: its upload, what it is, and how well it predicts, before a run is started."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from kdviz.checkpoints import is_onnx, require_onnx
from kdviz.config import INPUT_FIELDS, OPENING, RunConfig, filled, make_config
from kdviz.errors import KdvizError
from kdviz.jobs import SurveyJob, examination_job, known_examination, start_examination
from kdviz.language import _, listed, percentage, sentences
from kdviz.models import PROGRAMS
from kdviz.store import Store
from kdviz.store.uploads import UploadedFile, is_upload_token, upload_token
from kdviz.ui.distill.file_fit import file_fit
from kdviz.ui.distill.larger_images import larger_images
from kdviz.ui.distill.layer_choice import fitting_layer, layer_choice
from kdviz.ui.frame.errors import errors, safely
from kdviz.ui.frame.server import may_name
from kdviz.ui.widgets.background_result import job_progress, result_or_job
from kdviz.ui.widgets.field_keys import FieldKeys
from kdviz.ui.widgets.fields import Fields, fill_some

if TYPE_CHECKING:
    from kdviz.trainer.teacher_check import TeacherExamination
    from kdviz.trainer.teacher_ways import TeacherCheck

_TYPES = ["pt2", "onnx", "safetensors", "pt", "pth", "th", "ckpt", "bin", "tar"]
_UPLOAD, _REFUSED, _USED = "teacher_upload", "teacher_refused", "teacher_used"
_OPENED = "teacher_file_opened"
_OF_A_FILE = (
    "teacher", "teacher_width", "teacher_epochs", "teacher_weights", "teacher_input", "teacher_size",
    "teacher_classes",
)  # fmt: skip
_FIELDS = ("teacher_weights", "teacher_input", "teacher_size", "teacher_classes")
"""Of the panel itself."""

_FOLLOWERS = ("explanation_loss", "explanation_weight")
_FILLED = (*_OF_A_FILE, *_FOLLOWERS, "explained_layer")
"""What *Use this teacher* fills in."""


def teacher_file(store: Store, fields: Fields, values: dict[str, Any]) -> None:
    """The panel, folded unless the teacher is, or was, from a file. Adds its settings to `values`."""
    weights = st.session_state.get(FieldKeys(values["dataset"]).of("teacher_weights"))
    # A file that is removed does not fold it: the visitor is at work there.
    opened = st.session_state[_OPENED] = bool(weights) or st.session_state.get(_OPENED, False)
    with st.expander(_("Teacher from a file"), icon=":material/upload_file:", expanded=opened):
        st.file_uploader(
            _("Trained network, or its weights"),
            type=_TYPES,
            key=_UPLOAD,
            on_change=safely(_keep),
            args=(store, values["dataset"]),
            help=_(
                "A program of torch.export (.pt2), or an ONNX file; or a state dict of one of torchvision's "
                "networks or its like in timm, of a ResNet for CIFAR or of kdviz. Code in a file is never "
                "run."
            ),
        )
        result = st.container()
        for name, placeholder in (
            ("teacher_weights", _("trained here")),
            ("teacher_input", _("as the data set's")),
            ("teacher_classes", _("its outputs in order")),
        ):
            values[name] = fields.text(name, placeholder=placeholder)
        named = values["teacher_weights"]
        values["teacher_weights"] = stored_path(store, named)
        with result:
            if named and not values["teacher_weights"]:
                st.warning(_("Files of the server cannot be named here. Upload the file."))
            if isinstance(refused := st.session_state.get(_REFUSED), KdvizError):
                errors(refused)
            if is_upload_token(values["teacher_weights"] or ""):
                st.warning(_("The uploaded file is no longer on the server. Upload it again."))
        values["teacher_size"] = fields.number("teacher_size", placeholder=_("as the images"))
        if values["teacher_weights"] not in (None, "", "imagenet"):
            with result:
                later = {name: fields.current(name) for name in ("teacher_epochs", "explained_layer")}
                _examined(store, Path(values["teacher_weights"]), {**values, **later})


def stored_path(store: Store, given: str | None) -> str | None:
    """The path of an uploaded file by what stands for it in the field; other texts as they are.

    None for a path that the visitor may not name.
    """
    found = store.uploads.find(given or "")
    if found is None:
        named = given not in (None, "", "imagenet") and not is_upload_token(str(given))
        return None if named and not may_name(store, str(given)) else given
    store.uploads.touch(found)
    return str(found)


def file_in_use(store: Store, settings: Mapping[str, Any]) -> str:
    """Why a run with this teacher cannot be started yet; "" if it can."""
    given = settings.get("teacher_weights")
    if given in (None, "", "imagenet") or not Path(str(given)).is_file():
        return ""
    images = _images(settings)
    found = known_examination(Path(str(given)), images)
    if found is None:
        job = examination_job(store, Path(str(given)), images)
        if job and job.progress.state == "failed":
            return _("The teacher's file cannot be used: see *Teacher from a file*.")
        return _("The teacher's file is being examined: see *Teacher from a file*.")
    if not found.checks:
        return _("The teacher's file does not fill its network: see *Teacher from a file*.")
    if not _in_use(found, settings):
        return _("The form has other settings than the teacher's file: press *Use this teacher*.")
    return ""


def _in_use(found: TeacherExamination, settings: Mapping[str, Any]) -> bool:
    """Whether the teacher of these settings is the file's network, with an answer for each class."""
    if found.program:
        return settings["teacher"] in PROGRAMS and not is_onnx(Path(str(settings["teacher_weights"])))
    networks = {
        (each.candidate.architecture, each.candidate.width) for each in found.matches if each.can_teach
    }
    chosen = found.reordered or not found.settings.get("teacher_classes") or settings.get("teacher_classes")
    return (settings["teacher"], settings.get("teacher_width")) in networks and bool(chosen)


def guessing_teacher(settings: Mapping[str, Any]) -> str:
    """That the teacher of these settings, from a file, only guesses; "" if it does not, or unknown."""
    given = settings.get("teacher_weights")
    if given in (None, "", "imagenet") or not Path(str(given)).is_file():
        return ""
    found = known_examination(Path(str(given)), _images(settings))
    used = (settings.get("teacher_input") or None, settings.get("teacher_size") or None)
    checks = () if found is None else (*found.sizes, *found.checks)
    check = next((each for each in checks if (each.scale, each.size) == used), None)
    if check is None or check.above_chance:
        return ""
    return _("The teacher's file is right no more often than by guessing: see *Teacher from a file*.")


def _keep(store: Store, dataset: str) -> None:
    """Keep an uploaded file, and name it in its field."""
    given = st.session_state[_UPLOAD]
    key = FieldKeys(dataset).of("teacher_weights")
    st.session_state[_REFUSED] = None
    if given is None or st.session_state.get(_USED):
        _forget(dataset)
    if given is None:
        return
    try:
        if is_onnx(Path(given.name)):
            require_onnx()
        path = store.uploads.keep_weights(UploadedFile(given.name, given.getvalue()))
        st.session_state[key] = upload_token(str(path))
    except KdvizError as error:
        st.session_state[key] = ""
        st.session_state[_REFUSED] = error


def _forget(dataset: str) -> None:
    """Empty the fields that a file has filled; those of the network too, once it was used."""
    usual = filled({} if dataset == OPENING["dataset"] else {"dataset": dataset})
    fill_some(usual, _FILLED if st.session_state.pop(_USED, False) else _FIELDS)


def _images(settings: Mapping[str, Any]) -> RunConfig:
    """The settings of the images alone."""
    return make_config({name: settings[name] for name in INPUT_FIELDS if settings.get(name)})


def _examined(store: Store, file: Path, values: dict[str, Any]) -> None:
    if not file.is_file():
        return  # the form's own line says so
    try:
        images = _images(values)
    except KdvizError as error:
        errors(error)
        return

    def start() -> SurveyJob:
        return start_examination(store, file, images)

    found = result_or_job(
        lambda: known_examination(file, images), lambda: examination_job(store, file, images), start
    )
    if isinstance(found, SurveyJob):
        job_progress(found, start, key="teacher_file", stopped=_("Stopped: the file is not examined."))
    else:
        _shown(found, values)


def _shown(found: TeacherExamination, values: Mapping[str, Any]) -> None:
    file_fit(found, from_onnx=is_onnx(Path(values["teacher_weights"])))
    if not found.checks:
        st.error(
            _("It lacks more of the network than its last layer, so it cannot teach."),
            icon=":material/error:",
        )
        return
    _predicts(found)
    if found.reordered:
        text = _(
            ":material/swap_vert: Its outputs are in another order than the classes. {order} fits your "
            "training images best; the accuracy is that of validation images."
        )
        st.caption(text.format(order=found.settings["teacher_classes"]))
    larger_images(found, values)
    if found.layers:
        layer_choice(found.layers, values)
        values = {**values, "explained_layer": fitting_layer(found.layers, values)}
    used = {name: found.settings.get(name) for name in _OF_A_FILE}
    if all((values.get(name) or None) == (used[name] or None) for name in _OF_A_FILE if name in values):
        st.caption(_(":material/check: The form has these settings."))
    else:
        st.button(
            _("Use this teacher"),
            icon=":material/school:",
            type="primary" if found.checks[0].above_chance else "secondary",
            key="use_teacher_file",
            on_click=safely(_use),
            args=(dict(values), used),
        )


def _predicts(found: TeacherExamination) -> None:
    """Accuracy on labelled images with the proposed settings, then for each pixel scale and image size."""
    best = found.check
    line = _(
        "It is right on **{accuracy}** ({right} of {count}) of the validation images, 95 % interval {low} to "
        "{high}; by guessing, {chance}."
    ).format(
        right=best.right,
        count=best.count,
        **{name: percentage(getattr(best, name), 0) for name in ("accuracy", "low", "high", "chance")},
    )
    if len(found.checks) > 1 or found.sizes:
        taken = _("That is with images {size} and pixels {scale}.")
        line = sentences(line, taken.format(size=_size(best), scale=_scale(best)))
    if best.above_chance:
        st.success(line, icon=":material/check_circle:")
    else:
        why = (
            _("That is no better than guessing: what it has learned does not tell these classes apart.")
            if found.fits_layer
            else _("That is no better than guessing: check its classes and their order.")
        )
        st.warning(sentences(line, why), icon=":material/warning:")
    if len(found.checks) > 1:
        by_scale = {each.scale or _("as the data set"): each for each in found.checks}
        text = _("Accuracy by the scale of its pixels, with images {size}: {others}.")
        kept = _("None is clearly higher on these {count} images than the first, which is kept.")
        chosen, highest = found.checks[0], max(each.accuracy for each in found.checks)
        why = kept.format(count=chosen.count) if highest > chosen.accuracy else ""
        st.caption(sentences(text.format(size=_size(chosen), others=_accuracies(by_scale)), why))
    if found.sizes:
        by_size = {_("as they are") if each.size is None else f"{each.size} px": each for each in found.sizes}
        text = _("Accuracy by the size to which images are resized, with pixels {scale}: {others}.")
        st.caption(text.format(scale=_scale(found.sizes[0]), others=_accuracies(by_size)))


def _accuracies(checks: Mapping[str, TeacherCheck]) -> str:
    return listed(f"{name} {percentage(each.accuracy, 0)}" for name, each in checks.items())


def _size(check: TeacherCheck) -> str:
    """The size of its images, within a sentence."""
    return _("as they are") if check.size is None else _("resized to {size} px").format(size=check.size)


def _scale(check: TeacherCheck) -> str:
    """The scale of its pixels, within a sentence."""
    return _("as the data set") if check.scale is None else _("scaled as {scale}").format(scale=check.scale)


def _use(values: dict[str, Any], used: Mapping[str, Any]) -> None:
    """Fill in the settings of the file; the loss and λ follow the networks."""
    given = {name: value for name, value in {**values, **used}.items() if value not in (None, "")}
    config = make_config({name: value for name, value in given.items() if name not in _FOLLOWERS})
    settings = {name: getattr(config, name) for name in RunConfig.model_fields}
    fill_some(settings, _FILLED)
    st.session_state[_USED] = True
