"""Settings: validated at birth, filled by recipes, named by keys."""

import json

import pytest

from kdviz.config import (
    CHOICES,
    LAMBDA_LADDER,
    OPENING,
    RunConfig,
    bounds,
    changed,
    make_config,
    options,
    stored_config,
    stored_settings,
)
from kdviz.datasets import DATASETS
from kdviz.errors import ConfigError
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import TEACHERS
from kdviz.store.teachers import SHIPPED
from kdviz.types import COLUMN_FIELDS, TextColumns
from tests.wrong_settings import WRONG_SETTINGS


def lines_of(values):
    with pytest.raises(ConfigError) as refused:
        make_config(values)
    return str(refused.value).splitlines()


@pytest.mark.parametrize("name", [name for name, spec in DATASETS.items() if not spec.own_files])
def test_a_data_set_brings_its_recipe_and_what_is_given_wins(name):
    config = make_config({"dataset": name, "epochs": 3})
    expected = {**DATASETS[name].recipe, "epochs": 3}
    assert {field: getattr(config, field) for field in expected} == expected


def test_a_recipes_width_belongs_to_its_own_network():
    assert make_config({}).student_width == 0.5
    assert make_config({"student": "resnet8-lite"}).student_width == 0.5
    assert make_config({"student": "simple-cnn"}).student_width == 1.0
    assert make_config({"student": "simple-cnn", "student_width": 2.0}).student_width == 2.0


def test_without_a_data_set_a_run_is_the_opening_experiment():
    opening = make_config({})
    assert {name: getattr(opening, name) for name in OPENING} == OPENING
    assert (opening.explanation_loss, opening.explanation_weight) == ("class-attention", 30.0)
    named = make_config({"dataset": opening.dataset})
    assert (named.cue, named.arms) == ("none", ("student", "twin"))
    assert make_config({"cue": "none"}).train_count == opening.train_count


@pytest.mark.parametrize(
    ("values", "loss"),
    [
        ({}, "class-attention"),
        ({"teacher": "wrn16", "student": "mobilenet-small"}, "class-attention"),
        ({"student": "simple-cnn"}, "grad-cam"),
        ({"teacher": "vit-tiny"}, "grad-cam"),
        ({"explained_layer": "second-to-last"}, "grad-cam"),
        ({"explained_layer": "stride4"}, "grad-cam"),
        ({"explanation_loss": "attention-transfer"}, "attention-transfer"),
    ],
)
def test_the_explanation_loss_suits_the_networks_and_lambda_suits_the_loss(values, loss):
    config = make_config(values)
    assert config.explanation_loss == loss
    assert config.explanation_weight == EXPLANATION_LOSSES[loss].weight
    assert make_config({**values, "explanation_weight": 7.0}).explanation_weight == 7.0


def test_every_usual_lambda_is_on_the_ladder():
    assert {spec.weight for spec in EXPLANATION_LOSSES.values()} <= set(LAMBDA_LADDER)


def test_without_lambda_the_explanation_loss_is_no_part_of_the_key():
    plain = make_config({"explanation_weight": 0})
    assert changed(plain, explanation_loss="attention-transfer").key == plain.key
    assert plain.explanation_loss == "class-attention"
    assert changed(make_config({}), explanation_loss="attention-transfer").key != make_config({}).key


def test_a_share_of_the_gradient_changes_the_key_only_where_there_is_one():
    config = make_config({})
    assert "explanation_share" not in config.model_dump()
    assert changed(config, explanation_share=0.5).key != config.key
    assert changed(config, explanation_share=0.5).teacher_key == config.teacher_key


def test_the_length_of_clips_changes_the_keys_only_where_it_is_not_a_second(tmp_path):
    own = {"dataset": "audio-folder", "data": str(tmp_path)}
    usual, longer = make_config(own), make_config({**own, "clip_seconds": 2.5})
    assert "clip_seconds" not in usual.model_dump()
    assert make_config({**own, "clip_seconds": 1}).key == usual.key
    assert longer.key != usual.key
    assert longer.teacher_key != usual.teacher_key
    assert (usual.input_shape, longer.input_shape) == ((1, 40, 100), (1, 40, 250))
    assert make_config(json.loads(longer.model_dump_json())) == longer
    assert changed(longer, student="m5").input_shape == (5, 40, 250)
    assert make_config({**own, "clip_seconds": 1.2345}).clip_seconds == 1.23


@pytest.mark.parametrize("dataset", ["speech-commands-mini", "shapes", "sentiment"])
def test_only_sounds_of_ones_own_have_another_length(dataset):
    with pytest.raises(ConfigError) as refused:
        make_config({"dataset": dataset, "clip_seconds": 2})
    assert str(refused.value) == (
        f"clip_seconds: is for 'audio-folder', {dataset!r} has no sounds of your own, got 2. Leave it out."
    )


