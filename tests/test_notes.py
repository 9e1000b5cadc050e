"""Notes about a run's inputs in the language of the page."""

from kdviz.language import speaking
from kdviz.notes import matched_masks_note, shown_note


def test_the_note_on_masks_is_stored_in_english_and_translated_where_it_is_shown():
    with speaking("zh"):
        stored = matched_masks_note(3, 1399)
        assert stored == "3 of 1,399 training images have a mask that is matched."
        shown = shown_note(stored)
    assert shown != stored
    assert "1,399" in shown
    assert shown_note(stored) == stored


def test_marks_that_were_drawn_are_called_so():
    stored = matched_masks_note(3, 120, drawn=True)
    assert stored == "3 of 120 training images have a mark that is matched."
    assert shown_note(stored) == stored


def test_any_other_note_is_shown_as_it_is():
    with speaking("zh"):
        assert shown_note("Not read: a.txt.") == "Not read: a.txt."
