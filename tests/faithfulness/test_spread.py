import numpy as np
import pytest
import torch
from scipy.stats import quantile_test

from kdviz.faithfulness import Spread, median_interval, spread


def test_a_spread_is_numpy_s_median_and_maximum_of_what_is_defined():
    values = torch.tensor([0.4, torch.nan, 0.1, 0.9, 0.2])
    found = spread(values)
    assert (found.median, found.highest, found.n) == (
        np.nanmedian(values.double().numpy()),
        np.nanmax(values.double().numpy()),
        4,
    )


def test_of_nothing_defined_all_is_undefined():
    found = spread(torch.tensor([torch.nan]))
    assert np.isnan([found.median, found.highest]).all()
    assert found.n == 0
    assert isinstance(found, Spread)


@pytest.mark.parametrize("count", [6, 9, 16, 60])
def test_the_interval_of_a_median_is_that_of_the_sign_test(count):
    values = torch.rand(count, generator=torch.Generator().manual_seed(count))
    found = median_interval(torch.cat([values, torch.tensor([torch.nan])]))
    expected = quantile_test(values.double().numpy(), p=0.5).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.value == pytest.approx(np.median(values.numpy()), rel=1e-6)


def test_few_values_have_no_interval():
    found = median_interval(torch.tensor([0.1, 0.2, 0.3, 0.4, 0.5]))
    assert found.value == pytest.approx(0.3)
    assert np.isnan([found.low, found.high]).all()
