"""What the browser is given to draw the moved patch: the core's answers for every variant."""

import base64
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from kdviz.comparison import VariantPredictions, explain_cue_on, explain_cue_variants, run_images
from kdviz.figures.maps import density
from kdviz.figures.style import percent
from kdviz.narrative import what_if_sentence
from kdviz.store import Store
from kdviz.ui.explain.cue_mover import mover_data
from tests.ui.conftest import opened
from tests.ui.explain.test_explain_page import comparers, press_key


@pytest.fixture
def explained(trained, finished):
    return explain_cue_variants(Store(trained[0]), finished, 3)


def test_each_variant_has_the_cores_answers(explained):
    drawn = mover_data(explained)
    ways = [(each["place"], each["look"]) for each in drawn["variants"]]
    assert ways == [(None, None), *((way.place, way.indicated) for way in explained.variants.cues[1:])]
    assert drawn["start"] == explained.planted
    for number, variant in enumerate(drawn["variants"]):
        assert variant["said"] == what_if_sentence(explained, number)
        for answers, answer in zip(explained.arms.values(), variant["answers"], strict=True):
            name = explained.classes[answers.predicted(number)]
            assert answer["answer"] == f"Predicts {name} ({percent(answers.confidence(number), 0)})"
            assert answer["changed"] == (answers.predicted(number) != answers.predicted(explained.planted))
            expected = {explained.label: "correct"}
            way = explained.variants.cues[number]
            otherwise = "follows the patch" if way and way.indicated == answers.predicted(number) else "wrong"
            assert answer["verdict"] == expected.get(answers.predicted(number), otherwise)


def test_maps_are_bytes_of_the_teachers_scale_or_of_their_own_for_another_class(explained):
    drawn, teacher = mover_data(explained), explained.arms["teacher"]
    shared = max(1.0, density(teacher.attributions[explained.planted]).max())
    for at, answers in enumerate(explained.arms.values()):
        for number, variant in enumerate(drawn["variants"]):
            heat, sent = density(answers.attributions[number]), variant["answers"][at]["values"]
            other = answers.predicted(number) != teacher.predicted(number)
            limit = max(1.0, np.nan_to_num(heat).max()) if other else shared
            highest, said = np.nan_to_num(heat).max() / limit, variant["answers"][at]["scale"]
            if np.isnan(heat).any():
                assert said == ""
            elif other:
                assert said == f"Own colour scale: full colour is {limit:.1f} times an even spread."
            elif (saturated := (heat > 1.1 * limit).mean()) > 0.01:
                assert said == (
                    f"Stronger than its colour shows in {percent(saturated, 0)} of its cells: "
                    f"up to {highest:.1f} times full colour."
                )
            else:
                faint = f"Faint here: at most {percent(highest, 0)} of full colour."
                assert said == (faint if highest < 0.3 else "")
            assert (sent is None) == bool(np.isnan(heat).any())
            if sent is not None:
                cells = np.frombuffer(base64.b64decode(sent), np.uint8).reshape(heat.shape)
                full = variant["answers"][at]["limit"]
                assert np.abs(cells / full * limit - heat).max() <= max(limit, heat.max()) / 255


def test_a_map_that_is_faint_on_the_teachers_scale_says_so(explained):
    """The student's made even, and the teacher's with one cell: every answer is the same."""
    arms = dict(explained.arms)
    peak, even = np.zeros((8, 8), np.float32), np.ones((8, 8), np.float32)
    peak[3, 4] = 1
    for arm, heat in (("teacher", peak), ("student", even)):
        of = arms[arm]
        arms[arm] = VariantPredictions(arms["teacher"].probabilities, np.stack([heat] * len(of.attributions)))
    drawn, place = mover_data(replace(explained, arms=arms)), list(arms).index("student")
    for variant in drawn["variants"]:
        assert variant["answers"][0]["scale"] == ""
        assert (
            variant["answers"][place]["scale"] == f"Faint here: at most {percent(1 / 64, 0)} of full colour."
        )


def test_a_test_image_whose_patch_helps_is_said_to(trained, finished):
    explained = explain_cue_variants(Store(trained[0]), finished, 3, intact=True)
    drawn = mover_data(explained)
    assert explained.variants.cues[explained.planted].indicated == explained.label
    assert drawn["words"]["reset"] == "With the truthful patch"
    assert drawn["variants"][drawn["start"]]["said"].startswith("With the truthful patch")


def test_a_map_of_another_class_has_its_own_scale(explained):
    """The twin, made to predict another class than the teacher for every variant."""
    teacher, twin = explained.arms["teacher"], explained.arms["twin"]
    turned = np.stack(
        [np.eye(2, dtype=np.float32)[1 - teacher.predicted(at)] for at in range(len(twin.probabilities))]
    )
    arms = {**explained.arms, "twin": replace(twin, probabilities=turned)}
    drawn, place = mover_data(replace(explained, arms=arms)), list(arms).index("twin")
    for number, variant in enumerate(drawn["variants"]):
        heat, answer = density(twin.attributions[number]), variant["answers"][place]
        if np.isfinite(heat).all():
            cells = np.frombuffer(base64.b64decode(answer["values"]), np.uint8)
            assert cells.max() == round(answer["limit"] * float(heat.max()) / max(1.0, heat.max()))
            assert (
                answer["scale"]
                == f"Own colour scale: full colour is {max(1.0, heat.max()):.1f} times an even spread."
            )
        assert not variant["answers"][0]["scale"].startswith("Own")


