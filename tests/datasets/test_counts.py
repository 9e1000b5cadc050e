"""What a data set is said to hold is what it holds."""

import pytest

from kdviz.datasets import DATASETS, Counts, counted, load
from kdviz.errors import DataError

HERE = [name for name, spec in DATASETS.items() if spec.counts and not spec.downloads]


def held(name, data=None, image_size=16):
    data_set = load(name, data=data, image_size=image_size, report=lambda what, fraction: None)
    sizes = (len(split) for split in (data_set.train, data_set.validation, data_set.test))
    return Counts(*sizes, len(data_set.classes))


@pytest.mark.parametrize("name", HERE)
def test_a_packaged_data_set_matches_its_spec(name):
    assert counted(name, None) == held(name)


def test_a_folder_is_counted_without_being_read(tiny_folder):
    assert counted("folder", str(tiny_folder)) == held("folder", str(tiny_folder))


def test_no_folder_is_one_clear_line():
    with pytest.raises(DataError, match=r"^data: no folder or zip '/nowhere'"):
        counted("folder", "/nowhere")
