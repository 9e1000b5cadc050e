"""A visitor's own data: uploaded in the browser, or files on this machine named by their path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from kdviz.datasets import DATASETS
from kdviz.errors import KdvizError
from kdviz.language import _, sentences
from kdviz.store import Store
from kdviz.store.uploads import MAX_UPLOAD_BYTES, UploadedFile, is_upload_token, upload_token
from kdviz.store.visitors import data_root
from kdviz.types import RECOGNIZED, DatasetSpec, TextColumns
from kdviz.ui.frame import server
from kdviz.ui.frame.errors import errors, safely
from kdviz.ui.frame.formatting import plain
from kdviz.ui.widgets.column_choice import column_choice
from kdviz.ui.widgets.file_warnings import draw_file_warnings
from kdviz.ui.widgets.image_check import image_check
from kdviz.ui.widgets.input_counts import input_counts

if TYPE_CHECKING:
    from kdviz.datasets.inspection import ImageInspection


@dataclass(frozen=True)
class GivenFiles:
    """A visitor's files. path: None before there are any. found: in images, if they were looked at.

    columns: of a table of texts.
    """

    path: str | None = None
    found: ImageInspection | None = None
    columns: TextColumns = RECOGNIZED


def own_files(store: Store, dataset: str, key: str, path_field: Callable[[], str | None]) -> GivenFiles:
    """Draw the fields for a visitor's files, and what was found in those that there are.

    dataset: one with own files. key: of the text field that `path_field` draws, in which a token stands for
    an upload. The field is shown only to visitors on this machine, and while nothing is uploaded: no page
    shows where uploads are kept. Others choose from the data root, if there is one.
    """
    spec, name = DATASETS[dataset], key.replace(".", "_")
    above = st.container()
    _hold(key)
    with st.container(key=f"{name}_path"):
        given = path_field() or ""
    below = st.container()
    upload, local = store.uploads.find(given), server.visitor_is_local()
    if upload or is_upload_token(given) or not local:
        st.html(f"<style>.st-key-{name}_path {{ display: none; }}</style>")
    with above:
        if upload:
            store.uploads.touch(upload)
            return _kept(store, spec, upload, key)
        _uploader(store, spec, key, name, local=local)
        if not local and not is_upload_token(given):
            given = _of_the_server(name) or given
        if is_upload_token(given):
            st.warning(
                _("The uploaded files are no longer on the server. Upload them again."),
                icon=":material/hourglass_disabled:",
            )
    if not given or is_upload_token(given) or not server.may_name(store, given):
        return GivenFiles()
    with below:
        found = _check_by_wish(given, name) if spec.modality == "image" else None
        columns = column_choice(spec, given, key)
        draw_file_warnings(spec, given, columns)
        return GivenFiles(given, found, columns)


def _of_the_server(name: str) -> str:
    """The path of what is chosen from the data root; "" without one."""
    root = data_root()
    names = sorted(each.name for each in root.iterdir() if each.name[:1] != ".") if root else []
    if root is None or not names:
        return ""
    label = _("Or data of this server")
    chosen = st.selectbox(label, names, index=None, placeholder=_("Choose"), key=f"{name}_of_the_server")
    return str(root / chosen) if chosen else ""


def _check_by_wish(data: str, name: str) -> ImageInspection | None:
    """Findings about files that may be many, and are read for them."""
    help_text = _("Reads every file: broken ones, and test images that are also training images, are named.")
    if not st.toggle(_("Check these files"), key=f"{name}_check", help=help_text):
        return None
    with st.container(border=True, gap="small"):
        return image_check(data)


def _uploader(store: Store, spec: DatasetSpec, key: str, name: str, *, local: bool) -> None:
    label, single, types = _asked(spec)
    folder = (
        st.segmented_control(
            label,
            [False, True],
            default=False,
            required=True,
            format_func=lambda folder: _("A folder") if folder else single,
            key=f"{name}_folder",
        )
        is True
    )
    widget = f"{name}_upload_{st.session_state.setdefault(f'{name}_uploads', 0)}"
    options: dict[str, Any] = {"accept_multiple_files": "directory"} if folder else {"type": types}
    st.file_uploader(
        label,
        key=f"{widget}_{folder}",
        label_visibility="collapsed",
        on_change=safely(_receive),
        args=(store, spec, key, name, f"{widget}_{folder}"),
        **options,
    )
    st.caption(_how(store, spec, local=local))
    if isinstance(refused := st.session_state.get(f"{name}_refused"), KdvizError):
        errors(refused)


def _asked(spec: DatasetSpec) -> tuple[str, str, list[str]]:
    """What the visitor is asked for: all of it, in one file, and the endings of such a file."""
    return {
        "image": (_("Your pictures"), _("Zip or .npz"), ["zip", "npz"]),
        "text": (_("Your texts"), _("Table or zip"), ["csv", "tsv", "jsonl", "ndjson", "zip"]),
        "audio": (_("Your sounds"), _("Zip"), ["zip"]),
    }[spec.modality]


def _how(store: Store, spec: DatasetSpec, *, local: bool) -> str:
    arranged = {
        "image": _(
            "One folder for each class, or a CSV with the columns path, label and perhaps split; or "
            "MedMNIST. Put single pictures in one folder for each class, and zip these."
        ),
        "text": _(
            "A CSV, TSV or JSON Lines file with texts and labels, or one folder of .txt files for each class."
        ),
        "audio": _("One folder for each class, or a CSV of names and labels."),
    }[spec.modality]
    return sentences(
        arranged,
        _(
            "At most {file}\N{NO-BREAK SPACE}MB a file and {all}\N{NO-BREAK SPACE}GB in all. They stay on "
            "this server while a run uses them, else for a day."
        ).format(file=st.get_option("server.maxUploadSize"), all=MAX_UPLOAD_BYTES >> 30),
        f":material/visibility: {who_sees_runs(store, local=local)}",
        _("Or enter a path on this computer:") if local else "",
    )


def who_sees_runs(store: Store, *, local: bool) -> str:
    """Who sees runs on a visitor's files, with what is in these. local: the visitor is at this computer."""
    if store.viewer is not None:
        return _(
            "You and whoever runs this server see your runs and their pictures; others see those that you "
            "share."
        )
    if local:
        return _("Anyone who can open this page on this computer sees the runs and their pictures.")
    return _("Anyone who is signed in, or at the server's computer, sees the runs and their pictures.")


