"""What is true of every entry of every registry."""

import inspect

import pytest

from kdviz.agreement import MEASURES
from kdviz.datasets import CUES, DATASETS
from kdviz.explainers import BASELINES, EXPLAINERS, MAPS
from kdviz.lazy import Deferred
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import MODELS

REGISTRIES = {
    "datasets": DATASETS,
    "cues": CUES,
    "models": MODELS,
    "explainers": EXPLAINERS,
    "baselines": BASELINES,
    "losses": EXPLANATION_LOSSES,
    "measures": MEASURES,
}
ENTRIES = [
    pytest.param(key, spec, id=f"{registry}-{key}")
    for registry, entries in REGISTRIES.items()
    for key, spec in entries.items()
]
DEFERRED = [
    pytest.param(registry, value, id=f"{registry}-{key}")
    for registry, entries in REGISTRIES.items()
    for key, spec in entries.items()
    for value in vars(spec).values()
    if callable(value)
]
OFFERED = {"usual-input", "spatial-features", "pooled-linear-head", "token-attention", "relu"}


@pytest.mark.parametrize(("key", "spec"), ENTRIES)
def test_a_name_is_its_key_and_what_a_person_types(key, spec):
    assert spec.name == key
    assert key == key.lower()
    assert set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@pytest.mark.parametrize(("key", "spec"), ENTRIES)
def test_an_entry_is_labelled_and_explained_in_one_sentence(key, spec):
    assert spec.label
    assert spec.about.endswith(".")
    assert "\n" not in spec.about


@pytest.mark.parametrize(
    ("key", "spec"), [entry for entry in ENTRIES if not entry.id.startswith(("cues", "baselines"))]
)
def test_an_entry_names_its_source(key, spec):
    assert spec.source


@pytest.mark.parametrize(("registry", "named"), DEFERRED)
def test_an_entry_names_a_callable_of_its_own_package_without_importing_it(registry, named):
    assert isinstance(named, Deferred)
    package = {"baselines": "explainers", "cues": "datasets", "measures": "agreement"}.get(registry, registry)
    assert named.name.startswith(f"kdviz.{package}.")
    assert callable(named.target)
    assert set(dict(named.fixed)) <= set(inspect.signature(named.target).parameters)


@pytest.mark.parametrize("spec", MODELS.values(), ids=lambda spec: spec.name)
def test_models_offer_only_what_is_known(spec):
    assert spec.offers <= OFFERED


@pytest.mark.parametrize(
    "spec", [*EXPLAINERS.values(), *EXPLANATION_LOSSES.values()], ids=lambda spec: spec.name
)
def test_what_is_required_is_offered_by_some_model(spec):
    assert any(spec.requires <= model.offers for model in MODELS.values())


@pytest.mark.parametrize("spec", EXPLANATION_LOSSES.values(), ids=lambda spec: spec.name)
def test_a_loss_compares_maps_that_exist(spec):
    assert spec.map in MAPS


@pytest.mark.parametrize("spec", EXPLAINERS.values(), ids=lambda spec: spec.name)
def test_a_warning_is_one_sentence_or_none(spec):
    assert not spec.warning or (spec.warning.endswith(".") and "\n" not in spec.warning)
