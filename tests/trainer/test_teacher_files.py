"""A teacher from a file made elsewhere: other pixels, sizes and classes, proved before a run."""

import pytest
import torch
from captum.attr import LayerGradCam
from PIL import Image
from scipy.optimize import minimize
from torch.nn import functional as F
from torchvision import models

from kdviz.config import make_config
from kdviz.errors import ConfigError, ModelError
from kdviz.models import InputAdapter, namings
from kdviz.networks import load_teacher_file
from kdviz.progress import run_to_end, silent
from kdviz.trainer.last_layer import _fitted
from kdviz.trainer.setup import load_setup
from kdviz.trainer.teacher_check import check_teacher, examine_teacher

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def small(**given):
    return make_config(
        {
            "dataset": "shapes",
            "train_count": 64,
            "teacher_epochs": 0,
            "teacher": "resnet8-lite",
            "epochs": 1,
            **given,
        }
    )


@pytest.fixture(scope="module")
def trained_teacher(tmp_path_factory):
    """The teacher of kdviz for shapes, as its weights would be called elsewhere."""
    from kdviz.store.teachers import TeacherStore

    folder = tmp_path_factory.mktemp("teacher")
    config = make_config({"dataset": "shapes"})
    weights = TeacherStore(folder).find(config.teacher_key)
    assert weights
    naming = namings(config.teacher)["CIFAR (linear, shortcut)"]
    file = folder / "net.pth"
    torch.save({"state_dict": {f"module.{naming(key)}": tensor for key, tensor in weights.items()}}, file)
    return config, file


def test_the_adapter_gives_the_pixels_that_torchvisions_transform_gives():
    pixels = torch.rand(2, 3, 20, 20, generator=torch.Generator().manual_seed(1))
    own = ([0.1, 0.2, 0.3], [0.5, 0.6, 0.7])
    mean, std, new_mean, new_std = (torch.tensor(each).view(1, 3, 1, 1) for each in (*own, *IMAGENET))
    expected = (F.interpolate(pixels, (32, 32), mode="bilinear") - new_mean) / new_std
    found = InputAdapter(own, IMAGENET, (32, 32))((pixels - mean) / std)
    torch.testing.assert_close(found, expected)


def test_grey_becomes_three_equal_colours():
    adapter = InputAdapter(([0.5], [0.2]), ((0.0,) * 3, (1.0,) * 3), (8, 8))
    pixels = torch.rand(2, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(adapter((pixels - 0.5) / 0.2), pixels.expand(-1, 3, -1, -1))


def test_a_teacher_with_other_tensor_names_predicts_as_well_as_before(trained_teacher):
    config, file = trained_teacher
    check = check_teacher(
        make_config({"dataset": "shapes", "teacher": config.teacher, "teacher_width": config.teacher_width,
                     "teacher_weights": str(file), "teacher_epochs": 0})
    )  # fmt: skip
    assert check.accuracy > 0.9
    assert check.above_chance


def test_wrong_outputs_are_found_out_by_chance(trained_teacher):
    config, file = trained_teacher
    turned = ",".join(str((place + 1) % 8) for place in range(8))
    check = check_teacher(
        make_config({"dataset": "shapes", "teacher": config.teacher, "teacher_width": config.teacher_width,
                     "teacher_weights": str(file), "teacher_epochs": 0, "teacher_classes": turned})
    )  # fmt: skip
    assert check.accuracy < 0.1
    assert not check.above_chance


def test_the_order_of_the_outputs_is_found_where_it_is_not_that_of_the_classes(trained_teacher, tmp_path):
    _config, file = trained_teacher
    images = make_config({"dataset": "shapes"})
    weights = torch.load(file, weights_only=True)["state_dict"]
    order = torch.tensor([3, 0, 7, 1, 2, 6, 5, 4])  # output number k is class order[k]
    last = {name: tensor[order] for name, tensor in weights.items() if ".linear." in name}
    assert len(last) == 2
    torch.save({**weights, **last}, tmp_path / "turned.pth")
    found = run_to_end(examine_teacher(tmp_path / "turned.pth", images))
    assert found.reordered
    assert found.settings["teacher_classes"] == ",".join(map(str, order.argsort().tolist()))
    assert found.checks[0].accuracy > 0.9
    assert not run_to_end(examine_teacher(file, images)).reordered


def test_a_new_last_layer_finds_the_classes_again(trained_teacher):
    config, file = trained_teacher
    check = check_teacher(
        make_config({"dataset": "shapes", "teacher": config.teacher, "teacher_width": config.teacher_width,
                     "teacher_weights": str(file), "teacher_epochs": 0, "teacher_classes": "new"})
    )  # fmt: skip
    assert check.accuracy > 0.9


def test_the_pixel_scale_that_a_network_was_trained_with_is_the_most_accurate(trained_teacher):
    _config, file = trained_teacher
    found = list_of(examine_teacher(file, make_config({"dataset": "shapes"})))
    accuracies = {each.scale: each.accuracy for each in found.checks}
    assert accuracies[None] == max(accuracies.values()) == found.checks[0].accuracy
    assert accuracies["unit"] < accuracies[None]
    assert found.settings["teacher_input"] is None
    assert found.settings["teacher"] == "resnet8-lite"
    assert (found.summary.wrapper, found.summary.prefix) == ("state_dict", "module.")


@pytest.fixture(scope="module")
def enlarged_shapes(tmp_path_factory):
    """A folder of shapes of 64 px, each pixel of 32 px four times."""
    folder = tmp_path_factory.mktemp("enlarged")
    images = load_setup(make_config({"dataset": "shapes", "train_count": 64}), silent).data
    names = images.dataset.classes
    for part, split, count in (
        ("train", images.test, 40),
        ("val", images.validation, 80),
        ("test", images.test, 16),
    ):
        pixels = split.images[:count].permute(0, 2, 3, 1).numpy()
        for number, (picture, label) in enumerate(zip(pixels, split.labels[:count].tolist(), strict=True)):
            place = folder / part / f"{label}-{names[label]}"
            place.mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture.repeat(2, 0).repeat(2, 1)).save(place / f"{number}.png")
    return folder


