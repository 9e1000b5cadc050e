"""Where should it look? Training pictures, the masks drawn on them, and what is kept of them."""

import json
from dataclasses import replace

import numpy as np
import pytest

from kdviz.comparison import known_training_triage
from kdviz.datasets import Marks, marks_from_bytes
from kdviz.jobs import SurveyJob, start_survey, start_training_triage
from kdviz.store import Store, draft_room
from kdviz.ui.agreement import draft_marks, pictures_to_mark, survey_progress
from kdviz.ui.agreement import where_to_look as section
from kdviz.ui.agreement.mask_painter import mask_from_text, mask_text
from kdviz.ui.frame import visitor
from tests.patience import PATIENCE_S
from tests.ui.conftest import opened, page_text

ANNE, BERT = "a" * 32, "b" * 32


@pytest.fixture
def cookies(monkeypatch):
    """Those of the browser, which AppTest does not have."""
    sent = {}
    monkeypatch.setattr(
        visitor.st,
        "context",
        type(
            "Context",
            (),
            {
                "cookies": sent,
                "theme": visitor.st.context.theme,
                "locale": "en",
                "headers": {},
                "ip_address": None,
            },
        )(),
    )
    return sent


@pytest.fixture
def store_of_run(trained, finished):
    """The store with the run's triage and survey, and without any marks afterwards."""
    store = Store(trained[0])
    assert start_survey(store, finished).wait(PATIENCE_S).state == "done"
    assert start_training_triage(store, finished).wait(PATIENCE_S).state == "done"
    yield store
    for name in (ANNE, BERT):
        store.save_draft_marks(finished, name, None)


@pytest.fixture
def hand(monkeypatch):
    """Draws in the browser's place: what is put into the list is sent at the next run."""
    sent, real = [], section.mask_painter

    def painted(shown, strip, *, on_drawn, on_chosen):
        while sent:
            kind, *values = sent.pop(0)
            (on_drawn if kind == "drawn" else on_chosen)(*values)
        real(shown, strip, on_drawn=on_drawn, on_chosen=on_chosen)

    monkeypatch.setattr(section, "mask_painter", painted)
    return sent


@pytest.fixture
def marking(app, store_of_run, finished, cookies):
    """The page with the section open, as a link opens it."""
    cookies["kdviz_visitor"] = ANNE
    app.session_state["marking_open"] = True
    opened(app, "agreement", run=finished)
    assert not app.exception
    return app


def painter(app):
    assert not app.exception
    (drawn,) = [
        json.loads(each.proto.json)[0]
        for each in app.get("bidi_component")
        if each.proto.component_name == "kdviz_mask_painter"
    ]
    return drawn


def place(app):
    """The painter's indices in the page: a browser that finds it at others makes a new one, without focus or Undo."""

    def found(block, path):
        for index, child in block.children.items():
            if getattr(getattr(child, "proto", None), "component_name", "") == "kdviz_mask_painter":
                yield *path, index
            elif hasattr(child, "children"):
                yield from found(child, (*path, index))

    (only,) = found(app.main, ())
    return only


def kept(store, run_id, name=ANNE):
    content = store.draft_marks(run_id, name)
    return {} if content is None else marks_from_bytes(content).masks


def corner(*cells):
    mask = np.zeros((16, 16), bool)
    for cell in cells:
        mask[cell] = True
    return mask


def press(app, key):
    app.button(key=key).click().run()


def test_it_is_closed_at_first_and_nothing_is_computed(app, store_of_run, finished):
    opened(app, "agreement", run=finished)
    assert not app.exception
    assert "Where should it look?" in [each.label for each in app.expander]
    assert not [
        each for each in app.get("bidi_component") if each.proto.component_name == "kdviz_mask_painter"
    ]


def test_a_link_opens_it(app, store_of_run, finished):
    opened(app, "agreement", run=finished, marking="1")
    assert len(painter(app)["strip"]) == 10


