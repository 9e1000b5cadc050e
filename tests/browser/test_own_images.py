"""A domain expert's walk: a zip is uploaded in the browser, checked, and a run on it is started."""

import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from kdviz.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SETTINGS = {
    "image_size": "16",
    "teacher": "ResNet-8 lite",
    "student": "ResNet-8 lite",
    "teacher_epochs": "1",
    "batch_size": "16",
    "epochs": "2",
}


def cells() -> bytes:
    """A zip of bright and dark discs, thirty each, and one file that is no picture."""
    y, x = np.mgrid[:24, :24]
    content, random = io.BytesIO(), np.random.default_rng(0)
    with zipfile.ZipFile(content, "w") as file:
        for name, level in (("bright", 230), ("dark", 60)):
            for number in range(30):
                disc = np.hypot(y - random.integers(6, 18), x - random.integers(6, 18)) < 5
                picture = np.where(disc, level, random.integers(120, 160, (24, 24))).astype(np.uint8)
                png = io.BytesIO()
                Image.fromarray(picture).save(png, "PNG")
                file.writestr(f"cells/{name}/{number}.png", png.getvalue())
        file.writestr("cells/dark/notes.txt", "no picture")
    return content.getvalue()


def give(page: Page, name: str, content: bytes, key: str = "folder_data") -> None:
    field = page.locator(f'[class*="st-key-{key}_upload"] input[type=file]')
    expect(field).to_have_count(1)  # after a refusal a new one takes the place of the old
    field.set_input_files({"name": name, "mimeType": "application/zip", "buffer": content})


def test_a_zip_is_uploaded_and_a_run_on_it_is_started(runs_dir, address, page):
    link = "&".join(f"folder.{name}={value}" for name, value in SETTINGS.items())
    page.goto(f"{address}/distill?new=1&dataset=Your%20own%20images&{link}")
    start = page.locator(".st-key-start button")
    expect(start).to_be_disabled()

    give(page, "nothing.zip", b"no zip at all")
    expect(page.get_by_text("'nothing.zip' is neither a folder nor a readable zip file")).to_be_visible()

    give(page, "cells.zip", cells())
    expect(page.get_by_text("60 images, 2 classes")).to_be_visible()
    expect(page.get_by_text("1 file cannot be read, and is left out: cells/dark/notes.txt.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"folder\.data=upload-[0-9a-f]{16}"))
    page.get_by_text("Look at the pictures").click()
    expect(page.get_by_role("img", name="6 images of the class bright")).to_be_visible()

    assert "run=" not in page.url, "the link names none, so none is beside the form"
    start.click()
    expect(page).to_have_url(re.compile(r"[?&]run=[\w-]+"))
    expect(page.get_by_text("Where they look")).to_be_visible()
    (run,) = (each for each in Store(runs_dir).runs() if each.config.dataset == "folder")
    assert Path(run.config.data).parents[1] == runs_dir / "uploads"
    assert str(runs_dir) not in page.content()
    assert str(runs_dir) not in page.url


def test_pictures_uploaded_in_data_and_models_are_distilled_in_the_size_chosen_there(runs_dir, address, page):
    page.goto(f"{address}/library?browse=Your%20own%20images")
    give(page, "cells.zip", cells(), "browse_data")
    expect(page.get_by_text("60 images, 2 classes")).to_be_visible()
    size = page.get_by_role("textbox", name="Image size")
    expect(size).to_have_value("28")
    size.fill("16")
    size.press("Enter")
    expect(page.get_by_text("16 × 16 px, colour (RGB), 2 classes")).to_be_visible()
    page.get_by_role("link", name="Distill with these").click()
    expect(page.get_by_text("cells.zip", exact=True)).to_be_visible()
    expect(page.get_by_role("textbox", name="Image size")).to_have_value("16")
    expect(page).not_to_have_url(re.compile(r"[?&]run="))  # none is shown beside the form
    page.locator(".st-key-start button").click()
    expect(page).to_have_url(re.compile(r"[?&]run="))
    (run,) = (each for each in Store(runs_dir).runs() if each.config.dataset == "folder")
    assert run.config.image_size in (16, "16")
    assert Path(run.config.data).name == "cells.zip"
