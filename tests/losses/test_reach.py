"""Every explanation loss teaches the student it says it teaches, and a loss that does not is caught."""

from copy import deepcopy
from functools import lru_cache

import pytest
import torch
from captum.attr import IntegratedGradients, LayerGradCam

from kdviz.explainers import MAPS, run
from kdviz.losses import EXPLANATION_LOSSES, cosine_distance, explanation_loss, unreached_blocks
from kdviz.models import MODELS, Network, build
from kdviz.types import Layer
from tests.networks import TESTED_NETWORKS

LAYERS: dict[str, tuple[Layer, ...]] = dict.fromkeys(EXPLANATION_LOSSES, ("last", "second-to-last"))
LAYERS["input-gradient"] = LAYERS["input-x-gradient"] = ("last",)  # read no feature map

COMPATIBLE = [
    pytest.param(model, loss, layer, marks=pytest.mark.slow if spec.minimum_size > 32 else ())
    for model, spec in TESTED_NETWORKS.items()
    for loss, wanted in EXPLANATION_LOSSES.items()
    if wanted.requires <= spec.offers
    for layer in LAYERS[loss]
]


def small(model: str, seed: int) -> Network:
    return deepcopy(_small(model, seed))


@lru_cache(maxsize=4)  # the tests are in the order of the networks; drawing one takes longer than copying it
def _small(model: str, seed: int) -> Network:
    side = MODELS[model].minimum_size
    return build(model, classes=3, input_shape=(3, side, side), width=1.0 if side > 32 else 0.5, seed=seed)


def trained_on(network: Network, images) -> Network:
    """In eval mode, with BatchNorm statistics of some images, as a trained network has them."""
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None  # all that was seen counts alike
    with torch.no_grad():
        network.train()(images)
    return network.eval()


def loss_between(teacher: Network, student: Network, name: str, layer: Layer, images) -> torch.Tensor:
    spec = EXPLANATION_LOSSES[name]
    taught = run(teacher, images, layer)
    target = taught.logits.argmax(1)
    teacher_maps = MAPS[spec.map](taught, target, False)
    return explanation_loss(
        spec.distance, teacher_maps, MAPS[spec.map](run(student, images, layer), target, True)
    )[0]


@pytest.mark.parametrize(("model", "loss", "layer"), COMPATIBLE)
def test_each_loss_moves_every_block_of_each_student_and_never_the_teacher(random, model, loss, layer):
    """The gradients that the answer rests on are looked at themselves: to find them again would take as long."""
    side, reaches_head = MODELS[model].minimum_size, EXPLANATION_LOSSES[loss].reaches_head
    images = random(4 if side > 32 else 8, 3, side, side)
    teacher, student = trained_on(small(model, seed=1), images), small(model, seed=0).train()
    value = loss_between(teacher, student, loss, layer, images)
    slopes: list[torch.Tensor | None] = []
    for weights in student.parameters():
        weights.register_hook(slopes.append)
    assert unreached_blocks(student, value, layer, reaches_head) == ()
    behind = [] if reaches_head else [*student.stages[student.explained[layer] :], student.head]
    slopes += gradients(value, *behind)
    assert all(slope is None or slope.isfinite().all() for slope in slopes)
    assert gradients(value, teacher) == []


def gradients(value: torch.Tensor, *modules: torch.nn.Module) -> list[torch.Tensor]:
    """Of the weights of some modules, where they have one."""
    weights = [each for module in modules for each in module.parameters()]
    if not weights:
        return []
    found = torch.autograd.grad(value, weights, retain_graph=True, allow_unused=True)
    return [slope for slope in found if slope is not None]


@pytest.mark.parametrize("model", ["simple-cnn", "vit-tiny"])
def test_a_gradient_of_either_network_is_seen(random, model):
    """What the test above looks at is there to be looked at."""
    images, student, teacher = random(2, 3, 16, 16), small(model, seed=0), small(model, seed=1)
    slopes: list[torch.Tensor | None] = []
    for weights in student.parameters():
        weights.register_hook(slopes.append)
    value = (student(images) * teacher(images)).sum()
    assert unreached_blocks(student, value) == ()
    assert len(slopes) == len(list(student.parameters()))
    value.backward(retain_graph=True)
    found = gradients(value, teacher)
    assert all(torch.equal(a, b.grad) for a, b in zip(found, teacher.parameters(), strict=True))


