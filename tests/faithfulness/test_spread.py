import numpy as np
import torch

from kdviz.faithfulness import Spread, spread


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
