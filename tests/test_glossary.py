"""The glossary is the same list of terms in every language."""

from kdviz.glossary import terms
from kdviz.language import LANGUAGES, speaking


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
        assert terms()["corrected-agreement"].label == "校正后一致性"
        assert terms()["lambda"].title == "λ（λ）"


def test_every_language_cites_the_same_papers():
    with speaking("en"):
        english = {name: term.text.count("](https://") for name, term in terms().items()}
    with speaking("zh"):
        assert {name: term.text.count("](https://") for name, term in terms().items()} == english


def test_a_text_is_plain_without_its_links_and_its_emphasis():
    assert terms()["localization"].plain.endswith(
        "how often the maximum is on it (pointing game). Zhang et al. 2016, arXiv:1608.00507."
    )
