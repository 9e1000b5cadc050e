"""A visitor's own images: uploaded in the browser, or files on this machine named by their path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from kdviz.errors import KdvizError
from kdviz.language import _, sentences
from kdviz.store import Store
from kdviz.store.uploads import MAX_UPLOAD_BYTES, UploadedFile, is_upload_token, upload_token
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.server import visitor_is_local
from kdviz.ui.frame.shell import errors
from kdviz.ui.widgets.image_check import image_check

if TYPE_CHECKING:
    from kdviz.datasets.inspection import ImageInspection


@dataclass(frozen=True)
class OwnImages:
    """A visitor's images. path: None before there are any. found: what is in them, if that was looked at."""

    path: str | None = None
    found: ImageInspection | None = None


def own_images(store: Store, key: str, path_field: Callable[[], str | None]) -> OwnImages:
    """Draw the fields for a visitor's images, and what was found in those that there are.

    key: of the text field that `path_field` draws, in which a token stands for an upload. The field is shown
    only to visitors on this machine, and while nothing is uploaded: no page shows where uploads are kept.
    """
    name = key.replace(".", "_")
    above = st.container()
    with st.container(key=f"{name}_path"):
        given = path_field() or ""
    below = st.container()
    upload, local = store.uploads.find(given), visitor_is_local()
    if upload or is_upload_token(given) or not local:
        st.html(f"<style>.st-key-{name}_path {{ display: none; }}</style>")
    with above:
        if upload:
            store.uploads.touch(upload)
            found = _kept(upload, key)
            return OwnImages(str(upload), found) if found else OwnImages()
        _uploader(store, key, name, local=local)
        if is_upload_token(given):
            st.warning(
                _("The uploaded pictures are no longer on the server. Upload them again."),
                icon=":material/hourglass_disabled:",
            )
    if not given or not local or is_upload_token(given):
        return OwnImages()
    with below:
        return OwnImages(given, _check_by_wish(given, name))


def _check_by_wish(data: str, name: str) -> ImageInspection | None:
    """Findings about files that may be many, and are read for them."""
    help_text = _("Reads every file: broken ones, and test images that are also training images, are named.")
    if not st.toggle(_("Check these files"), key=f"{name}_check", help=help_text):
        return None
    with st.container(border=True, gap="small"):
        return image_check(data)


def _uploader(store: Store, key: str, name: str, *, local: bool) -> None:
    folder = (
        st.segmented_control(
            _("Your pictures"),
            [False, True],
            default=False,
            required=True,
            format_func=lambda folder: _("A folder") if folder else _("Zip or .npz"),
            key=f"{name}_folder",
        )
        is True
    )
    widget = f"{name}_upload_{st.session_state.setdefault(f'{name}_uploads', 0)}"
    options: dict[str, Any] = {"accept_multiple_files": "directory"} if folder else {"type": ["zip", "npz"]}
    st.file_uploader(
        _("Your pictures"),
        key=f"{widget}_{folder}",
        label_visibility="collapsed",
        on_change=_receive,
        args=(store, key, name, f"{widget}_{folder}"),
        **options,
    )
    st.caption(_how(local=local))
    if isinstance(refused := st.session_state.get(f"{name}_refused"), KdvizError):
        errors(refused)


def _how(*, local: bool) -> str:
    return sentences(
        _("One folder for each class, or a CSV with the columns path, label and perhaps split; or MedMNIST."),
        _(
            "At most {size}\N{NO-BREAK SPACE}GB. They stay on this server while a run uses them, else for "
            "a day."
        ).format(size=MAX_UPLOAD_BYTES >> 30),
        _("Or enter a path on this computer:") if local else "",
    )


def _receive(store: Store, key: str, name: str, widget: str) -> None:
    """A callback: keep what was uploaded, and drop the browser's copy with its widget."""
    given = st.session_state[widget]
    files = given if isinstance(given, list) else [given] if given else []
    if not files:
        return
    st.session_state[f"{name}_refused"] = None
    try:
        path = store.uploads.keep([UploadedFile(file.name, file.getvalue()) for file in files])
        st.session_state[key] = upload_token(str(path))
    except KdvizError as error:
        st.session_state[f"{name}_refused"] = error
    st.session_state[f"{name}_uploads"] += 1


def _kept(path: Path, key: str) -> ImageInspection | None:
    """What is uploaded, with what was found in it; None if a run cannot use it."""
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/folder_zip: **{plain(path.name)}**", width="stretch")
            st.button(
                _("Remove"),
                icon=":material/close:",
                type="tertiary",
                key=f"{key}_remove",
                on_click=_remove,
                args=(key,),
                help=_("Choose other pictures. Runs on these keep them."),
            )
        return image_check(str(path))


def _remove(key: str) -> None:
    st.session_state[key] = ""