def _receive(store: Store, spec: DatasetSpec, key: str, name: str, widget: str) -> None:
    """A callback: keep what was uploaded, and drop the browser's copy with its widget."""
    given = st.session_state[widget]
    files = given if isinstance(given, list) else [given] if given else []
    if not files:
        return
    assert spec.own_files is not None
    st.session_state[f"{name}_refused"] = None
    try:
        sent = [UploadedFile(file.name, file.getvalue()) for file in files]
        path = store.uploads.keep(sent, counted=spec.own_files.readable or spec.own_files.counted)
        token = st.session_state[key] = upload_token(str(path))
        st.session_state[_held(key)] = token, False
    except KdvizError as error:
        st.session_state[f"{name}_refused"] = error
    st.session_state[f"{name}_uploads"] += 1


def _hold(key: str) -> None:
    """Put an upload back into a field that comes back empty, until the browser has it.

    Who changes another field while an upload ends has the browser send all fields as they were before.
    """
    if _held(key) not in st.session_state:
        return
    token, drawn = st.session_state[_held(key)]
    lost = not st.session_state.get(key)
    if drawn and not lost:
        del st.session_state[_held(key)]
        return
    st.session_state[key] = token
    st.session_state[_held(key)] = token, not lost


def _held(key: str) -> str:
    """In the session: an upload, and whether its field has been drawn with it."""
    return f"{key}_held"


def _kept(store: Store, spec: DatasetSpec, path: Path, key: str) -> GivenFiles:
    """What is uploaded, with what was found in it; no path if a run cannot use it."""
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/folder_zip: **{plain(path.name)}**", width="stretch")
            st.button(
                _("Remove"),
                icon=":material/close:",
                type="tertiary",
                key=f"{key}_remove",
                on_click=safely(_remove),
                args=(store, path, key),
                help=_("Choose other files. Runs on these keep them."),
            )
        if spec.modality == "image":
            found = image_check(str(path))
            return GivenFiles(str(path), found) if found else GivenFiles()
        columns = column_choice(spec, str(path), key)
        usable = input_counts(spec, str(path), columns)
        draw_file_warnings(spec, str(path), columns)
        return GivenFiles(str(path) if usable else None, columns=columns)


def _remove(store: Store, path: Path, key: str) -> None:
    st.session_state[key] = ""
    st.session_state.pop(_held(key), None)
    store.uploads.release(path)
