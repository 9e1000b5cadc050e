"""The lesson of 45 minutes: its parts fill it without a gap, and each link opens what the part speaks of."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
import streamlit as st

from kdviz.claims import CLAIMS
from kdviz.ui.learn import classroom, lesson_plan
from kdviz.ui.learn.classroom import COMMAND, class_address
from kdviz.ui.learn.lesson_parts import parts, university_parts
from kdviz.ui.learn.lesson_plan import printed_plan
from tests.ui.conftest import opened, page_text


@pytest.mark.parametrize("plan", [parts, university_parts])
def test_the_parts_follow_each_other_for_45_minutes(plan):
    edges = [(part.start, part.end) for part in plan()]
    assert edges[0][0] == 0
    assert edges[-1][1] == 45
    assert all(end == start for (_, end), (start, _) in itertools.pairwise(edges))


def test_each_part_says_what_to_do_to_ask_and_to_listen_for(app):
    opened(app, "learn", lesson="plan")
    assert not app.exception
    said = page_text(app)
    for part in parts():
        assert part.action in said
        assert part.question in said
        assert f"Listen for: {part.answer}" in said


def test_the_choice_of_a_plan_is_in_the_address_in_no_language(app):
    opened(app, "learn", lesson="plan", ln_plan="university", lang="zh")
    assert app.button_group(key="ln_plan_menu").value == "university"
    app.button_group(key="ln_plan_menu").set_value("school").run()
    assert app.query_params.get("ln_plan", ["school"]) == ["school"]


@pytest.mark.parametrize("word", ["University", "大学"])
def test_an_address_of_an_earlier_version_opens_its_plan(app, word):
    opened(app, "learn", lesson="plan", ln_plan=word)
    assert app.button_group(key="ln_plan_menu").value == "university"
    assert not app.warning


def test_the_plan_for_a_university_asks_on_sweep_what_is_noise(app):
    opened(app, "learn", lesson="plan", ln_plan="university")
    links = {link.proto.label: link.proto.query_string for link in app.get("page_link")}
    assert links["Open Sweep"] == "study=lambda-ladder"


def test_the_plan_for_a_university_leads_to_its_lessons(app):
    opened(app, "learn", lesson="plan", ln_plan="university")
    assert not app.exception
    links = {link.proto.label: link.proto.query_string for link in app.get("page_link")}
    wanted = {part.link: f"lesson={part.lesson}" for part in university_parts() if part.lesson}
    assert len(wanted) == 4
    assert {label: links[label] for label in wanted} == wanted


def test_answers_are_folded_while_they_are_projected(app):
    opened(app, "learn", lesson="plan", projector="true")
    assert not app.exception
    assert [each.label for each in app.expander].count("Answer") == len(parts())
    assert not [each for each in app.caption if each.value.startswith("Listen for")]


def test_the_printed_plan_has_every_part_and_no_markup_of_the_text():
    page = printed_plan("For <everyone>.", parts()).decode()
    assert "For &lt;everyone&gt;." in page
    assert all(f"{part.start}–{part.end} min" in page for part in parts())
    assert "*" not in page.partition("</style>")[2]


def test_the_printed_plan_says_where_each_part_is_in_words_and_as_an_address():
    shown = (*parts(), *university_parts())
    page = unescape(printed_plan("", shown, base="http://10.1.2.3:8501", run="r-1").decode())
    assert all(f"<p>{part.link}: <a href=" in page for part in shown)
    for address in ("", "explain?run=r-1&view=row&image=0", "agreement?run=r-1", "runs", "sweep?study=lambda-ladder",
                    "learn?lesson=soft-labels", "learn?lesson=claims"):  # fmt: skip
        assert f">http://10.1.2.3:8501/{address}</a>" in page
    assert '<a href="http://10.1.2.3:8501/distill?dataset=' in page
    assert ">http://10.1.2.3:8501/distill</a>" in page, "nobody types all its settings"


def test_without_an_address_the_printed_plan_has_words_instead_of_broken_links():
    page = unescape(printed_plan("", university_parts(), base="", run="r-1").decode())
    assert "<p>Open lesson 2: /learn?lesson=soft-labels</p>" in page
    assert "href" not in page


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("http://10.1.2.3:8972/learn", 'href="http://10.1.2.3:8972/learn?lesson=soft-labels&lang=zh"'),
        ("https://school.example/kdviz/learn", 'href="https://school.example/kdviz/sweep?study='),
        ("http://localhost:8972/learn", 'href="http://localhost:8972/learn?lesson=chance&lang=zh"'),
        (None, "</p>"),
    ],
)
def test_a_download_has_the_address_and_language_of_the_browser_though_made_on_another_thread(
    app, monkeypatch, url, link
):
    made = []
    monkeypatch.setattr(lesson_plan, "download", lambda label, make, **options: made.append(make))
    monkeypatch.setattr(classroom, "network_address", lambda: "")
    monkeypatch.setattr(type(st.context), "url", property(lambda self: url))
    opened(app, "learn", lesson="plan", ln_plan="university", lang="zh")
    assert not app.exception
    with ThreadPoolExecutor(1) as thread:
        page = unescape(thread.submit(made[-1]).result().decode())
    assert link in page
    assert ("href=" in page) == bool(url)
    assert "://" not in page.replace("http://", "").replace("https://", "")
    assert "45 分钟" in page.partition("</title>")[0]


def test_the_plan_names_claims_for_a_vote_by_their_labels_in_the_menu(app):
    opened(app, "learn", lesson="plan", ln_plan="university")
    assert f"*{CLAIMS['bigger-teacher'].label}*" in page_text(app)


def test_the_experiment_opens_with_its_settings(app):
    opened(app, "learn", lesson="plan")
    links = {link.proto.label: link.proto for link in app.get("page_link")}
    query = links["Open Distill with these settings"].query_string
    for setting in ("dataset=Shapes", "cue=Coloured+patch", "twin=true", "placebo=true"):
        assert setting in query
    assert "run=" not in query, "no other visitor's beside the form"


def test_the_numbers_of_a_page_are_said_in_everyday_words(app, finished):
    opened(app, "explain", run=finished)
    assert "**student without the maps** ([Twin](learn?lesson=glossary#twin))" in page_text(app)


@pytest.mark.parametrize(
    ("url", "bound", "address"),
    [
        ("http://localhost:8501/learn", "localhost", ""),
        ("http://127.0.0.1:8501/learn", "127.0.0.1", ""),
        ("http://localhost:8501/learn", "0.0.0.0", "http://10.1.2.3:8501"),
        ("http://[::1]:8501/learn", "", "http://10.1.2.3:8501"),
        ("http://localhost:8501/learn", "10.9.9.9", "http://10.9.9.9:8501"),
        ("http://10.1.2.3:8501/learn?lesson=plan", "0.0.0.0", "http://10.1.2.3:8501"),
        ("https://kdviz.school.example/learn", "0.0.0.0", "https://kdviz.school.example"),
        ("https://school.example/kdviz/learn", "0.0.0.0", "https://school.example/kdviz"),
        ("http://localhost:8501/kdviz/learn/", "", "http://10.1.2.3:8501/kdviz"),
        ("", "0.0.0.0", ""),
    ],
)
def test_the_address_to_hand_out_is_one_that_others_reach(url, bound, address, monkeypatch):
    monkeypatch.setattr(classroom, "network_address", lambda: "10.1.2.3")
    assert class_address(url, bound) == address


def test_without_such_an_address_the_command_is_shown(app):
    opened(app, "learn", lesson="plan")
    assert COMMAND in [each.value for each in app.code]
    assert "Nothing is encrypted" in page_text(app)
