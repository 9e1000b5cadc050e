"""Where the object is: a folder `masks` that mirrors the pictures, COCO boxes (json), or VOC boxes (xml)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from xml.etree import ElementTree

from kdviz.datasets.file_source import MAX_FILE_BYTES, FileSource, is_hidden, printable
from kdviz.datasets.layout import Layout, Parts

_MASKS = "masks"
_BOX_FILES = (".json", ".xml")
_NAMES_SHOWN = 5

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels of the picture."""


@dataclass(frozen=True)
class MaskFile:
    """An image that is white where the object is."""

    name: str


@dataclass(frozen=True)
class Boxes:
    """Boxes around the objects. size: width and height of the picture that they are measured in, if known."""

    boxes: tuple[Box, ...]
    size: tuple[int, int] | None


@dataclass(frozen=True)
class FoundRegions:
    """What is known of each picture, by its name; and notes, a sentence each."""

    by_name: Mapping[str, MaskFile | Boxes]
    notes: tuple[str, ...] = ()


def without_regions(names: Iterable[str]) -> tuple[str, ...]:
    """The files that may be pictures: neither masks of others, nor files of boxes."""
    names = tuple(names)
    masks = set(_mask_files(names, flat=False).values())
    return tuple(name for name in names if name not in masks and not name.lower().endswith(_BOX_FILES))


def found_regions(source: FileSource, layout: Layout) -> FoundRegions:
    """What the files beside the pictures say of their objects. A mask image counts more than boxes."""
    label_of = dict(zip(layout.names, (layout.classes[label] for label in layout.labels), strict=True))
    paths = _Paths(layout.names)
    boxes: dict[str, Boxes] = {}
    broken = []
    for name in source.names:
        if not name.lower().endswith(_BOX_FILES) or is_hidden(name):
            continue
        try:
            with source.open(name) as file:
                content = file.read(MAX_FILE_BYTES)
            read = _coco if name.lower().endswith(".json") else _voc
            for picture, size, named in read(content, name, paths):
                boxes[picture] = Boxes(_of_class(named, label_of[picture]), size)
        except Exception:  # a broken file can raise anything
            broken.append(printable(name))
    masks = _mask_files(source.names, flat=True, pictures=layout.names)
    notes = [f"Files of boxes that cannot be read: {', '.join(broken[:_NAMES_SHOWN])}."] if broken else []
    return FoundRegions({**boxes, **{name: MaskFile(mask) for name, mask in masks.items()}}, tuple(notes))


class _Paths:
    """Pictures by the end of their path, without its suffix."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_stem: defaultdict[str, list[tuple[Parts, str]]] = defaultdict(list)
        for name in names:
            parts = _stem_parts(name)
            self._by_stem[parts[-1]].append((parts, name))

    def ending(self, tail: Parts) -> str | None:
        """The one picture whose path ends so; None if there is none, or more than one."""
        found = [name for parts, name in self._by_stem.get(tail[-1], ()) if parts[-len(tail) :] == tail]
        return found[0] if len(found) == 1 else None

    def nearest(self, path: Parts) -> str | None:
        """The picture of that file name whose folders agree most with the path; None if two agree equally."""
        candidates = [(_common_tail(parts, path), name) for parts, name in self._by_stem.get(path[-1], ())]
        best = max((common for common, _ in candidates), default=0)
        found = [name for common, name in candidates if common == best]
        return found[0] if len(found) == 1 else None


def _mask_files(
    names: tuple[str, ...], *, flat: bool, pictures: Iterable[str] | None = None
) -> dict[str, str]:
    """The mask of each picture that has one. flat: whether file names alone may correspond.

    `masks/<folders>/<name>` belongs to the picture whose path ends so, whatever its suffix.
    A class may itself be called "masks": its files mirror nothing.
    """
    inside = {name: rest for name in names if not is_hidden(name) and (rest := _in_masks(name))}
    if not inside:
        return {}
    others = (name for name in names if name not in inside) if pictures is None else pictures
    paths = _Paths(name for name in others if not is_hidden(name))
    found = {}
    for mask, rest in inside.items():
        if (flat or len(rest) > 1) and (picture := paths.ending(rest)) and picture != mask:
            found[picture] = mask
    return found


def _in_masks(name: str) -> Parts:
    """The path of a file inside a folder `masks`, without suffix; empty for other files."""
    parts = _stem_parts(name)
    lowered = [part.lower() for part in parts[:-1]]
    return parts[lowered.index(_MASKS) + 1 :] if _MASKS in lowered else ()


def _coco(content: bytes, name: str, paths: _Paths) -> Iterator[tuple[str, Any, list[tuple[str, Box]]]]:
    """Picture, size, and boxes with their categories, of a COCO file; nothing for another kind of JSON."""
    coco = json.loads(content)
    if not isinstance(coco, dict) or not {"images", "annotations"} <= coco.keys():
        return
    categories = {each["id"]: str(each["name"]) for each in coco.get("categories", ())}
    by_image: defaultdict[Any, list[tuple[str, Box]]] = defaultdict(list)
    for each in coco["annotations"]:
        left, top, width, height = map(float, each["bbox"])
        kind = categories.get(each.get("category_id"), "")
        by_image[each["image_id"]].append((kind, (left, top, left + width, top + height)))
    for image in coco["images"]:
        picture = paths.nearest(_stem_parts(str(image["file_name"])))
        if picture and by_image[image["id"]]:
            size = (int(image["width"]), int(image["height"])) if "width" in image else None
            yield picture, size, by_image[image["id"]]


def _voc(content: bytes, name: str, paths: _Paths) -> Iterator[tuple[str, Any, list[tuple[str, Box]]]]:
    """The same of a VOC file, whose boxes begin at pixel 1."""
    if b"<!ENTITY" in content:
        raise ValueError("entities are not read")
    root = ElementTree.fromstring(content)
    named = []
    for each in root.iter("object"):
        box = each.find("bndbox")
        if box is None:
            continue
        left, top, right, bottom = (
            float(box.findtext(side, "")) for side in ("xmin", "ymin", "xmax", "ymax")
        )
        named.append((each.findtext("name", ""), (left - 1, top - 1, right, bottom)))
    picture = paths.nearest(_stem_parts(name))
    if picture and named:
        width, height = (int(root.findtext(f"size/{side}", "0")) for side in ("width", "height"))
        yield picture, (width, height) if width and height else None, named


def _of_class(named: list[tuple[str, Box]], label: str) -> tuple[Box, ...]:
    """The boxes that are called as the picture's class; all, if none is."""
    same = tuple(box for kind, box in named if kind.lower() == label.lower())
    return same or tuple(box for _, box in named)


def _stem_parts(name: str) -> Parts:
    return PurePosixPath(name.replace("\\", "/")).with_suffix("").parts or (name,)


def _common_tail(first: Parts, second: Parts) -> int:
    count = 0
    for one, other in zip(reversed(first), reversed(second), strict=False):
        if one != other:
            break
        count += 1
    return count
