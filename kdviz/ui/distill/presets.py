"""Settings to start from: each fills the form with an experiment that shows one thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kdviz.config import CHOICES, OPENING, RunConfig, filled
from kdviz.language import _, listed


@dataclass(frozen=True)
class Preset:
    """A name, what it shows in a sentence, and the settings in which it differs from its data set's recipe.

    files: whether it needs the person's own files, so that the form is not complete without them.
    """

    name: str
    label: str
    about: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    dataset: str = "fashion-mnist-mini"
    files: bool = False

    def value(self, setting: str) -> Any:
        """What it says of one setting."""
        return self._all[setting]

    @cached_property
    def _all(self) -> Mapping[str, Any]:
        return filled({"dataset": self.dataset, **self.settings})

    def matches(self, values: Mapping[str, Any]) -> bool:
        """Whether settings of the form are this preset's; which files they are about does not matter."""
        same = (
            self.value(name) == value for name, value in values.items() if name not in ("dataset", "data")
        )
        return values["dataset"] == self.dataset and all(same)


PRESETS: dict[str, Preset] = {
    each.name: each
    for each in (
        Preset(
            "opening",
            "White patch",
            "In training, the place of a white patch gives the class away; in the test it is misleading. Who "
            "looks at the clothes all the same?",
            {name: value for name, value in OPENING.items() if name != "dataset"},
        ),
        Preset(
            "few-images",
            "Few images",
            "With 250 images the labels say little: what the teacher looks at says more.",
            {
                "train_count": 250,
                "epochs": 30,
                "arms": ("student", "twin", "placebo", "scratch"),
            },
        ),
        Preset(
            "planted-cue",
            "Coloured patch",
            "A coloured patch gives the class away while the student learns. Who still looks at the shape?",
            {
                "cue": "hue-patch",
                "cue_strength": 1.0,
                "arms": ("student", "twin", "placebo"),
            },
            dataset="shapes",
        ),
        Preset(
            "tint",
            "Tinted picture",
            "The counter-example to the planted cue: all of the picture is tinted in its class's hue. Maps "
            "say where, and what is everywhere no map can point away from.",
            {
                "cue": "tint",
                "cue_strength": 1.0,
                "arms": ("student", "twin", "placebo"),
            },
            dataset="shapes",
        ),
        Preset(
            "article",
            "Article's example",
            "One simple CNN teaches a smaller one: the example that most tutorials begin with.",
            {
                "teacher": "simple-cnn",
                "teacher_width": 1.0,
                "student": "simple-cnn",
                "student_width": 0.25,
            },
        ),
        Preset(
            "transformer",
            "Transformer student",
            "A convolutional teacher shows a transformer where to look.",
            {"student": "vit-tiny", "student_width": 1.0},
            dataset="shapes",
        ),
        Preset(
            "own-pictures",
            "My own pictures",
            "A folder or zip with one folder of pictures for each class, on this computer.",
            {
                "image_size": 64,
                "student": "resnet8-lite",
                "student_width": 1.0,
                "epochs": 20,
                "batch_size": 16,
            },
            dataset="folder",
            files=True,
        ),
    )
}


def changed_line(preset: Preset) -> str:
    """What a preset has set, in one line: the data set, and where it leaves that one's recipe."""
    told = {"dataset": preset.dataset, **preset.settings}
    return " · ".join(
        _("{name}: {value}").format(
            name=_(RunConfig.model_fields[name].title or name), value=_said(name, value)
        )
        for name, value in told.items()
    )


def _said(name: str, value: Any) -> str:
    if name in CHOICES:
        return _(CHOICES[name][value].label)
    return listed(value) if isinstance(value, tuple) else f"{value:g}"