def test_columns_change_the_keys_only_where_they_are_given(tmp_path):
    """A run on recognized columns is the run that it was before there was a choice."""
    file = tmp_path / "t.csv"
    file.write_text("text,label\na,b\n")
    own = {"dataset": "text-file", "data": str(file)}
    recognized, given = make_config(own), make_config({**own, "label_column": "label"})
    assert not {*recognized.model_dump()} & {*COLUMN_FIELDS}
    assert make_config({**own, **dict.fromkeys(COLUMN_FIELDS)}).key == recognized.key
    assert given.key != recognized.key
    assert given.teacher_key != recognized.teacher_key
    assert given.columns == TextColumns(label="label")
    assert make_config(json.loads(given.model_dump_json())) == given
    stored = {name: value for name, value in given.model_dump().items() if name not in COLUMN_FIELDS}
    assert stored_config(stored).columns == TextColumns()


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (
            {"dataset": "sentiment", "teacher_size": 64},
            "teacher_size: needs images, 'sentiment' has texts. Leave it out.",
        ),
        (
            {"dataset": "speech-commands-mini", "teacher_weights": "imagenet"},
            "teacher_weights: needs images or texts, 'speech-commands-mini' has sounds. Leave it out.",
        ),
    ],
)
def test_a_teachers_file_is_refused_where_it_is_for_other_inputs(settings, line):
    with pytest.raises(ConfigError) as refused:
        make_config(settings)
    assert str(refused.value) == line


@pytest.mark.parametrize("field", COLUMN_FIELDS)
def test_only_a_table_of_ones_own_has_columns(field):
    with pytest.raises(ConfigError) as refused:
        make_config({"dataset": "sentiment", field: "x"})
    assert str(refused.value) == (
        f"{field}: is for 'text-file', 'sentiment' has no table of your own, got 'x'. Leave it out."
    )


def test_a_config_survives_json_unchanged():
    config = make_config({"dataset": "shapes", "cue": "hue-patch", "arms": ("student", "placebo", "twin")})
    again = make_config(json.loads(config.model_dump_json()))
    assert again == config
    assert again.key == config.key


def test_arms_come_in_the_order_in_which_they_are_drawn():
    assert make_config({"arms": ("placebo", "twin", "student")}).arms == ("student", "twin", "placebo")


def test_without_lambda_the_student_is_its_own_twin():
    assert make_config({"explanation_weight": 0}).arms == ("student",)


@pytest.mark.parametrize(
    ("field", "value"),
    [("explanation_weight", 1.0), ("temperature", 2.0), ("epochs", 4), ("seed", 3), ("train_count", 100),
     ("student", "simple-cnn"), ("arms", ("student",)), ("cue_strength", 0.9)],
)  # fmt: skip
def test_what_only_students_see_leaves_the_teacher_as_it_is(field, value):
    config = make_config({"cue": "hue-patch"})
    assert changed(config, **{field: value}).teacher_key == config.teacher_key
    assert changed(config, **{field: value}).key != config.key


@pytest.mark.parametrize(
    ("field", "value"),
    [("teacher", "simple-cnn"), ("teacher_epochs", 3), ("teacher_width", 1.5), ("cue", "hue-patch"),
     ("batch_size", 32), ("optimizer", "adam"), ("learning_rate", 0.05)],
)  # fmt: skip
def test_what_the_teacher_sees_makes_another_teacher(field, value):
    config = make_config({})
    assert changed(config, **{field: value}).teacher_key != config.teacher_key


@pytest.mark.parametrize(
    "values",
    [
        {},
        *(
            {"dataset": name, "cue": cue}
            for name in ("fashion-mnist-mini", "shapes")
            for cue in ("none", "hue-patch")
        ),
        {"dataset": "flowers"},
        {"dataset": "blood-cells"},
        {"dataset": "blood-cells", "cue": "place-patch"},
    ],
)
def test_the_teacher_of_the_default_settings_is_in_the_package(values):
    config = make_config(values)
    assert (SHIPPED / f"{config.teacher_key}.safetensors").is_file()


