"""The training images that a student gets wrong, or where it looks elsewhere: the first ones to mark."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.agreement import MEASURES
from kdviz.cache import Cache
from kdviz.comparison.input.explanation import comparable_maps, compared_part
from kdviz.comparison.models.offered import explainers_offered
from kdviz.comparison.models.slices import Work, affordable_count, explaining_cost, slices
from kdviz.comparison.models.snapshots import Snapshots, snapshots
from kdviz.datasets import Marks, Split, balanced_indices, digests, fingerprint
from kdviz.datasets.marks import mask_size
from kdviz.datasets.text_length import places_before
from kdviz.explainers import explain
from kdviz.faithfulness import mask_share
from kdviz.inputs import images_to_mark, load_dataset, prepare_data
from kdviz.progress import Message, run_to_end, silent
from kdviz.sound import drawn, masked
from kdviz.store import Store
from kdviz.types import MAIN_MEASURE, Arm, FloatArray, Preparing

MOST_TRAINING_IMAGES = 2000
"""Largest number of training images that are explained; of more, the first ones, class-balanced."""

FIRST_IMAGES = 40
"""Number of images, class-balanced too, that are explained and known before the others."""

WORST_IMAGES = 100
"""Number of images that are kept, with their maps."""

_ARMS: tuple[Arm, ...] = ("student", "teacher")


@dataclass(frozen=True)
class TrainingAnswer:
    """A network's predicted class, with its probability in [0, 1]."""

    predicted: int
    confidence: float


@dataclass(frozen=True, eq=False)
class TrainingImage:
    """A training image of a student, as it was trained on it: uint8 (H, W, C), with the cue.

    Of a text the image is empty, (1, L, 0). text: as written, with the planted word; None for other inputs.
    planted: the number of that word, None without one: marks are for the text without it. kept: where a cue
    has left words out, the number of each word in the text with them, which marks are for, None of one that
    marks do not reach; else None.
    digest: by which marks know it. answers: of student and teacher. maps: theirs, for the student's predicted
    class, raw and signed, each (*s). covered: share of the object below the planted cue, in [0, 1]; NaN if
    the object's place is unknown, and for texts, of which a planted word covers nothing. sound: int16
    (samples,), with the cue too, of which the image is the spectrogram; None for other inputs.
    """

    digest: str
    image: NDArray[np.uint8]
    label: int
    answers: Mapping[Arm, TrainingAnswer]
    maps: Mapping[Arm, FloatArray]
    covered: float = math.nan
    sound: NDArray[np.int16] | None = None
    text: str | None = None
    planted: int | None = None
    kept: tuple[int | None, ...] | None = None

    @property
    def correct(self) -> bool:
        """Whether the student predicts the label."""
        return self.answers["student"].predicted == self.label


@dataclass(frozen=True, eq=False)
class TrainingTriage:
    """The student's training images, worst first: at most `WORST_IMAGES` of them.

    explained, total: numbers of images explained, and of all. wrong: of the explained ones, those that the
    student gets wrong. by_mask: whether the others are ordered by their evidence on the object, else by their
    agreement with the teacher. own_masks: of all training images whose masks came with the data.
    """

    classes: tuple[str, ...]
    explainer: str
    images: tuple[TrainingImage, ...]
    explained: int
    total: int
    wrong: int
    by_mask: bool
    own_masks: Marks

    @property
    def size(self) -> tuple[int, int]:
        """(H, W) of the images and of their masks."""
        height, width = self.images[0].image.shape[:2]
        return height, width


_TRIAGES: Cache[TrainingTriage] = Cache(4)
_FIRST: Cache[TrainingTriage] = Cache(4)


def known_training_triage(store: Store, run_id: str) -> TrainingTriage | None:
    """The triage of a run's latest weights, if this process has computed it.

    Raises StoreError without snapshots.
    """
    return _TRIAGES.find(_key(store, run_id))


def first_training_triage(store: Store, run_id: str) -> TrainingTriage | None:
    """The same of the first `FIRST_IMAGES` training images alone, where it is known before that of all."""
    return _FIRST.find(_key(store, run_id))


def training_triage(store: Store, run_id: str) -> Work[TrainingTriage]:
    """Compute it, unless it is known. Raises what `snapshots` raises."""
    key = _key(store, run_id)
    if (known := _TRIAGES.find(key)) is not None:
        return known
    yield Preparing(Message("Reading images and networks"))
    run = snapshots(store, run_id)
    dataset = load_dataset(run.config, silent)
    seen, plain = prepare_data(run.config, dataset).student_train, images_to_mark(run.config, dataset)
    if len(seen) > FIRST_IMAGES:
        yield Preparing(Message("Explaining the first {count} training images", {"count": FIRST_IMAGES}))
        _FIRST.keep(key, run_to_end(_made(run, seen, plain, most=FIRST_IMAGES)))
    made = yield from _made(run, seen, plain, most=MOST_TRAINING_IMAGES)
    _TRIAGES.keep(key, made)
    return made


def marked_sound(samples: NDArray[np.int16], mask: NDArray[np.bool_]) -> FloatArray:
    """What is marked of a sound (samples,), on its spectrogram (F, T), alone: float32 in [-1, 1]."""
    sound: FloatArray = masked(torch.from_numpy(samples), torch.from_numpy(mask)).numpy()
    return sound


def _key(store: Store, run_id: str) -> tuple[str, ...]:
    config = store.run(run_id).config
    hashes = store.weights_hashes(run_id, _ARMS)
    return (str(store.directory), run_id, fingerprint(config.dataset, config.data), *hashes.values())


