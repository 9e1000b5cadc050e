"""The lesson of the deliberate mistakes: really made, each found by its signature, and guessed in a quiz."""

import shutil
from dataclasses import replace
from itertools import pairwise

import pytest

from kdviz.config import changed
from kdviz.figures.charts import run_curves_alt, run_curves_figure
from kdviz.jobs import execute
from kdviz.museum import exhibits
from kdviz.museum.exhibits import NAMES, exhibit
from kdviz.museum.mistakes import MISTAKES, warning
from kdviz.museum.signatures import common_curves, evidence, signature
from kdviz.report import report_html
from kdviz.store import Store
from kdviz.study import queue_missing, study_status
from kdviz.ui.learn.museum_quiz import answers_to, faulty_is_first, mistake_of_round
from tests.ui.conftest import opened, page_text
from tests.ui.test_every_page import pictures


@pytest.fixture(autouse=True)
def _tiny(tiny_config, monkeypatch):
    monkeypatch.setattr(exhibits, "_SMALL", settings(tiny_config))
    monkeypatch.setattr(exhibits, "_SETTINGS", {"trains-on-the-test": settings(tiny_config, 0.0)})


def settings(tiny_config, weight=3.0):
    config = tiny_config(
        epochs=2,
        train_count=32,
        explanation_weight=weight,
        arms=("student", "twin") if weight else ("student",),
    )
    return {**config.model_dump(), "arms": list(config.arms)}


