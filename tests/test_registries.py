"""What is true of every entry of every registry."""

import inspect

import pytest
import torch

from kdviz.agreement import MEASURES
from kdviz.datasets import CUES, DATASETS
from kdviz.datasets.text_split import numbered, words_read
from kdviz.explainers import BASELINES, EXPLAINERS, MAPS, explain, explainers_for
from kdviz.lazy import Deferred
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.modalities import MODALITIES
from kdviz.models import MODELS, build

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


FORMS = {
    (spec.modality, spec.input_shape or (3, 32, 32), spec.classes or 2): name
    for name, spec in DATASETS.items()
    if name not in ("fashion-mnist", "cifar10")  # of the form of mini, and of a folder's pictures
}
"""Data sets whose inputs and classes are alike are one: what a network is built for is all that differs."""

MADE = [
    pytest.param(modality, shape, classes, model, id=f"{dataset}-{model}")
    for (modality, shape, classes), dataset in FORMS.items()
    for model, spec in MODELS.items()
    if spec.has_width and not spec.family and modality in spec.modalities and spec.takes(shape[1:])
    if model not in ("resnet32", "resnet56", "wrn40")  # as smaller ones here, but deeper
]
"""With one network of each family; torchvision's are in tests/models."""

FASTEST = {
    "image": ("resnet8-lite",),
    "audio": ("resnet8-lite",),
    "text": ("bag-of-words", "text-transformer"),
}
"""Networks with which slow explainers are tried on every data set; with the others, on small inputs."""


@pytest.mark.parametrize(("modality", "shape", "classes", "model"), MADE)
def test_every_explainer_that_is_offered_makes_a_finite_map_of_every_network_and_data_set(
    modality, shape, classes, model
):
    spec = MODELS[model]
    network = build(model, classes=classes, input_shape=shape, width=0.25, seed=0).eval()
    generator = torch.Generator().manual_seed(0)
    sample = torch.randn(1, *spec.read_shape(shape), generator=generator)
    if modality == "text":
        sample = numbered(["A great film, not a bad one."], shape[1]).long()
    for name, explainer in explainers_for(spec.offers, modality).items():
        if explainer.slow and shape[-1] > 64 and model not in FASTEST[modality]:
            continue
        values = explain(name, network, sample, torch.tensor([classes - 1]))
        assert values.ndim == 1 + MODALITIES[modality].dimensions, name
        assert all(1 <= cells <= most for cells, most in zip(values.shape[1:], shape[1:], strict=True)), name
        seen = words_read(sample) if modality == "text" else torch.ones_like(values, dtype=torch.bool)
        assert torch.equal(values.isfinite(), seen), name
