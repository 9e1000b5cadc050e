"""The data set of the Data & models page, chosen and loaded."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from kdviz.cache import Cache
from kdviz.comparison.models.device_lock import cpu_lock
from kdviz.config import RunConfig
from kdviz.datasets import DATASETS, DataSet, fingerprint, input_shape, load
from kdviz.errors import ConfigError, KdvizError
from kdviz.image_size import sides, written
from kdviz.language import _
from kdviz.types import DatasetSpec
from kdviz.ui.frame import url_state
from kdviz.ui.frame.progress import bar
from kdviz.ui.frame.server import open_store
from kdviz.ui.frame.shell import empty, errors
from kdviz.ui.frame.subject import speak_of_data
from kdviz.ui.widgets.own_images import own_images
from kdviz.ui.widgets.own_texts import own_texts

_LOADED: Cache[DataSet] = Cache(2)


@dataclass(frozen=True)
class DatasetChoice:
    """A data set and how to load it. data: path of the visitor's folder or zip, else None."""

    spec: DatasetSpec
    data: str | None
    image_size: int | str

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(C, H, W) of each image, (1, L) of each text."""
        return input_shape(self.spec.name, self.image_size)


def choose_dataset() -> DatasetChoice:
    """The menu of data sets, with path and size for the visitor's own. The choice is in the URL."""
    name = st.selectbox(
        _("Data set"),
        list(DATASETS),
        format_func=lambda name: _(DATASETS[name].label),
        key="browse",
        bind=url_state.binding("browse"),
    )
    spec = DATASETS[str(name)]
    speak_of_data(spec.name)
    st.caption(_(spec.about))
    if spec.input_shape and spec.own_files:
        return DatasetChoice(spec, own_texts(_path_field), RunConfig.model_fields["image_size"].default)
    if spec.input_shape:
        return DatasetChoice(spec, None, RunConfig.model_fields["image_size"].default)
    with st.grid(2, min_column_width=300, gap="medium"):
        with st.container():
            data = own_images(open_store(), "browse_data", _path_field).path
        usual = RunConfig.model_fields["image_size"]
        size = st.text_input(
            _("Image size"), str(usual.default), key="browse_size", help=_(str(usual.description))
        )
    try:
        return DatasetChoice(spec, data or None, written(*sides(size)))
    except ConfigError as error:
        errors(error)
        return DatasetChoice(spec, None, usual.default)


def _path_field() -> str:
    return st.text_input(
        _("Folder or file on this computer"),
        placeholder=_("/path/to/images or images.zip"),
        key="browse_data",
        bind="query-params",
        help=_("One folder of images for each class. Nothing is copied to another machine."),
    )


def load_chosen(choice: DatasetChoice) -> DataSet | None:
    """The data set, loaded once for all visitors; None, with a hint on the page, before a path or a click."""
    spec = choice.spec
    if spec.own_files and not choice.data:
        how = (
            _(
                "Upload a folder, a zip or an .npz, with one folder of images for each class or a CSV of "
                "labels. It is read and checked as in a run."
            )
            if spec.modality == "image"
            else _("Name a table with texts and labels, or a folder. It is read and checked as in a run.")
        )
        empty(_(spec.label), how, "folder_open")
        return None
    try:
        key = (spec.name, choice.data, choice.image_size, fingerprint(spec.name, choice.data))
        ready = _LOADED.find(key)
        if ready is None and spec.downloads and not _load_button(spec):
            return None
        with bar() as report:
            return ready or _LOADED.get(
                key,
                lambda: load(spec.name, data=choice.data, image_size=choice.image_size, report=report),
                cpu_lock(),
            )
    except KdvizError as error:
        errors(error)
        return None


def _load_button(spec: DatasetSpec) -> bool:
    """Whether the button that loads a data set, perhaps by download, was pressed."""
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown(
            _(
                "**{name}** is not loaded. It is read from `data/` if present, else downloaded there first."
            ).format(name=_(spec.label)),
            text_alignment="center",
        )
        return st.button(
            _("Load {name}").format(name=_(spec.label)),
            icon=":material/download:",
            key=f"load_{spec.name}",
        )
