"""Images of 40 × 100 pixels, of three channels and of one, through everything: from reading them to the pages."""

import base64
import io
import re
from copy import deepcopy

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from kdviz.agreement import MEASURES
from kdviz.comparison import explain_test_image, explainers_offered, known_survey, snapshots
from kdviz.comparison.test_set.channels import channels as looked_at
from kdviz.datasets import DATASETS, Split, load, plant
from kdviz.datasets.cue import patch_side
from kdviz.datasets.split import with_validation
from kdviz.explainers import EXPLAINERS, explain
from kdviz.faithfulness import infidelity, mask_share, removal
from kdviz.figures.maps import ColourScale, density, overlay, scale_limit
from kdviz.jobs import start_survey
from kdviz.models import MODELS, build, describe
from kdviz.report import report_html
from kdviz.store import Store
from kdviz.types import DatasetSpec
from tests.networks import TESTED_NETWORKS
from tests.patience import PATIENCE_S
from tests.ui.conftest import opened
from tests.ui.explain.test_explain_page import comparers

HEIGHT, WIDTH = 40, 100
SIZE = f"{HEIGHT}x{WIDTH}"


@pytest.fixture(scope="module")
def wide_folder(tmp_path_factory):
    """Two classes of 24 grey PNGs, 40 high and 100 wide: a bright square on the left, or on the right."""
    folder, random = tmp_path_factory.mktemp("wide"), np.random.default_rng(0)
    for name, left in (("left", 10), ("right", 70)):
        (folder / name).mkdir()
        for number in range(24):
            pixels = random.integers(0, 80, (HEIGHT, WIDTH), dtype=np.uint8)
            pixels[10:26, left : left + 16] = 230
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder


