"""The interface in Chinese, in a browser: by a link, by the browser's own language, and by the switch."""

import re
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import fresh_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def heading(page, name):
    return page.get_by_role("heading", name=name, exact=True)


def speak(page, language):
    """Press the switch in the sidebar."""
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebar").get_by_text(language, exact=True).click()


def test_a_link_a_switch_and_a_menu_agree_on_the_language(prepared_address, page):
    page.goto(f"{prepared_address}/?lang=zh")
    expect(heading(page, "学生和教师看的是同一个地方吗？")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh")

    page.get_by_role("link", name="蒸馏", exact=True).click()
    expect(heading(page, "新实验")).to_be_visible()
    page.get_by_role("link", name="解释", exact=True).click()
    expect(heading(page, "解释")).to_be_visible()

    page.goto(f"{prepared_address}/library?browse=Shapes&browse_cue_shapes=White patch")
    expect(heading(page, "Data & models")).to_be_visible()
    expect(heading(page, "Random cue")).to_be_visible()
    speak(page, "中文")
    expect(heading(page, "随机线索")).to_be_visible()
    expect(page.get_by_text("8,000 张自动生成的图像")).to_be_visible()
    expect(page).to_have_url(re.compile(r"lang=zh"))
    expect(page.locator("html")).to_have_attribute("lang", "zh")

    page.get_by_role("radio", name="测试").click()
    expect(page).to_have_url(re.compile(r"browse_split="))
    expect(heading(page, "随机线索")).to_be_visible()
    page.wait_for_url(lambda url: "browse=几何图形" in unquote(url))
    page.goto(page.url)
    expect(heading(page, "随机线索")).to_be_visible()
    expect(page.get_by_text("8,000 张自动生成的图像")).to_be_visible()


def test_a_visit_begins_in_the_browsers_language_but_a_link_keeps_its_own(prepared_address, browser):
    with fresh_page(browser, locale="zh-CN") as abroad:
        abroad.goto(prepared_address)
        expect(heading(abroad, "学生和教师看的是同一个地方吗？")).to_be_visible()
        abroad.goto(f"{prepared_address}/library?browse=Shapes")
        expect(heading(abroad, "Data & models")).to_be_visible()