def test_images_are_resized_as_the_teacher_is_most_accurate(trained_teacher, enlarged_shapes):
    _config, file = trained_teacher
    images = make_config({"dataset": "folder", "data": str(enlarged_shapes), "image_size": 64})
    found = run_to_end(examine_teacher(file, images))
    assert [each.size for each in found.sizes] == [None, 32, 96, 128, 160, 224]
    by_size = {each.size: each for each in found.sizes}
    assert found.settings["teacher_size"] == 32 == found.check.size
    assert by_size[32].accuracy > 0.9 > by_size[None].accuracy == found.checks[0].accuracy
    proved = check_teacher(make_config({**images.model_dump(exclude_unset=True), **found.settings}))
    assert proved == found.check, "as a run with these settings has it"


def test_sizes_are_tried_with_a_new_last_layer_fitted_at_each(trained_teacher, enlarged_shapes, tmp_path):
    """Of a teacher for 11 classes, which are not those of the data."""
    _config, file = trained_teacher
    weights = torch.load(file, weights_only=True)["state_dict"]
    last = {
        name: torch.zeros(11, *tensor.shape[1:]) for name, tensor in weights.items() if ".linear." in name
    }
    torch.save({**weights, **last}, tmp_path / "eleven.pth")
    images = make_config({"dataset": "folder", "data": str(enlarged_shapes), "image_size": 64})
    found = run_to_end(examine_teacher(tmp_path / "eleven.pth", images))
    assert (found.settings["teacher_classes"], found.settings["teacher_size"]) == ("new", 32)
    by_size = {each.size: each for each in found.sizes}
    assert list(by_size) == [None, 32, 96, 128, 160, 224]
    assert by_size[32].accuracy == max(each.accuracy for each in found.sizes) > by_size[None].accuracy
    assert by_size[None].accuracy == found.checks[0].accuracy
    proved = check_teacher(make_config({**images.model_dump(exclude_unset=True), **found.settings}))
    assert proved == found.check, "as a run with these settings has it"


def test_no_other_size_is_tried_where_there_is_nothing_to_gain(trained_teacher):
    _config, file = trained_teacher
    found = run_to_end(examine_teacher(file, make_config({"dataset": "shapes"})))
    assert found.checks[0].accuracy >= 0.95
    assert found.sizes == ()
    assert found.check == found.checks[0]
    assert "teacher_size" not in found.settings


def list_of(generator):
    while True:
        try:
            next(generator)
        except StopIteration as ended:
            return ended.value