@pytest.mark.parametrize(
    ("teacher", "student"), [("resnet8-lite", "simple-cnn"), ("vit-tiny", "resnet8-lite")]
)
def test_teacher_and_student_may_be_of_different_families_and_map_sizes(random, teacher, student):
    network, images = small(student, seed=0).train(), random(8, 3, 16, 16)
    value = loss_between(trained_on(small(teacher, seed=1), images), network, "grad-cam", "last", images)
    assert unreached_blocks(network, value) == ()


@pytest.mark.parametrize(("model", "loss"), [("simple-cnn", "grad-cam"), ("resnet8", "input-gradient")])
@pytest.mark.parametrize("layer", ["last", "second-to-last"])
def test_a_loss_teaches_in_half_precision_what_it_teaches_in_full(random, model, loss, layer):
    images = random(8, 3, 16, 16)
    teacher, student = trained_on(small(model, seed=1), images), small(model, seed=0).train()
    full = loss_between(teacher, student, loss, layer, images)
    with torch.autocast("cpu", torch.bfloat16):
        half = loss_between(teacher, student, loss, layer, images)
    assert half.dtype == torch.float32
    assert half.item() == pytest.approx(full.item(), abs=0.05)
    assert unreached_blocks(student, half, layer) == ()


def test_a_detached_map_is_caught(random):
    student, images = small("resnet8-lite", seed=0), random(8, 3, 16, 16)
    maps = MAPS["grad-cam"](run(student, images), torch.zeros(8, dtype=torch.long), True).detach()
    loss, _ = explanation_loss(cosine_distance, random(8, 2, 2), maps)
    everything = (*dict(student.stages.named_children()), "head")
    assert unreached_blocks(student, loss) == everything


def test_captum_s_grad_cam_is_caught_because_it_leaves_out_the_classifier(random):
    """Its `requires_grad` is True, and the stages do get a gradient."""
    student, images = small("resnet8-lite", seed=0), random(8, 3, 16, 16)
    maps = LayerGradCam(student, student.stages[-1]).attribute(images, target=0)[:, 0]
    loss, _ = explanation_loss(cosine_distance, random(8, 2, 2), maps)
    assert loss.requires_grad
    assert unreached_blocks(student, loss) == ("head",)


def test_captum_s_integrated_gradients_are_caught_because_they_reach_no_weight(random):
    student, images = small("resnet8-lite", seed=0).eval(), random(2, 3, 16, 16).requires_grad_()
    loss, _ = explanation_loss(
        cosine_distance, images, IntegratedGradients(student).attribute(images, target=0, n_steps=2)
    )
    assert loss.requires_grad
    assert unreached_blocks(student, loss) == (*dict(student.stages.named_children()), "head")


def test_a_gradient_of_zero_is_no_gradient(random):
    student = small("resnet8-lite", seed=0)
    loss = student(random(2, 3, 16, 16)).sum() + 0 * student.head[-1].weight.sum()
    assert unreached_blocks(student, 0 * loss) == (*dict(student.stages.named_children()), "head")
    assert unreached_blocks(student, loss) == ()


def test_layers_after_the_cut_count_only_if_the_loss_must_reach_them(random):
    student = small("resnet8-lite", seed=0)
    stages = list(dict(student.stages.named_children()))
    loss = student.forward_features(random(2, 3, 16, 16), "second-to-last").square().sum()
    assert unreached_blocks(student, loss, "second-to-last", reaches_head=False) == ()
    assert unreached_blocks(student, loss, "second-to-last", reaches_head=True) == (stages[-1], "head")


def test_blocks_without_trainable_weights_are_not_counted(random):
    student = small("resnet8-lite", seed=0)
    student.head.requires_grad_(False)
    loss = student.forward_features(random(2, 3, 16, 16)).square().sum()
    assert unreached_blocks(student, loss) == ()
