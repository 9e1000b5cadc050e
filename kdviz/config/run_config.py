"""Run configuration: one frozen, validated set of settings.

Command-line options and widgets are derived from `RunConfig`: bounds, defaults and help are defined only
here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from kdviz.checkpoints import chosen_outputs, pixel_scale
from kdviz.clip_seconds import FRAMES_A_SECOND, LONGEST, SHORTEST, USUAL, frames_in
from kdviz.config.choices import CHOICES
from kdviz.config.files import FILES_ELSEWHERE, contents, missing_files
from kdviz.config.filling import with_defaults
from kdviz.config.keys import run_key, teacher_key
from kdviz.config.rules import problems
from kdviz.datasets import input_shape
from kdviz.errors import ConfigError, unknown_name
from kdviz.image_size import sides, written
from kdviz.models import PRETRAINED, TEACHERS
from kdviz.types import ARMS, WITH_SAMPLES, Arm, Layer, MapSource, TextColumns
from kdviz.vocabulary import SPELLED


def _is_none(value: object) -> bool:
    return value is None


def _left_out(title: str, description: str) -> Any:
    """A text that is not stored where it is None: runs keep the keys from before the field existed."""
    return Field(None, exclude_if=_is_none, title=title, description=description)


class RunConfig(BaseModel):
    """The settings of a run. Build it with `make_config`, whose errors are readable."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    dataset: str = Field(
        "fashion-mnist-mini",
        title="Data set",
        description="The images that the networks are trained on.",
    )
    data: str | None = Field(
        None,
        title="Your files",
        description="Folder, zip, .npz or CSV of images for the data set `folder`; else the directory of "
        "downloads.",
    )
    image_size: int | str = Field(
        32,
        title="Image size",
        description="Size in pixels to which your own images are cropped and resized: a side such as 64, or "
        "height x width such as 40x100.",
    )
    # Left out where it is the usual one, so that stored runs and their keys are as they were without it.
    clip_seconds: float = Field(
        USUAL,
        ge=SHORTEST,
        le=LONGEST,
        exclude_if=lambda seconds: seconds == USUAL,
        title="Clip length (s)",
        description="Seconds that are heard of each of your own sounds: of a longer one the loudest part, a "
        "shorter one amid silence.",
    )
    text_column: str | None = _left_out(
        "Text column", "Of your own table, the column with the texts; empty recognizes it."
    )
    label_column: str | None = _left_out(
        "Label column", "Of your own table, the column with the classes; empty recognizes it."
    )
    split_column: str | None = _left_out(
        "Split column",
        "Of your own table, the column with train, validation or test, or `none`; empty recognizes it.",
    )
    rationale_column: str | None = _left_out(
        "Rationale column",
        "Of your own table, the column with what decides, as spans or words, or `none`; empty recognizes it.",
    )
    cue: str = Field(
        "none",
        title="Planted cue",
        description="A patch or a tint that predicts the class, in the student's training images only.",
    )
    cue_strength: float = Field(
        1.0,
        ge=0,
        le=1,
        title="Cue strength ρ",
        description="Probability that the cue shows the true class in the student's training images.",
    )
    train_count: int | None = Field(
        None,
        ge=2,
        title="Training images",
        description="Number of images that the student is trained on; empty means all.",
    )
    teacher: str = Field(
        "resnet8-lite", title="Teacher", description="The network that the student imitates."
    )
    teacher_width: float = Field(
        1.0,
        ge=0.25,
        le=8,
        title="Teacher width",
        description="Multiplies the number of channels in the teacher's layers.",
    )
    teacher_weights: str | None = Field(
        None,
        title="Teacher's weights",
        description="A .safetensors file, or `imagenet` for torchvision's; of texts, the folder of a "
        "pretrained transformer; empty trains the teacher here.",
    )
    teacher_input: str | None = _left_out(
        "Teacher's pixels", "imagenet, cifar10, cifar100, unit: [0, 1], half: [-1, 1], or means/deviations."
    )
    teacher_size: int | None = Field(
        None,
        ge=16,
        le=1024,
        exclude_if=_is_none,
        title="Teacher's image size",
        description="Side in pixels to which the teacher's images are resized.",
    )
    teacher_classes: str | None = _left_out(
        "Teacher's classes", "For each class an output of its file, as 3,0,7; `new` trains a new last layer."
    )
    teacher_epochs: int = Field(
        8,
        ge=0,
        le=500,
        title="Teacher epochs",
        description="Epochs of the teacher's own training; 0 uses its weights as they are.",
    )
    student: str = Field(
        "resnet8-lite", title="Student", description="The network that imitates the teacher."
    )
    student_width: float = Field(
        0.5,
        ge=0.25,
        le=8,
        title="Student width",
        description="Multiplies the number of channels in the student's layers.",
    )
    temperature: float = Field(
        4.0,
        ge=1,
        le=20,
        title="Temperature T",
        description="Softens the teacher's probabilities; 1 leaves them unchanged, 4 is usual.",
    )
    kd_weight: float = Field(
        0.9,
        ge=0,
        le=1,
        title="Soft-label weight",
        description="Weight of the teacher's soft labels in the accuracy loss; the rest is the labels'.",
    )
    explanation_loss: str = Field(
        "class-attention",
        title="Explanation loss",
        description="Which maps of student and teacher are matched, and by which distance.",
    )
    explanation_weight: float = Field(
        30.0,
        ge=0,
        le=10_000,
        title="λ",
        description="Weight of the explanation loss: how much the student's maps have to match the "
        "teacher's, beside its answers. 0: not at all, as for the twin.",
    )
    explanation_share: float | None = Field(
        None,
        gt=0,
        lt=1,
        exclude_if=_is_none,
        title="Share of the gradient",
        description="Adapts λ after each epoch so that the explanation loss makes this share of the "
        "gradient; empty keeps λ constant.",
    )
    map_source: MapSource = Field(
        "teacher",
        exclude_if=lambda source: source == "teacher",
        title="Maps to match",
        description="The teacher's maps; `mask`: where the object is; `both`: the teacher's maps there.",
    )
    marks: str | None = _left_out(
        "Marks", "A file of masks that a person has drawn on training images, instead of the data's own."
    )
    parent: str | None = _left_out("Parent run", "A finished run whose students are trained on.")
    explained_layer: Layer = Field(
        "last",
        title="Explained layer",
        description="The feature map that heat maps are computed from: counted from the end, or the last one "
        "with a stride of at most 16, 8, 4 or 2 pixels.",
    )
    epochs: int = Field(
        12, ge=1, le=1000, title="Epochs", description="Passes over the student's training images."
    )
    batch_size: int = Field(64, ge=2, le=4096, title="Batch size", description="Images per training step.")
    # Likewise where it is the usual one.
    augmentation: str = Field(
        "usual",
        exclude_if=lambda name: name == "usual",
        title="Augmentation",
        description="How sounds are changed at random in training, the same for all networks.",
    )
    optimizer: Literal["auto", "sgd", "adamw", "adam"] = Field(
        "auto", title="Optimizer", description="`auto` chooses what suits each network."
    )
    learning_rate: float | None = Field(
        None,
        gt=0,
        le=10,
        title="Learning rate",
        description="Peak of the one-cycle schedule; empty means 0.1 for sgd, 0.002 for adamw and adam.",
    )
    arms: tuple[Arm, ...] = Field(
        ("student", "twin"),
        title="Arms",
        description="Networks that are trained in lockstep, on the same batches.",
    )
    seed: int = Field(
        0,
        ge=0,
        le=2**31 - 1,
        title="Seed",
        description="Seed of the initial weights, and of the choice and order of the student's images.",
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        "auto", title="Device", description="The processor that trains the networks."
    )
    precision: Literal["auto", "fp32", "bf16"] = Field(
        "auto", title="Precision", description="`auto` is fp32 on CPU and bf16 autocast on CUDA."
    )
    # Likewise where it is "none".
    mistake: str = Field(
        "none",
        exclude_if=lambda name: name == "none",
        title="Deliberate mistake",
        description="A classic error, made on purpose to see its effect.",
    )

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, values: Any) -> Any:
        return filled(values) if isinstance(values, Mapping) else values

    @field_validator("image_size", mode="before")
    @classmethod
    def _size(cls, value: Any) -> int | str:
        try:
            return written(*sides(value))
        except ConfigError as error:
            raise ValueError(str(error)) from None

    @field_validator("clip_seconds")
    @classmethod
    def _whole_frames(cls, seconds: float) -> float:
        return frames_in(seconds) / FRAMES_A_SECOND

    @field_validator(*CHOICES)
    @classmethod
    def _known(cls, value: str, info: Any) -> str:
        known = CHOICES[info.field_name]
        if value not in known:
            raise ValueError(unknown_name(info.field_name, value, known))
        return value

    @field_validator("teacher_input", "teacher_classes")
    @classmethod
    def _of_a_file(cls, value: str | None, info: Any) -> str | None:
        try:
            (pixel_scale if info.field_name == "teacher_input" else chosen_outputs)(value)
        except ConfigError as error:
            raise ValueError(str(error)) from None
        return value

    @field_validator("arms")
    @classmethod
    def _in_order(cls, arms: tuple[Arm, ...]) -> tuple[Arm, ...]:
        if "student" not in arms or "teacher" in arms:
            raise ValueError(
                f"arms: must contain 'student' and not 'teacher', got {', '.join(arms) or 'none'}."
            )
        return tuple(arm for arm in ARMS if arm in arms)

    @model_validator(mode="after")
    def _goes_together(self, info: Any) -> RunConfig:
        found = [*problems(self), *(missing_files(self) if info.context != FILES_ELSEWHERE else ())]
        if found:
            raise ValueError("\n".join(found))
        return self

    @property
    def all_arms(self) -> tuple[Arm, ...]:
        """The teacher, then the arms that are trained in lockstep."""
        return ("teacher", *self.arms)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of the networks' inputs, with the cue planted: (C, H, W) of images.

        Texts have more channels where the teacher has a tokenizer of its own: the spelling of each word.
        Sounds have more where a network reads their samples.
        """
        shape = input_shape(self.dataset, self.image_size, self.cue, self.clip_seconds)
        if any(TEACHERS[name].reads_samples for name in (self.teacher, self.student)):
            return (WITH_SAMPLES, *shape[1:])
        return (SPELLED, *shape[1:]) if self.teacher == PRETRAINED else shape

    def teacher_input_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """(C, H, W) of images as the teacher's network takes them. input_shape: of the run's images."""
        channels, *sides = input_shape
        sides = [self.teacher_size] * len(sides) if self.teacher_size else sides
        return (3 if self.teacher_input else channels, *sides)

    @property
    def teacher_outputs(self) -> tuple[int, ...] | None:
        """For each class, which output of the teacher's file is its logit; None for all in order."""
        return chosen_outputs(self.teacher_classes)

    @property
    def columns(self) -> TextColumns:
        """The columns of the user's table of texts."""
        return TextColumns.of(vars(self))

    @property
    def teacher_key(self) -> str:
        """Key of the teacher of this run: equal for runs that can share it."""
        return teacher_key(self)

    @property
    def key(self) -> str:
        """Key of this run: equal for equal settings, ignoring those without effect at λ = 0."""
        return run_key(self)

    @property
    def content(self) -> Mapping[str, str]:
        """Hashes of the user's files, by setting. Keys contain them instead of the paths."""
        return contents(self)


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """All settings of a run, not validated, with defaults for those left out."""
    return with_defaults(values, {name: info.default for name, info in RunConfig.model_fields.items()})
