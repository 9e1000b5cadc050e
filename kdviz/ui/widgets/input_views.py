"""How pages show each kind of input, and ask for one of the visitor's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kdviz.datasets import DATASETS
from kdviz.language import _
from kdviz.types import ModalityName


@dataclass(frozen=True)
class InputView:
    """How pages show a kind of input.

    own_sources: where an own input comes from, by name in addresses; the first needs no device.
    own_icon: of the button that asks for one.
    on_picture: whether maps lie on a picture, and so have colours, cells, outlines and a swipe; else they are
        the backgrounds of words, of either sign.
    any_shape: whether an own input of another shape is cropped, or gets bars, as the visitor wishes.
    first: what a row of maps begins with, where that needs a name; else "".
    """

    own_sources: Callable[[], dict[str, str]]
    own_icon: str
    on_picture: bool = True
    any_shape: bool = False
    first: Callable[[], str] = str


def view_of(dataset: str) -> InputView:
    """The view of a data set's inputs; of images, if it is of another version of kdviz."""
    return VIEWS[DATASETS[dataset].modality if dataset in DATASETS else "image"]


def _pictures() -> dict[str, str]:
    return {"upload": _("Own picture"), "camera": _("Camera")}


def _texts() -> dict[str, str]:
    return {"typed": _("Own text")}


def _sounds() -> dict[str, str]:
    return {"sound": _("Own sound")}


def _image() -> str:
    return _("image")


VIEWS: Mapping[ModalityName, InputView] = {
    "image": InputView(_pictures, ":material/add_photo_alternate:", any_shape=True, first=_image),
    "text": InputView(_texts, ":material/edit_note:", on_picture=False),
    "audio": InputView(_sounds, ":material/edit_note:"),
}