def test_it_shows_the_ten_worst_pictures_with_both_maps_and_answers(marking, store_of_run, finished):
    triage = known_training_triage(store_of_run, finished)
    drawn = painter(marking)
    assert [each["name"] for each in drawn["strip"]] == [image.digest for image in triage.images[:10]]
    assert drawn["name"] == triage.images[0].digest
    assert [each["name"] for each in drawn["maps"]] == ["student", "teacher"]
    for shown, arm in zip(drawn["maps"], ("student", "teacher"), strict=True):
        answer = triage.images[0].answers[arm]
        assert triage.classes[answer.predicted] in shown["answer"]
        assert shown["verdict"] == ("correct" if answer.predicted == triage.images[0].label else "wrong")
    assert f"Of all 48 training pictures the student gets {triage.wrong} wrong." in page_text(marking)
    assert f"{ANNE}; path=/" in drawn["cookie"]
    assert "a mark under a patch does not count" in page_text(marking)


def test_a_title_says_where_the_cue_hides_the_object(marking, store_of_run, finished):
    first, second = known_training_triage(store_of_run, finished).images[:2]
    before = first.covered, second.covered
    object.__setattr__(first, "covered", 0.5)
    object.__setattr__(second, "covered", 0.49)
    try:
        marking.run()
        titles = [each["title"].replace("\N{NO-BREAK SPACE}", " ") for each in painter(marking)["strip"]]
        assert titles[0].endswith(" · the cue covers 50.0 % of the object")
        assert "cue" not in titles[1]
    finally:
        for image, covered in zip((first, second), before, strict=True):
            object.__setattr__(image, "covered", covered)


def test_the_next_ten_and_a_picture_are_chosen(marking, hand, store_of_run, finished):
    triage = known_training_triage(store_of_run, finished)
    press(marking, "marking_after")
    assert [each["name"] for each in painter(marking)["strip"]] == [
        image.digest for image in triage.images[10:20]
    ]
    hand.append(("chosen", triage.images[13].digest))
    marking.run()
    marking.run()
    assert painter(marking)["name"] == triage.images[13].digest
    press(marking, "marking_before")
    assert painter(marking)["name"] == triage.images[0].digest


def test_a_mask_is_kept_for_its_picture_and_comes_back_after_a_reload(
    marking, hand, store_of_run, finished, app
):
    triage = known_training_triage(store_of_run, finished)
    name, mask = triage.images[2].digest, corner((0, 0), (3, 4))
    hand.append(("drawn", name, mask_text(mask)))
    marking.run()
    marking.run()
    assert {**kept(store_of_run, finished)}.keys() == {name}
    assert (kept(store_of_run, finished)[name] == mask).all()
    assert "1 picture is marked" in page_text(marking)
    marked = [each["marked"] for each in painter(marking)["strip"]]
    assert marked == [place == 2 for place in range(10)]
    del marking.session_state["visitor"]  # as a reload begins a session
    marking.session_state["marking_shown"] = name
    marking.run()
    assert (mask_from_text(painter(marking)["mask"], (16, 16)) == mask).all()


def test_another_browser_does_not_have_it(marking, hand, cookies, store_of_run, finished):
    triage = known_training_triage(store_of_run, finished)
    hand.append(("drawn", triage.images[0].digest, mask_text(corner((1, 1)))))
    marking.run()
    cookies["kdviz_visitor"] = BERT
    del marking.session_state["visitor"]
    marking.run()
    assert painter(marking)["mask"] is None
    assert "0 pictures are marked" in page_text(marking)


def test_a_cookie_of_another_form_is_replaced(app, store_of_run, finished, cookies):
    cookies["kdviz_visitor"] = "../../weights"
    opened(app, "agreement", run=finished, marking="1")
    name = painter(app)["cookie"].partition(";")[0].removeprefix("kdviz_visitor=")
    assert len(bytes.fromhex(name)) == 16


