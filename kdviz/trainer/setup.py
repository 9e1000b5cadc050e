"""What a run needs before training: its images, its device, and networks with optimizers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kdviz.config import RunConfig
from kdviz.datasets import Normalizer, RunData, Split, marked, read_marks
from kdviz.device import require_device
from kdviz.errors import DataError
from kdviz.inputs import load_dataset, prepare_data
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.modalities import Modality, modality_of
from kdviz.models import TEACHERS, Network, load_weights
from kdviz.networks import Role, build_network, load_teacher_file, role_of
from kdviz.notes import matched_masks_note
from kdviz.progress import Report
from kdviz.trainer.learner import Learner, Objective, make_learner
from kdviz.trainer.teacher_targets import MapPairing
from kdviz.trainer.training_hooks import TrainingHooks, hooks_for
from kdviz.training_memory import check_training_memory
from kdviz.types import INPUT_NAMES, Arm, Weights

TEACHER_SEED = 2**31
"""One teacher serves every seed of a study: seeds vary the students. No student can have this seed, so a
student of the teacher's architecture never starts from the teacher's initial weights."""

_MAP_PAIRINGS: Mapping[Arm, MapPairing] = {
    "student": "same image",
    "placebo": "other image",
    "same-answer": "other image, same prediction",
    "teacher-maps": "same image",
}
"""The arms with an explanation loss, and of which image each of them matches the map."""


@dataclass(frozen=True)
class TrainingSetup:
    """The config of a run with its data, normalization, precision and hooks."""

    config: RunConfig
    data: RunData
    normalizer: Normalizer
    bf16: bool
    hooks: TrainingHooks

    @property
    def modality(self) -> Modality:
        """The kind of input."""
        return modality_of(self.config.dataset)

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes about the images, a sentence each."""
        masks, notes = self.data.student_train.object_masks, self.data.dataset.notes
        if self.config.map_source == "teacher" or masks is None:
            return notes
        known = int(masks.flatten(1).any(1).sum())
        return (*notes, matched_masks_note(known, len(masks), drawn=bool(self.config.marks)))

    def network(self, role: Role, seed: int, weights: Weights | None = None) -> Network:
        """A network initialized with `seed`, on the device. weights: as of `build_network`."""
        classes = len(self.data.dataset.classes)
        network = build_network(
            self.config,
            role,
            classes=classes,
            input_shape=self.data.input_shape,
            normalization=(self.data.mean, self.data.std),
            seed=seed,
            weights=weights,
        )
        return network.to(self.normalizer.device)

    def teacher_learner(self, steps: int) -> Learner:
        """The untrained, or given, teacher with its optimizer. It is trained on labels only."""
        network = self.network("teacher", TEACHER_SEED)
        if self.config.teacher_weights == "imagenet":
            load_weights(network, self._imagenet_weights(), source="imagenet", with_head=False)
        elif self.config.teacher_weights:
            load_teacher_file(network, self.config)
        return self._learner("teacher", network, Objective(layer=self.config.explained_layer), steps)

    def student_learner(self, arm: Arm, steps: int) -> Learner:
        """An untrained student arm with its optimizer. All arms start from the same weights."""
        return self._learner(arm, self.network("student", self.config.seed), self._objective(arm), steps)

    def _imagenet_weights(self) -> Weights:
        from kdviz.models import pretrained  # torchvision is slow to import

        return pretrained(self.config.teacher, self.data.input_shape[0])

    def _objective(self, arm: Arm) -> Objective:
        config = self.config
        if arm == "scratch":
            return Objective(layer=config.explained_layer)
        explained = config.explanation_weight > 0 and arm in _MAP_PAIRINGS
        objective = Objective(
            kd_weight=config.kd_weight,
            temperature=config.temperature,
            explanation_weight=config.explanation_weight if explained else 0.0,
            loss=EXPLANATION_LOSSES[config.explanation_loss] if explained else None,
            layer=config.explained_layer,
            explanation_share=config.explanation_share,
            map_source="teacher" if arm == "teacher-maps" else config.map_source,
            map_pairing=_MAP_PAIRINGS.get(arm, "same image"),
        )
        return self.hooks.objective(objective)

    def _learner(self, arm: Arm, network: Network, objective: Objective, steps: int) -> Learner:
        config = self.config
        spec = TEACHERS[getattr(config, role_of(arm))]
        return make_learner(
            arm,
            network,
            objective,
            optimizer=spec.optimizer if config.optimizer == "auto" else config.optimizer,
            learning_rate=spec.learning_rate or config.learning_rate,
            steps=steps,
            bf16=self.bf16,
        )


def load_setup(config: RunConfig, report: Report) -> TrainingSetup:
    """Load the images and prepare a run. report: called while images load."""
    device = require_device(config.device)  # a missing device is refused before anything is loaded
    dataset = load_dataset(config, report)
    if config.marks:
        dataset = marked(dataset, read_marks(Path(config.marks)))
    check_training_memory(config, len(dataset.classes))
    data = prepare_data(config, dataset)
    hooks = hooks_for(config.mistake)
    data = hooks.run_data(data, config.train_count, config.seed)
    if config.map_source != "teacher":
        _require_masks(data.student_train, INPUT_NAMES[modality_of(config.dataset).name])
    bf16 = config.precision == "bf16" or (config.precision == "auto" and device.type == "cuda")
    normalizer = modality_of(config.dataset).normalizer(data.mean, data.std, device)
    return TrainingSetup(config, data, normalizer, bf16, hooks)


def _require_masks(split: Split, kind: str) -> None:
    """Raises DataError if no input of the split has a mask. kind: what the inputs are called."""
    if split.object_masks is None or not split.object_masks.any():
        raise DataError(
            f"map_source: none of the {len(split):,} training {kind} has a mask. Give marks, or {kind} with "
            "masks, or leave map_source out."
        )
