import subprocess
import sys

import pytest

from kdviz.config import RunConfig
from kdviz.datasets import CUES, DATASETS, load
from kdviz.errors import DataError

BUILT_IN = ("fashion-mnist-mini", "shapes", "flowers", "blood-cells")


@pytest.mark.parametrize("registry", [DATASETS, CUES], ids=["datasets", "cues"])
def test_each_entry_has_its_name_as_key_and_a_description_of_one_sentence(registry):
    for name, spec in registry.items():
        assert spec.name == name == name.lower()
        assert spec.label
        assert spec.about.endswith(".")
        assert spec.about.count(". ") == 0


@pytest.mark.parametrize("name", DATASETS)
def test_a_recipe_sets_what_a_config_has(name):
    assert set(DATASETS[name].recipe) <= set(RunConfig.model_fields)


@pytest.mark.parametrize("name", BUILT_IN)
def test_an_entry_describes_its_images(name, heard):
    spec, data = DATASETS[name], load(name, data=None, image_size=99, report=heard)
    assert (data.name, data.input_shape, len(data.classes)) == (name, spec.input_shape, spec.classes)


def test_an_unknown_name_is_answered_with_the_nearest(heard):
    with pytest.raises(DataError) as refused:
        load("cifar-10", data=None, image_size=32, report=heard)
    assert str(refused.value) == (
        "dataset: unknown name 'cifar-10'. Did you mean 'cifar10'? "
        "Known: audio-folder, bank-intents, blood-cells, cifar10, cifar100, counterfactual-reviews, fashion-mnist, fashion-mnist-mini, flowers, folder, original-reviews, revised-reviews, sentiment, sentiment-films, shapes, speech-commands-mini, text-file."
    )


def test_the_menus_open_without_waiting_for_torchvision():
    code = "import sys, kdviz.datasets; sys.exit('torchvision' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
