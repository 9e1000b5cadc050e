"""The glossary is the same list of terms in every language, and links to it lead to a term."""

import pytest

from kdviz.language import LANGUAGES, speaking
from kdviz.ui.frame.glossary import glossary_link, terms
from tests.ui.conftest import opened


def test_every_language_has_the_same_terms_in_the_same_order():
    with speaking("en"):
        english = list(terms())
    for code in LANGUAGES:
        with speaking(code):
            assert list(terms()) == english
            assert all(len(term.text) > 20 for term in terms().values())


def test_a_term_is_known_by_its_english_name():
    with speaking("zh"):
        assert terms()["corrected-agreement"].title == "校正后一致性（Corrected agreement）"
        assert terms()["lambda"].title == "λ（λ）"


def test_every_language_cites_the_same_papers():
    with speaking("en"):
        english = {name: term.text.count("](https://") for name, term in terms().items()}
    with speaking("zh"):
        assert {name: term.text.count("](https://") for name, term in terms().items()} == english


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