# What these left out was filled with other defaults when they were made: it is said here.
_GRAD_CAM = {"explanation_loss": "grad-cam", "explanation_weight": 3.0}
GOLDEN = [
    ({"dataset": "fashion-mnist-mini", **_GRAD_CAM}, "11d3c255b9d63f26", "23a8570fc267ac72"),
    ({"dataset": "shapes", "cue": "hue-patch", "seed": 3, **_GRAD_CAM, "explanation_weight": 30.0},
     "4368b4219d2451b1", "c2de04043050a76b"),
    ({"dataset": "cifar10", "data": "/anywhere", **_GRAD_CAM, "explanation_weight": 30.0},
     "9783fc79586e9e52", "442c31d82844c296"),
    ({"dataset": "cifar100", "explanation_loss": "grad-cam", "explanation_weight": 0},
     "90798bc613f45e1f", "b27c05cbce9177a2"),
    ({"dataset": "folder", "data": "/nowhere", "image_size": 64, "teacher": "resnet18", "teacher_weights": "imagenet",
      "teacher_epochs": 3, **_GRAD_CAM}, "c20ca5ab90cbef8b", "f8ef8758a5bcf32c"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "key", "teacher_key"), GOLDEN)
def test_runs_without_files_of_their_own_keep_their_keys(values, key, teacher_key):
    """Runs and teachers that were made by earlier versions are found by them."""
    config = make_config(values)
    assert (config.key, config.teacher_key) == (key, teacher_key)


def test_a_file_of_weights_is_known_by_its_content(tmp_path):
    first, copy = tmp_path / "first.safetensors", tmp_path / "copy.safetensors"
    first.write_bytes(b"some weights")
    copy.write_bytes(b"some weights")
    config, moved = (make_config({"teacher_weights": str(path)}) for path in (first, copy))
    before = config.key, config.teacher_key
    assert (moved.key, moved.teacher_key) == before
    first.write_bytes(b"other weight")
    assert config.key != before[0]
    assert config.teacher_key != before[1]
    assert (moved.key, moved.teacher_key) == before


def test_weights_that_are_gone_are_known_by_their_path(tmp_path):
    file = tmp_path / "weights"
    file.write_bytes(b"")
    config = make_config({"teacher_weights": str(file)})
    file.unlink()
    assert config.content == {"data": ""}
    assert config.teacher_key != make_config({}).teacher_key


def test_a_changed_config_is_validated_anew():
    with pytest.raises(
        ConfigError, match=r"^epochs: must be a whole number, at least 1 and at most 1000, got 0\."
    ):
        changed(make_config({}), epochs=0)


def test_a_run_on_the_teachers_maps_is_stored_as_before_there_were_others():
    plain = make_config({"dataset": "shapes"})
    assert not {"map_source", "marks"} & set(plain.model_dump())
    assert changed(plain, map_source="teacher", marks=None).key == plain.key
    assert changed(plain, map_source="mask").key != plain.key
    assert changed(plain, map_source="mask").teacher_key == plain.teacher_key


def test_marks_count_by_their_content_and_are_matched_unless_said_otherwise(tmp_path):
    for name, content in (("a", b"1"), ("b", b"1"), ("c", b"2")):
        (tmp_path / name).write_bytes(content)
    a, b, c = (make_config({"dataset": "shapes", "marks": str(tmp_path / name)}) for name in "abc")
    assert a.map_source == "mask"
    assert a.key == b.key != c.key
    assert a.teacher_key == c.teacher_key == make_config({"dataset": "shapes"}).teacher_key
    assert changed(a, map_source="both").map_source == "both"