def test_what_is_wiped_clean_is_no_mark(marking, hand, store_of_run, finished):
    name = known_training_triage(store_of_run, finished).images[0].digest
    hand.extend([("drawn", name, mask_text(corner((1, 1)))), ("drawn", name, mask_text(corner()))])
    marking.run()
    assert kept(store_of_run, finished) == {}


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        (
            None,
            "gA==",
            "Marks: what was drawn did not arrive as a mask of 16 x 16 cells, and was not stored. Draw it again.",
        ),
        (
            None,
            "no mask",
            "Marks: what was drawn did not arrive as a mask of 16 x 16 cells, and was not stored. Draw it again.",
        ),
        (
            "0" * 64,
            mask_text(np.ones((16, 16), bool)),
            "Marks: the picture is not one of this run's. Reload the page.",
        ),
    ],
)
def test_what_is_refused_is_one_line_and_nothing_is_lost(
    marking, hand, store_of_run, finished, name, text, line
):
    before = place(marking)
    first = known_training_triage(store_of_run, finished).images[0].digest
    mask = corner((5, 6))
    hand.extend([("drawn", first, mask_text(mask)), ("drawn", name or first, text)])
    marking.run()
    marking.run()
    assert [each.value for each in marking.error] == [line]
    assert place(marking) == before
    assert (kept(store_of_run, finished)[first] == mask).all()
    hand.append(("drawn", first, mask_text(mask)))
    marking.run()
    marking.run()
    assert not marking.error


def test_masks_of_the_data_are_taken_at_once_and_own_ones_stay(
    marking, hand, store_of_run, finished, monkeypatch
):
    triage = known_training_triage(store_of_run, finished)
    names = [image.digest for image in triage.images[:3]]
    object.__setattr__(triage, "own_masks", Marks({name: corner((9, 9)) for name in names}, frozenset(names)))
    try:
        hand.append(("drawn", names[1], mask_text(corner((2, 2)))))
        marking.run()
        marking.run()
        assert marking.button(key="marking_own").label == "Use the masks from the data: 2 pictures"
        before = painter(marking)["key"]
        press(marking, "marking_own")
        assert {name: mask.nonzero()[0].tolist() for name, mask in kept(store_of_run, finished).items()} == {
            names[0]: [9],
            names[1]: [2],
            names[2]: [9],
        }
        content = store_of_run.draft_marks(finished, ANNE)
        assert marks_from_bytes(content).of_data == {names[0], names[2]}
        assert painter(marking)["key"] != before, "the browser takes the mask that came from the server"
        assert "marking_own" not in [each.key for each in marking.button]
    finally:
        object.__setattr__(triage, "own_masks", Marks())


def test_more_marks_than_a_file_holds_are_one_line(marking, store_of_run, finished, monkeypatch):
    triage = known_training_triage(store_of_run, finished)
    monkeypatch.setattr(draft_marks, "MAX_BYTES", 500)
    object.__setattr__(triage, "own_masks", Marks({f"{number:064d}": corner((9, 9)) for number in range(3)}))
    try:
        marking.run()
        press(marking, "marking_own")
    finally:
        object.__setattr__(triage, "own_masks", Marks())
    assert [each.value for each in marking.error] == [
        "Marks: 3 masks of 16 x 16 cells take 0 MB, at most 0 are kept. Masks of the data need no marks: a new run can use them all."
    ]
    assert kept(store_of_run, finished) == {}


def test_a_stroke_for_which_there_is_no_room_is_one_line_and_the_others_stay(
    marking, hand, store_of_run, finished, monkeypatch
):
    first, second = (image.digest for image in known_training_triage(store_of_run, finished).images[:2])
    hand.append(("drawn", first, mask_text(corner((1, 1)))))
    marking.run()
    monkeypatch.setattr(draft_room, "MAX_OF_VISITOR", 0)
    hand.append(("drawn", second, mask_text(corner((9, 9)))))
    marking.run()
    marking.run()
    (line,) = (each.value for each in marking.error)
    assert line.startswith("Marks: yours would take 0.0 MB in all runs, at most 0 MB are kept.")
    assert list(kept(store_of_run, finished)) == [first]


