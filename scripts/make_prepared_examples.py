"""Train the examples on photographs, sentences and sounds in the package, some minutes of one core.

    PYTHONPATH=. python scripts/make_prepared_examples.py            # train and draw
    PYTHONPATH=. python scripts/make_prepared_examples.py pictures   # redraws the pictures, trains nothing
    PYTHONPATH=. python scripts/make_prepared_examples.py flowers   # trains and draws this one
    PYTHONPATH=. python scripts/make_prepared_examples.py surveys flowers   # evaluates its networks again

Each is its data set's preset, with twin and placebo, seed 0, with both surveys of its finding. Its picture is
of a test image that teacher and student classify correctly and the twin does not; where a cue is planted,
one for which the twin predicts what the cue meant in training, with its own map brightest on the cue and no
network's map almost all at the edge; where objects are seen,
one whose object covers at most a tenth of the image; of texts, one of at most 70 words that is no coin
toss for any of the three networks. Of the three of these
on which the student's maps agree most with the teacher's, it is the one on which the twin's agree least. Each
map is the evidence for the network's own prediction, the twin's on its own scale. studies/photographs.toml
has the photographs over five seeds.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from kdviz.comparison import (
    ImageExplanation,
    Survey,
    evidence_on,
    explain_test_image,
    known_survey,
    planted_cue,
    run_images,
    survey,
)
from kdviz.config import make_config
from kdviz.figures.maps import (
    Picture,
    border_share,
    enlarged,
    framed,
    heatmaps,
    overlay,
    side_by_side,
    stacked,
    wav_file,
    with_arm_bar,
)
from kdviz.jobs import execute, prepare_process, submit
from kdviz.store import Run, Store
from kdviz.store.prepared import PREPARED
from kdviz.store.prepared_examples import EXAMPLES, PICKED, prepared_picture
from kdviz.types import MAIN_MEASURE, Arm
from kdviz.vocabulary import words_of

_CUES = {
    "flowers": "none",
    "blood-cells": "place-patch",
    "counterfactual-reviews": "none",
    "speech-commands-mini": "beep",
}
_ARMS = ("student", "twin", "placebo")
_SHOWN: tuple[Arm, ...] = ("teacher", "student", "twin")
_SURVEYED_BY = ("grad-cam", "integrated-gradients")
_SMALL, _SHORT = 0.1, 70
_CLEAR = 0.55
"""Probability of each network's answer to a text: below it, it is called a coin toss on Explain."""

_BEST = 3
_EPOCHS = 20
_MOST_BYTES = 3_000_000


def main() -> None:
    """Write kdviz/prepared/<name>.zip and <name>.webp of each, and the images that were picked."""
    prepare_process()
    picked = json.loads(PICKED.read_text("utf-8"))
    for name in [name for name in EXAMPLES if name in sys.argv[1:]] or EXAMPLES:
        with tempfile.TemporaryDirectory() as directory:
            store = Store(directory)
            if sys.argv[1:2] == ["surveys"]:
                _survey_again(store, name)
                continue
            if sys.argv[1:] != ["pictures"]:
                _make(store, name)
            picked[name] = _drawn(store, name)
    PICKED.write_text(json.dumps(picked) + "\n", "utf-8")


def _make(store: Store, name: str) -> None:
    config = make_config({"dataset": name, "cue": _CUES[name], "arms": _ARMS, "seed": 0, "device": "cpu"})
    run = execute(store, submit(store, config, foreground=True))
    if run.state != "finished":
        raise SystemExit(f"The run is {run.state}: {run.record.message}")
    _thin(store, run)
    _pack(store, run, name)


def _survey_again(store: Store, name: str) -> None:
    """For what a data set knows that it did not know before; weights and results stay."""
    run = store.run(store.import_run(PREPARED / f"{name}.zip"))
    shutil.rmtree(store.directory / run.id / "surveys")
    _pack(store, run, name)


def _pack(store: Store, run: Run, name: str) -> None:
    """Evaluate a run, and write its file."""
    for explainer in _SURVEYED_BY:
        _survey(store, run.id, explainer)
    target = PREPARED / f"{name}.zip"
    store.export(run.id, target)
    size = target.stat().st_size
    print(f"{target.name}: {size:,} bytes")
    if size > _MOST_BYTES:
        raise SystemExit(f"Too large for the package: at most {_MOST_BYTES:,} bytes.")


