"""The cascade of forgotten weights, on explainers whose dependence is known."""

from copy import deepcopy

import pytest
import torch
from torch import Tensor

from kdviz.agreement import MEASURES
from kdviz.explainers import explain
from kdviz.faithfulness import Cascade, cascade
from kdviz.models import Network, build

SIMILARITY = {name: MEASURES[name].measure for name in ("spearman", "ssim")}
PARTS = ("head", "stage3", "stage2", "stage1", "stem")


@pytest.fixture(scope="module")
def trained() -> Network:
    """A network that tells in which half of a noisy picture a square lies: learnt in a second."""
    network = build("resnet8-lite", classes=2, input_shape=(3, 32, 32), width=0.5, seed=0).train()
    optimizer = torch.optim.Adam(network.parameters(), 0.01)
    for step in range(60):
        images, labels = squares(64, step)
        loss = torch.nn.functional.cross_entropy(network(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    network.eval().requires_grad_(False)
    images, labels = squares(200, 99)
    assert (network(images).argmax(1) == labels).float().mean() > 0.95
    return network


def squares(count: int, seed: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    images = 0.5 * torch.randn(count, 3, 32, 32, generator=generator)
    labels = torch.randint(2, (count,), generator=generator)
    for image, label in zip(images, labels, strict=True):
        top, left = torch.randint(8, (2,), generator=generator).tolist()
        top += 16 * int(label)
        image[:, top : top + 8, 2 * left : 2 * left + 8] += 2
    return images, labels


def checked(network: Network, make) -> Cascade:
    images, labels = squares(12, 100)
    return cascade(network, images, labels, explain=make, similarity=SIMILARITY)


def by(name: str):
    return lambda network, images, target: explain(name, network, images, target)


def brightness(network: Network, images: Tensor, target: Tensor) -> Tensor:
    return images.mean(1)


def test_an_explainer_that_never_asks_the_network_is_flagged(trained):
    found = checked(trained, brightness)
    assert found.parts == PARTS
    assert found.similarity["spearman"] == pytest.approx([1.0] * 5)
    assert found.stays == pytest.approx({"spearman": 1.0, "ssim": 1.0})
    assert found.ignores_weights


def test_an_explainer_that_draws_its_maps_from_the_weights_alone_is_not_flagged(trained):
    def of_weights(network: Network, images: Tensor, target: Tensor) -> Tensor:
        return network.head[-1].weight[target][:, :32].view(-1, 4, 8)

    found = checked(trained, of_weights)
    assert abs(found.stays["spearman"]) < 0.4
    assert found.ignores_weights is False


@pytest.mark.parametrize("name", ["grad-cam", "integrated-gradients", "input-x-gradient"])
def test_methods_known_to_follow_the_weights_are_not_flagged(trained, name):
    assert checked(trained, by(name)).ignores_weights is False


def test_guided_backprop_stays_more_alike_than_grad_cam_at_every_depth_but_the_last(trained):
    """As Adebayo et al. 2018 found, and as its warning says."""
    guided, followed = (checked(trained, by(name)).similarity for name in ("guided-backprop", "grad-cam"))
    for measure in SIMILARITY:
        stayed = zip(guided[measure][:-1], followed[measure][:-1], strict=True)
        assert all(of_guided > of_grad_cam for of_guided, of_grad_cam in stayed)


def test_activation_energy_does_not_see_a_new_head(trained):
    found = checked(trained, by("attention")).similarity
    assert found["spearman"][0] == pytest.approx(1.0)
    assert found["spearman"][1] < 0.99


def test_each_step_forgets_one_part_more_and_the_network_itself_nothing(trained):
    before, seen = deepcopy(trained.state_dict()), []

    def noting(network: Network, images: Tensor, target: Tensor) -> Tensor:
        same = {
            name.split(".")[1] if name.startswith("stages") else "head"
            for name, weights in network.state_dict().items()
            if weights.ndim > 1 and torch.equal(weights, before[name])
        }
        seen.append(same)
        return brightness(network, images, target)

    checked(trained, noting)
    assert seen == [set(PARTS[forgotten:]) for forgotten in range(6)]
    assert all(torch.equal(before[name], value) for name, value in trained.state_dict().items())


def test_it_is_fixed_by_its_seed(trained):
    images, labels = squares(4, 100)

    def found(seed: int) -> Cascade:
        return cascade(
            trained,
            images,
            labels,
            explain=by("grad-cam"),
            similarity=SIMILARITY,
            seed=seed,
        )

    assert found(0) == found(0) != found(1)


def test_where_no_map_is_defined_there_is_no_verdict(trained):
    found = checked(trained, lambda network, images, target: torch.zeros(len(images), 4, 4))
    assert all(value != value for value in found.similarity["spearman"])
    assert found.stays == {}
    assert found.ignores_weights is None


def test_a_measure_that_such_maps_are_too_small_for_has_no_say(trained):
    def corners(network: Network, images: Tensor, target: Tensor) -> Tensor:
        return images.mean(1)[:, ::31, ::31]

    found = checked(trained, corners)
    assert found.stays == pytest.approx({"spearman": 1.0})
    assert found.ignores_weights
