"""What a whole run of a study costs, where another one with the same teacher came before it."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.paired import Ratio, paired
from kdviz.config import make_config
from kdviz.trainer import distill
from kdviz.trainer.teacher_cache import TEACHER_RESULTS
from kdviz.types import TeacherReady, Weights


def ratios() -> Iterator[Ratio]:
    """Its teacher's answers remembered from the run before, against worked out again."""
    config = make_config({"train_count": 1000, "epochs": 12, "teacher_epochs": 1, "arms": ["student"]})
    teachers: dict[str, Weights] = {}

    def next_run() -> None:
        for event in distill(config, teacher=teachers.get):
            if isinstance(event, TeacherReady):
                teachers[event.key] = event.weights

    def first_run() -> None:
        TEACHER_RESULTS.clear()
        next_run()

    yield paired("run of a study: the next one / the first one of a process", next_run, first_run, pairs=10)
