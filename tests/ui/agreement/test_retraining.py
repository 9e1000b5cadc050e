"""Retrain from here: the new run is its parent's, on the marks, with what was chosen beside them."""

import numpy as np
import pytest

from kdviz.comparison import known_marked_evidence, known_survey, known_training_triage, marks_effect
from kdviz.config import changed
from kdviz.datasets import Marks, read_marks
from kdviz.jobs import Estimate, execute, start_marked_evidence, start_survey, start_training_triage
from kdviz.narrative import marked_evidence_line, marks_answer, marks_figures
from kdviz.ui.agreement import retraining
from kdviz.ui.frame import visitor
from tests.patience import PATIENCE_S
from tests.ui.conftest import opened, page_text

ANNE = "a" * 32
EARLY = "The teacher is not clearly better than guessing, so there is little to learn from it."


@pytest.fixture
def store(own_copy):
    return own_copy


@pytest.fixture
def run_id(store, trained):
    assert start_survey(store, trained[1]).wait(PATIENCE_S).state == "done"
    assert start_training_triage(store, trained[1]).wait(PATIENCE_S).state == "done"
    return trained[1]


@pytest.fixture
def section(app, store, run_id, monkeypatch):
    """The page with the section open."""
    app.session_state["visitor"] = ANNE
    assert visitor._KEY == "visitor"

    def drawn():
        opened(app, "agreement", run=run_id, marking="1")
        assert not app.exception
        return app

    return drawn


@pytest.fixture
def marks(store, run_id):
    """Marks on the two worst pictures, as the visitor has drawn them."""
    mask = np.zeros((16, 16), bool)
    mask[2:9, 3:6] = True
    names = [image.digest for image in known_training_triage(store, run_id).images[:2]]
    drawn = Marks(dict.fromkeys(names, mask))
    store.save_draft_marks(run_id, ANNE, drawn.to_bytes())
    return drawn


def parent_count(store, run_id):
    return store.run(run_id).config.train_count


def press(app):
    app.button(key="retrain").click().run()
    assert not app.exception


def started(store, run_id):
    (new,) = [run for run in store.runs() if run.id != run_id]
    return new


def same(marks, other):
    return marks.masks.keys() == other.masks.keys() and all(
        (marks.masks[name] == other.masks[name]).all() for name in marks.masks
    )


def test_without_a_mark_nothing_can_be_started(section):
    app = section()
    assert app.button(key="retrain").disabled
    assert "Mark a picture first." in page_text(app)


def test_a_run_goes_on_from_this_one_with_the_marks_and_distill_shows_it(
    section, store, run_id, marks, tmp_path
):
    app = section()
    assert "A new run goes on from this one's students, with the marks on 2 pictures." in page_text(app)
    press(app)
    new, parent = started(store, run_id), store.run(run_id)
    expected = changed(
        parent.config,
        map_source="mask",
        marks=new.config.marks,
        parent=run_id,
        arms=(*parent.config.arms, "teacher-maps"),
    )
    assert new.config == expected
    assert same(read_marks(store.directory / new.id / "marks.npz"), marks)
    assert app.session_state["run"] == new.id
    assert new.state == "queued"
    assert f"Goes on from {parent.title}, on 2 marks." in page_text(app).replace("\\", "")


def spaced(app):
    return page_text(app).replace("\N{NO-BREAK SPACE}", " ")


def test_before_it_is_started_a_run_says_how_long_it_takes(section, store, run_id, marks, monkeypatch):
    """By the parent's time: its student arms and a control."""
    asked, basis = [], ["finished"]

    def time(store, parent, *, arms, epochs, counts):
        asked.append((parent.id, arms, epochs, counts.classes))
        return Estimate(0.0, 60.0, 40.0, 20.0, basis[0])

    monkeypatch.setattr("kdviz.ui.widgets.estimate.continued_time", time)
    app, config = section(), store.run(run_id).config
    assert "Takes about **2 min" in page_text(app)
    assert asked[-1] == (run_id, len(config.arms) + 1, config.epochs, 2)
    app.checkbox(key="retrain_control").uncheck().run()
    assert asked[-1][1] == len(config.arms)
    basis[0] = "elsewhere"
    app.number_input(key="retrain_epochs").set_value(9).run()
    assert asked[-1][2] == 9
    assert "Takes about **2 min** on the computer where this run was trained" in page_text(app)


def test_a_run_says_how_many_of_its_marks_came_with_the_data(section, store, run_id, marks):
    _first, second = marks.masks
    store.save_draft_marks(run_id, ANNE, Marks(marks.masks, frozenset({second})).to_bytes())
    app = section()
    press(app)
    opened(app, "distill", run=started(store, run_id).id)
    assert ", on 1 drawn mark and 1 mask of the data." in page_text(app)


def weight(app):
    (slider,) = (each for each in app.select_slider if each.key.startswith("retrain_weight_"))
    return slider


