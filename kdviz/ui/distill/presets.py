"""Presets: each fills the form with an experiment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from kdviz.config import OPENING, OWN_PICTURES, filled
from kdviz.language import _
from kdviz.ui.distill.mirror import differences, same_setting
from kdviz.ui.widgets.following_count import with_count
from kdviz.ui.widgets.setting_names import setting_name, setting_value

_ANYWHERE = ("data", "device")
"""Settings in which a form is still a preset's."""

_MOST_NAMED, _SEPARATOR = 4, " · "
"""Settings that differ from a preset and are named, and what is between them."""


@dataclass(frozen=True)
class Preset:
    """A name, what it shows in a sentence, and the settings that differ from its data set's recipe.

    label: the data, and what is planted in them or is special.
    files: whether it needs the user's own files, so that the form is incomplete without them. seconds: of a
    run on two cores of an AMD EPYC, busy with other work, so rather too many; None if they depend on files.
    """

    name: str
    label: str
    about: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    dataset: str = "fashion-mnist-mini"
    files: bool = False
    seconds: float | None = None

    @cached_property
    def complete(self) -> Mapping[str, Any]:
        """All settings of a run, with those of the recipe and the defaults."""
        return filled({"dataset": self.dataset, **self.settings})

    def on(self, data: str | None, image_size: int | str | None) -> Preset:
        """The preset on the user's files, whose number some of its settings follow, read at this size."""
        if not (self.files and data):
            return self
        size = {"image_size": image_size} if image_size else {}
        settings = with_count({"dataset": self.dataset, "data": data, **self.settings, **size})
        return replace(self, settings={k: v for k, v in settings.items() if k not in ("dataset", "data")})

    def matches(self, values: Mapping[str, Any]) -> bool:
        """Whether settings of the form are this preset's, ignoring the path of the files and the device."""
        return all(
            same_setting(value, self.complete[name])
            for name, value in values.items()
            if name not in _ANYWHERE
        )


PRESETS: dict[str, Preset] = {
    each.name: each
    for each in (
        Preset(
            "opening",
            "Clothes, white patch",
            "In training, the position of a white patch gives the class away; at test time it is drawn at "
            "random. Which student looks at the clothes anyway?",
            {name: value for name, value in OPENING.items() if name != "dataset"},
            seconds=32,
        ),
        Preset(
            "few-images",
            "Clothes, few images",
            "With only 250 images: do the teacher's maps add what labels alone cannot teach?",
            {
                "train_count": 250,
                "epochs": 30,
                "arms": ("student", "twin", "placebo", "scratch"),
            },
            seconds=118,
        ),
        Preset(
            "planted-cue",
            "Shapes, coloured patch",
            "In training, a coloured patch gives the class away. Which student still looks at the shape?",
            {
                "cue": "hue-patch",
                "cue_strength": 1.0,
                "arms": ("student", "twin", "placebo"),
            },
            dataset="shapes",
            seconds=95,
        ),
        Preset(
            "tint",
            "Shapes, tinted",
            "A counter-example: the whole picture is tinted in the hue of its class. A map shows where "
            "the evidence is, so it cannot help against a cue that is everywhere.",
            {
                "cue": "tint",
                "cue_strength": 1.0,
                "arms": ("student", "twin", "placebo"),
            },
            dataset="shapes",
            seconds=95,  # of the coloured patch: the same networks, images and epochs
        ),
        Preset(
            "photographs",
            "Flower photographs",
            "250 photographs of flowers and no planted cue: what do the teacher's maps add to its answers?",
            {"arms": ("student", "twin", "placebo")},
            dataset="flowers",
            seconds=235,
        ),
        Preset(
            "blood-cells",
            "Blood cells, white patch",
            "64 microscope images. In training, the position of a white patch gives the class away; at test "
            "time it is drawn at random. Boxes say where each cell is: whose maps find it?",
            {"cue": "place-patch", "arms": ("student", "twin", "placebo")},
            dataset="blood-cells",
            seconds=427,
        ),
        Preset(
            "sentences",
            "Sentences, planted word",
            "Sentences that praise or complain. In training, a word that has nothing to do with them gives "
            "the class away; at test time it is drawn at random. Which student reads the rest?",
            {"cue": "marker-word", "arms": ("student", "twin", "placebo")},
            dataset="sentiment",
            seconds=19,
        ),
        Preset(
            "review-pairs",
            "Review pairs",
            "Film reviews and their opposites, which differ in a few words. Which student reads those words?",
            {"cue": "none", "arms": ("student", "twin", "placebo")},
            dataset="counterfactual-reviews",
            seconds=13,
        ),
        Preset(
            "spoken-words",
            "Spoken words, beep",
            "Ten spoken words. In training, the pitch of a beep gives the word away; at test time it is "
            "drawn at random. Which student listens to the word?",
            {"cue": "beep", "arms": ("student", "twin", "placebo")},
            dataset="speech-commands-mini",
            seconds=170,
        ),
        Preset(
            "own-pictures",
            "My own data",
            "Pictures that you upload, with one folder for each class. For texts or sounds, choose yours "
            "under *Data set*.",
            OWN_PICTURES,
            dataset="folder",
            files=True,
        ),
        Preset(
            "article",
            "Article's example",
            "A simple CNN teaches a smaller one: the example of most tutorials.",
            {
                "teacher": "simple-cnn",
                "teacher_width": 1.0,
                "student": "simple-cnn",
                "student_width": 0.25,
            },
            seconds=118,
        ),
        Preset(
            "transformer",
            "Transformer student",
            "A convolutional teacher shows a transformer where to look.",
            {"student": "vit-tiny", "student_width": 1.0},
            dataset="shapes",
            seconds=715,
        ),
    )
}
"""Quick ones on images first, then photographs, texts and sounds, and special ones last."""


