"""Names of classes are translated where they are shown, and only those of known data sets."""

import pytest

from kdviz.datasets import CLASS_NAMES, DATASETS, class_names, load
from kdviz.language import speaking

PACKAGED = sorted(name for name in CLASS_NAMES if not DATASETS[name].downloads)


@pytest.mark.parametrize("name", PACKAGED)
def test_the_names_are_those_of_the_data(name):
    found = load(name, data=None, image_size=32, report=lambda *_: None)
    assert found.classes == CLASS_NAMES[name]
    assert class_names(found.classes) == found.classes


def test_all_packaged_data_is_known_but_for_spoken_english_words():
    packaged = {name for name, spec in DATASETS.items() if spec.classes and not spec.downloads}
    assert packaged - {*CLASS_NAMES} == {"speech-commands-mini"}


@pytest.mark.parametrize("name", CLASS_NAMES)
def test_in_chinese_each_class_has_its_own_name(name):
    with speaking("zh"):
        shown = class_names(CLASS_NAMES[name])
    assert len({*shown}) == len(shown) == DATASETS[name].classes
    assert not {*shown} & {*CLASS_NAMES[name]}


def test_a_persons_own_names_stay():
    with speaking("zh"):
        assert class_names(("circle", "square")) == ("circle", "square")
        assert class_names(CLASS_NAMES["shapes"])[:2] == ("圆形", "正方形")