def test_all_marks_are_deleted(marking, hand, store_of_run, finished):
    name = known_training_triage(store_of_run, finished).images[0].digest
    hand.append(("drawn", name, mask_text(corner((1, 1)))))
    marking.run()
    marking.run()
    press(marking, "marking_delete")
    assert kept(store_of_run, finished) == {}
    assert painter(marking)["mask"] is None
    press(marking, "marking_restore")
    assert list(kept(store_of_run, finished)) == [name]
    assert painter(marking)["mask"] is not None
    assert "marking_restore" not in {button.key for button in marking.button}


def test_a_damaged_file_of_marks_is_a_line_and_can_be_deleted(marking, store_of_run, finished):
    store_of_run.save_draft_marks(finished, ANNE, b"nonsense")
    before = place(marking)
    marking.run()
    assert [each.value for each in marking.error] == ["Marks: this is not a file of marks. Save them again."]
    assert place(marking) == before
    assert painter(marking)["mask"] is None
    press(marking, "marking_delete")
    assert not marking.error
    assert store_of_run.draft_marks(finished, ANNE) is None


def test_while_it_computes_there_is_a_bar(app, store_of_run, finished, monkeypatch):
    monkeypatch.setattr(pictures_to_mark, "known_training_triage", lambda *asked: None)
    monkeypatch.setattr(pictures_to_mark, "first_training_triage", lambda *asked: None)
    stuck = SurveyJob(lambda: iter(()))
    monkeypatch.setattr(pictures_to_mark, "training_triage_job", lambda *asked: stuck)
    opened(app, "agreement", run=finished, marking="1")
    assert not app.exception
    assert any("Training pictures" in each.proto.text for each in app.get("progress"))
    assert not any(each.key == "retrain" for each in app.button)


def test_the_first_pictures_can_be_marked_while_the_others_are_explained_and_stay_until_all_are_asked_for(
    app, store_of_run, finished, monkeypatch
):
    known = known_training_triage(store_of_run, finished)
    first, ready = replace(known, images=known.images[3:6], explained=3), []
    monkeypatch.setattr(pictures_to_mark, "first_training_triage", lambda *asked: first)
    monkeypatch.setattr(pictures_to_mark, "known_training_triage", lambda *asked: known if ready else None)
    stuck = SurveyJob(lambda: iter(()))
    monkeypatch.setattr(pictures_to_mark, "training_triage_job", lambda *asked: stuck)
    opened(app, "agreement", run=finished, marking="1")
    digests = [[image.digest for image in of.images] for of in (first, known)]
    assert [each["name"] for each in painter(app)["strip"]] == digests[0]
    assert any("Training pictures" in each.proto.text for each in app.get("progress"))
    ready.append(True)
    app.run()
    assert [each["name"] for each in painter(app)["strip"]] == digests[0]
    app.button(key="marking_all").click().run()
    assert not app.exception
    assert [each["name"] for each in painter(app)["strip"]] == digests[1][:10]
    assert not any(each.key == "marking_all" for each in app.button)


def test_a_second_explainer_that_is_ready_moves_nothing_below_it(
    app, store_of_run, finished, cookies, monkeypatch
):
    """It is evaluated in the background while the visitor draws."""
    known, waits = survey_progress.known_survey, [True]
    monkeypatch.setattr(
        survey_progress,
        "known_survey",
        lambda store, run_id, by: None if waits[0] and by != "grad-cam" else known(store, run_id, by),
    )
    monkeypatch.setattr(survey_progress, "survey_job", lambda *asked: SurveyJob(lambda: iter(())))
    held_out = store_of_run.run(finished).results["student"].held_out_explainer
    assert start_survey(store_of_run, finished, held_out).wait(PATIENCE_S).state == "done"
    opened(app, "agreement", run=finished, marking="1")
    assert len(app.get("progress")) == 1
    before = place(app)
    waits[0] = False
    app.run()
    assert not app.exception
    assert not app.get("progress")
    assert place(app) == before
