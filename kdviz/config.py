"""What a run is made of: one frozen, validated set of settings.

The command line's options and the page's widgets are read from `RunConfig`: bounds, defaults and
help live here and nowhere else. What becomes of settings that are left out, `filled` alone knows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from kdviz.content import file_hash
from kdviz.datasets import CUES, DATASETS, fingerprint
from kdviz.errors import ConfigError, unknown_name
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import MODELS
from kdviz.museum.mistakes import MAPS, MISTAKES, SOFT_LABELS, SOFTENED
from kdviz.types import ARMS, Arm, Layer, Spec

LAMBDA_LADDER = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
"""The weights of the explanation loss that are offered; any other may be typed."""

IDLE_WITHOUT_LAMBDA = ("explanation_loss", "explanation_share")
"""Settings that have no effect at λ = 0."""

NEED_LAMBDA: frozenset[Arm] = frozenset({"twin", "placebo", "same-answer"})
"""Arms that are the student itself at λ = 0."""

CHOICES: Mapping[str, Mapping[str, Spec]] = {
    "dataset": DATASETS,
    "cue": CUES,
    "teacher": MODELS,
    "student": MODELS,
    "explanation_loss": EXPLANATION_LOSSES,
    "mistake": MISTAKES,
}
"""Fields whose value is a name in a registry."""

OPENING: Mapping[str, Any] = {
    "dataset": "fashion-mnist-mini",
    "cue": "place-patch",
    "train_count": 1000,
    "arms": ("student", "twin", "placebo"),
}
"""What a run is that names no data set: real images with a planted cue, whose effect is plain to see."""

# Two runs that agree in all of these can share one trained teacher.
_TEACHER_FIELDS = (
    "dataset",
    "image_size",
    "cue",
    "teacher",
    "teacher_width",
    "teacher_weights",
    "teacher_epochs",
    "batch_size",
    "optimizer",
    "learning_rate",
)

_NO_LOSS = "grad-cam"
"""What keys hold for the explanation loss at λ = 0, where it has no effect."""

_ELSEWHERE = "files are on another machine"


class RunConfig(BaseModel):
    """The settings of one run. Build it with `make_config`, whose errors are made for people."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    dataset: str = Field("fashion-mnist-mini", title="Data set", description="What is learnt from.")
    data: str | None = Field(
        None,
        title="Your files",
        description="A folder or zip of images for `folder`; elsewhere, where downloads are kept.",
    )
    image_size: int = Field(
        32,
        ge=16,
        le=512,
        title="Image size",
        description="Side in pixels that a person's own images are brought to.",
    )
    cue: str = Field(
        "none",
        title="Planted cue",
        description="A patch or a tint that gives the class away in the student's training images only.",
    )
    cue_strength: float = Field(
        1.0,
        ge=0,
        le=1,
        title="Cue strength ρ",
        description="How often the cue tells the truth in the student's training images.",
    )
    train_count: int | None = Field(
        None,
        ge=2,
        title="Training images",
        description="How many images the student learns from; empty means all.",
    )
    teacher: str = Field("resnet8-lite", title="Teacher", description="The network that is imitated.")
    teacher_width: float = Field(
        1.0, ge=0.25, le=8, title="Teacher width", description="Factor on the teacher's channel counts."
    )
    teacher_weights: str | None = Field(
        None,
        title="Teacher's weights",
        description="A .safetensors file, or `imagenet` for torchvision's; empty trains from scratch.",
    )
    teacher_epochs: int = Field(
        8,
        ge=0,
        le=500,
        title="Teacher epochs",
        description="Passes over the data in the teacher's own training; 0 takes its weights as they are.",
    )
    student: str = Field("resnet8-lite", title="Student", description="The network that imitates.")
    student_width: float = Field(
        0.5, ge=0.25, le=8, title="Student width", description="Factor on the student's channel counts."
    )
    temperature: float = Field(
        4.0,
        ge=1,
        le=20,
        title="Temperature T",
        description="How soft the teacher's answers are made; 1 leaves them as they are, 4 is usual.",
    )
    kd_weight: float = Field(
        0.9,
        ge=0,
        le=1,
        title="Soft-label weight",
        description="Share of the accuracy loss that the teacher's answers make; the labels make the rest.",
    )
    explanation_loss: str = Field(
        "class-attention",
        title="Explanation loss",
        description="What must match between student and teacher besides the answers.",
    )
    explanation_weight: float = Field(
        30.0,
        ge=0,
        le=10_000,
        title="λ",
        description="Weight of the explanation loss: how much the student must look where the teacher looks.",
    )
    # Left out of what is stored where there is none: runs keep the key that they had before there were any.
    explanation_share: float | None = Field(
        None,
        gt=0,
        lt=1,
        exclude_if=lambda share: share is None,
        title="Share of the gradient",
        description="Adapts λ once an epoch, so that the explanation makes this share of the gradient; empty "
        "leaves λ as it is.",
    )
    explained_layer: Layer = Field(
        "last",
        title="Explained layer",
        description="The feature map that maps are read from, counted from the end.",
    )
    epochs: int = Field(
        12, ge=1, le=1000, title="Epochs", description="Passes over the student's training images."
    )
    batch_size: int = Field(64, ge=2, le=4096, title="Batch size", description="Images a step.")
    optimizer: Literal["auto", "sgd", "adamw", "adam"] = Field(
        "auto", title="Optimiser", description="`auto` takes what suits each network."
    )
    learning_rate: float | None = Field(
        None,
        gt=0,
        le=10,
        title="Learning rate",
        description="Peak of the one-cycle schedule; empty takes 0.1 for sgd, 0.002 for adamw and adam.",
    )
    arms: tuple[Arm, ...] = Field(
        ("student", "twin"), title="Arms", description="Networks trained in lockstep beside the teacher."
    )
    seed: int = Field(
        0,
        ge=0,
        le=2**31 - 1,
        title="Seed",
        description="Start weights, order and choice of the student's images.",
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        "auto", title="Device", description="Where it is computed."
    )
    precision: Literal["auto", "fp32", "bf16"] = Field(
        "auto", title="Precision", description="`auto` is fp32 on CPU and bf16 autocast on CUDA."
    )
    # Left out likewise.
    mistake: str = Field(
        "none",
        exclude_if=lambda name: name == "none",
        title="Deliberate mistake",
        description="A classic error that is made on purpose, to see what it looks like.",
    )

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, values: Any) -> Any:
        return filled(values) if isinstance(values, Mapping) else values

    @field_validator(*CHOICES)
    @classmethod
    def _known(cls, value: str, info: Any) -> str:
        known = CHOICES[info.field_name]
        if value not in known:
            raise ValueError(unknown_name(info.field_name, value, known))
        return value

    @field_validator("arms")
    @classmethod
    def _in_order(cls, arms: tuple[Arm, ...]) -> tuple[Arm, ...]:
        if "student" not in arms or "teacher" in arms:
            raise ValueError(f"arms: must hold 'student' and not 'teacher', got {', '.join(arms) or 'none'}.")
        return tuple(arm for arm in ARMS if arm in arms)

    @model_validator(mode="after")
    def _goes_together(self, info: Any) -> RunConfig:
        problems = [*_problems(self), *(_missing_files(self) if info.context != _ELSEWHERE else ())]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @property
    def teacher_key(self) -> str:
        """Names the teacher that this run needs: equal for runs that can share it."""
        parts = {name: getattr(self, name) for name in _TEACHER_FIELDS}
        return _digest({**parts, **self.content})

    @property
    def key(self) -> str:
        """Names the whole run: equal for equal settings, without what has no effect at λ = 0."""
        settings = self.model_dump(mode="json")
        if self.explanation_weight == 0:
            settings["explanation_loss"] = _NO_LOSS
        return _digest({**settings, **self.content})

    @property
    def content(self) -> Mapping[str, str]:
        """Names what is in the person's own files, by setting. Keys hold it in place of their paths."""
        content = {"data": fingerprint(self.dataset, self.data)}
        given = self.teacher_weights
        if given and given != "imagenet" and Path(given).is_file():
            content["teacher_weights"] = file_hash(Path(given))
        return content


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """All settings of a run, not validated yet: what is left out takes what suits the rest, or the default.

    Without a data set it comes from the opening experiment; with one, from that data set's recipe, whose
    widths are meant for its own networks: another one comes as it is. The explanation loss suits the two
    networks, λ suits the loss, and at λ = 0 the student is its own twin.
    """
    recipe = _recipe(values)
    for role in ("teacher", "student"):
        if values.get(role, recipe.get(role)) != recipe.get(role):
            recipe[f"{role}_width"] = 1.0
    defaults = {name: info.default for name, info in RunConfig.model_fields.items()}
    chosen = {**defaults, **recipe, **values}
    if "explanation_loss" not in values:
        names = (str(chosen[field]) for field in ("teacher", "student", "explained_layer"))
        chosen["explanation_loss"] = usual_loss(*names)
    if "explanation_weight" not in values:
        chosen["explanation_weight"] = usual_weight(str(chosen["explanation_loss"]))
    if chosen["explanation_weight"] == 0 and "arms" not in values:
        chosen["arms"] = ("student",)
    return chosen


