import pytest

from kdviz import language
from kdviz.language import LANGUAGES, _, follow, plural


@pytest.fixture(autouse=True)
def _english_again(monkeypatch):
    monkeypatch.setattr(language, "_asked", lambda: "en")


def test_without_a_listener_it_speaks_english():
    assert _("Start") == "Start"
    assert plural("{count} image", "{count} images", 1) == "1 image"
    assert plural("{count} image", "{count} images", 3) == "3 images"


def test_a_language_that_is_not_there_is_english():
    follow(lambda: "tlh")
    assert language.language() == "en"


def test_it_follows_whoever_listens_at_the_moment():
    listener = ["en"]
    follow(lambda: listener[0])
    assert language.language() == "en"
    listener[0] = "zh"
    assert language.language() == "zh"
    assert set(LANGUAGES) == {"en", "zh"}


def test_the_empty_message_is_not_the_catalogues_header():
    follow(lambda: "zh")
    assert _("") == ""