def test_few_marks_begin_with_a_small_lambda(section, store, run_id, marks, monkeypatch):
    monkeypatch.setattr(retraining, "_FEW_WEIGHT", 1.0)
    few, own = section(), store.run(run_id).config.explanation_weight
    assert weight(few).value == 1.0  # two of many training images
    assert f"λ begins at 1, not at the run's {own:g}, while fewer than 10 %" in spaced(few)
    monkeypatch.setattr(retraining, "_FEW", 0.0)
    many = section()
    assert weight(many).value == own
    assert f"λ begins at {own:g}, as in the run." in spaced(many)


def test_what_is_chosen_is_what_is_trained(section, store, run_id, marks):
    app = section()
    app.radio(key="retrain_source").set_value("both").run()
    weight(app).set_value(10.0).run()
    app.number_input(key="retrain_epochs").set_value(3).run()
    app.checkbox(key="retrain_control").uncheck().run()
    press(app)
    config, parent = started(store, run_id).config, store.run(run_id).config
    assert (config.map_source, config.explanation_weight, config.epochs) == ("both", 10.0, 3)
    assert config.arms == parent.arms


def test_a_loss_that_cannot_take_marks_is_replaced_by_the_usual_one(
    section, store, run_id, marks, monkeypatch
):
    other = changed(store.run(run_id).config, explanation_loss="class-level")
    monkeypatch.setattr("kdviz.store.run.stored_config", lambda values: other)
    app = section()
    press(app)
    new = store.directory / next(run.id for run in store.runs() if run.id != run_id) / "config.json"
    assert '"explanation_loss": "class-attention"' in new.read_text()


def test_the_finished_run_is_compared_with_its_parent(section, store, run_id, marks):
    app = section()
    app.number_input(key="retrain_epochs").set_value(1).run()
    press(app)
    new = started(store, run_id).id
    assert execute(store, new).state == "finished"
    opened(app, "distill", run=new)
    assert not app.exception
    links = {each.proto.label: each.proto.page for each in app.get("page_link")}
    assert "Compare with its parent" in links
    for each in (run_id, new):
        assert start_survey(store, each).wait(PATIENCE_S).state == "done"
    assert start_marked_evidence(store, new).wait(PATIENCE_S).state == "done"
    effect = marks_effect(known_survey(store, run_id), known_survey(store, new))
    assert effect.accuracy.over_control is not None
    inside = known_marked_evidence(store, new)
    answer = f"Did the marks help? {marks_answer(effect, EARLY, inside)}"
    figures = "  \n".join([marked_evidence_line(inside), *marks_figures(effect, cue=True)])
    for page in ("distill", "agreement"):
        opened(app, page, run=new)
        assert not app.exception
        assert answer in page_text(app)
        assert figures in page_text(app)
        if page == "distill":
            marked, count = len(marks), parent_count(store, run_id)
            assert f"{marked} of {count} training images are marked" in page_text(app)
            assert "of the gradient" not in page_text(app)
            assert page_text(app).count(EARLY) == 1
        else:
            assert "This student was trained on your marks, not on its teacher's maps." in page_text(app)
    opened(app, "runs", compare=f"{run_id},{new}")
    assert not app.exception
    assert answer in page_text(app)
    assert figures in page_text(app)
    assert "**B** goes on from A and was trained on marks on 2 pictures." in page_text(app)
    assert "**Answers of the student that changed, A → B**" in page_text(app)
    opened(app, "explain", run=new)
    assert not app.exception
    assert "This student was trained on your marks" in page_text(app)
    assert "Did the marks help?" in {each.proto.label for each in app.get("page_link")}


def test_a_parent_that_is_gone_is_named_and_not_compared_with(section, store, run_id, marks):
    app = section()
    app.number_input(key="retrain_epochs").set_value(1).run()
    press(app)
    new = started(store, run_id).id
    assert execute(store, new).state == "finished"
    title = store.run(run_id).id
    store.delete(run_id)
    opened(app, "distill", run=new)
    assert f"Goes on from {title}" in page_text(app).replace("\\", "")
    assert "The run that this one goes on from is gone, so what the marks changed" in page_text(app)
    assert "Compare with its parent" not in {each.proto.label for each in app.get("page_link")}


def test_the_marks_of_a_run_are_where_its_next_marks_begin(section, store, run_id, marks):
    app = section()
    app.number_input(key="retrain_epochs").set_value(1).run()
    press(app)
    new = started(store, run_id).id
    assert execute(store, new).state == "finished"
    for job in (start_survey(store, new), start_training_triage(store, new)):
        assert job.wait(PATIENCE_S).state == "done"
    opened(app, "agreement", run=new, marking="1")
    assert not app.exception
    assert "**2 pictures are marked** · those that this run was trained on" in page_text(app)
    assert store.draft_marks(new, ANNE) is None
    app.button(key="marking_delete").click().run()
    assert "**0 pictures are marked**" in page_text(app)
    assert same(read_marks(store.directory / new / "marks.npz"), marks), "the run keeps its own"