def test_an_unknown_setting_gets_a_suggestion():
    assert lines_of({"epoch": 3}) == [
        f"setting: unknown name 'epoch'. Did you mean 'epochs'? Known: {', '.join(sorted(RunConfig.model_fields))}."
    ]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"epochs": "many"}, "epochs: must be a whole number, at least 1 and at most 1000, got 'many'. "
                             "Passes over the student's training images."),
        ({"learning_rate": 0}, "learning_rate: must be a number, above 0 and at most 10, got 0. Peak of the one-cycle "
                               "schedule; empty means 0.1 for sgd, 0.002 for adamw and adam."),
        ({"kd_weight": float("nan")}, "kd_weight: must be a number, at least 0 and at most 1, got nan. Weight of the "
                                      "teacher's soft labels in the accuracy loss; the rest is the labels'."),
        ({"arms": ("student", "twim")}, "arms: unknown name 'twim'. Did you mean 'twin'? Known: placebo, "
                                        "same-answer, scratch, student, teacher-maps, twin."),
        ({"arms": ("twin",)}, "arms: must contain 'student' and not 'teacher', got twin."),
        ({"teacher_epochs": 0}, "teacher_epochs: 0 leaves the teacher untrained. Give teacher_weights, or at least "
                                "1 epoch."),
        ({"teacher_weights": "nowhere.pt"}, "teacher_weights: no file 'nowhere.pt'. Give a file of weights or "
                                            "'imagenet'."),
        ({"map_source": "mask", "explanation_loss": "class-level"},
         "map_source: the explanation_loss 'class-level' has no use for 'mask'. Losses that have: class-attention, "
         "class-shape, grad-cam, attention-transfer, attention."),
        ({"marks": __file__, "map_source": "teacher"},
         "marks: are matched with map_source 'mask' or 'both', got 'teacher'. Change it."),
        ({"map_source": "both", "explanation_weight": 0, "arms": ("student",)},
         "map_source: 'both' has no effect at explanation_weight 0. Raise it, or leave this out."),
        ({"arms": ("student", "teacher-maps")},
         "arms: with map_source 'teacher' the student is its own 'teacher-maps'. Leave it out."),
        ({"explained_layer": "first"},
         "explained_layer: unknown name 'first'. Known: last, second-to-last, stride16, stride2, stride4, stride8."),
        ({"dataset": "blood-cells", "teacher": "resnet18", "explained_layer": "stride2"},
         "explained_layer: no map of the teacher 'resnet18' is as fine as 'stride2'. Layers that it has: last, "
         "second-to-last, stride16, stride8, stride4."),
        ({"student": "vit-tiny", "explained_layer": "stride2"},
         "explained_layer: no map of the student 'vit-tiny' is as fine as 'stride2'. Layers that it has: last, "
         "second-to-last, stride16, stride8, stride4."),
        ({"explanation_share": 0.5, "explanation_weight": 0, "arms": ("student",)},
         "explanation_share: adapts an explanation_weight above 0, got 0. Raise explanation_weight, or leave "
         "explanation_share out."),
        ({"explanation_share": 1.0}, "explanation_share: must be a number, above 0 and below 1, got 1.0. Adapts λ "
                                     "after each epoch so that the explanation loss makes this share of the gradient; "
                                     "empty keeps λ constant."),
        ({"dataset": "folder", "data": "x", "image_size": 64, "student": "resnet18", "student_width": 0.5},
         "student_width: 'resnet18' comes in one width. Set it to 1, or choose another student."),
        ({"image_size": 8, "dataset": "folder", "data": "x"},
         "image_size: '8' is not allowed. Give 16 to 512 px: the side of a square, such as 64, or height x width, such "
         "as 40x100."),
    ],
)  # fmt: skip
def test_a_wrong_value_is_one_line_with_a_way_out(values, line):
    assert lines_of(values) == [line]


@pytest.mark.parametrize("field", RunConfig.model_fields)
def test_every_setting_refuses_a_wrong_value_in_one_line(field):
    value, line = WRONG_SETTINGS[field]
    assert lines_of({field: tuple(value.split(",")) if field == "arms" else value}) == [line]


def test_all_wrong_values_are_refused_at_once():
    """Rules between fields are asked once the fields are right: the file that is not there is not among them."""
    wrong = {
        field: value
        for field, (value, _) in WRONG_SETTINGS.items()
        if field not in ("arms", "teacher_weights", "marks")
    }
    assert lines_of(wrong) == [WRONG_SETTINGS[field][1] for field in wrong]


@pytest.mark.parametrize("field", RunConfig.model_fields)
def test_every_setting_has_a_title_and_one_sentence_of_help(field):
    info = RunConfig.model_fields[field]
    assert info.title
    assert info.description
    assert info.description.endswith(".")


@pytest.mark.parametrize(
    ("field", "limits"),
    [
        ("temperature", (1, 20)),
        ("learning_rate", (0, 10)),
        ("train_count", (2, None)),
        ("dataset", (None, None)),
    ],
)
def test_bounds_are_those_that_validation_uses(field, limits):
    assert bounds(field) == limits


def test_options_name_what_validation_takes():
    assert options("teacher") == tuple(TEACHERS)
    assert options("arms") == ("student", "twin", "placebo", "same-answer", "teacher-maps", "scratch")
    assert options("device") == ("auto", "cpu", "cuda")
    assert options("epochs") == ()
    assert set(CHOICES) <= set(RunConfig.model_fields)


def test_stored_settings_come_back_as_they_are_though_their_files_are_elsewhere():
    stored = {
        **make_config({"epochs": 3}).model_dump(mode="json"),
        "teacher_weights": "/on/another/machine.safetensors",
    }
    assert stored_settings(stored) == stored
    with pytest.raises(ConfigError, match=r"teacher_weights: no file"):
        make_config(stored)


def test_settings_stored_by_an_older_version_are_filled_up():
    stored = make_config({"epochs": 3}).model_dump(mode="json")
    assert stored_settings({name: value for name, value in stored.items() if name != "precision"}) == stored


def test_stored_settings_that_nobody_knows_are_refused_like_new_ones():
    with pytest.raises(ConfigError) as refused:
        stored_settings({"dataset": "shaps"})
    assert str(refused.value).splitlines() == lines_of({"dataset": "shaps"})
