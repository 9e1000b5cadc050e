"""Data & models: every data set and every network can be looked at, whatever the link says."""

import shutil
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import torch

from kdviz.datasets import DATASETS, Split, download
from kdviz.datasets.samples import randomly_flipped
from kdviz.models import FAMILIES, MODELS
from kdviz.ui.distill.presets import PRESETS
from kdviz.ui.library.cue_choice import USUAL_CUES
from tests.ui.conftest import opened, page_text

LINKS = [
    {},
    {"browse": "Shapes", "browse_masks": "true"},
    {"browse": "Shapes", "browse_cue_shapes": "Coloured patch", "browse_rho": "0.8"},
    {"browse_cue": "White patch"},
    {"browse_mirrored": "true"},
    {"shelf": "Networks"},
    {"shelf": "Networks", "network": "ViT tiny"},
    {"browse": "CIFAR-10"},
    {"browse": "CIFAR-100", "shelf": "Networks"},
    {"browse": "Your own images"},
    {"browse": "Your own images", "shelf": "Networks"},
    {"browse": "x", "browse_rho": "nan", "shelf": "q"},
    {
        "browse": "Shapes",
        "browse_cue_shapes": "no such cue",
        "browse_split": "dev",
        "browse_masks": "perhaps",
    },
    {"browse": "Shapes", "browse_cue_shapes": "Coloured patch", "browse_rho": "-1"},
    {"browse": "Shapes", "browse_cue_shapes": "Coloured patch", "browse_rho": "1e9"},
    {"shelf": "Networks", "network": "no such network", "network_width": "wide"},
    {"shelf": "Networks", "network_width": "-3"},
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


def test_each_class_is_counted_in_each_split_and_its_name_is_no_formula(tiny_folder, tmp_path, app):
    for source, name in zip(("above", "below"), ("=1+1", "@sum"), strict=True):
        shutil.copytree(tiny_folder / source, tmp_path / "own" / name)
    opened(app, "library", browse="Your own images")
    app.text_input(key="browse_data").set_value(str(tmp_path / "own")).run()
    assert not app.exception
    (table,) = (each.value for each in app.dataframe)
    assert table["Class"].to_list() == ["'=1+1", "'@sum"]
    assert table[["train", "validation", "test"]].sum().sum() == 120
    assert (table["train"] > table["validation"]).all()


def test_a_network_is_listed_with_its_cost_and_one_is_taken_apart(app):
    opened(app, "library", shelf="Networks", network="Simple CNN")
    listed, stages = (each.value for each in app.dataframe)
    assert listed["Network"].to_list() == [
        MODELS[name].label for name in FAMILIES if "image" in MODELS[name].modalities
    ]
    row = listed.set_index("Network").loc["Simple CNN"]
    assert stages["Parameters"].sum() == row["Parameters"]
    assert stages["Multiply-adds"].sum() == row["Multiply-adds"]
    assert [row for row in stages["Explained layer"] if row] == ['"second-to-last"', '"last"']


def test_the_preview_of_training_mirrors_some_images_with_their_masks_and_leaves_the_others():
    images = _numbered(40)
    split = Split(images, torch.zeros(40, dtype=torch.int64), object_masks=images[:, 0] % 2 == 0)
    flipped = randomly_flipped(split, seed=0)
    mirrored = (flipped.images == images.flip(-1)).flatten(1).all(1)
    same = (flipped.images == images).flatten(1).all(1)
    assert (mirrored ^ same).all()
    assert 5 < int(mirrored.sum()) < 35
    assert torch.equal(flipped.object_masks, flipped.images[:, 0] % 2 == 0)


def _numbered(count: int) -> torch.Tensor:
    """Images (count, 1, 2, 3), none of which is its own mirror image."""
    return torch.arange(6, dtype=torch.uint8).view(1, 1, 2, 3).repeat(count, 1, 1, 1)


def test_a_data_set_is_shown_with_the_cue_of_its_presets():
    planted = {
        preset.dataset: preset.complete["cue"]
        for preset in PRESETS.values()
        if preset.complete["cue"] != "none"
    }
    planted["shapes"] = PRESETS["planted-cue"].complete["cue"]  # the tint is its counter-example
    assert planted == USUAL_CUES


@pytest.mark.parametrize(
    ("link", "data"),
    [({}, "shapes"), ({"lang": "zh"}, "shapes"), ({"browse_cue": "White patch"}, "fashion-mnist-mini")],
)
def test_it_begins_with_the_shapes_and_an_address_of_an_earlier_version_with_what_it_showed(app, link, data):
    opened(app, "library", **link)
    assert not app.exception
    assert app.selectbox(key="browse").value == data


@pytest.mark.parametrize(("cue", "label"), [("hue-patch", "Coloured patch"), ("none", "None")])
def test_distill_opens_with_the_data_set_and_the_cue_that_is_chosen(app, cue, label):
    opened(app, "library", browse="Shapes")
    app.segmented_control(key="browse_cue_shapes").set_value(cue).run()
    (link,) = (each.proto for each in app.get("page_link") if each.proto.label == "Distill with these")
    given = dict(parse_qsl(link.query_string))
    assert (given["dataset"], given["shapes.cue"]) == ("Shapes", label)
    opened(app, "distill", **given)
    assert not app.exception
    assert app.segmented_control(key="shapes.cue").value == cue


def test_no_cue_is_planted_in_data_for_which_none_was_chosen(app, tiny_folder):
    """Shapes are shown with their patch at first: that choice is theirs, and not the next data set's."""
    opened(app, "library", browse="Shapes")
    assert app.segmented_control(key="browse_cue_shapes").value == "hue-patch"
    app.selectbox(key="browse").set_value("folder").run()
    app.text_input(key="browse_data").set_value(str(tiny_folder)).run()
    assert app.segmented_control(key="browse_cue_folder").value == "none"
    (link,) = (each.proto for each in app.get("page_link") if each.proto.label == "Distill with these")
    given = dict(parse_qsl(link.query_string))
    assert given["folder.cue"] == "None"
    assert "folder.cue_strength" not in given
    opened(app, "distill", **given)
    assert not app.exception
    assert app.segmented_control(key="folder.cue").value == "none"


@pytest.mark.parametrize("name", [name for name, spec in DATASETS.items() if spec.own_files])
def test_own_data_is_one_button_away(app, name):
    opened(app, "library")
    app.button(key=f"upload_{name}").click().run()
    assert not app.exception
    assert app.selectbox(key="browse").value == name
    assert app.get("file_uploader")
    assert f"upload_{name}" not in {each.key for each in app.button}


def test_the_cue_of_an_old_link_is_that_of_the_data_set_it_names_alone(app):
    opened(app, "library", browse="Blood cells", browse_cue="Coloured patch")
    assert app.segmented_control(key="browse_cue_blood-cells").value == "hue-patch"
    assert "browse_cue" not in app.query_params
    app.selectbox(key="browse").set_value("flowers").run()
    assert app.segmented_control(key="browse_cue_flowers").value == "none"


def test_the_networks_are_counted_for_the_classes_of_ones_own_files(app, tiny_folder):
    opened(app, "library", browse="Your own images", browse_data=str(tiny_folder), shelf="Networks")
    assert not app.exception
    assert any("for 2 classes" in each.value for each in app.caption)


def test_an_upload_stays_when_another_field_was_changed_before_the_browser_knew_of_it(
    app, tiny_folder, tmp_path
):
    """The browser sends all fields with each change, this one as it was before the upload: once."""
    file = shutil.make_archive(str(tmp_path / "mine"), "zip", tiny_folder)
    opened(app, "library", browse="Your own images")
    app.get("file_uploader")[0].upload("mine.zip", Path(file).read_bytes()).run()
    token = app.text_input(key="browse_data").value
    app.text_input(key="browse_data").set_value("")
    app.text_input(key="browse_size").set_value("16").run()
    assert app.text_input(key="browse_data").value == token != ""
    assert "120 images, 2 classes" in page_text(app)
    app.run().run()
    app.text_input(key="browse_data").set_value("").run()  # Back in the browser
    assert app.text_input(key="browse_data").value == ""


def test_removing_an_upload_at_once_removes_it(app, tiny_folder, tmp_path):
    file = shutil.make_archive(str(tmp_path / "mine"), "zip", tiny_folder)
    opened(app, "library", browse="Your own images")
    app.get("file_uploader")[0].upload("mine.zip", Path(file).read_bytes()).run()
    app.button(key="browse_data_remove").click().run()
    assert app.text_input(key="browse_data").value == ""
    assert app.get("file_uploader")
