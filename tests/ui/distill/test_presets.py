"""Every preset is a run that can be had, and the form says which one it is filled with."""

import pytest
from streamlit.testing.v1 import AppTest

from kdviz.config import RunConfig, for_training_inputs, make_config
from kdviz.datasets import DATASETS, counted, input_shape
from kdviz.figures.style import duration
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import describe
from kdviz.store import Store
from kdviz.trainer.batches import Batches
from kdviz.trainer.setup import TEACHER_SEED, load_setup
from kdviz.trainer.teacher_targets import teacher_forward
from kdviz.ui.distill.controls import network_costs
from kdviz.ui.distill.presets import PRESETS, changed_line
from kdviz.ui.widgets.estimate import rounded
from tests.patience import PATIENCE_S
from tests.ui.conftest import APP, opened

PRESET = pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)


def config_of(preset, folder, **values) -> RunConfig:
    files = {"data": str(folder)} if preset.files else {}
    return make_config({"dataset": preset.dataset, **preset.settings, **files, "device": "cpu", **values})


@PRESET
def test_a_preset_is_a_run_whose_explanation_loss_teaches_the_student(preset, tiny_folder):
    """The check that every run makes before its first epoch, on the preset's own networks and images."""
    config = config_of(preset, tiny_folder, batch_size=16)
    setup = load_setup(config, lambda what, fraction: None)
    batches = Batches(
        setup.data.student_train,
        setup.normalizer,
        modality=setup.modality,
        batch_size=16,
        flips=False,
        seed=0,
    )
    loss = EXPLANATION_LOSSES[config.explanation_loss]
    forward = teacher_forward(setup.network("teacher", TEACHER_SEED), loss, config.explained_layer)
    learner = setup.student_learner("student", steps=2)
    learner.require_gradient(batches.epoch(0), lambda batch: forward(batch.images))
    assert learner.objective.explanation_weight > 0


def test_the_line_names_what_a_preset_has_set():
    assert changed_line(PRESETS["planted-cue"]) == (
        "Data set: Shapes · Planted cue: Coloured patch · Cue strength ρ: 1 · Arms: student, twin (λ = 0), placebo"
    )


@PRESET
def test_the_costs_of_a_presets_networks_are_known_and_right(preset, monkeypatch):
    """Known: the form counts none, which would take PyTorch."""
    if preset.files:
        pytest.skip("the number of classes is that of the files")
    config = make_config({"dataset": preset.dataset, **preset.settings})
    classes, shape = DATASETS[preset.dataset].classes, input_shape(preset.dataset, 32, config.cue)
    counted = [
        describe(name, classes=classes, input_shape=shape, width=width)
        for name, width in ((config.teacher, config.teacher_width), (config.student, config.student_width))
    ]
    monkeypatch.setattr("kdviz.models.describe", None)
    costs = network_costs(config.model_dump(), classes)
    assert costs == tuple((card.parameters, card.multiply_adds) for card in counted)


@PRESET
def test_choosing_a_preset_fills_the_form_and_starting_it_runs_it(app, store: Store, tiny_folder, preset):
    opened(app, "distill", dataset="Shapes", **{"shapes.epochs": "3", "shapes.placebo": "true"})
    assert app.pills(key="preset").value is None
    app.pills(key="preset").set_value(preset.name).run()
    if preset.files:
        app.text_input(key="folder.data").set_value(str(tiny_folder)).run()
    assert app.pills(key="preset").value == preset.name
    app.button(key="start").click().run()
    (run,) = store.runs()
    paced = {}
    if preset.files:
        paced = for_training_inputs(counted("folder", str(tiny_folder)).train, preset.complete)
        assert paced["batch_size"] <= 16
        assert paced["teacher_epochs"] > preset.complete["teacher_epochs"]
    assert run.config == config_of(preset, tiny_folder, device="auto", **paced)


@PRESET
def test_a_preset_says_how_long_it_took_elsewhere(app, preset, tiny_folder):
    if preset.files:
        pytest.skip("that depends on the files")
    opened(app, "distill")
    app.pills(key="preset").set_value(preset.name).run()
    time = duration(rounded(preset.seconds))
    assert any(each.value.startswith(f"Took about **{time}** on another computer") for each in app.caption)


def test_a_form_that_was_edited_is_no_preset_any_more(app):
    opened(app, "distill")
    assert app.pills(key="preset").value == "opening"
    app.number_input(key="fashion-mnist-mini.epochs").set_value(5).run()
    assert app.pills(key="preset").value is None
    said = [caption.value for caption in app.caption]
    assert "Like **Clothes, white patch**, except: Epochs: 5" in said


def test_settings_far_from_a_preset_name_some_of_the_differences_and_count_the_others(app):
    """Against the preset, field by field: the form of a data set without a preset has none to compare with."""
    opened(app, "distill", dataset="Shapes")
    for name, value in (("epochs", 3), ("seed", 5), ("batch_size", 32), ("train_count", 90), ("lambda", 2.5)):
        app.number_input(key=f"shapes.{name}").set_value(value).run()
    (said,) = (each.value for each in app.caption if each.value.startswith("Like **"))
    assert "λ: 2.5" in said
    assert said.endswith(" more")
    app.selectbox(key="dataset").set_value("cifar10").run()
    assert "Custom settings." in [caption.value for caption in app.caption]


@PRESET
def test_one_rerun_writes_a_preset_into_the_url(app, store, preset):
    """The link that the browser then has opens the same form elsewhere."""
    opened(app, "distill")
    app.pills(key="preset").set_value(preset.name).run()
    link = {name: value for name, value in app.query_params.items() if name != "run"}
    other = AppTest.from_file(APP, default_timeout=PATIENCE_S)
    opened(other, "distill", **link)
    assert other.pills(key="preset").value == preset.name
