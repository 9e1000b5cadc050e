"""Object masks beside the pictures: equal to the rectangle that was drawn."""

import io
import json

import numpy as np
import pytest
import torch
from PIL import Image

from kdviz.datasets import load
from kdviz.notes import doubts_accuracy
from kdviz.progress import silent

SPLITS = ("train", "validation", "test")
BOX = (8, 4, 24, 20)  # left, top, right, bottom in a picture of 32 x 32


def read(path, size=16):
    return load("folder", data=path, image_size=size, report=silent)


def encoded(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def white_box(width=32, height=32, box=BOX):
    mask = Image.new("L", (width, height))
    mask.paste(255, box)
    return encoded(mask)


def drawn(height=16, width=16, box=(4, 2, 12, 10)):
    left, top, right, bottom = box
    mask = torch.zeros(height, width, dtype=torch.bool)
    mask[top:bottom, left:right] = True
    return mask


@pytest.fixture
def pictures(png):
    """All different: copies in training and test would be noted."""
    names = [f"{name}/{n}.png" for name in ("cells", "none") for n in range(6)]
    return {name: png(seed=seed, size=32) for seed, name in enumerate(names)}


def voc(name="x", box=BOX, size=32):
    left, top, right, bottom = box
    return (
        f"<annotation><size><width>{size}</width><height>{size}</height></size><object><name>{name}</name><bndbox>"
        f"<xmin>{left + 1}</xmin><ymin>{top + 1}</ymin><xmax>{right}</xmax><ymax>{bottom}</ymax></bndbox></object>"
        "</annotation>"
    ).encode()


def coco(names, box=BOX, kind="x"):
    left, top, right, bottom = box
    return json.dumps(
        {
            "images": [
                {"id": n, "file_name": name, "width": 32, "height": 32} for n, name in enumerate(names)
            ],
            "annotations": [
                {"image_id": n, "category_id": 1, "bbox": [left, top, right - left, bottom - top]}
                for n in range(len(names))
            ],
            "categories": [{"id": 1, "name": kind}],
        }
    ).encode()


def beside(kind, names):
    """The files that say where the object is, in each way."""
    stems = [name.removesuffix(".png") for name in names]
    return {
        "masks": {f"masks/{stem}.png": white_box() for stem in stems},
        "masks of another resolution": {
            f"masks/{stem}.png": white_box(64, 64, (16, 8, 48, 40)) for stem in stems
        },
        "coco": {"boxes.json": coco(names)},
        "voc": {f"Annotations/{stem}.xml": voc() for stem in stems},
        "voc in the class folders": {f"{stem}.xml": voc() for stem in stems},
    }[kind]


@pytest.mark.parametrize(
    "kind", ["masks", "masks of another resolution", "coco", "voc", "voc in the class folders"]
)
def test_every_mask_is_the_rectangle_that_was_drawn(as_folder, pictures, kind):
    path = as_folder({**pictures, **beside(kind, list(pictures))})
    for data in (read(path), read(path)):  # decoded, then from the cache
        assert data.classes == ("cells", "none")
        assert data.notes == ("The object's place is known in 12 of 12 images.",)
        for name in SPLITS:
            masks = getattr(data, name).object_masks
            assert masks.dtype == torch.bool
            assert (masks == drawn()).all()


def test_a_wrapped_zip_with_masks_is_read(as_zip, pictures):
    files = {f"set/{name}": content for name, content in {**pictures, **beside("masks", pictures)}.items()}
    data = read(as_zip(files))
    assert data.classes == ("cells", "none")
    assert (data.test.object_masks == drawn()).all()


def test_masks_are_cropped_as_their_pictures_are(as_folder):
    """A picture of 48 x 32 keeps its middle 32 columns, and so does its mask."""
    picture = np.zeros((32, 48, 3), np.uint8)
    picture[4:20, 16:32] = 255
    mask = Image.fromarray(picture[..., 0])
    files = {f"{name}/{n}.png": encoded(Image.fromarray(picture)) for name in "ab" for n in range(5)}
    files |= {f"masks/a/{n}.png": encoded(mask) for n in range(5)}
    data = read(as_folder(files), size=32)
    seen = data.train.images[:, 0] > 127
    known = data.train.object_masks.any(2).any(1)
    assert known.tolist() == (data.train.labels == 0).tolist()
    assert torch.equal(data.train.object_masks[known], seen[known])
    said, copies = data.notes
    assert said == "The object's place is known in 5 of 10 images."
    assert doubts_accuracy(copies), "all pictures are equal"


def test_a_photograph_on_its_side_is_turned_with_its_mask(as_folder):
    """EXIF orientation 6: the viewer turns the stored picture clockwise. The box is in the stored pixels."""
    stored = np.zeros((32, 48, 3), np.uint8)
    stored[0:16, 8:24] = 255
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = encoded(Image.fromarray(stored), "JPEG", quality=100, exif=exif)
    files = {f"{name}/{n}.jpg": photo for name in "ab" for n in range(5)}
    boxes = coco(list(files), box=(8, 0, 24, 16)).replace(b'"width": 32', b'"width": 48')
    data = read(as_folder({**files, "boxes.json": boxes}), size="48x32")
    expected = torch.from_numpy(np.rot90(stored[..., 0], -1).copy() > 127)
    assert (data.train.object_masks == expected).all()
    assert ((data.train.images[:, 0] > 127) == expected).all()


def test_boxes_called_as_the_class_count_and_others_do_not(as_folder, pictures):
    both = voc("cells").replace(b"</annotation>", voc("dirt", (0, 0, 4, 4)).partition(b"</size>")[2])
    data = read(as_folder({**pictures, **{f"Annotations/cells/{n}.xml": both for n in range(6)}}))
    of_cells = data.train.labels == 0
    assert (data.train.object_masks[of_cells] == drawn()).all()
    assert not data.train.object_masks[~of_cells].any()


def test_a_class_called_masks_is_a_class(as_folder, png):
    files = {f"{name}/{n}.png": png(seed=n) for name in ("masks", "no masks") for n in range(5)}
    data = read(as_folder(files))
    assert data.classes == ("masks", "no masks")
    assert data.train.object_masks is None


def test_masks_that_do_not_fit_and_broken_boxes_are_named(as_folder, pictures):
    wrong = {"masks/cells/0.png": white_box(64, 32), "masks/cells/1.png": b"no picture", "a.json": b"{"}
    data = read(as_folder({**pictures, **wrong, "masks/cells/2.png": white_box()}))
    assert data.notes == (
        "Files of boxes that cannot be read: a.json.",
        "The object's place is known in 1 of 12 images.",
        "2 masks were not used, broken or of another shape than the image: cells/0.png, cells/1.png.",
    )


def test_entities_in_xml_are_not_expanded(as_folder, pictures):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + voc("&a;")
    data = read(as_folder({**pictures, "cells/0.xml": bomb}))
    assert data.notes == ("Files of boxes that cannot be read: cells/0.xml.",)
