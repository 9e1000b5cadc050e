"""Photograph an expert's walk: `python scripts/take_walk.py`, into docs/screens/walk.

Pictures of blood cells as a zip, a network as a `.pth`, a run, three marks, a run that goes on from them, and
its report: everything by clicks in a browser, on a new runs directory. The pictures and the teacher are those
of the package, given as somebody would who brings their own.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import torch
from playwright.sync_api import FilePayload, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from take_screens import SCREENS, chromium, server, settled  # noqa: E402

from kdviz.config import make_config  # noqa: E402
from kdviz.datasets.packaged_jpegs import packaged_file  # noqa: E402
from kdviz.datasets.split import SPLITS  # noqa: E402
from kdviz.models import namings  # noqa: E402
from kdviz.store.teachers import TeacherStore  # noqa: E402

WALK = SCREENS / "walk"
_OF_EACH_CLASS = {"train": 60, "validation": 20, "test": 40}
_MARKED = 3
_WAIT_MS = 300_000


def main() -> None:
    """Take all pictures, in the order of the walk."""
    WALK.mkdir(parents=True, exist_ok=True)
    runs_dir = Path(tempfile.mkdtemp())
    with server(runs_dir) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900}, device_scale_factor=1)
        page.set_default_timeout(_WAIT_MS)
        expect.set_options(timeout=_WAIT_MS)
        give_pictures(page, address)
        give_teacher(page, runs_dir)
        distill(page)
        explain(page)
        mark(page)
        retrain(page)
        report(page)
        browser.close()


def give_pictures(page: Page, address: str) -> None:
    """A zip with a folder of pictures for each class, checked and looked at."""
    page.goto(f"{address}/library?browse=Your%20own%20images")
    field = page.locator('[class*="st-key-browse_data_upload"] input[type=file]')
    field.set_input_files(_file("cells.zip", pictures()))
    size = page.get_by_role("textbox", name="Image size")
    size.fill("96")
    size.press("Enter")
    expect(page.get_by_text("96 × 96 px")).to_be_visible()
    _photograph(page, "1-pictures")
    page.get_by_role("link", name="Distill with these").click()


def give_teacher(page: Page, runs_dir: Path) -> None:
    """A file of weights; kdviz says which network it is for, and how well it predicts the pictures."""
    page.get_by_text("Teacher from a file").click()
    page.locator(".st-key-teacher_upload input[type=file]").set_input_files(
        _file("cells.pth", weights(runs_dir))
    )
    page.get_by_text(re.compile("It is right on")).wait_for()
    _photograph(page, "2-teacher", show=page.get_by_text("Trained network, or its weights"))
    page.locator(".st-key-use_teacher_file button").click()
    expect(page.get_by_text("The form has these settings.")).to_be_visible()


def distill(page: Page) -> None:
    """The run, while it trains and when it has finished."""
    page.locator(".st-key-start button").click()
    page.get_by_text("Where they look").wait_for()
    page.get_by_text(re.compile("The students learn: epoch 4")).wait_for()
    _photograph(page, "3-training", live=True)
    page.get_by_role("link", name="Explain its predictions").wait_for()
    _photograph(page, "4-result")


def explain(page: Page) -> None:
    """A picture through all networks."""
    page.get_by_role("link", name="Explain its predictions").click()
    page.get_by_role("heading", name="Explain", level=1).wait_for()
    _photograph(page, "5-explain")


def mark(page: Page) -> None:
    """A rectangle on each of three pictures, those of them first that need one most."""
    page.get_by_test_id("stTopNavLink").filter(has_text="Distill").click()
    page.get_by_role("link", name="Where should it look?").click()
    for number in range(_MARKED):
        ink = page.locator(".ink")
        ink.wait_for()
        settled(page)
        page.get_by_role("radio", name="Rectangle").check(force=True)
        ink.scroll_into_view_if_needed()
        box = ink.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.2)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.8, steps=8)
        page.mouse.up()
        expect(page.locator(".stored")).to_have_text("· stored")
        if number < _MARKED - 1:
            page.get_by_role("button", name="Next picture").click()
    _photograph(page, "6-mark")


def retrain(page: Page) -> None:
    """The run that goes on from the marked one, and both compared."""
    page.get_by_role("button", name="Retrain from here").click()
    page.get_by_text("Goes on from").wait_for()
    page.get_by_role("link", name="Explain its predictions").wait_for()
    _photograph(page, "7-retrained")
    page.get_by_role("link", name="Compare with its parent").click()
    page.get_by_text("Answers of the student that changed, A → B").wait_for()
    _photograph(page, "8-difference", show=page.get_by_text("2 runs compared"))


def report(page: Page) -> None:
    """Of the new run, saved and opened as a file."""
    page.get_by_test_id("stTopNavLink").filter(has_text="Agreement").click()
    either = page.locator(".st-key-report button, .st-key-report_start button")
    either.first.wait_for()
    settled(page)
    if page.locator(".st-key-report_start").count():
        page.locator(".st-key-report_start button").click()
    with page.expect_download() as saved:
        page.locator(".st-key-report button").first.click()
    page.goto(saved.value.path().as_uri())
    page.screenshot(path=WALK / "9-report.png")


def pictures() -> bytes:
    """The zip: a folder for each split, in it one for each class."""
    content = io.BytesIO()
    with (
        np.load(packaged_file("blood-cells"), allow_pickle=False) as arrays,
        zipfile.ZipFile(content, "w") as file,
    ):
        files = np.split(arrays["content"], arrays["ends"][:-1])
        for part, split in enumerate(SPLITS):
            for label, name in enumerate(arrays["classes"]):
                found = np.flatnonzero((arrays["splits"] == part) & (arrays["labels"] == label))
                for index in found[: _OF_EACH_CLASS[split]]:
                    file.writestr(f"{split}/{name}/{index}.jpg", files[index].tobytes())
    return content.getvalue()


def weights(folder: Path) -> bytes:
    """The package's teacher of these pictures as torch.save writes it, with the names of public code."""
    config = make_config({"dataset": "blood-cells"})
    naming = namings(config.teacher)["CIFAR (fc, shortcut)"]
    tensors = TeacherStore(folder).find(config.teacher_key)
    assert tensors is not None, "the package has this teacher"
    file = io.BytesIO()
    torch.save({"state_dict": {f"module.{naming(key)}": value for key, value in tensors.items()}}, file)
    return file.getvalue()


def _file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def _photograph(page: Page, name: str, *, show: Locator | None = None, live: bool = False) -> None:
    if not live:
        settled(page)
    if show is not None:
        show.evaluate("element => element.scrollIntoView({block: 'start'})")
    page.screenshot(path=WALK / f"{name}.png")
    print(name)


if __name__ == "__main__":
    main()
