"""Whether masks come with a data set, known before a picture is read."""

import numpy as np
import pytest
from PIL import Image

from kdviz.datasets import DATASETS, has_object_masks, load
from kdviz.errors import DataError
from kdviz.progress import silent


@pytest.mark.parametrize(
    "name", ["fashion-mnist-mini", "shapes", "flowers", "blood-cells", "speech-commands-mini"]
)
def test_what_a_packaged_data_set_says_is_so(name):
    masks = load(name, data=None, image_size=32, report=silent).train.object_masks
    assert has_object_masks(name, None) == DATASETS[name].object_masks == (masks is not None)


def test_a_users_files_have_them_where_masks_are_beside_the_pictures(tmp_path):
    for kind in ("cat", "dog"):
        (tmp_path / kind).mkdir()
        for number in range(3):
            Image.fromarray(np.zeros((20, 20, 3), np.uint8)).save(tmp_path / kind / f"{number}.png")
    assert not has_object_masks("folder", str(tmp_path))
    (tmp_path / "masks" / "cat").mkdir(parents=True)
    Image.fromarray(np.full((20, 20), 255, np.uint8)).save(tmp_path / "masks" / "cat" / "1.png")
    assert has_object_masks("folder", str(tmp_path))
    assert not has_object_masks("folder", None)
    with pytest.raises(DataError):
        has_object_masks("folder", str(tmp_path / "elsewhere"))