def _recipe(values: Mapping[str, Any]) -> dict[str, Any]:
    """The opening experiment, or what suits the data set; nothing for one that is not known."""
    if "dataset" not in values:
        return {**DATASETS[OPENING["dataset"]].recipe, **OPENING}
    spec = DATASETS.get(str(values["dataset"]))
    return dict(spec.recipe) if spec else {}


def usual_loss(teacher: str, student: str, layer: str = "last") -> str:
    """The explanation loss that suits two networks and a layer.

    Class attention where only average pooling and one linear layer follow it in both: there it teaches most,
    and costs no second backward pass. Elsewhere Grad-CAM.
    """
    known = [MODELS[name] for name in (teacher, student) if name in MODELS]
    pooled = all("pooled-linear-head" in spec.offers for spec in known)
    return "class-attention" if pooled and layer == "last" else "grad-cam"


def usual_weight(loss: str) -> float:
    """The λ that suits an explanation loss."""
    return EXPLANATION_LOSSES[loss].weight if loss in EXPLANATION_LOSSES else 0.0


def make_config(values: Mapping[str, Any]) -> RunConfig:
    """A validated config. Raises ConfigError with one line for each wrong field, all at once."""
    return _validated(values)


def stored_settings(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Settings that another version may have stored on another machine, in today's form.

    Files that they name need not be here. Raises ConfigError like `make_config`.
    """
    return _validated(values, _ELSEWHERE).model_dump(mode="json")


def changed(config: RunConfig, **values: Any) -> RunConfig:
    """The config with other values, validated anew. Raises ConfigError."""
    return make_config({**config.model_dump(), **values})


def bounds(field: str) -> tuple[float | None, float | None]:
    """Smallest and largest value allowed for a numeric field; None where there is no bound."""
    limits = {
        kind: getattr(rule, kind)
        for rule in RunConfig.model_fields[field].metadata
        for kind in ("ge", "gt", "le", "lt")
        if hasattr(rule, kind)
    }
    return limits.get("ge", limits.get("gt")), limits.get("le", limits.get("lt"))


def options(field: str) -> tuple[str, ...]:
    """The names that a field may take: a registry's, or a fixed list's; empty for free values."""
    if field in CHOICES:
        return tuple(CHOICES[field])
    if field == "arms":
        return tuple(arm for arm in ARMS if arm != "teacher")
    annotation = RunConfig.model_fields[field].annotation
    return tuple(str(option) for option in get_args(annotation) if isinstance(option, str))


def _validated(values: Mapping[str, Any], context: str | None = None) -> RunConfig:
    try:
        return RunConfig.model_validate(dict(values), context=context)
    except ValidationError as error:
        raise ConfigError("\n".join(_lines(error))) from None


def _problems(config: RunConfig) -> Iterable[str]:
    """What is wrong between fields, one line each."""
    data, loss = DATASETS[config.dataset], EXPLANATION_LOSSES[config.explanation_loss]
    size = data.image_size or config.image_size
    for role in ("teacher", "student"):
        spec = MODELS[getattr(config, role)]
        if size < spec.minimum_size:
            yield (
                f"{role}: {spec.name!r} needs images of at least {spec.minimum_size} px, "
                f"{config.dataset!r} has {size}. Choose another {role} or larger images."
            )
        if not spec.has_width and getattr(config, f"{role}_width") != 1:
            yield f"{role}_width: {spec.name!r} comes in one width. Set it to 1, or choose another {role}."
        missing = loss.requires - spec.offers
        if config.explanation_weight > 0 and missing:
            fits = [name for name, other in EXPLANATION_LOSSES.items() if other.requires <= spec.offers]
            yield (
                f"explanation_loss: {loss.name!r} needs {', '.join(sorted(missing))}, which the {role} "
                f"{spec.name!r} does not have. Losses that fit it: {', '.join(fits)}."
            )
    if config.explanation_weight == 0 and NEED_LAMBDA & set(config.arms):
        yield (
            "arms: at explanation_weight 0 the student is its own twin and placebo. "
            "Leave them out, or raise explanation_weight."
        )
    if config.explanation_share and config.explanation_weight == 0:
        yield (
            "explanation_share: adapts an explanation_weight above 0, got 0. Raise explanation_weight, or "
            "leave explanation_share out."
        )
    if config.dataset == "folder" and not config.data:
        yield "data: the data set 'folder' needs a folder or a zip file of images. Give its path."
    if config.teacher_epochs == 0 and not config.teacher_weights:
        yield "teacher_epochs: 0 leaves the teacher untrained. Give teacher_weights, or at least 1 epoch."
    yield from _without_effect(config)


def _without_effect(config: RunConfig) -> Iterable[str]:
    """Settings at which the deliberate mistake would change nothing."""
    needs = MISTAKES[config.mistake].needs
    if MAPS in needs and config.explanation_weight == 0:
        yield f"mistake: {config.mistake!r} needs maps to match. Raise explanation_weight above 0."
    if SOFT_LABELS in needs and config.kd_weight == 0:
        yield f"mistake: {config.mistake!r} needs soft labels. Raise kd_weight above 0."
    if SOFTENED in needs and config.temperature == 1:
        yield f"mistake: {config.mistake!r} needs softened answers. Raise temperature above 1."


def _missing_files(config: RunConfig) -> Iterable[str]:
    if config.teacher_weights not in (None, "imagenet") and not Path(config.teacher_weights).is_file():
        yield f"teacher_weights: no file {config.teacher_weights!r}. Give a .safetensors file or 'imagenet'."


def _lines(error: ValidationError) -> list[str]:
    """Pydantic's findings in kdviz's words, one line a field."""
    return [line for found in error.errors() for line in _line(found).splitlines()]


def _line(found: ErrorDetails) -> str:
    field = str(found["loc"][0]) if found["loc"] else ""
    if found["type"] == "value_error":
        return str(found["ctx"]["error"])
    if found["type"] == "extra_forbidden":
        return unknown_name("setting", field, RunConfig.model_fields)
    given = repr(found["input"])
    if names := options(field):
        wrong = str(found["input"]) if len(found["loc"]) == 1 else given.strip("'")
        return unknown_name(field, wrong, names)
    about = RunConfig.model_fields[field].description if field in RunConfig.model_fields else ""
    return f"{field}: {_allowed(field)}, got {given}. {about}".rstrip()


def _allowed(field: str) -> str:
    low, high = bounds(field)
    kind = "a whole number" if "int" in str(RunConfig.model_fields[field].annotation) else "a number"
    if low is None and high is None:
        return "must be text"
    above = (
        "above" if any(hasattr(rule, "gt") for rule in RunConfig.model_fields[field].metadata) else "at least"
    )
    parts = [f"{above} {low:g}"] if low is not None else []
    below = (
        "below" if any(hasattr(rule, "lt") for rule in RunConfig.model_fields[field].metadata) else "at most"
    )
    parts += [f"{below} {high:g}"] if high is not None else []
    return f"must be {kind}, {' and '.join(parts)}"


def _digest(parts: Mapping[str, Any]) -> str:
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
