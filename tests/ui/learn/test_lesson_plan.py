"""The lesson of 45 minutes: its parts fill it without a gap, and each link opens what the part speaks of."""

import itertools

import pytest

from kdviz.ui.learn import classroom
from kdviz.ui.learn.classroom import COMMAND, class_address
from kdviz.ui.learn.lesson_plan import parts
from tests.ui.conftest import opened, page_text


def test_the_parts_follow_each_other_for_45_minutes():
    edges = [(part.start, part.end) for part in parts()]
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


def test_the_experiment_opens_with_its_settings(app):
    opened(app, "learn", lesson="plan")
    links = {link.proto.label: link.proto for link in app.get("page_link")}
    query = links["Open Distill with these settings"].query_string
    for setting in ("dataset=Shapes", "cue=Coloured+patch", "twin=true", "placebo=true"):
        assert setting in query


def test_the_numbers_of_a_page_are_said_in_everyday_words(app, finished):
    opened(app, "explain", run=finished)
    assert "**student without hints** ([Twin](learn?lesson=glossary#twin))" in page_text(app)


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
        ("", "0.0.0.0", ""),
    ],
)
def test_the_address_to_hand_out_is_one_that_others_reach(url, bound, address, monkeypatch):
    monkeypatch.setattr(classroom, "network_address", lambda: "10.1.2.3")
    assert class_address(url, bound) == address


def test_without_such_an_address_the_command_is_shown(app):
    opened(app, "learn", lesson="plan")
    assert COMMAND in [each.value for each in app.code]
    assert "there is no password" in page_text(app)
