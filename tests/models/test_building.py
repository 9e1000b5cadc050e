"""Start weights come from the seed alone; trained weights fit, or the first that does not is named."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from kdviz.errors import ModelError
from kdviz.models import MODELS, Network, build, initialise, load_weights
from tests.networks import TESTED_NETWORKS


def of_size(name: str, *, seed: int = 0, classes: int = 5) -> Network:
    side = MODELS[name].minimum_size
    return build(name, classes=classes, input_shape=(3, side, side), seed=seed)


def same(a: Network, b: Network) -> bool:
    pairs = zip(a.state_dict().items(), b.state_dict().items(), strict=True)
    return all(key == other and torch.equal(x, y) for (key, x), (other, y) in pairs)


@pytest.mark.parametrize("name", TESTED_NETWORKS)
def test_every_number_is_drawn_and_the_global_generator_is_left_alone(name):
    before = torch.get_rng_state()
    net = of_size(name, seed=7)
    assert torch.equal(torch.get_rng_state(), before)
    poisoned = of_size(name, seed=8)
    for tensor in poisoned.state_dict().values():
        tensor.fill_(float("nan") if tensor.is_floating_point() else -1)
    initialise(poisoned, 7)
    assert same(poisoned, net)


def test_threads_that_build_at_once_get_what_each_would_get_alone():
    alone = [of_size("resnet20", seed=seed) for seed in range(6)]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda seed: of_size("resnet20", seed=seed), range(6)))
    assert all(same(a, b) for a, b in zip(alone, together, strict=True))
    assert not same(alone[0], alone[1])


def test_convolutions_start_as_he_advised():
    weight = of_size("resnet18").get_submodule("stages.layer4.layer4.1.conv2").weight
    assert weight.std().item() == pytest.approx((2 / (512 * 9)) ** 0.5, rel=0.01)
    assert weight.mean().item() == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("name", ["simple-cnn", "resnet20", "wrn16", "mobilenet-small", "vit-tiny"])
def test_a_fresh_network_has_no_opinion_yet(name):
    """Its loss is near that of guessing: not the thousands of a badly scaled start."""
    net = of_size(name, classes=10).train()
    x = torch.randn(64, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    loss = torch.nn.functional.cross_entropy(net(x), torch.arange(64) % 10)
    assert loss.item() == pytest.approx(2.303, abs=1.0)


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(ModelError) as refused:
        build("Resnet-20", classes=2, input_shape=(3, 32, 32))
    assert str(refused.value) == (
        f"model: unknown name 'Resnet-20'. Did you mean 'resnet20'? Known: {', '.join(sorted(MODELS))}."
    )


@pytest.mark.parametrize("name", ["simple-cnn", "vit-tiny", "resnet18"])
@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"classes": 0}, "classes: must be at least 1, got 0."),
        ({"classes": -1}, "classes: must be at least 1, got -1."),
        (
            {"input_shape": (0, 64, 64)},
            "input_shape: must be channels, at least 1, and sides, got (0, 64, 64).",
        ),
        (
            {"input_shape": (-3, 64, 64)},
            "input_shape: must be channels, at least 1, and sides, got (-3, 64, 64).",
        ),
        ({"input_shape": ()}, "input_shape: must be channels, at least 1, and sides, got ()."),
        ({"width": 0.0}, "width: must be above 0 and finite, got 0."),
        ({"width": -1.0}, "width: must be above 0 and finite, got -1."),
        ({"width": float("nan")}, "width: must be above 0 and finite, got nan."),
        ({"width": float("inf")}, "width: must be above 0 and finite, got inf."),
    ],
)
def test_what_no_network_can_have_is_refused_in_one_line(name, values, line):
    with pytest.raises(ModelError) as refused:
        build(name, **{"classes": 2, "input_shape": (3, 64, 64), **values})
    assert str(refused.value) == line


def test_weights_put_in_come_out_again():
    trained, fresh = of_size("resnet8-lite", seed=1), of_size("resnet8-lite", seed=2)
    load_weights(fresh, trained.state_dict(), source="teacher.safetensors")
    assert same(fresh, trained)


def test_without_the_head_the_head_keeps_its_start():
    trained, fresh = of_size("resnet8-lite", seed=1), of_size("resnet8-lite", seed=2, classes=9)
    head = fresh.head[-1].weight.clone()
    load_weights(fresh, trained.state_dict(), source="imagenet", with_head=False)
    assert torch.equal(fresh.head[-1].weight, head)
    assert torch.equal(fresh.stages[0][0].weight, trained.stages[0][0].weight)


ADVICE = "Use the network, width, image size, channels and classes that they were trained with."


def refusal(weights: dict[str, torch.Tensor]) -> str:
    net = of_size("simple-cnn")
    kept = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    with pytest.raises(ModelError) as refused:
        load_weights(net, weights, source="mine.safetensors")
    assert all(torch.equal(tensor, kept[name]) for name, tensor in net.state_dict().items())
    return str(refused.value)


def test_a_tensor_of_another_shape_is_named_and_nothing_is_loaded():
    weights = of_size("simple-cnn", seed=1, classes=7).state_dict()
    assert refusal(weights) == (
        f"mine.safetensors: tensor 'head.4.weight' has shape (7, 64), the network needs (5, 64). {ADVICE}"
    )


def test_a_missing_tensor_is_named():
    weights = of_size("simple-cnn").state_dict()
    del weights["head.2.bias"]
    assert refusal(weights) == f"mine.safetensors: tensor 'head.2.bias' is missing. {ADVICE}"


def test_a_tensor_too_many_is_named():
    weights = {**of_size("simple-cnn").state_dict(), "extra": torch.zeros(1)}
    assert refusal(weights) == f"mine.safetensors: tensor 'extra' is not part of the network. {ADVICE}"
