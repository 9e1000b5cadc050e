"""What is made only once it is seen: nothing before, what was seen stays, and what is in sight changes at once."""

import json

from streamlit.testing.v1 import AppTest


def page():
    import streamlit as st

    from kdviz.ui.widgets.in_sight import expect_in_sight, in_sight

    shown = st.text_input("shown", "one")
    st.button("scroll there", key="go", on_click=expect_in_sight, args=("place",))
    if in_sight("place", shown, height=200):
        st.markdown(f"made for {shown}")


def made(app: AppTest) -> list[str]:
    return [each.value for each in app.markdown]


def height(app: AppTest) -> int:
    (component,) = app.get("bidi_component")
    return json.loads(component.proto.json)["height"]


def test_nothing_is_made_and_room_is_kept_until_it_is_seen():
    app = AppTest.from_function(page).run()
    assert made(app) == []
    assert height(app) == 200
    app.button(key="go").click().run()
    assert made(app) == ["made for one"]
    assert height(app) == 0


def test_what_was_seen_stays_and_another_is_not_made_out_of_sight():
    app = AppTest.from_function(page).run()
    app.button(key="go").click().run()
    app.text_input[0].set_value("two").run()
    assert made(app) == ["made for two"], "still in the window"
    app.session_state["place_visible"] = False  # as when the browser tells so
    app.run()
    assert made(app) == ["made for two"]
    app.text_input[0].set_value("three").run()
    assert made(app) == []
