"""What Grad-CAM costs, against the forward passes and against the best batched use of two libraries."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import torch
from captum.attr import LayerGradCam
from torch import nn

from benchmarks.paired import Ratio, paired
from kdviz.explainers import explain
from kdviz.models import Network, build

IMAGES, CLASSES, SIZE = 256, 10, 32
PAIRS = (("resnet8-lite", "resnet8-lite"), ("resnet20", "simple-cnn"))


def ratios() -> Iterator[Ratio]:
    """Grad-CAM of 256 images by two models, over their forward passes and over two libraries'."""
    images, target = torch.randn(IMAGES, 3, SIZE, SIZE), torch.randint(CLASSES, (IMAGES,))
    for names in PAIRS:
        networks = [build(name, classes=CLASSES, input_shape=(3, SIZE, SIZE)).eval() for name in names]
        title = " + ".join(names)

        def ours(networks=networks):  # type: ignore[no-untyped-def]
            return [explain("grad-cam", network, images, target) for network in networks]

        def forwards(networks=networks):  # type: ignore[no-untyped-def]
            with torch.no_grad():
                return [network(images) for network in networks]

        captums = [LayerGradCam(network, _last_stage(network)) for network in networks]

        def captum(captums=captums):  # type: ignore[no-untyped-def]
            return [each.attribute(images, target) for each in captums]

        yield paired(f"{title}: Grad-CAM / forward passes", ours, forwards, aim=1.3, pairs=15)
        yield paired(f"{title}: Grad-CAM / captum", ours, captum, aim=1.0, pairs=10)
        yield paired(
            f"{title}: Grad-CAM / pytorch-grad-cam",
            ours,
            _their_cams(networks, images, target),
            aim=1.0,
            pairs=10,
        )


def _their_cams(networks: list[Network], images: torch.Tensor, target: torch.Tensor):  # type: ignore[no-untyped-def]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pytorch_grad_cam import GradCAM
        from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
    cams = [GradCAM(model=network, target_layers=[_last_stage(network)]) for network in networks]
    wanted = [ClassifierOutputTarget(int(each)) for each in target]
    return lambda: [cam(input_tensor=images, targets=wanted) for cam in cams]


def _last_stage(network: Network) -> nn.Module:
    return network.stages[network.explained["last"] - 1]
