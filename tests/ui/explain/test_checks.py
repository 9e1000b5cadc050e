"""The panel of checks under the lens row."""

import pytest

from kdviz.comparison import trust_card
from kdviz.narrative import check_sentence, checks_headline
from kdviz.store import Store
from tests.ui.conftest import opened

pytestmark = pytest.mark.slow


def test_the_checks_are_made_on_request_and_told_in_words(app, trained, finished):
    opened(app, "explain", run=finished)
    assert not any("checks." in text.value for text in app.markdown)
    app.button(key="trust_run").click().run()
    card = trust_card(Store(trained[0]), finished)
    said = " ".join(text.value for text in app.markdown)
    assert checks_headline(card) in said
    for check in card.checks:
        assert check_sentence(check, card.explainer) in said
