"""How well a teacher from a file predicts labelled images, before a run is started."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kdviz.checkpoints import (
    NEW_LAYER,
    PIXEL_SCALES,
    CheckpointSummary,
    Match,
    best_match,
    inspect_file,
    is_program,
    teacher_settings,
)
from kdviz.config import RunConfig
from kdviz.networks import (
    ProgramSummary,
    load_teacher,
    load_teacher_file,
    program_settings,
    program_summary,
)
from kdviz.progress import Message, Report, silent
from kdviz.trainer.layer_maps import LayerMaps
from kdviz.trainer.setup import TEACHER_SEED, TrainingSetup, load_setup
from kdviz.trainer.teacher_sizes import tried_sizes
from kdviz.trainer.teacher_ways import Loading, TeacherCheck, Way, best_way, clearly_best, measured
from kdviz.types import Preparing

_COLOURS = 3


@dataclass(frozen=True)
class TeacherExamination:
    """A file of weights, how it fits the networks that it may be for, and how well the best of them predicts.

    summary: number of tensors, and where in the file they were. matches: the best first; none for a program.
    settings: of a run with this teacher, its pixels the data set's own unless others are clearly more
    accurate, and its images resized where that is. checks: for each pixel scale, that of the settings first,
    then the best. Both are empty for weights that lack more than the last layer. reordered: whether the
    outputs are taken in another order than the file's: that which fits training images best. layers: one
    image's map at each layer that can be explained, None for such weights. sizes: for each image size, the
    usual one first; empty if no other was tried.
    """

    summary: CheckpointSummary
    matches: tuple[Match, ...]
    settings: Mapping[str, Any]
    checks: tuple[TeacherCheck, ...]
    program: ProgramSummary | None = None
    reordered: bool = False
    layers: LayerMaps | None = None
    sizes: tuple[TeacherCheck, ...] = ()

    @property
    def check(self) -> TeacherCheck:
        """What a teacher with these settings reaches. There must be checks."""
        size = self.settings.get("teacher_size")
        return next((each for each in self.sizes if each.size == size), self.checks[0])

    @property
    def best(self) -> Match:
        """The match that is proposed, for a file of weights."""
        return best_match(self.matches)

    @property
    def fits_layer(self) -> bool:
        """Whether a new last layer is fitted to the data, in the place of the file's or of none."""
        return bool(self.settings.get("teacher_classes") == NEW_LAYER)

    @property
    def outputs(self) -> int:
        """The number of the file's outputs; 0 of weights without their last layer."""
        return self.program.classes if self.program else self.best.classes


def examine_teacher(file: Path, config: RunConfig) -> Generator[Preparing, None, TeacherExamination]:
    """Recognize a file of weights and measure its accuracy on validation images of `config`, for each scale.

    If most predictions are wrong, its outputs may be in another order than the classes: that which fits
    training images best is measured as well. Then other image sizes are tried.
    Raises KdvizError, with one line, for a file that cannot be read or does not fit.
    """
    yield Preparing(Message("Reading the file"), 0.05)
    if is_program(file):
        return (yield from _examine_program(file, config))
    found = inspect_file(file)
    if not best_match(found.matches).can_teach:
        return TeacherExamination(CheckpointSummary.of(found.checkpoint), found.matches, {}, ())
    setup = load_setup(config, silent)
    classes, sides = setup.data.dataset.classes, config.input_shape[1:]

    def loading(found_match: Match) -> Loading:
        return lambda network, given: load_teacher(network, given, found.checkpoint.tensors, found_match)

    ways = [
        Way(
            {**teacher_settings(file, each, classes=classes, sides=sides), "teacher_input": scale},
            loading(each),
        )
        for each in found.equally_alike
        for scale in _scales(each.channels, config.input_shape[0])
    ]
    examined = yield from _examined(setup, ways, CheckpointSummary.of(found.checkpoint), any_size=True)
    used = examined.settings["teacher"]
    matches = sorted(found.matches, key=lambda each: each.candidate.architecture != used)
    return replace(examined, matches=tuple(matches))


def _examine_program(file: Path, config: RunConfig) -> Generator[Preparing, None, TeacherExamination]:
    sides = config.input_shape[1:]
    found, setup = program_summary(file, sides), load_setup(config, silent)
    usual = program_settings(file, found, classes=setup.data.dataset.classes, sides=sides)
    ways = [
        Way({**usual, "teacher_input": scale}, load_teacher_file, in_any_order=found.own_classes)
        for scale in _scales(found.input_shape[0], config.input_shape[0])
    ]
    summary, free = CheckpointSummary(found.tensors, "torch.export"), not all(found.input_shape[1:])
    return replace((yield from _examined(setup, ways, summary, any_size=free)), program=found)


def _examined(
    setup: TrainingSetup, ways: Sequence[Way], summary: CheckpointSummary, *, any_size: bool
) -> Generator[Preparing, None, TeacherExamination]:
    best = yield from best_way(setup, ways)
    sizes = (yield from tried_sizes(setup, best.tried)) if any_size else ()
    chosen = clearly_best(sizes, sizes[0]) if sizes else best.tried
    return TeacherExamination(
        summary,
        (),
        chosen.way.settings,
        best.checks,
        reordered=best.reordered,
        layers=chosen.layers,
        sizes=tuple(each.check for each in sizes),
    )


def check_teacher(config: RunConfig, report: Report = silent) -> TeacherCheck:
    """The accuracy of the run's teacher, as its settings describe its file, on validation images.

    A new last layer is fitted first, on training images. Raises KdvizError for a file that does not fit.
    """
    return _checked(load_setup(config, report))


def _checked(setup: TrainingSetup) -> TeacherCheck:
    network = setup.network("teacher", TEACHER_SEED)
    load_teacher_file(network, setup.config)
    return measured(setup, network)[0]


def _scales(expected: int, given: int) -> list[str | None]:
    """The pixel scales to try, for channels that the network expects and those of the images."""
    scales: list[str | None] = list(PIXEL_SCALES) if expected == _COLOURS else []
    return [None, *scales] if expected == given or not scales else scales
