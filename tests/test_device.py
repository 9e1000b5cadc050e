import pytest
import torch

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
