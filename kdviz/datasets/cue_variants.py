"""All variants of the cue of one image: positions and colours."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor

from kdviz.datasets.cue import hues, painted, rim_places
from kdviz.datasets.sound_split import BEEP_PLACES, with_beeps
from kdviz.datasets.split import Split
from kdviz.datasets.text_split import MARKERS, numbered, with_word, words_read


@dataclass(frozen=True)
class CueVariant:
    """Position and class of a cue. place: its number among the positions. indicated: the class."""

    place: int
    indicated: int


@dataclass(frozen=True, eq=False)
class CueVariants:
    """An input without its cue, followed by the same input with each variant of the cue.

    inputs: (V, C, *S), raw. masks: bool (V, *S), true on the cue. cues: V, the first one None. texts: V, as
    written; None for other inputs. sounds: int16 (V, samples); likewise.
    """

    inputs: Tensor
    masks: Tensor
    cues: tuple[CueVariant | None, ...]
    texts: tuple[str, ...] | None = None
    sounds: Tensor | None = None

    def index_of(self, given: Tensor, mask: Tensor) -> int:
        """The index of the variant that equals an input (C, *S) with its cue at `mask` (*S)."""
        same = (self.inputs == given).flatten(1).all(1) & (self.masks == mask).flatten(1).all(1)
        return int(same.nonzero()[0])

    def of_classes(self, classes: Collection[int]) -> CueVariants:
        """The variants that indicate one of some classes, and the input without the cue."""
        return self._kept(lambda cue: cue.indicated in classes)

    def at_place(self, place: int) -> CueVariants:
        """The variants at one position, and the input without the cue."""
        return self._kept(lambda cue: cue.place == place)

    def _kept(self, wanted: Callable[[CueVariant], bool]) -> CueVariants:
        kept = [at for at, cue in enumerate(self.cues) if cue is None or wanted(cue)]
        texts = None if self.texts is None else tuple(self.texts[at] for at in kept)
        sounds = None if self.sounds is None else self.sounds[kept]
        cues = tuple(self.cues[at] for at in kept)
        return CueVariants(self.inputs[kept], self.masks[kept], cues, texts, sounds)


def hue_patch_variants(plain: Split, classes: int) -> CueVariants:
    """A patch in each corner, in the colour of each class. plain: one image."""
    cues = [CueVariant(*each) for each in product(range(4), range(classes))]
    colours = hues(classes)[[cue.indicated for cue in cues]]
    return _patched(plain.images, rim_places(4, *plain.images.shape[-2:]), colours, cues)


def place_patch_variants(plain: Split, classes: int) -> CueVariants:
    """A white patch at the position of each class. plain: one image."""
    cues = [CueVariant(number, number) for number in range(classes)]
    white = torch.full((1, 1), 255, dtype=torch.uint8)
    return _patched(plain.images, rim_places(classes, *plain.images.shape[-2:]), white, cues)


def marker_word_variants(plain: Split, classes: int) -> CueVariants:
    """The word of each class before each word of a text, and at its end. plain: one text."""
    assert plain.texts is not None
    (text,), length = plain.texts, plain.images.shape[-1]
    places = range(min(int(words_read(plain.images).sum()) + 1, length))
    cues = [CueVariant(*each) for each in product(places, range(classes))]
    texts = (text, *(with_word(text, cue.place, MARKERS[cue.indicated]) for cue in cues))
    masks = torch.zeros(len(texts), length, dtype=torch.bool)
    masks[range(1, len(texts)), [cue.place for cue in cues]] = True
    numbers = numbered(texts, length, plain.images.shape[1])
    return CueVariants(numbers, masks, (None, *cues), texts)


def beep_variants(plain: Split, classes: int) -> CueVariants:
    """A beep at each place, as high as that of each class. plain: one sound."""
    assert plain.sounds is not None
    cues = [CueVariant(*each) for each in product(range(BEEP_PLACES), range(classes))]
    copies = plain.take(torch.zeros(len(cues), dtype=torch.int64))
    places, named = (torch.tensor(each) for each in zip(*[(c.place, c.indicated) for c in cues], strict=True))
    planted = with_beeps(copies, places, named, classes)
    assert planted.cue_masks is not None
    assert planted.sounds is not None
    return CueVariants(
        torch.cat([plain.images, planted.images]),
        torch.cat([torch.zeros_like(planted.cue_masks[:1]), planted.cue_masks]),
        (None, *cues),
        sounds=torch.cat([plain.sounds, planted.sounds]),
    )


def _patched(plain: Tensor, places: Tensor, colours: Tensor, cues: list[CueVariant]) -> CueVariants:
    """places: (places, 2). colours: (cues or 1, C)."""
    copies = Split(plain.expand(len(cues), -1, -1, -1), torch.zeros(len(cues), dtype=torch.int64))
    planted = painted(copies, places[[cue.place for cue in cues]], colours)
    assert planted.cue_masks is not None
    without = plain.expand(1, planted.images.shape[1], -1, -1)
    return CueVariants(
        torch.cat([without, planted.images]),
        torch.cat([torch.zeros_like(planted.cue_masks[:1]), planted.cue_masks]),
        (None, *cues),
    )
