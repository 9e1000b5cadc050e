"""What is said of the classes' numbers of training inputs."""

import pytest
import torch

from kdviz.datasets.split import DataSet, Split
from kdviz.ui.library.images import balance_line


@pytest.mark.parametrize(
    ("numbers", "line"),
    [
        ((21, 21), "Balanced: 21 training images of each class"),
        ((21, 22), "Balanced: 21 to 22 training images of each class"),
        ((16, 15), "Balanced: 15 to 16 training images of each class"),
        ((20, 30, 25), "Balanced: 20 to 30 training images of each class"),
        ((20, 31), "Not balanced: 20 to 31 training images a class"),
        ((2000, 1), "Not balanced: 1 to 2,000 training images a class"),
    ],
)
def test_only_classes_of_clearly_different_sizes_are_not_balanced(numbers, line):
    """One and a half times as many are still balanced."""
    labels = torch.arange(len(numbers)).repeat_interleave(torch.tensor(numbers))
    split = Split(torch.zeros(len(labels), 1, 1, 1, dtype=torch.uint8), labels)
    names = tuple(f"class {number}" for number in range(len(numbers)))
    assert balance_line(DataSet("own", names, split, split, split, flips=True)) == line
