import ast
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po

from kdviz import language
from kdviz.endings import ENDINGS
from kdviz.errors import unknown_name
from kdviz.explainers import EXPLAINERS
from kdviz.figures.maps import heatmap_alt
from kdviz.jobs import execute, stop, submit
from kdviz.language import (
    CATALOGUES,
    LANGUAGES,
    _,
    decimal,
    interval_ends,
    listed,
    percentage,
    plural,
    sentences,
    set_language_source,
    speaking,
    speaking_of,
    text_of,
)
from kdviz.narrative import percent_text
from kdviz.progress import Message
from kdviz.store import Store
from kdviz.types import Interval
from scripts import messages
from tests.jobs import fakes

NBSP = "\N{NO-BREAK SPACE}"
SOURCE = Path(__file__).parents[1] / "kdviz"
CHINESE = CATALOGUES / "zh.po"


@pytest.fixture(autouse=True)
def _english_again(monkeypatch):
    monkeypatch.setattr(language, "_requested", lambda: "en")


@pytest.fixture(scope="module")
def known():
    """All that kdviz says."""
    return messages.messages()


def test_without_a_listener_it_speaks_english():
    assert _("Start") == "Start"
    assert plural("{count} image", "{count} images", 1) == "1 image"
    assert plural("{count} image", "{count} images", 3) == "3 images"
    assert plural("{count} image", "{count} images", 2000) == "2,000 images"


def test_of_texts_it_says_text_where_it_says_image_of_images():
    with speaking_of("text"):
        assert _("Test image") == "Test text"
        assert plural("{count} image", "{count} images", 1) == "1 text"
        assert plural("{count} image", "{count} images", 3) == "3 texts"
        assert _("Start") == "Start"
        with speaking("zh"):
            assert _("Test image") == "测试文本"
    assert _("Test image") == "Test image"


def test_of_sounds_it_says_clip_spectrogram_and_tone():
    with speaking_of("audio"):
        assert _("Test image") == "Test clip"
        assert _("image") == "spectrogram"
        assert _("follows the patch") == "follows the tone"
        assert plural("{count} image", "{count} images", 3) == "3 clips"
        with speaking("zh"):
            assert _("Test image") == "测试录音"
            assert plural("{count} image", "{count} images", 3) == "3 段录音"


def test_of_sounds_a_map_is_high_at_a_frequency_and_a_time():
    heat = np.zeros((6, 6), np.float32)
    heat[0, 0] = 1
    with speaking_of("audio"):
        assert heatmap_alt("student", heat).startswith(
            "student listens mostly to the high frequencies at the start"
        )
        with speaking("zh"):
            assert "主要听开头的高频" in heatmap_alt("student", heat)


def test_a_wording_in_whose_place_nothing_is_said_is_found():
    known = Catalog()
    wordings = {message.id for each in messages.wordings().values() for message in each if message.id}
    for message in wordings - {"Test image"}:
        known.add(message)
    assert list(messages.wording_problems(known)) == [
        f"{name}: said nowhere: 'Test image'" for name in ("audio.po", "text.po")
    ]


def test_what_is_wrong_in_a_wording_is_named(known, monkeypatch):
    wording = Catalog()
    wording.add("Test image", "")
    wording.add(("{count} image", "{count} images"), ("{count} clip", "{number} clips"))
    monkeypatch.setattr(messages, "wordings", lambda: {Path("audio.po"): wording})
    assert list(messages.wording_problems(known)) == [
        "audio.po: not worded: 'Test image'",
        "audio.po: values that are not in '{count} image'",
    ]


def test_the_wordings_of_other_inputs_speak_of_no_image():
    said = {
        text for each in messages.wordings().values() for entry in each for text in messages._forms(entry)
    }
    assert not [
        text for text in said if re.search(r"(?<!{)\b(image|picture|pixel|photo)", text, re.IGNORECASE)
    ]


def test_a_language_that_is_not_there_is_english():
    set_language_source(lambda: "tlh")
    assert language.language() == "en"


def test_it_follows_whoever_listens_at_the_moment():
    listener = ["en"]
    set_language_source(lambda: listener[0])
    assert _("Start") == "Start"
    listener[0] = "zh"
    assert _("Start") == "开始"
    assert set(LANGUAGES) == {"en", "zh"}


