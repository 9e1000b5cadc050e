import pytest

from kdviz.comparison import lens, run_images, settings
from kdviz.store import Store
from tests.ui.conftest import opened
from tests.ui.test_distill_page import shown


def alts(app):
    return [image.alt for element in app.get("image") for image in element.proto.imgs]


def test_the_row_is_input_teacher_student_twin_placebo_and_difference(app, finished):
    opened(app, "explain", run=finished)
    names = ["Test image 0", "teacher", "student", "twin (λ = 0)", "placebo", "student", "Colours from 0"]
    assert [alt.startswith(name) for alt, name in zip(alts(app), names, strict=True)] == [True] * 7
    assert "One scale for all arms" in shown(app)


def test_scores_and_answers_are_those_of_the_lens(app, finished, trained):
    row = lens(Store(trained[0]), finished, 2)
    opened(app, "explain", run=finished, image="2")
    answers = app.dataframe[0].value
    predicted = row.classes[row.arms["student"].predicted]
    assert answers.loc[predicted, "student"] == pytest.approx(
        100 * row.arms["student"].probabilities.max(), rel=1e-5
    )
    measured = app.dataframe[1].value
    assert measured.loc["cosine", "student"] == pytest.approx(row.arms["student"].scores["cosine"], abs=1e-3)


def test_next_and_previous_go_round_the_test_set(app, finished, trained):
    count = len(run_images(settings(Store(trained[0]).run(finished).config)).test)
    opened(app, "explain", run=finished)
    press(app, "Next")
    assert app.number_input(key="image").value == 1
    press(app, "Previous")
    press(app, "Previous")
    assert app.number_input(key="image").value == count - 1


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


@pytest.mark.parametrize("method", ["Integrated gradients", "Saliency", "Occlusion", "Attention map"])
def test_every_method_draws_a_row(app, finished, method):
    opened(app, "explain", run=finished, explainer=method)
    assert not app.exception
    assert len(alts(app)) == 7
    assert app.selectbox(key="explainer").value == method


def test_a_class_can_be_asked_about_that_nobody_predicted(app, finished):
    opened(app, "explain", run=finished)
    app.selectbox(key="target").set_value("below").run()
    assert "the evidence for **below**" in shown(app)


def test_a_link_with_nonsense_falls_back_to_the_first_image(app, finished):
    opened(app, "explain", run=finished, image="banana", explainer="x", target="y")
    assert not app.exception
    assert app.number_input(key="image").value == 0


def test_the_cue_can_be_put_back(app, finished):
    opened(app, "explain", run=finished)
    before = app.get("image")[0].proto.imgs[0].url
    app.toggle(key="intact").set_value(True).run()
    assert not app.exception
    assert any(app.get("image")[at].proto.imgs[0].url != before for at in (0,))


def test_a_run_without_students_says_that_there_is_no_snapshot_yet(app, live_run):
    opened(app, "explain", run=live_run)
    assert "No snapshot yet" in shown(app)
