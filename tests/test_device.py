import subprocess
import sys

import pytest
import torch

from kdviz import device as devices
from kdviz.device import require_device, resolve_device
from kdviz.errors import ConfigError


@pytest.mark.parametrize(
    ("cuda", "setting", "device"),
    [
        (False, "auto", "cpu"),
        (False, "cpu", "cpu"),
        (False, "cuda", "cpu"),
        (True, "auto", "cuda"),
        (True, "cpu", "cpu"),
        (True, "cuda", "cuda"),
    ],
)
def test_a_setting_means_the_best_device_that_it_allows(monkeypatch, cuda, setting, device):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    assert resolve_device(setting) == device
    if cuda or setting != "cuda":
        assert require_device(setting) == torch.device(device)


def test_training_on_a_missing_device_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ConfigError) as refused:
        require_device("cuda")
    assert str(refused.value) == (
        "device: 'cuda' was requested, but this machine has no CUDA device. Choose 'cpu' or 'auto'."
    )


def test_pytorch_is_asked_for_a_gpu_only_where_there_is_a_driver():
    code = (
        "import sys; from kdviz.device import _lacks_cuda_driver, resolve_device;"
        "print(resolve_device('auto'), 'torch' in sys.modules, not _lacks_cuda_driver())"
    )
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    device, asked, driver = printed.split()
    assert device == resolve_device("auto")
    assert asked == driver


@pytest.mark.parametrize(
    ("version", "loads", "lacks"),
    [
        ("2.14.1+cu130", False, True),
        ("2.14.1", False, True),
        ("2.14.1+cu130", True, False),
        ("2.14.1+rocm7.0", False, False),
    ],
)
def test_without_cudas_driver_there_is_no_gpu_but_amds(monkeypatch, version, loads, lacks):
    def library(name):
        if not loads:
            raise OSError(name)

    monkeypatch.setattr(devices, "version", lambda package: version)
    monkeypatch.setattr(devices, "CDLL", library)
    assert devices._lacks_cuda_driver.__wrapped__() == lacks
