"""The comparer in a real browser: drag, keys, values, and a link to what was set."""

import re

import pytest
from playwright.sync_api import expect

from kdviz.comparison import explain_test_image
from kdviz.figures.maps import density
from tests.browser.conftest import at_rest, fresh_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_two_maps_are_swiped_read_and_linked_to(trained, trained_address, page):
    (store, run_id), wrong = trained, []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.goto(f"{trained_address}/explain?run={run_id}&view=swipe&left=teacher&image=3&grid=true&divider=50")
    divider, opacity = page.get_by_label("Divider"), page.get_by_label("Opacity", exact=True)
    expect(divider).to_have_value("50")

    picture = page.locator(".comparer .pile").bounding_box()
    page.mouse.move(picture["x"] + 0.5 * picture["width"], picture["y"] + 5)
    page.mouse.down()
    page.mouse.move(picture["x"] + 0.2 * picture["width"], picture["y"] + 5, steps=3)
    expect(divider).to_have_value("20")
    assert "divider=50" in page.url, "the server hears of it only when it is let go"
    page.mouse.up()
    expect(page).to_have_url(re.compile("divider=20"))
    divider.press("ArrowRight")
    expect(page).to_have_url(re.compile("divider=21"))
    assert "image=3" in page.url, "an arrow key on the divider leaves the image alone"

    heat = density(explain_test_image(store, run_id, 3).arms["teacher"].attribution)
    stage = page.get_by_role("group", name=re.compile("^Heat maps"))
    row, column = 0, int(0.2 * heat.shape[1])
    for key in ("ArrowDown", "ArrowRight"):
        stage.press(key)
    row, column = row + 1, column + 1
    expect(page.locator(".where")).to_contain_text(f"Row {row + 1}, column {column + 1}")
    value = f"{heat[row, column]:.2f}×"
    expect(page.locator(".value").first).to_have_text(value)
    spoken = page.locator(".comparer [role=status]")
    expect(spoken).to_contain_text(f"teacher {value}")

    difference = page.locator(".cards .card").nth(2)
    expect(page.locator(".cards .card")).to_have_count(3)
    expect(difference).to_be_hidden()
    assert spoken.inner_text().count("×") == 2, "nothing is read of a picture that is not shown"

    opacity.fill("40")
    expect(page).to_have_url(re.compile("opacity=40"))
    # What the server has heard is drawn anew; a click in between would be lost.
    at_rest(page)
    page.get_by_label("Difference").check()
    expect(difference).to_be_visible()
    expect(page).to_have_url(re.compile("apart=yes"))
    expect(page).to_have_url(re.compile("opacity=40"))

    with fresh_page(page.context.browser) as fresh:
        fresh.goto(page.url)
        expect(fresh.get_by_label("Divider")).to_have_value("21")
        expect(fresh.get_by_label("Opacity", exact=True)).to_have_value("40")
        expect(fresh.get_by_label("Difference")).to_be_checked()
    assert [each for each in wrong if "Failed to load resource" not in each] == []
