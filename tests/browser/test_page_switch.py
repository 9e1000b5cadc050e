"""A page that is left while the browser is slow: what it still sends of the old page does not clear the new one."""

import shutil
from contextlib import contextmanager
from itertools import dropwhile

import pytest
from playwright.sync_api import expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from kdviz.store import Store
from tests.browser.conftest import at_rest, fresh_page
from tests.browser.servers import serving
from tests.browser.test_retraining import mark_a_picture

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class HeldBack:
    """What the server sends to a page, held back like by a busy browser while `holding`."""

    def __init__(self, page):
        self.page, self.holding, self.messages = page, False, []
        page.route_web_socket("**/_stcore/stream", self._connect)

    def _connect(self, socket):
        self.socket = socket
        server = socket.connect_to_server()
        socket.on_message(server.send)
        server.on_message(lambda message: (self.messages.append if self.holding else socket.send)(message))

    def until_begun(self):
        """Waits until the server has begun the new page: after its navigation, by which the router knows it."""
        while len(self.since_navigation()) < 2:
            self.page.wait_for_timeout(5)

    def until_drawn(self):
        """Waits until the server has drawn it, and lets all go. Fails if the old page was begun again."""
        self.until_begun()
        while not any(each.HasField("script_finished") for each in self.since_navigation()):
            self.page.wait_for_timeout(5)
        self.page.wait_for_timeout(500)  # for what the server still does of the old page
        new, *later = self.since_navigation()
        begun = [each.new_session.page_script_hash for each in later if each.HasField("new_session")]
        assert {*begun} <= {new.navigation.page_script_hash}
        self.holding = False
        for message in self.messages:
            self.socket.send(message)

    def since_navigation(self):
        """What is held back of the new page, from its navigation on."""
        messages = [ForwardMsg.FromString(message) for message in self.messages]
        return [*dropwhile(lambda each: not each.HasField("navigation"), messages)]


def click_often(button):
    """Clicks it every 20 ms from now on."""
    button.evaluate("node => { node.click(); setInterval(() => node.click(), 20) }")


@contextmanager
def opened(browser, address):
    """A page of its own at an address, and what holds back the server's messages to it."""
    with fresh_page(browser, reduced_motion="no-preference") as page:
        held = HeldBack(page)
        page.goto(address)
        yield page, held


def test_a_second_click_on_retrain_does_not_clear_distill(trained, tmp_path, browser):
    directory = tmp_path / "runs"
    shutil.copytree(trained[0].directory, directory)
    with (
        serving(directory) as address,
        opened(browser, f"{address}/agreement?run={trained[1]}&marking=1") as (page, held),
    ):
        mark_a_picture(page)
        start = page.get_by_role("button", name="Retrain from here")
        held.holding = True
        click_often(start)
        held.until_drawn()
        expect(page.get_by_role("heading", name="Distill", level=1)).to_be_visible()
        expect(page.get_by_text("Goes on from")).to_be_visible()
        assert len(Store(directory).runs()) == 2


def test_a_click_on_a_page_that_is_left_does_not_clear_the_next_one(trained, trained_address, browser):
    with opened(browser, f"{trained_address}/explain?run={trained[1]}") as (page, held):
        at_rest(page)
        drawer = page.locator("summary", has_text="Can these maps be trusted?")
        expect(drawer).to_be_visible()
        held.holding = True
        page.get_by_role("link", name="Runs", exact=True).click()
        held.until_begun()
        click_often(drawer)
        held.until_drawn()
        expect(page.get_by_role("heading", name="Runs", level=1)).to_be_visible()
        expect(page.get_by_text("Import a run")).to_be_visible()
