"""Settings that are right in themselves, and wrong for the images or the weights: one line, before any training."""

import shutil

import pytest
from safetensors.torch import save_file

from kdviz.errors import KdvizError
from kdviz.models import build
from kdviz.trainer import distill
from kdviz.types import StepTaken


@pytest.fixture(scope="module")
def place(tiny_folder, tmp_path_factory):
    """Folders of images, and files of weights, each with something wrong."""
    place = tmp_path_factory.mktemp("wrong")
    for name, classes in (("one-class", ("above",)), ("few", ("above", "below"))):
        for each in classes:
            shutil.copytree(tiny_folder / each, place / name / each)
    for file in (place / "few" / "below").glob("[1-9]*.png"):
        file.unlink()
    (place / "empty").mkdir()
    (place / "text").write_text("none")
    for name, width, classes in (("wide", 1.0, 2), ("three-classes", 0.5, 3)):
        network = build("resnet8-lite", classes=classes, input_shape=(3, 16, 16), width=width)
        weights = {key: tensor.contiguous() for key, tensor in network.state_dict().items()}
        save_file(weights, place / f"{name}.safetensors")
    return place


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"train_count": 81}, "train_count: must be at most 80, the number of training images, got 81. Leave it empty to take all."),
        ({"train_count": 10, "batch_size": 11}, "batch_size: 11 is more than the 10 training images. Choose at most 10."),
        ({"data": "PLACE/none"}, "data: no folder or zip 'PLACE/none'. Give the path of a folder or zip of images."),
        ({"data": "PLACE/text"}, "data: 'PLACE/text' is neither a folder nor a readable zip file. Give a folder, or zip it again."),
        ({"data": "PLACE/empty"}, "data: 'PLACE/empty' has no class folders with files in them. Give each class a folder "
                                  "of its own: <class>/*, or train/<class>/* and test/<class>/*."),
        ({"data": "PLACE/one-class"}, "data: 'PLACE/one-class' has one class only, 'above'. At least two are needed, a folder each."),
        ({"data": "PLACE/few"}, "data: class 'below' has 1 readable training images, at least 3 are needed. Add some, or "
                                "remove the class."),
        ({"teacher_weights": "PLACE/text"}, "teacher_weights: 'text' is not a file of weights. Give one of .safetensors, "
                                            ".pt, .pth, .th, .ckpt, .bin, .tar."),
        ({"teacher_weights": "PLACE/wide.safetensors"}, "teacher_weights: 'wide.safetensors' has the tensors of "
            "'resnet8-lite' of width 1, not of 'resnet8-lite' of width 0.5. Choose that network."),
        ({"teacher_weights": "PLACE/three-classes.safetensors"}, "teacher_weights: 'three-classes.safetensors' has 3 "
            "outputs, the data 2 classes. Give teacher_classes: an output for each class, or 'new' to train a new last "
            "layer."),
        ({"teacher_weights": "imagenet"}, "weights: torchvision has none for 'resnet8-lite'. Choose one of its networks, "
                                          "such as resnet18."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_one_line_before_the_first_step(tiny_config, place, values, line):
    named = {
        name: value.replace("PLACE", str(place)) if isinstance(value, str) else value
        for name, value in values.items()
    }
    seen = []
    with pytest.raises(KdvizError) as refused:
        seen.extend(distill(tiny_config(**named)))
    assert str(refused.value) == line.replace("PLACE", str(place))
    assert not [event for event in seen if isinstance(event, StepTaken)]