def _made(run: Snapshots, seen: Split, plain: Split, *, most: int) -> Work[TrainingTriage]:
    """seen: as the student was trained on them. plain: the same images without a cue. most: of them."""
    explainer = explainers_offered(run.config)[0].name
    cost = sum(explaining_cost(run.networks[arm], explainer, tuple(seen.images.shape[1:])) for arm in _ARMS)
    count = min(len(seen), most, affordable_count(cost))
    chosen = balanced_indices(seen.labels, count, seed=run.config.seed)
    images, shown = seen.take(chosen), plain.take(chosen)
    probabilities, maps = yield from _explained(run, explainer, images, cost)
    predicted = probabilities["student"].argmax(1)
    scores, by_mask = _scores(maps, explainer, images.object_masks)
    order = _worst_first(predicted == images.labels, probabilities["student"], scores)[:WORST_IMAGES]
    return TrainingTriage(
        run.images.classes,
        explainer,
        tuple(_image(int(at), images, shown, probabilities, maps) for at in order),
        count,
        len(seen),
        int((predicted != images.labels).sum()),
        by_mask,
        _own_masks(plain),
    )


def _explained(
    run: Snapshots, explainer: str, images: Split, cost: int
) -> Work[tuple[dict[Arm, Tensor], dict[Arm, Tensor]]]:
    """Probabilities (N, classes) and maps (N, h, w), on the CPU."""
    parts = []
    for part in slices(len(images), cost, run.normalizer.device):
        parts.append(_explained_slice(run, explainer, images.images[part]))
        what = Message("Explaining {count} training images", {"count": len(images)})
        yield Preparing(what, part.stop / len(images))
    joined = [torch.cat(each) for each in zip(*parts, strict=True)]
    return dict(zip(_ARMS, joined[:2], strict=True)), dict(zip(_ARMS, joined[2:], strict=True))


def _explained_slice(run: Snapshots, explainer: str, images: Tensor) -> list[Tensor]:
    """Probabilities of each arm, then maps of each, for the class that the student predicts."""
    with run.lock:
        inputs = run.normalizer.normalize(images)
        with torch.no_grad():
            probabilities = [run.networks[arm](inputs).float().softmax(1) for arm in _ARMS]
        target, layer = probabilities[0].argmax(1), run.config.explained_layer
        maps = [explain(explainer, run.networks[arm], inputs, target, layer=layer) for arm in _ARMS]
        return [each.cpu() for each in (*probabilities, *maps)]


def _scores(maps: Mapping[Arm, Tensor], explainer: str, masks: Tensor | None) -> tuple[Tensor, bool]:
    """(N,) how well the student's maps are placed, NaN where undefined; and whether masks say so."""
    if masks is not None and bool(masks.flatten(1).any(1).all()):
        return mask_share(compared_part(maps["student"], explainer), masks), True
    pair = comparable_maps(maps["teacher"], maps["student"], explainer)
    return MEASURES[MAIN_MEASURE].measure(*pair), False


def _worst_first(correct: Tensor, probabilities: Tensor, scores: Tensor) -> Tensor:
    """Indices: wrong predictions, most confident first; then the others, worst map first, undefined last."""
    confidence = probabilities.amax(1)
    worth = torch.where(correct, 2 + scores.double().nan_to_num(nan=2.0), 1 - confidence.double())
    return worth.argsort(stable=True)


def _image(
    at: int, images: Split, plain: Split, probabilities: Mapping[Arm, Tensor], maps: Mapping[Arm, Tensor]
) -> TrainingImage:
    best = {arm: probabilities[arm][at].max(0) for arm in _ARMS}
    text = None if images.texts is None else images.texts[at]
    return TrainingImage(
        digests(plain.images[at : at + 1])[0],
        _picture(images, at),
        int(images.labels[at]),
        {arm: TrainingAnswer(int(best[arm].indices), float(best[arm].values)) for arm in _ARMS},
        {arm: maps[arm][at].numpy() for arm in _ARMS},
        _covered(at, images.cue_masks, plain.object_masks) if text is None else math.nan,
        None if images.sounds is None else images.sounds[at].numpy(),
        text,
        None if text is None or images.cue_masks is None else int(images.cue_masks[at].int().argmax()),
        _kept(at, images, plain),
    )


def _kept(at: int, images: Split, plain: Split) -> tuple[int | None, ...] | None:
    if images.texts is None or plain.texts is None or images.cue_masks is not None:
        return None
    text, whole = images.texts[at], plain.texts[at]
    if text == whole:
        return None
    length = plain.images.shape[-1]
    return tuple(place if place < length else None for place in places_before(text, whole))


def _picture(images: Split, at: int) -> NDArray[np.uint8]:
    if images.texts is not None:
        return np.empty((*mask_size(images.images), 0), np.uint8)
    picture: NDArray[np.uint8] = drawn(images.images)[at].permute(1, 2, 0).numpy()
    return picture


def _covered(at: int, cues: Tensor | None, objects: Tensor | None) -> float:
    if objects is None or not objects[at].any():
        return math.nan
    return 0.0 if cues is None else float(cues[at][objects[at]].double().mean())


def _own_masks(plain: Split) -> Marks:
    """The masks that are known and not empty."""
    masks = plain.object_masks
    if masks is None:
        return Marks()
    known = masks.flatten(1).any(1).nonzero().flatten()
    names = digests(plain.images[known])
    found = masks[known].bool().view(len(known), *mask_size(plain.images)).numpy()
    return Marks(dict(zip(names, found, strict=True)), frozenset(names))