def _drawn(store: Store, name: str) -> dict[str, Any]:
    """Draw the picture of the packaged run; its image, and what is predicted, as of `PreparedExample`."""
    run = store.run(store.import_run(PREPARED / f"{name}.zip"))
    surveyed = known_survey(store, run.id)
    assert surveyed is not None
    index = _picked(store, surveyed, run)
    explained = explain_test_image(store, run.id, index, target="own")
    if explained.sound is not None:
        prepared_picture(name).with_suffix(".wav").write_bytes(wav_file(explained.sound))
    if explained.text is None:
        Image.fromarray(_picture(explained, run, index)).save(prepared_picture(name), "WEBP", quality=85)
    else:
        objects = run_images(run.config).test.object_masks
        assert objects is not None
        stored = json.dumps(_sentence(explained, objects[index]), ensure_ascii=False)
        (PREPARED / f"{name}.json").write_text(stored + "\n", "utf-8")
    print(f"{name}: image {index}")
    classes = explained.classes
    return {
        "index": index,
        "label": classes[int(run_images(run.config).test.labels[index])],
        "predicted": {arm: classes[explained.arms[arm].predicted] for arm in _SHOWN},
    }


def _sentence(explained: ImageExplanation, objects: Tensor) -> dict[str, Any]:
    """The text, and each arm's map on its own scale, as of `PreparedSentence`."""
    words = len(words_of(explained.text or ""))
    values = {arm: explained.arms[arm].attribution[:words].astype(float) for arm in _SHOWN}
    return {
        "text": explained.text,
        "objects": objects.nonzero().flatten().tolist(),
        "values": {arm: (each / np.abs(each).max()).round(3).tolist() for arm, each in values.items()},
    }


def _picture(explained: ImageExplanation, run: Run, index: int) -> Picture:
    """The image, and each arm's map for its own prediction."""
    teacher = heatmaps({"teacher": explained.arms["teacher"].attribution}, clip=True)
    pictures = [enlarged(explained.image)]
    for arm in _SHOWN:
        own = heatmaps({"teacher": explained.arms[arm].attribution}, clip=True)
        same = explained.arms[arm].predicted == explained.target
        values = own.values["teacher"]
        pictures.append(with_arm_bar(overlay(explained.image, values, (teacher if same else own).scale), arm))
    if (cue := planted_cue(run.config, index)) is not None:
        pictures = [framed(picture, cue.box, explained.image) for picture in pictures]
    if explained.sound is None:
        return side_by_side(pictures, gap=0)
    return stacked([side_by_side(pictures[:2], gap=0), side_by_side(pictures[2:], gap=0)], gap=0)


def _thin(store: Store, run: Run) -> None:
    """Keep the maps of about `_EPOCHS` epochs, the last one among them."""
    every = ceil(run.config.epochs / _EPOCHS)
    for epoch in store.probe_epochs(run.id):
        if (run.config.epochs - epoch) % every:
            (store.directory / run.id / "probe" / f"epoch-{epoch:04d}.npz").unlink()


def _survey(store: Store, run_id: str, explainer: str) -> None:
    for done in survey(store, run_id, explainer):
        print(f"{done.fraction:4.0%} {explainer}", end="\r")


def _picked(store: Store, made: Survey, run: Run) -> int:
    test = run_images(run.config).test
    telling = made.right("teacher") & made.right("student") & ~made.right("twin")
    if run.config.cue != "none":
        telling &= made.predictions["twin"].predicted == _indicated(made, run, telling)
        telling[telling] = [_looks_at_cue(store, run, int(index)) for index in made.indices[telling]]
    if test.texts is not None:
        telling &= np.array([len(words_of(test.texts[index])) <= _SHORT for index in made.indices])
        telling &= np.stack([made.predictions[arm].confidence >= _CLEAR for arm in _SHOWN]).all(0)
    elif "object" in made.localization and test.sounds is None:
        telling &= made.localization["object"].area <= _SMALL
    student, twin = (made.scores[arm][MAIN_MEASURE].raw for arm in ("student", "twin"))
    alike = np.where(telling & np.isfinite(twin), np.nan_to_num(student, nan=-np.inf), -np.inf)
    best = alike.argsort()[-min(_BEST, int(np.isfinite(alike).sum())) :]
    return int(made.indices[best[twin[best].argmin()]])


def _looks_at_cue(store: Store, run: Run, index: int) -> bool:
    """Whether the twin's map for its own prediction is brightest on the cue, and no map is all border."""
    cue, explained = planted_cue(run.config, index), explain_test_image(store, run.id, index, target="own")
    assert cue is not None
    maps = [explained.arms[arm].attribution for arm in _SHOWN]
    on_border = any(border_share(np.maximum(values, 0)) is not None for values in maps)
    return evidence_on(cue, explained)["twin"].peak == "cue" and not on_border


def _indicated(made: Survey, run: Run, asked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """What the cue of each surveyed image meant in training; -1 where it is not asked for."""
    cues = [
        planted_cue(run.config, int(index)) if of else None
        for index, of in zip(made.indices, asked, strict=True)
    ]
    return np.array([-1 if cue is None else cue.variant.indicated for cue in cues])


if __name__ == "__main__":
    main()