def chosen_preset(settings: Mapping[str, Any]) -> Preset | None:
    """The preset that settings of the form are; None if they are none's."""
    on_files = (_on_files_of(settings, each) for each in PRESETS.values())
    return next((each for each in on_files if each.matches(settings)), None)


def _on_files_of(settings: Mapping[str, Any], preset: Preset) -> Preset:
    return preset.on(settings.get("data"), settings.get("image_size"))


def nearest_preset(settings: Mapping[str, Any]) -> Preset | None:
    """The preset on a run's data set and cue that differs least from its settings; None without one."""
    fitting = [
        each
        for each in PRESETS.values()
        if (each.dataset, each.complete["cue"]) == (settings["dataset"], settings["cue"]) and not each.files
    ]
    return min(fitting, key=lambda each: len(differences(each.complete, settings)), default=None)


def custom_line(settings: Mapping[str, Any]) -> str:
    """In what settings of no preset differ from the nearest one."""
    fitting = (each for each in PRESETS.values() if each.dataset == settings["dataset"])
    on_data = [_on_files_of(settings, each) for each in fitting]
    if not on_data:
        return _("Custom settings.")
    known = {name: value for name, value in settings.items() if name not in _ANYWHERE}
    nearest = min(on_data, key=lambda each: len(differences(known, each.complete)))
    changed = differences(known, nearest.complete)
    named = _named({name: settings[name] for name in changed[:_MOST_NAMED]})
    more = _("{count} more").format(count=len(changed) - _MOST_NAMED) if len(changed) > _MOST_NAMED else ""
    said = _("Like **{preset}**, except: {changes}")
    return said.format(preset=_(nearest.label), changes=_SEPARATOR.join(filter(None, [named, more])))


def changed_line(preset: Preset) -> str:
    """The settings of a preset in one line: the data set, and what differs from its recipe."""
    return _named({"dataset": preset.dataset, **preset.settings})


def _named(settings: Mapping[str, Any]) -> str:
    return _SEPARATOR.join(
        _("{name}: {value}").format(name=setting_name(name), value=setting_value(name, value))
        for name, value in settings.items()
    )