def test_places_and_colours_are_those_of_the_variants(explained):
    drawn = mover_data(explained)
    assert [look["name"] for look in drawn["looks"]] == list(explained.classes)
    for way, image, mask in zip(
        explained.variants.cues[1:], explained.variants.inputs[1:], explained.variants.masks[1:], strict=True
    ):
        place = drawn["places"][way.place]
        top, left = mask.nonzero()[0].tolist()
        assert (place["top"], place["left"]) == (top / 16, left / 16)
        assert (
            bytes.fromhex(drawn["looks"][way.indicated]["colour"][1:])
            == image[:, top, left].numpy().tobytes()
        )


def test_places_and_looks_are_numbered_among_those_that_are_offered(explained):
    """Without the cues of class 0 the other class has the first colour."""
    fewer = explained.variants.of_classes([1])
    kept = [at for at, way in enumerate(explained.variants.cues) if way is None or way.indicated == 1]
    arms = {
        arm: VariantPredictions(of.probabilities[kept], of.attributions[kept])
        for arm, of in explained.arms.items()
    }
    drawn = mover_data(replace(explained, variants=fewer, arms=arms, planted=1))
    assert [look["name"] for look in drawn["looks"]] == [explained.classes[1]]
    assert [each["look"] for each in drawn["variants"]] == [None, 0, 0, 0, 0]
    assert [each["place"] for each in drawn["variants"]] == [None, 0, 1, 2, 3]


def movers(app):
    return [each for each in app.get("bidi_component") if each.proto.component_name == "kdviz_cue_mover"]


def test_it_is_open_at_first_and_nothing_is_computed_before_it_is_seen(app, finished):
    opened(app, "explain", run=finished)
    assert "What if the patch were elsewhere?" in [each.label for each in app.expander]
    assert (len(comparers(app)), movers(app)) == (1, [])
    press_key(app, "to_what_if")
    assert len(movers(app)) == 1


def test_nothing_is_computed_while_it_is_closed(app, finished):
    opened(app, "explain", run=finished, to="what-if")
    assert len(comparers(app)) == len(movers(app)) == 1
    app.session_state["what_if_open"] = False
    app.run()
    assert (len(comparers(app)), movers(app)) == (1, [])


@pytest.mark.parametrize(
    ("explainer", "used"),
    [("saliency", "Saliency"), ("layer-cam", "LayerCAM"), ("integrated-gradients", "Grad-CAM")],
)
def test_the_maps_are_by_the_pages_method_unless_that_is_slow_which_is_said(app, finished, explainer, used):
    opened(app, "explain", run=finished, explainer=explainer, to="what-if")
    (said,) = [
        each.value for each in app.caption if "for each network's own prediction. All maps" in each.value
    ]
    assert f"{used}, for each network's own prediction." in said
    slow = (
        "The maps here are by Grad-CAM, since Integrated gradients takes too long for every variant at once."
    )
    assert said.startswith(slow) == (explainer == "integrated-gradients")


@pytest.fixture
def picture(trained, finished):
    """A test image before its cue was planted, as if it were one's own."""
    return run_images(Store(trained[0]).run(finished).config).plain.images[3:4]


def test_the_patch_is_put_on_an_own_picture_as_on_a_test_image(trained, finished, explained, picture):
    own = explain_cue_on(Store(trained[0]), finished, picture)
    assert (own.index, own.label, own.planted) == (None, None, 0)
    assert own.variants.cues == explained.variants.cues
    for arm, of in own.arms.items():
        np.testing.assert_array_equal(own.variants.inputs, explained.variants.inputs)
        np.testing.assert_allclose(of.probabilities, explained.arms[arm].probabilities, atol=1e-6)
        np.testing.assert_allclose(of.attributions, explained.arms[arm].attributions, atol=1e-5)


def test_of_an_own_picture_nobody_says_what_is_right_and_the_answer_without_the_patch_stands_beside(
    trained, finished, picture
):
    own = explain_cue_on(Store(trained[0]), finished, picture)
    classes = len(own.classes)
    follower = np.eye(classes, dtype=np.float32)[[0, *(way.indicated for way in own.variants.cues[1:])]]
    twin = VariantPredictions(follower, own.arms["twin"].attributions)
    own = replace(own, arms={**own.arms, "twin": twin})
    drawn, at = mover_data(own), list(own.arms).index("twin")
    for number, variant in enumerate(drawn["variants"]):
        answer, way = variant["answers"][at], own.variants.cues[number]
        followed = way is not None and way.indicated != 0
        assert answer["verdict"] == ("follows the patch" if followed else "")
        assert answer["changed"] == followed
        first = f"Predicts {own.classes[0]} ({percent(1.0, 0)})"
        assert answer["without"] == (f"As it was given: {first}" if number else "")
    assert drawn["variants"][0]["said"].startswith("Without the patch: the twin predicts ")
    assert drawn["variants"][1]["said"].startswith("With a red patch at the upper left, which meant above: ")
    assert drawn["words"]["reset"] == "As it was given"


def test_an_own_picture_on_the_page_can_be_given_the_patch(app, finished):
    opened(app, "explain", run=finished, source="upload", to="what-if")
    file = io.BytesIO()
    Image.new("RGB", (20, 20), (200, 30, 60)).save(file, "PNG")
    app.file_uploader[0].upload("mine.png", file.getvalue()).run()
    assert not app.exception
    mounts = [each for each in app.get("bidi_component") if each.proto.component_name == "kdviz_cue_mover"]
    (data,) = json.loads(mounts[0].proto.json)
    assert data["start"] == 0
    assert len(data["variants"]) == 9
