"""What the scrubber sends to the browser: the ladder's own numbers, maps on one scale, words that fit."""

import base64
from dataclasses import replace

import numpy as np
import pytest

from kdviz.figures.maps import density
from kdviz.figures.style import ARM_STYLES
from kdviz.store.lambda_ladder import prepared_ladder
from kdviz.ui.widgets.lambda_scrubber import scrubber_data


@pytest.fixture(scope="module")
def ladder():
    return prepared_ladder()


@pytest.fixture(scope="module")
def drawn(ladder):
    return scrubber_data(ladder)


def answers(ladder, drawn):
    """Each answer of the ladder with what is drawn of it."""
    for image, shown in zip(ladder.images, drawn["images"], strict=True):
        yield image, image.teacher, shown["teacher"]
        for answer, student in zip(image.students, shown["students"], strict=True):
            yield image, answer, student


def test_figures_are_those_of_the_ladder(ladder, drawn):
    assert [each["share"] for each in drawn["accuracies"]] == list(ladder.accuracies)
    assert drawn["teacher"]["share"] == ladder.teacher_accuracy
    assert drawn["chance"] == {"share": 1 / 8, "text": "guessing 12.5\N{NO-BREAK SPACE}%"}


def test_the_network_at_lambda_0_is_named_as_the_twin(ladder, drawn):
    marks = dict(zip(ladder.weights, drawn["students"], strict=True))
    twin = ARM_STYLES["twin"]
    assert marks.pop(0.0) == {"name": "student, λ = 0 (the twin)", "color": twin.color, "glyph": twin.glyph}
    assert {(each["name"], each["color"]) for each in marks.values()} == {
        ("student", ARM_STYLES["student"].color)
    }


def test_the_patch_of_every_image_misleads_as_the_page_says(ladder):
    assert all(image.cue_class != image.label for image in ladder.images)


def test_every_answer_names_its_class_and_says_why_it_is_wrong(ladder, drawn):
    verdicts = set()
    for image, answer, shown in answers(ladder, drawn):
        assert shown["answer"].startswith(f"Predicts {ladder.classes[answer.predicted]} ")
        assert f"{100 * answer.confidence:.0f}" in shown["answer"]
        assert shown["right"] == (answer.predicted == image.label)
        expected = {image.label: "correct", image.cue_class: "follows the patch"}
        assert shown["verdict"] == expected.get(answer.predicted, "wrong")
        verdicts.add(shown["verdict"])
    assert verdicts == {"correct", "follows the patch"}


def test_it_opens_on_an_image_where_the_twin_looks_at_the_patch_and_the_last_student_at_the_object(
    ladder, drawn
):
    image = ladder.images[drawn["opening"]]
    assert image.students[0].looks_at == "cue"
    assert image.students[-1].looks_at == "object"
    assert all(each.students[0].looks_at != "cue" for each in ladder.images[: drawn["opening"]])


def test_an_answer_that_is_neither_is_wrong(ladder):
    image = ladder.images[0]
    third = next(number for number in range(8) if number not in (image.label, image.cue_class))
    students = (replace(image.students[0], predicted=third), *image.students[1:])
    changed = replace(ladder, images=(replace(image, students=students),))
    assert scrubber_data(changed)["images"][0]["students"][0]["verdict"] == "wrong"


def test_maps_are_drawn_from_their_values_on_one_scale_for_an_image(ladder, drawn):
    for _image, answer, shown in answers(ladder, drawn):
        sent = np.frombuffer(base64.b64decode(shown["map"]["values"]), "<f4").reshape(4, 4)
        assert np.array_equal(sent, density(answer.attribution))
    for image, shown in zip(ladder.images, drawn["images"], strict=True):
        limits = {each["map"]["limit"] for each in (shown["teacher"], *shown["students"])}
        assert limits == {float(density(image.teacher.attribution).max())}


def test_the_patch_is_outlined_where_it_is_and_named_by_its_colour(ladder, drawn):
    names = {
        4: "cyan",
        2: "yellow-green",
        3: "green",
        0: "red",
        1: "amber",
        5: "blue",
        6: "violet",
        7: "magenta",
    }
    for image, shown in zip(ladder.images, drawn["images"], strict=True):
        patch, side = shown["patch"], 32
        box = (patch["top"], patch["left"], patch["top"] + patch["height"], patch["left"] + patch["width"])
        assert tuple(side * edge for edge in box) == image.cue_box
        top, left, _bottom, _right = image.cue_box
        assert bytes.fromhex(patch["colour"][1:]) == image.image[top, left].tobytes()
        meaning = f"in training, {names[image.cue_class]} meant “{ladder.classes[image.cue_class]}”"
        assert patch["text"] == meaning


def test_a_map_that_is_undefined_is_said_to_be(ladder):
    image = ladder.images[0]
    blank = replace(image.students[0], attribution=np.zeros((4, 4), np.float32))
    changed = replace(ladder, images=(replace(image, students=(blank, *image.students[1:])),))
    shown = scrubber_data(changed)["images"][0]["students"][0]
    assert shown["map"]["values"] is None
    assert shown["alt"] == "student: the map is undefined."