def test_within_a_block_another_language_may_be_spoken():
    with speaking("zh"):
        assert _("Start") == "开始"
        with speaking("en"):
            assert _("Start") == "Start"
        assert plural("{count} image", "{count} images", 1) == "1 张图像"
    assert _("Start") == "Start"


def test_the_empty_message_is_not_the_catalogues_header():
    set_language_source(lambda: "zh")
    assert _("") == ""


def test_a_message_without_a_translation_stays_as_it_is():
    set_language_source(lambda: "zh")
    assert _("a sentence that nobody says") == "a sentence that nobody says"


@pytest.mark.parametrize(
    ("message", "english", "chinese"),
    [
        (Message("Measuring"), "Measuring", "正在测量"),
        (
            Message("Reading images: {done} of {count}", {"done": 1200, "count": 3000}),
            "Reading images: 1,200 of 3,000",
            "正在读取图像：1,200 / 3,000",
        ),
        (
            Message("Explaining {count} images: {arm}", {"count": 2000, "arm": "student"}),
            "Explaining 2,000 images: student",
            "正在解释 2,000 张图像：学生",
        ),
        (Message("Something {else}"), "Something {else}", "Something {else}"),
        (None, "", ""),
    ],
)
def test_a_message_is_translated_where_it_is_shown(message, english, chinese):
    assert text_of(message) == english
    assert str(message or "") == english
    with speaking("zh"):
        assert text_of(message) == chinese


def _messages() -> list[ast.Call]:
    """Every `Message(…)` in the package, but for the places that read or translate one."""
    others = {"progress.py", "language.py", "records.py"}
    return [
        call
        for path in SOURCE.glob("**/*.py")
        if path.name not in others
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Message"
    ]


def test_every_message_is_an_id_that_the_catalogues_find_and_has_the_values_of_its_id():
    calls = _messages()
    assert len(calls) > 15
    for call in calls:
        message, *values = call.args
        assert isinstance(message, ast.Constant), ast.unparse(call)
        given = {key.value for key in values[0].keys} if values else set()
        assert messages._places(message.value) == given, ast.unparse(call)


def test_every_catalogue_is_whole_and_up_to_date(known):
    assert {path.stem for path in messages.catalogues()} == set(LANGUAGES) - {"en"}
    for path in messages.catalogues():
        assert messages.problems(path, known) == []


def test_what_registries_and_settings_say_is_a_message(known):
    for text in ("Integrated gradients", EXPLAINERS["saliency"].about, "Temperature T", "Passes over the student's "
                 "training images.", "placebo", "both right, look alike"):  # fmt: skip
        assert text in known


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ('msgstr "开始"', 'msgstr ""', "not translated: 'Start'"),
        ('#: kdviz/ui/distill/start.py\nmsgid "Start"', '#, fuzzy\nmsgid "Start"', "unsure: 'Start'"),
        ('msgid "Start"', 'msgid "Begin"', "said nowhere: 'Begin'. Run: make messages"),
        (
            'msgstr[0] "{count} 张图像"',
            'msgstr[0] "{number} 张图像"',
            "other values than in '{count} image': '{number} 张图像'",
        ),
    ],
)
def test_what_is_wrong_in_a_catalogue_is_named(known, tmp_path, before, after, problem):
    path = tmp_path / "zh.po"
    text = CHINESE.read_text()
    path.write_text(text.replace(before, after, 1))
    assert problem in messages.problems(path, known)


def test_an_update_keeps_translations_guesses_none_and_drops_unused_ones(known, tmp_path):
    path = tmp_path / "zh.po"
    text = CHINESE.read_text()
    path.write_text(text.replace('msgid "Start"', 'msgid "Strat"', 1))
    messages._update(path, known)
    with path.open("rb") as file:
        updated = read_po(file, locale="zh")
    assert updated["Start"].string == ""
    assert not any(message.fuzzy for message in updated if message.id)
    assert "Strat" not in path.read_text()
    shutil.copy(CHINESE, path)
    messages._update(path, known)
    assert path.read_text() == text, "an update of what is up to date changes nothing"


def test_things_and_sentences_are_parted_as_the_language_parts_them():
    assert listed(["teacher", "student"]) == "teacher, student"
    assert sentences("One.", "", "Two.") == "One. Two."
    with speaking("zh"):
        assert listed(["教师", "学生"]) == "教师、学生"
        assert sentences("一。", "", "二。") == "一。二。"


