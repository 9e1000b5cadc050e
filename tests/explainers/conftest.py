import pytest
import torch


@pytest.fixture
def random():
    """Normal numbers of a shape, from a generator of their own."""
    generator = torch.Generator().manual_seed(0)
    return lambda *shape: torch.randn(*shape, generator=generator)
