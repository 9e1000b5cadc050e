"""Data & models: every data set and every network can be looked at, whatever the link says."""

import pytest
import torch

from kdviz.datasets import Split, download
from kdviz.ui.library.images import _tossed
from tests.ui.conftest import opened

LINKS = [
    {},
    {"browse": "Shapes", "browse_masks": "true"},
    {"browse": "Shapes", "browse_cue": "Coloured patch", "browse_rho": "0.8"},
    {"browse_cue": "White patch"},
    {"browse_mirrored": "true"},
    {"shelf": "Networks"},
    {"shelf": "Networks", "network": "ViT tiny"},
    {"browse": "CIFAR-10"},
    {"browse": "CIFAR-100", "shelf": "Networks"},
    {"browse": "Your own images"},
    {"browse": "Your own images", "shelf": "Networks"},
    {"browse": "x", "browse_rho": "nan", "shelf": "q"},
]


@pytest.mark.parametrize("link", LINKS, ids=str)
def test_a_link_opens_without_an_error_and_every_picture_is_described(app, link):
    opened(app, "library", **link)
    assert not app.exception
    assert not app.error
    shown = [image for each in app.get("image") for image in each.proto.imgs]
    shown += [each.proto for each in app.get("dataframe")]
    assert all(each.alt.strip() for each in shown)


def test_a_download_waits_for_its_button_and_fails_in_one_line(app, monkeypatch, tmp_path):
    def offline(*args, **kwargs):
        raise OSError("offline")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(download, "urlopen", offline)
    opened(app, "library", browse="CIFAR-10")
    app.button(key="load_cifar10").click().run()
    assert not app.exception
    assert len(app.error) == 1
    assert "fashion-mnist-mini" in app.error[0].value


def test_a_folder_is_shown_and_a_missing_one_is_one_line(app, tiny_folder):
    opened(app, "library", browse="Your own images")
    app.text_input(key="browse_data").set_value(str(tiny_folder)).run()
    assert not app.exception
    assert not app.error
    app.text_input(key="browse_data").set_value("/nowhere").run()
    assert not app.exception
    assert len(app.error) == 1


def test_the_preview_of_training_mirrors_some_images_with_their_masks_and_leaves_the_others():
    images = _numbered(40)
    split = Split(images, torch.zeros(40, dtype=torch.int64), object_masks=images[:, 0] % 2 == 0)
    tossed = _tossed(split)
    mirrored = (tossed.images == images.flip(-1)).flatten(1).all(1)
    same = (tossed.images == images).flatten(1).all(1)
    assert (mirrored ^ same).all()
    assert 5 < int(mirrored.sum()) < 35
    assert torch.equal(tossed.object_masks, tossed.images[:, 0] % 2 == 0)


def _numbered(count: int) -> torch.Tensor:
    """Images (count, 1, 2, 3), none of which is its own mirror image."""
    return torch.arange(6, dtype=torch.uint8).view(1, 1, 2, 3).repeat(count, 1, 1, 1)