def test_the_last_layer_is_a_logistic_regression():
    """Against SciPy's minimizer of the same loss, in float64."""
    generator = torch.Generator().manual_seed(2)
    features = torch.randn(60, 3, generator=generator) * torch.tensor([1.0, 5.0, 0.2]) + 2
    labels = (features @ torch.tensor([1.0, 0.3, -4.0]) + 3 * torch.randn(60, generator=generator) > 2).long()
    weight, bias = _fitted(features, labels, 2)
    mean, deviation = features.double().mean(0), features.double().std(0)
    scaled = (features.double() - mean) / deviation

    def loss(flat):
        w, b = torch.tensor(flat[:6]).view(2, 3), torch.tensor(flat[6:])
        return float(F.cross_entropy(scaled @ w.T + b, labels) + 1e-3 * w.square().sum())

    best = minimize(
        loss, torch.zeros(8, dtype=torch.float64).numpy(), method="BFGS", options={"gtol": 1e-8}
    ).x
    expected = torch.tensor(best[:6]).view(2, 3) / deviation
    margin = (
        features.double() @ (expected[1] - expected[0])
        + best[7]
        - best[6]
        - (expected[1] - expected[0]) @ mean
    )
    found = features @ (weight[1] - weight[0]) + bias[1] - bias[0]
    torch.testing.assert_close(found.double(), margin, rtol=1e-2, atol=1e-2)


def test_a_network_of_torchvision_at_another_size_teaches(tmp_path):
    torch.manual_seed(0)
    torch.save(models.squeezenet1_1(num_classes=1000).state_dict(), tmp_path / "net.pth")
    with pytest.raises(ModelError) as refused:
        check_teacher(
            small(teacher="squeezenet1-1", teacher_weights=str(tmp_path / "net.pth"), teacher_size=64)
        )
    assert str(refused.value) == (
        "teacher_weights: 'net.pth' has 1000 outputs, the data 8 classes. Give teacher_classes: an output for "
        "each class, or 'new' to train a new last layer."
    )
    classes = "1,2,3,4,5,6,7,8"
    check = check_teacher(
        small(teacher="squeezenet1-1", teacher_weights=str(tmp_path / "net.pth"), teacher_size=64,
              teacher_input="imagenet", teacher_classes=classes)
    )  # fmt: skip
    assert 0 <= check.low <= check.accuracy <= check.high <= 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"teacher_input": "imagnet"}, "teacher_input: 'imagnet' is neither one of imagenet, cifar10"),
        ({"teacher_input": "0.5/0"}, "teacher_input: '0.5/0' is neither one of"),
        (
            {"teacher_classes": "1,b"},
            "teacher_classes: must be 'new' or outputs of the file, as 3,0,7, got '1,b'.",
        ),
        ({"teacher_size": 8}, "teacher_size: must be a whole number, at least 16 and at most 1024, got 8."),
    ],
)
def test_settings_of_a_file_are_checked_in_one_line(tmp_path, given, expected):
    torch.save({"a": torch.ones(1)}, tmp_path / "net.pth")
    with pytest.raises(ConfigError) as refused:
        small(teacher_weights=str(tmp_path / "net.pth"), **given)
    assert str(refused.value).startswith(expected)


def test_they_need_a_file():
    with pytest.raises(ConfigError) as refused:
        small(teacher_epochs=1, teacher_input="imagenet")
    assert str(refused.value) == (
        "teacher_input: needs a file as teacher_weights, got 'imagenet' without. Leave it out."
    )


def test_one_image_is_explained_at_every_layer_of_the_file_s_network(trained_teacher):
    """Against captum, on the network of the settings that are proposed."""
    _config, file = trained_teacher
    found = run_to_end(examine_teacher(file, make_config({"dataset": "shapes"})))
    assert [(each.names, each.stage, each.map.shape, each.closed_form) for each in found.layers.maps] == [
        (("last", "stride16", "stride8"), "stage3", (4, 4), True),
        (("stride4", "second-to-last"), "stage2", (8, 8), False),
        (("stride2",), "stage1", (16, 16), False),
    ]
    setup = load_setup(make_config({"dataset": "shapes", **found.settings}), silent)
    network = setup.network("teacher", 0)
    load_teacher_file(network, setup.config)
    picture = torch.from_numpy(found.layers.image).permute(2, 0, 1)[None]
    assert (setup.data.validation.images == picture).flatten(1).all(1).any()
    target = found.layers.target
    for each in found.layers.maps:
        oracle = LayerGradCam(network.eval(), network.stages[network.explained[each.layer] - 1])
        expected = oracle.attribute(setup.normalizer.normalize(picture), target=target)[0, 0].detach()
        torch.testing.assert_close(torch.from_numpy(each.map), expected, atol=1e-5, rtol=1e-5)
    assert found.layers.named("second-to-last") is found.layers.maps[1]
    assert found.layers.named("stride1") is None
