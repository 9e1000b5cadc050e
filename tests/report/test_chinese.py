"""A report is in the language of whoever asks for it, from its title to its charts."""

import json
from pathlib import Path

import pytest

from kdviz.config import RunConfig
from kdviz.language import speaking
from kdviz.report import report_html
from kdviz.store import Store
from tests.report.conftest import CLASSES, NAME, NOTE, TAG
from tests.report.reading import read
from tests.ui.spoken import CHARTED, speak_in_brackets, strings, untranslated

SAYS = ("alt", "aria-label", "title")


def said(page):
    """Every text of a page, those of its charts, and those that are only heard."""
    for element in page.all():
        if element.tag == "script" and element.attributes.get("type") == "application/json":
            yield from strings(json.loads("".join(element.children)), CHARTED)
        elif element.attributes.get("class") == "range":  # one sentence, its values in elements
            yield element.text
        elif element.tag not in ("script", "style"):
            yield from (each.strip() for each in element.children if isinstance(each, str))
            yield from (element.attributes[name] for name in SAYS if name in element.attributes)


def without_own_words(text: str, notes: list[str]) -> str:
    """A text without what the person has written, which here is HTML."""
    for own in (NAME, NOTE, TAG, *CLASSES, *notes):
        text = text.replace(own, " ")
    return text


def names(store: Store, run_id: str) -> set[str]:
    """What is nobody's to translate: names in the settings, and the card's values."""
    run, card = store.run(run_id), store.card(run_id)
    hashes = [store.weights_hash(run_id, arm) for arm in ("teacher", *run.config.arms)]
    texts = [run_id, run.record.config_key, *hashes, Path(run.config.data).name]
    texts += [str(getattr(run.config, name)) for name in RunConfig.model_fields]
    texts += [str(value) for value in card.values()] + [*card["versions"], *card["versions"].values()]
    return {*texts, *(line for text in texts for line in text.split()), "kdviz", "UTC"}


@pytest.fixture
def pseudo(monkeypatch):
    speak_in_brackets(monkeypatch)


def test_nothing_in_a_report_is_said_in_english_alone(finished, pseudo):
    store, run_id = finished
    known, notes = names(store, run_id), store.notes(run_id)
    texts = [without_own_words(text, notes) for text in said(read(report_html(store, run_id)))]
    left = {text: untranslated(text, known) for text in texts}
    assert {text: words for text, words in left.items() if words} == {}


def test_a_report_requested_in_chinese_is_in_chinese(finished):
    with speaking("zh"):
        page = read(report_html(*finished))
    assert page.all("html")[0].attributes["lang"] == "zh"
    assert [each.text for each in page.all("h2")][:3] == ["结论", "它们看哪里", "最终指标"]
    assert page.named("figures").all("th")[1].text == "■ 教师"