def _stop(store, run_id):
    stop(store, run_id)


def _stop_on_the_way(store, run_id):
    execute(store, run_id, lambda event: stop(store, run_id), fakes.distill)


def _press_ctrl_c(store, run_id):
    with pytest.raises(KeyboardInterrupt):
        execute(store, run_id, distill=fakes.failing(KeyboardInterrupt()))


def _lose_the_process(store, run_id):
    store.set_state(run_id, "running")
    store.mark_interrupted()


@pytest.mark.parametrize("end", [_stop, _stop_on_the_way, _press_ctrl_c, _lose_the_process])
def test_how_a_run_has_ended_is_known_in_every_language(tmp_path, tiny_config, end):
    store = Store(tmp_path / "runs")
    run_id = submit(store, tiny_config(), foreground=end is not _stop)
    end(store, run_id)
    message = store.run(run_id).record.message
    assert message in ENDINGS
    assert _(message) == message
    with speaking("zh"):
        assert _(message) != message


def test_no_bold_of_the_chinese_ends_at_a_punctuation_mark_before_a_character():
    """There CommonMark does not end it: the asterisks are shown, or the wrong words are bold."""
    with (Path(language.__file__).parent / "locale" / "zh.po").open("rb") as file:
        catalogue = read_po(file)
    texts = [
        text
        for each in catalogue
        for text in ([each.string] if isinstance(each.string, str) else each.string)
    ]
    ends = [bold for text in texts for bold in re.findall(r"\*\*.+?\*\*\w?", text, re.DOTALL)]
    assert len(ends) > 100
    assert [end for end in ends if re.search(r"[？！。，：；）”…]\*\*\w$", end)] == []


def test_errors_stay_english():
    with speaking("zh"):
        assert unknown_name("teacher", "x", ["y"]) == "teacher: unknown name 'x'. Known: y."


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (46.25, 1, "46.3"),  # a tie, which Python rounds to the even digit, 46.2
        (0.125, 2, "0.13"),
        (-0.125, 2, "−0.13"),
        (46.45, 1, "46.5"),  # no tie: the number is 46.4500000000000028…
        (-0.004, 2, "0.00"),
        (-0.0, 0, "0"),
        (1234.5, 0, "1235"),
    ],
)
def test_a_number_is_rounded_as_a_browser_rounds_it(value, digits, text):
    """JavaScript's toFixed: the nearest decimal to the exact value, the larger of two that are equally near."""
    assert decimal(value, digits) == text


def test_a_sign_is_given_to_what_is_not_zero():
    signed = [decimal(value, 1, sign=True) for value in (0.04, 0.05, 0.06, -0.04, -0.06, 0.0)]
    assert signed == ["0.0", "+0.1", "+0.1", "0.0", "−0.1", "0.0"]
    assert percentage(0.4625) == f"46.3{NBSP}%"
    assert percentage(-0.12345, sign=True) == f"−12.3{NBSP}%"
    with speaking("zh"):
        assert percentage(0.4625) == "46.3%", "Chinese has no space there"
        assert percent_text(Interval(0.4625, 0.44, 0.48)).startswith("46.3%")


READ = ("cli", "figures", "museum", "narrative", "report", "ui")
FIXED = re.compile(r"(?<!%)\{[^{}:]*:[^{}]*\.\d+[f%]\}")
ELSEWHERE = {
    "cli/printing.py",  # size of a file
    "cli/progress.py",  # a template of rich
    "cli/study.py",  # the same
}


def test_fractions_are_formatted_in_one_place():
    """`decimal` and what calls it: other ways give hyphens for minus signs, −0.00, and other last digits."""
    found = {
        path.relative_to(SOURCE).as_posix()
        for folder in READ
        for path in (SOURCE / folder).rglob("*.py")
        if FIXED.search(path.read_text(encoding="utf-8"))
    }
    assert found <= ELSEWHERE


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((0.9812, 0.9843), ("0.981", "0.984")),
        ((0.204, 0.256), ("0.20", "0.26")),
        ((0.5, 0.5), ("0.50", "0.50")),
    ],
)
def test_the_ends_of_an_interval_that_would_read_the_same_have_another_decimal(ends, said):
    assert interval_ends(*ends) == said