def wide_split(count, seed):
    """Grey images of one channel: as many with a bright square on the left as on the right."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    images = random.integers(0, 80, (count, 1, HEIGHT, WIDTH), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[:, 10:26, (10, 70)[label] : (26, 86)[label]] = 230
    return Split(torch.from_numpy(images), torch.from_numpy(labels))


@pytest.fixture(scope="module")
def wide_grey():
    """The name of a data set of such images, which are (1, 40, 100) all the way."""
    name, classes = "wide-grey", ("left", "right")

    def loaded(data, image_size, report):
        return with_validation(name, classes, wide_split(36, 0), wide_split(12, 1))

    DATASETS[name] = DatasetSpec(
        name, "Wide and grey", "Made by a test.", loaded, "made", (1, HEIGHT, WIDTH), 2, (36, 12)
    )
    yield name
    del DATASETS[name]


@pytest.fixture(scope="module", params=["three channels", "one channel"])
def wide_run(request, wide_folder, wide_grey, train_tiny, tmp_path_factory):
    """The runs directory and the id of a tiny run on wide images, with a white patch as its cue."""
    directory = tmp_path_factory.mktemp("runs")
    images = {"data": str(wide_folder), "image_size": SIZE}
    if request.param == "one channel":
        images = {"dataset": wide_grey, "data": None}
    run_id = train_tiny(
        Store(directory), **images, cue="place-patch", train_count=24,
        batch_size=8, epochs=1, teacher_epochs=1, arms=("student", "twin"),
    )  # fmt: skip
    return directory, run_id


def wide(count=2, channels=1):
    return torch.randn(count, channels, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(1))


def transposed(network: nn.Module) -> nn.Module:
    """The network that gives a transposed image the answer that this one gives the image."""
    other = deepcopy(network)
    for module in other.modules():
        if isinstance(module, nn.Conv2d):
            module.weight.data = module.weight.data.transpose(2, 3).clone()
    return other


def test_a_folder_is_read_at_a_height_and_a_width(wide_folder):
    data = load("folder", data=str(wide_folder), image_size=SIZE, report=lambda what, fraction: None)
    assert data.input_shape == (3, HEIGHT, WIDTH)
    stored = {np.asarray(Image.open(path)).tobytes() for path in wide_folder.glob("*/*.png")}
    assert {image[0].numpy().tobytes() for image in data.train.images} <= stored


def test_a_patch_keeps_inside_and_square(wide_folder):
    data = load("folder", data=str(wide_folder), image_size=SIZE, report=lambda what, fraction: None)
    planted = plant(data.test, "place-patch", classes=2, strength=1.0, seed=0)
    for mask in planted.cue_masks:
        rows, columns = mask.any(1).nonzero().flatten(), mask.any(0).nonzero().flatten()
        assert mask.sum() == len(rows) * len(columns) == patch_side(HEIGHT) ** 2
        assert len(rows) == len(columns)


@pytest.mark.parametrize("name", TESTED_NETWORKS)
def test_every_network_takes_them_and_its_maps_are_as_described(name):
    scale = 2 if MODELS[name].minimum_size > HEIGHT else 1
    shape = (1, scale * HEIGHT, scale * WIDTH)
    network = build(name, classes=3, input_shape=shape).eval()
    images = torch.zeros(2, *shape)
    with torch.no_grad():
        assert network(images).shape == (2, 3)
        for layer, size in describe(name, classes=3, input_shape=shape).explained_sizes.items():
            features = network.forward_features(images, layer)
            assert network.grid(features).shape[2:] == size
            assert size[1] / size[0] == pytest.approx(WIDTH / HEIGHT, rel=0.1)


@pytest.mark.parametrize(
    "name", [name for name, spec in EXPLAINERS.items() if "token-attention" not in spec.requires]
)
def test_a_transposed_problem_has_the_transposed_map(name):
    """Rows and columns are treated alike: nothing was written for squares."""
    network = build("resnet8-lite", classes=3, input_shape=(1, HEIGHT, WIDTH), width=0.5, seed=1).eval()
    images, target = wide(), torch.tensor([0, 2])
    own = {"smooth-grad": {"noise": 0.0}, "kernel-shap": {"grid": 2}}.get(name, {})  # no random place in them
    maps = explain(name, network, images, target, **own)
    turned = explain(name, transposed(network), images.transpose(2, 3).contiguous(), target, **own)
    assert maps.flatten(1).any(1).all()
    torch.testing.assert_close(turned.transpose(1, 2), maps, rtol=1e-3, atol=1e-5 * float(maps.abs().max()))


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_of_transposed_maps_is_the_same(name):
    first, second = wide(4)[:, 0], wide(8)[4:, 0]
    expected = MEASURES[name].measure(first, second)
    assert expected.isfinite().all()
    torch.testing.assert_close(
        MEASURES[name].measure(*(maps.transpose(1, 2) for maps in (first, second))), expected
    )


def test_faithfulness_of_a_transposed_problem_is_the_same():
    network = build("resnet8-lite", classes=3, input_shape=(1, HEIGHT, WIDTH), width=0.5, seed=1).eval()
    images, target = wide(), torch.tensor([0, 2])
    maps = explain("grad-cam", network, images, target)
    there, back = images.transpose(2, 3).contiguous(), maps.transpose(1, 2)
    order = wide(4)[2:, 0]  # no two values are equal: ties are taken in reading order
    curves = removal(network, images, target, order)
    turned = removal(transposed(network), there, target, order.transpose(1, 2))
    torch.testing.assert_close(turned.deletion, curves.deletion, atol=1e-5, rtol=1e-4)
    masks = torch.zeros(2, HEIGHT, WIDTH, dtype=torch.bool)
    masks[:, 3:20, 50:90] = True
    torch.testing.assert_close(mask_share(back, masks.transpose(1, 2)), mask_share(maps, masks))
    assert infidelity(network, images, target, maps, samples=4).shape == (2,)


def test_a_run_explains_every_way_at_its_images_size(wide_run):
    store, run_id = Store(wide_run[0]), wide_run[1]
    offered = [spec.name for spec in explainers_offered(store.run(run_id).config)]
    assert set(offered) == {
        name for name, spec in EXPLAINERS.items() if "token-attention" not in spec.requires
    }
    for name in offered:
        seen = explain_test_image(store, run_id, 0, explainer=name)
        assert seen.image.shape[:2] == (HEIGHT, WIDTH)
        sizes = {of.attribution.shape for of in seen.arms.values()}
        expected = (
            (HEIGHT, WIDTH) if EXPLAINERS[name].make.target.__module__.endswith("pixel_methods") else (5, 13)
        )
        assert sizes == {(4, 4) if name == "kernel-shap" else expected}, name


def test_an_overlay_has_the_images_aspect(wide_run):
    seen = explain_test_image(Store(wide_run[0]), wide_run[1], 0)
    heat = density(seen.arms["teacher"].attribution)
    height, width, _ = overlay(seen.image, heat, ColourScale(scale_limit({"teacher": heat}))).shape
    assert (height / HEIGHT) == (width / WIDTH)


def test_channels_are_searched_and_pictured_at_the_images_size(wide_run):
    work = looked_at(Store(wide_run[0]), wide_run[1], 0)
    while True:
        try:
            next(work)
        except StopIteration as end:
            found = end.value
            break
    for channel in found["student"]:
        assert channel.made.shape[:2] == (HEIGHT, WIDTH)
        for patch in channel.patches:
            top, left, bottom, right = patch.box
            assert 0 <= top < bottom <= HEIGHT
            assert 0 <= left < right <= WIDTH


def test_a_report_holds_pictures_of_that_aspect(wide_run):
    html = report_html(Store(wide_run[0]), wide_run[1])
    encoded = re.findall(r"data:image/png;base64,([A-Za-z0-9+/=]+)", html)
    sizes = {Image.open(io.BytesIO(base64.b64decode(each))).size for each in encoded}
    assert any(width / height == WIDTH / HEIGHT for width, height in sizes)


def test_explain_shows_them_at_their_aspect(wide_run, monkeypatch, app):
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(wide_run[0]))
    page = opened(app, "explain", run=wide_run[1])
    assert not page.exception
    (drawn,) = comparers(page)
    assert (drawn["image"]["height"], drawn["image"]["width"]) == (HEIGHT, WIDTH)


def test_agreement_is_surveyed_and_shown(wide_run, monkeypatch, app):
    store, run_id = Store(wide_run[0]), wide_run[1]
    assert start_survey(store, run_id, "grad-cam").wait(PATIENCE_S).state == "done"
    survey = known_survey(store, run_id, "grad-cam")
    for name, scores in survey.scores["student"].items():
        if name != "ssim":
            assert np.isfinite(scores.raw).any(), name
    shape = snapshots(store, run_id).images.test.images.shape[1:]
    assert shape == ({"folder": 3}.get(store.run(run_id).config.dataset, 1), HEIGHT, WIDTH)
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(wide_run[0]))
    assert not opened(app, "agreement", run=run_id).exception