@pytest.fixture(scope="module")
def filled(tiny_config, tmp_path_factory):
    """A runs directory with both runs of every mistake."""
    store = Store(tmp_path_factory.mktemp("museum") / "runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exhibits, "_SMALL", settings(tiny_config))
        patch.setattr(exhibits, "_SETTINGS", {"trains-on-the-test": settings(tiny_config, 0.0)})
        for name in NAMES:
            queue_missing(store, exhibit(name).study, exhibit(name).points)
    for run in reversed(store.runs()):
        assert execute(store, run.id).state == "finished"
    return store


@pytest.fixture
def found(filled):
    """What the two runs of a mistake have to show."""

    def both(name):
        right, wrong = (
            evidence(filled, done.run) for done in study_status(filled.runs(), exhibit(name).points).done
        )
        return right, wrong

    return both


@pytest.fixture
def own(filled, store):
    """A copy of the full directory, in which the app is opened."""
    shutil.copytree(filled.directory, store.directory, dirs_exist_ok=True)
    return store


def lesson(app, **link):
    return opened(app, "learn", lesson="museum", **link)


def quiz(app):
    return lesson(app, museum="quiz")


def guess(app):
    return next(radio for radio in app.radio if radio.label == "Your answer")


def test_mistakes_share_the_right_run():
    assert exhibit("kl-mean").points[0].config.key == exhibit("detached-map").points[0].config.key
    assert [point.config.mistake for point in exhibit("kl-mean").points] == ["none", "kl-mean"]


def test_the_real_pairs_differ_in_nothing_but_the_mistake(monkeypatch):
    monkeypatch.undo()
    for name in NAMES:
        right, wrong = (point.config.model_dump() for point in exhibit(name).points)
        assert wrong == {**right, "mistake": name}


def test_without_any_run_the_pair_is_queued_once_and_can_be_taken_back(app, store):
    lesson(app)
    assert not app.exception
    assert app.subheader[0].value == "A museum of mistakes"
    app.button(key="ln_museum_train").click().run()
    assert not app.exception
    assert sorted(run.config.mistake for run in store.runs()) == ["none", "trains-on-the-test"]
    assert all(run.state == "queued" for run in store.runs())
    app.button(key="ln_museum_stop").click().run()
    assert not app.exception
    assert store.runs() == []


@pytest.mark.parametrize("name", NAMES)
def test_each_mistake_is_shown_beside_the_right_run(app, own, found, name):
    lesson(app, mistake=name)
    assert not app.exception
    text = page_text(app)
    (answer,) = (each for each in app.expander if each.label == "Answer")
    assert not answer.proto.expanded, "a class is asked first"
    (said,) = (each.value for each in answer.markdown)
    told = signature(name, *found(name))
    assert said == f"Look at **{told.curve.title}**. {told.verdict} {MISTAKES[name].signature}"
    assert text.count(told.verdict) == 1
    assert MISTAKES[name].about in text
    assert MISTAKES[name].plain in text
    assert "**Which chart gives it away?**" in text
    titles = [curve.title for curve in common_curves(*found(name)) if curve.lines]
    assert len(app.get("plotly_chart")) == len(titles) > 1, "not the one that does, alone"
    assert text.count(told.label) == [each.value for each in answer.caption].count(told.label) == 1
    assert len(app.metric) == len(answer.metric) == 2
    assert [code.value for code in app.code] == [
        MISTAKES[name].wrong,
        MISTAKES[name].right,
        f"python -m kdviz distill --mistake {name}",
    ]
    assert all(picture.alt.strip() for picture in pictures(app))


@pytest.mark.parametrize(
    ("name", "factor"), [("kl-mean", "2.00**: the number of classes, 2"), ("no-t-squared", "16.00**: T², 16")]
)
def test_the_factor_of_a_soft_label_term_is_measured_and_named(found, name, factor):
    assert factor in signature(name, *found(name)).verdict


def test_a_factor_that_is_none_of_the_known_ones_is_told_so(found):
    assert "neither the number of classes, 2, nor T², 16" in signature(
        "mse-on-softmax", *found("mse-on-softmax")
    ).verdict  # fmt: skip


def test_a_detached_map_leaves_no_difference_and_a_right_one_does(found):
    right, wrong = found("detached-map")
    told = signature("detached-map", right, wrong)
    assert told.wrong == "0.000"
    assert float(told.right) > 0
    assert "equal in all" in told.verdict
    assert "the explanation loss has no gradient" in told.verdict
    assert "λ has an effect" in signature("detached-map", wrong, right).verdict


def test_a_teacher_in_train_mode_is_followed_through_the_epochs(found):
    right, wrong = found("teacher-in-train-mode")
    lines = dict(signature("teacher-in-train-mode", right, wrong).curve.lines)
    assert len(set(lines[0].values)) == 1
    assert lines[1].epochs == (0.0, 1.0, 2.0)


def test_a_resumed_run_which_tells_its_teacher_anew_has_the_same_signature(found):
    """Then the teacher's first accuracy stands behind those of the epochs that were kept."""
    right, wrong = found("teacher-in-train-mode")
    begin = [each for each in wrong.measured if each.arm == "teacher" and each.epoch == 0]
    others = [each for each in wrong.measured if each not in begin]
    resumed = replace(wrong, measured=(*others, *begin))
    assert signature("teacher-in-train-mode", right, resumed) == signature(
        "teacher-in-train-mode", right, wrong
    )


def test_a_leak_is_the_lead_of_the_test_over_validation(found):
    _right, wrong = found("trains-on-the-test")
    told = signature("trains-on-the-test", *found("trains-on-the-test"))
    tested = wrong.run.results["student"].accuracy
    assert [place for place, _accuracy in told.curve.tested] == [0, 1]
    assert told.curve.tested[1][1] == tested
    way, point = run_curves_figure(told.curve).data[-2:]
    assert (way.y[1], point.y[0]) == (tested, tested), "drawn as a point, with the gap to the curve"
    assert "B on the test: " in run_curves_alt(told.curve)
    validated = [each.values["validation_accuracy"] for each in wrong.measured
                 if each.arm == "student" and "validation_accuracy" in each.values][-1]  # fmt: skip
    assert told.wrong.startswith(f"{100 * (tested - validated):+.1f}")


def test_the_curves_of_the_quiz_do_not_name_the_mistake(found):
    shapes = {
        tuple((curve.title, curve.about, curve.names) for curve in common_curves(*found(name)))
        for name in NAMES
    }
    assert len(shapes) == 1


def test_an_axis_of_the_quiz_does_not_say_that_the_teacher_changes(found):
    """It moves by little: an axis that is as close to it only then would give it away."""
    spans = set()
    for name in NAMES:
        low, high = run_curves_figure(common_curves(*found(name))[-1]).layout.yaxis.range
        spans.add(round(high - low, 9))
        assert 0 <= low < high <= 1
    assert spans == {0.02}


def test_the_axis_of_shares_that_differ_is_that_of_their_values(found):
    curve = common_curves(*found("kl-mean"))[-1]
    place, line = curve.lines[0]
    moving = replace(curve, lines=((place, replace(line, values=(0.5, 0.6))),))
    assert run_curves_figure(moving).layout.yaxis.range is None


def test_before_the_answer_no_chart_says_which_curve_is_the_teachers(app, own):
    quiz(app)
    assert "teacher" not in next(each.value for each in app.markdown if "the other run" in each.value)
    drawn = app.get("plotly_chart")[-1].proto
    assert drawn.alt.startswith("Accuracy of one more network: A ")
    assert "teacher" not in drawn.alt + drawn.spec
    guess(app).set_value(mistake_of_round(NAMES, 0)).run()
    assert "teacher dashed" in next(each.value for each in app.markdown if "the other run" in each.value)
    assert "A teacher" in app.get("plotly_chart")[-1].proto.alt


def test_the_legend_of_the_quiz_does_not_say_which_run_is_faulty_and_the_answer_does(app, own, found):
    quiz(app)
    legend = next(each.value for each in app.markdown if "the other run" in each.value)
    assert "orrect" not in legend
    assert "aulty" not in legend
    guess(app).set_value(mistake_of_round(NAMES, 0)).run()
    letter = "A" if faulty_is_first(0) else "B"
    assert f"{letter} is the faulty run." in app.success[0].value
    assert {faulty_is_first(turn) for turn in range(9)} == {True, False}


def test_the_easy_mistakes_are_asked_first_and_among_themselves():
    easy = {name for name in NAMES if MISTAKES[name].easy}
    assert {mistake_of_round(NAMES, turn) for turn in range(3)} == easy == {*NAMES[:3]}
    assert all({*answers_to(name)} == (easy if name in easy else {*NAMES}) for name in NAMES)


def test_nothing_beside_a_question_gives_its_answer(app, own, found):
    quiz(app)
    text = page_text(app)
    for name in NAMES:
        assert signature(name, *found(name)).verdict not in text
        assert MISTAKES[name].plain not in text
    assert not app.code


def test_the_title_of_a_chart_names_the_teacher_once_the_question_is_answered(app, own):
    quiz(app)
    assert "Accuracy of the teacher" not in page_text(app)
    guess(app).set_value(mistake_of_round(NAMES, 0)).run()
    assert "Accuracy of the teacher" in page_text(app)


def test_each_mistake_is_asked_once_before_any_comes_again():
    for begin in (0, 3):
        assert sorted(mistake_of_round(NAMES[:3], begin + turn) for turn in range(3)) == sorted(NAMES[:3])


@pytest.mark.parametrize("names", [NAMES[:2], NAMES[:3], NAMES[2:4], NAMES])
def test_none_is_asked_twice_in_a_row(names):
    asked = [mistake_of_round(names, turn) for turn in range(60)]
    assert all(one != next_one for one, next_one in pairwise(asked))


def test_a_guess_is_answered_and_another_one_can_be_asked_for(app, own, found):
    quiz(app)
    there = [name for name in NAMES if name == mistake_of_round(NAMES, 0)]
    guess(app).set_value(there[0]).run()
    assert app.success[0].value.startswith(f"Correct: {MISTAKES[there[0]].label}.")
    app.button(key="ln_quiz_next").click().run()
    assert not app.success
    asked = mistake_of_round(NAMES, 1)
    guess(app).set_value(next(name for name in answers_to(asked) if name != asked)).run()
    assert app.warning[0].value.startswith(f"Incorrect. It is: {MISTAKES[asked].label}.")
    assert not app.exception


def test_there_is_no_quiz_before_there_are_two_mistakes(app, store):
    quiz(app)
    assert "Your answer" not in [radio.label for radio in app.radio]
    assert "Train the runs of at least two mistakes" in page_text(app)


@pytest.mark.parametrize("page", ["runs", "explain", "distill"])
def test_a_run_with_a_mistake_says_so_wherever_it_is_named(app, own, page):
    run = next(run for run in own.runs() if run.config.mistake == "kl-mean")
    opened(app, page, run=run.id)
    assert not app.exception
    menus = [option for box in app.selectbox for option in box.options]
    names = menus + [str(value) for frame in app.dataframe for value in frame.value.get("Run", [])]
    assert any(name.startswith("MISTAKE kl-mean · ") for name in names)


@pytest.mark.parametrize(
    ("page", "link"),
    [("explain", {}), ("distill", {}), ("agreement", {}), ("learn", {"lesson": "soft-labels"})],
)
def test_where_it_is_looked_at_a_warning_says_what_was_done_wrong(app, own, page, link):
    wrong = next(run for run in own.runs() if run.config.mistake == "kl-mean")
    right = next(run for run in own.runs() if run.config.mistake == "none")
    opened(app, page, run=wrong.id, **link)
    assert not app.exception
    assert warning("kl-mean") in [each.value for each in app.warning]
    opened(app, page, run=right.id, **link)
    assert not [each for each in app.warning if "mistake" in each.value]


def test_the_report_begins_with_the_warning(own):
    wrong = next(run for run in own.runs() if run.config.mistake == "kl-mean")
    right = next(run for run in own.runs() if run.config.mistake == "none")
    head = report_html(own, wrong.id).partition("<main>")[0]
    assert f"MISTAKE kl-mean · {wrong.record.name}" in head
    assert warning("kl-mean") in head
    assert 'class="warning"' not in report_html(own, right.id)


def test_a_warning_says_what_was_done_wrong_and_a_right_run_has_none():
    assert warning("kl-mean") == (
        "This run contains a deliberate mistake: KL averaged over classes. The KL divergence is averaged over "
        "the classes too, instead of summed over them. Its figures show the effect of the mistake, not of the "
        "method."
    )
    assert warning("none") == warning("") == ""


def test_its_name_stays_behind_the_warning(own):
    run = next(run for run in own.runs() if run.config.mistake == "none")
    assert run.title == run.record.name
    wrong = replace(run, config=changed(run.config, mistake="kl-mean"))
    assert wrong.title == f"MISTAKE kl-mean · {run.record.name}"
