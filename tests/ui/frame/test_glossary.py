"""Links lead to a term of the glossary, and its lesson shows them all."""

import pytest

from kdviz.glossary import terms
from kdviz.language import speaking
from kdviz.ui.frame.glossary import glossary_link
from tests.ui.conftest import opened


@pytest.mark.parametrize(
    ("code", "link"),
    [
        ("en", "[Chance level](learn?lesson=glossary#chance-level)"),
        ("zh", "[随机水平](learn?lesson=glossary&lang=zh#chance-level)"),
    ],
)
def test_a_link_keeps_the_language(code, link):
    with speaking(code):
        assert glossary_link("chance-level") == link


def test_an_unknown_term_is_refused():
    with pytest.raises(KeyError):
        glossary_link("no-such-term")


def test_the_lesson_shows_every_term_under_an_anchor_of_its_name(app, store):
    opened(app, "learn", lesson="glossary")
    assert not app.exception
    assert [each.proto.anchor for each in app.subheader[1:]] == list(terms())
    assert {term.text for term in terms().values()} <= {each.value for each in app.markdown}


def test_the_glossary_begins_with_what_a_newcomer_meets_first():
    first = ["lambda", "teacher", "student", "twin", "placebo", "heat-map", "agreement"]
    for code in ("en", "zh"):
        with speaking(code):
            assert list(terms())[:7] == first
