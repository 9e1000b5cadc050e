"""Choices in the URL: links open them, the browser's Back leads out of them, and other pages leave them alone."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.patience import PATIENCE_S


def page():
    import streamlit as st

    from kdviz.ui.frame import url_state

    url_state.begin_visit(st.session_state.get("page", "fruit"))
    if st.session_state.get("page") == "empty":
        st.stop()
    names = {"apple": "Apple", "pear": "Pear", "plum": "Plum"}
    fruit = url_state.menu("fruit", "Fruit", names, aliases={"Birne": "pear"})
    size = url_state.choice("size", ("small", "large"), "small", show_default=True)
    st.button("Take plums", on_click=url_state.set_choice, args=("fruit", "plum"))
    asked = url_state.requested_list("many")
    if asked is not None:
        st.session_state["many"] = asked
    url_state.set_param("many", ",".join(st.session_state.get("many", [])))
    st.session_state["found"] = (fruit, size, url_state.number("step"))


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(page, default_timeout=PATIENCE_S)


def opened(app: AppTest, **link: str) -> AppTest:
    app.query_params.clear()
    app.query_params.update(link)
    return app.run()


def found(app: AppTest):
    assert not app.exception
    return app.session_state["found"]


def link(app: AppTest) -> dict[str, str]:
    return {name: str(value) for name, value in app.query_params.items()}


@pytest.mark.parametrize(
    ("given", "chosen", "left"),
    [
        ({}, "apple", {"size": "small"}),
        ({"fruit": "plum"}, "plum", {"fruit": "plum", "size": "small"}),
        ({"fruit": "Birne"}, "pear", {"fruit": "pear", "size": "small"}),
        ({"fruit": "apple"}, "apple", {"size": "small"}),
        ({"fruit": "stone"}, "apple", {"size": "small"}),
        ({"fruit": ""}, "apple", {"size": "small"}),
    ],
)
def test_a_link_opens_a_choice_and_only_what_is_not_the_default_stays_in_it(app, given, chosen, left):
    assert found(opened(app, **given))[0] == chosen
    assert link(app) == left


def test_back_leads_to_the_default_and_forward_to_the_choice_again(app):
    opened(app)
    app.selectbox(key="fruit_menu").set_value("pear").run()
    assert link(app) == {"fruit": "pear", "size": "small"}
    assert found(opened(app, size="small"))[0] == "apple"
    assert found(opened(app, size="small", fruit="pear"))[0] == "pear"


def test_a_second_choice_is_not_taken_for_the_way_back_from_the_first(app):
    """The browser has not yet heard of the first one's parameter when it sends the second."""
    opened(app)
    app.selectbox(key="fruit_menu").set_value("pear").run()
    del app.query_params["fruit"]
    app.button[0].click().run()
    assert found(app)[0] == "plum"
    assert link(app) == {"fruit": "plum", "size": "small"}


def test_a_choice_outlasts_a_visit_to_another_page(app):
    opened(app, fruit="plum", size="large")
    app.session_state["page"] = "empty"
    opened(app)
    assert link(app) == {}
    app.session_state["page"] = "fruit"
    assert found(opened(app))[:2] == ("plum", "large")
    assert link(app) == {"fruit": "plum", "size": "large"}


def test_a_list_is_written_as_it_came(app):
    opened(app, many="b,,a,")
    assert app.session_state["many"] == ["b", "a"]
    assert link(app)["many"] == "b,a"
    opened(app, size="small")
    assert app.session_state["many"] == []


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("0", 0), ("-1", None), ("²", None), ("1.5", None), ("", None)]
)
def test_a_number_in_the_url_is_a_whole_one_or_none(app, text, number):
    assert found(opened(app, step=text))[2] == number
