"""The data set of the Data & models page, chosen and loaded."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from kdviz.cache import Cache
from kdviz.clip_seconds import OWN_SOUNDS, USUAL
from kdviz.comparison.models.device_lock import cpu_lock
from kdviz.config import RunConfig
from kdviz.datasets import DATASETS, DataSet, fingerprint, input_shape, load
from kdviz.errors import ConfigError, KdvizError
from kdviz.image_size import sides, written
from kdviz.language import _, sentences
from kdviz.store import Store
from kdviz.store.uploads import upload_token
from kdviz.types import RECOGNIZED, DatasetSpec, ModalityName, TextColumns
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import errors, safely
from kdviz.ui.frame.progress import bar
from kdviz.ui.frame.projector import projecting
from kdviz.ui.frame.run_menu import shown_run
from kdviz.ui.frame.server import open_store
from kdviz.ui.frame.shell import empty
from kdviz.ui.frame.subject import speak_of_data
from kdviz.ui.widgets.clip_length import fitting_clip
from kdviz.ui.widgets.file_warnings import file_warnings
from kdviz.ui.widgets.own_files import own_files
from kdviz.ui.widgets.size_advice import fill_in_size, size_advice

_SIZE = "browse_size"
_LOADED: Cache[DataSet] = Cache(2)


@dataclass(frozen=True)
class DatasetChoice:
    """A data set and how to load it.

    data: path of the visitor's folder or zip, else None. said: notes about the files that the page has shown.
    """

    spec: DatasetSpec
    data: str | None
    image_size: int | str
    said: frozenset[str] = frozenset()
    clip_seconds: float = USUAL
    columns: TextColumns = RECOGNIZED

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(C, H, W) of each image, (1, L) of each text."""
        return input_shape(self.spec.name, self.image_size, clip_seconds=self.clip_seconds)


def choose_dataset() -> DatasetChoice:
    """The menu of data sets, the visitor's own first, with path and size for it. The choice is in the URL."""
    _begin_with_shapes(open_store())
    name = st.selectbox(
        _("Data set"),
        sorted(DATASETS, key=lambda name: not DATASETS[name].own_files),  # one's own would be far down
        format_func=lambda name: _(DATASETS[name].label),
        key="browse",
        bind=url_state.binding("browse"),
    )
    spec = DATASETS[str(name)]
    speak_of_data(spec.name)
    st.caption(_(spec.about))
    if not spec.own_files:
        _upload_buttons()
    usual = RunConfig.model_fields["image_size"]
    if spec.input_shape:
        given = own_files(open_store(), spec.name, "browse_data", _path_field) if spec.own_files else None
        path, columns = (given.path, given.columns) if given else (None, RECOGNIZED)
        clip = fitting_clip(path) if spec.name == OWN_SOUNDS and path else USUAL
        said = frozenset(file_warnings(spec, path, columns) if path else ())
        return DatasetChoice(spec, path, usual.default, said, clip_seconds=clip, columns=columns)
    with st.grid(2, min_column_width=300, gap="medium"):
        with st.container():
            own = own_files(open_store(), spec.name, "browse_data", _path_field)
        if own.found and own.path:
            fill_in_size(own.found, own.path, _SIZE)
        with st.container():
            size = st.text_input(
                _("Image size"), str(usual.default), key=_SIZE, help=_(str(usual.description))
            )
            size_advice(own.found, size, _SIZE)
    said = own.found.said_in_a_run if own.found else frozenset()
    try:
        return DatasetChoice(spec, own.path or None, written(*sides(size)), said)
    except ConfigError as error:
        errors(error)
        return DatasetChoice(spec, None, usual.default)


def _upload_buttons() -> None:
    """Buttons that choose a visitor's own data, since not everybody looks for it in a list of data sets.

    On a projector, pictures come first.
    """
    if projecting():
        return
    with st.container(horizontal=True, vertical_alignment="center", key="upload_own"):
        st.markdown(_("Upload your own:"), width="content")
        words: dict[ModalityName, str] = {"image": _("Pictures"), "text": _("Texts"), "audio": _("Sounds")}
        for name, spec in DATASETS.items():
            if spec.own_files:
                st.button(
                    words[spec.modality],
                    icon=":material/upload:",
                    key=f"upload_{name}",
                    on_click=safely(_choose),
                    args=(name,),
                )


def _choose(name: str) -> None:
    """A callback."""
    st.session_state["browse"] = name


def _begin_with_shapes(store: Store) -> None:
    """The files of the open run, if it is on the visitor's own, else the data of the prepared run.

    An address of an earlier version begins with what it showed.
    """
    if "browse" in st.session_state or "browse" in st.query_params:
        return
    if any(name.startswith(("browse", "shelf", "network")) for name in st.query_params):
        st.session_state["browse"] = next(iter(DATASETS))
        return
    run = shown_run(store)
    files = upload_token(run.config.data or "") if run else ""
    if run is None or not files:
        st.session_state["browse"] = "shapes"
        return
    st.session_state["browse"], st.session_state["browse_data"] = run.config.dataset, files


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
        empty(_(spec.label), _how(spec.modality), "folder_open")
        return None
    try:
        how = (choice.image_size, choice.clip_seconds, choice.columns)
        key = (spec.name, choice.data, *how, fingerprint(spec.name, choice.data))
        ready = _LOADED.find(key)
        if ready is None and spec.downloads and not _load_button(spec):
            return None
        with bar() as report:
            return ready or _LOADED.get(
                key,
                lambda: load(
                    spec.name,
                    data=choice.data,
                    image_size=choice.image_size,
                    clip_seconds=choice.clip_seconds,
                    columns=choice.columns,
                    report=report,
                ),
                cpu_lock(),
            )
    except KdvizError as error:
        errors(error)
        return None


def _how(modality: ModalityName) -> str:
    """What a visitor is to give."""
    given = {
        "image": _(
            "Upload a folder, a zip or an .npz, with one folder of images for each class or a CSV of labels."
        ),
        "text": _("Upload a table with texts and labels, or one folder of .txt files for each class."),
        "audio": _("Upload a folder or zip with one folder of sounds for each class, or a CSV of labels."),
    }[modality]
    return sentences(given, _("It is read and checked as in a run."))


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
