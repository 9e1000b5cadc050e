"""Messages of an interrupted rerun: what is left of them finds its containers in the browser."""

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import app_session
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from kdviz.ui.frame.message_queue import WholeQueue, keep_messages_whole

SENT = {(0,), (0, 0), (0, 1)}
"""Containers that the browser has: two in the page's body, the second one of the fragment "gallery"."""


def message(place, *, fragment="gallery", kind="new_element"):
    made = ForwardMsg()
    made.metadata.delta_path.extend(place)
    if kind == "ref_hash":
        made.ref_hash = "of a picture"
        return made
    getattr(made.delta, kind).SetInParent()
    made.delta.fragment_id = fragment
    return made


UNSENT = [
    message((0, 0, 3), fragment=""),
    message((0, 1), kind="add_block"),
    message((0, 1, 0), kind="add_block"),
    message((0, 1, 0, 0), kind="ref_hash"),
    message((0, 1, 1), kind="add_block"),
    message((0, 1, 1, 0), fragment="inside it", kind="add_block"),
    message((0, 1, 1, 0, 0), fragment="inside it"),
    message((0, 2), fragment="below", kind="add_block"),
    message((0, 2, 0), fragment="below", kind="ref_hash"),
]


def places(queue, **cleared):
    for each in UNSENT:
        queue.enqueue(each)
    queue.clear(retain_lifecycle_msgs=True, **cleared)
    return [tuple(each.metadata.delta_path) for each in queue.flush()]


def without_container(kept):
    return [place for at, place in enumerate(kept) if place[:-1] not in {*SENT, *kept[:at]}]


def test_what_an_interrupted_fragment_leaves_has_its_container():
    kept = places(WholeQueue(), fragment_ids_this_run=["gallery"])
    assert kept == [(0, 0, 3), (0, 2), (0, 2, 0)]
    assert without_container(kept) == []
    assert without_container(places(ForwardMsgQueue(), fragment_ids_this_run=["gallery"])), (
        "Streamlit has mended it"
    )


def test_a_run_of_the_whole_page_clears_as_streamlit_does():
    assert places(WholeQueue()) == places(ForwardMsgQueue()) == []


def test_sessions_get_such_a_queue(monkeypatch):
    monkeypatch.setattr(app_session, "ForwardMsgQueue", ForwardMsgQueue)
    keep_messages_whole()
    assert app_session.ForwardMsgQueue is WholeQueue
