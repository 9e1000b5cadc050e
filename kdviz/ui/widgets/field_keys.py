"""Keys of the widgets for a run's settings, which are also parameters in the URL.

Each data set has its own widgets, because its recipe has its own defaults. If a default depends on another
choice, each value of that choice has its own widget.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kdviz.clip_seconds import OWN_SOUNDS
from kdviz.config import CHOICES, LAMBDA_LADDER, OPENING, RunConfig, filled
from kdviz.language import _
from kdviz.store.uploads import upload_token
from kdviz.types import ARMS, COLUMN_FIELDS, NO_COLUMN
from kdviz.ui.frame.language_switch import with_language

_NO_WIDGET = ("dataset", "mistake", "marks", "parent")
"""Settings without a widget per data set: it is chosen above them, and mistakes are not offered."""

_OFFERED_ARMS = tuple(arm for arm in ARMS[2:] if arm != "teacher-maps")
"""Arms with a checkbox: that one is of a run on marks, and a parameter of no widget would stay in the URL."""


class FieldKeys:
    """The keys for one data set."""

    def __init__(self, dataset: str) -> None:
        self._dataset = dataset
        self._given = {} if dataset == OPENING["dataset"] else {"dataset": dataset}

    def default(self, field: str, **chosen: Any) -> Any:
        """The default of a setting. chosen: other settings on which it may depend."""
        return filled({**self._given, **chosen})[field]

    def of(self, name: str) -> str:
        """The key of a field, of an arm, or of "lambda", a λ that is not on the ladder."""
        return f"{self._dataset}.{name}"

    def width(self, role: str, network: str) -> str:
        """The key of a width: a network other than the recipe's has its own widget."""
        key = self.of(f"{role}_width")
        return key if network == self.default(role) else f"{key}.{network}"

    def teacher_epochs(self, teacher: str) -> str:
        """The key of the teacher's epochs: teachers with another default have their own widget."""
        key = self.of("teacher_epochs")
        usual = self.default("teacher_epochs", teacher=teacher)
        return key if usual == self.default("teacher_epochs") else f"{key}.{teacher}"

    def loss(self, teacher: str, student: str, layer: str) -> str:
        """The key of the explanation loss: networks with another default have their own widget."""
        networks = {"teacher": teacher, "student": student, "explained_layer": layer}
        usual, key = self.default("explanation_loss", **networks), self.of("explanation_loss")
        return key if usual == self.default("explanation_loss") else f"{key}.{usual}"

    def weight(self, loss: str) -> str:
        """The key of the ladder of λ: a loss with another default has its own widget."""
        usual, key = self.default("explanation_weight", explanation_loss=loss), self.of("explanation_weight")
        return key if usual == self.default("explanation_weight") else f"{key}.{usual:g}"

    def values(self, settings: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
        """For each widget its field, its key, and its value for these settings."""
        networks = [settings[name] for name in ("teacher", "student", "explained_layer")]
        loss, weight = settings["explanation_loss"], settings["explanation_weight"]
        on_ladder = weight in LAMBDA_LADDER
        usual = self.default("explanation_weight", explanation_loss=loss)
        for field in RunConfig.model_fields:
            if field == "arms":
                yield from ((field, self.of(arm), arm in settings["arms"]) for arm in _OFFERED_ARMS)
            elif field in ("teacher_width", "student_width"):
                role = field.removesuffix("_width")
                yield field, self.width(role, settings[role]), settings[field]
            elif field == "teacher_epochs":
                yield field, self.teacher_epochs(settings["teacher"]), settings[field]
            elif field == "explanation_loss":
                yield field, self.loss(*networks), loss
            elif field == "explanation_weight":
                yield field, self.weight(loss), weight if on_ladder else usual
                yield field, self.of("lambda"), None if on_ladder else weight
            elif field in ("data", "teacher_weights"):
                given = settings.get(field)
                yield field, self.of(field), upload_token(given or "") or given
            elif field not in _NO_WIDGET:
                yield field, self.of(field), settings.get(field, RunConfig.model_fields[field].default)


def settings_link(config: RunConfig) -> dict[str, str]:
    """The settings as URL parameters of the form's widgets: choices by label."""
    return with_language({"dataset": _text("dataset", config.dataset), **parameters(config.model_dump())})


def parameters(settings: Mapping[str, Any]) -> dict[str, str]:
    """The URL parameters of the widgets of a data set, for these settings of it."""
    idle = {
        *(() if settings["dataset"] == "folder" else ("image_size",)),
        *(() if settings["dataset"] == OWN_SOUNDS else ("clip_seconds",)),
        *(() if settings["cue"] != "none" else ("cue_strength",)),
        *(() if settings.get("map_source", "teacher") != "teacher" else ("map_source",)),
        *(() if settings.get("augmentation", "usual") != "usual" else ("augmentation",)),
    }
    return {
        key: _text(field, value)
        for field, key, value in FieldKeys(settings["dataset"]).values(settings)
        if field not in idle and (value is not None or field == "train_count")
    }


def _text(field: str, value: Any) -> str:
    """A widget's value as a URL parameter."""
    specs = CHOICES.get(field, {})
    if value in specs:
        return _(specs[value].label)
    if value is None:
        return ""
    if field in COLUMN_FIELDS and value == NO_COLUMN:
        return _("none")
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if field == "explanation_weight" else str(value)
