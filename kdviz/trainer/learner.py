"""One arm in training: its network, objective, optimizer, and one training step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW, Optimizer
from torch.optim.lr_scheduler import OneCycleLR

from kdviz.datasets.text_split import words_read
from kdviz.errors import TrainingError
from kdviz.explainers import MAPS, run
from kdviz.losses import distillation_loss, explanation_loss, unreached_blocks
from kdviz.models import Network
from kdviz.trainer.batches import Batch
from kdviz.trainer.map_goals import explained_classes, map_goals
from kdviz.trainer.teacher_targets import BatchTargets, MapPairing, TeacherOutput, paired_maps
from kdviz.types import Arm, ExplanationLossSpec, Layer, MapSource

GRADIENT_CLIP = 5.0
WEIGHT_DECAY = 5e-4
LEARNING_RATES = {"sgd": 0.1, "adamw": 0.002, "adam": 0.002}
"""Default peak of the one-cycle schedule."""

MAX_WEIGHT_FACTOR = 10.0
"""Largest factor by which λ is adapted per epoch: the gradient of a single batch may be close to zero."""

AccuracyTerms = Callable[..., tuple[Tensor, Tensor]]
"""A function like `distillation_loss`."""


@dataclass(frozen=True)
class Objective:
    """The loss of an arm: (1 − kd_weight)·CE + kd_weight·T²·KL + explanation_weight·L_explanation.

    loss: the explanation loss, None if its weight is 0. explanation_share: None, or the gradient share in
    (0, 1) to which the weight is adapted once an epoch. map_source: what maps are matched to; map_pairing: of
    which image. accuracy_terms: computes CE and T²·KL.
    """

    kd_weight: float = 0.0
    temperature: float = 1.0
    explanation_weight: float = 0.0
    loss: ExplanationLossSpec | None = None
    layer: Layer = "last"
    explanation_share: float | None = None
    map_source: MapSource = "teacher"
    map_pairing: MapPairing = "same image"
    accuracy_terms: AccuracyTerms = distillation_loss


@dataclass(frozen=True)
class Terms:
    """The loss terms of a batch, as scalars; `explanation` and `missing` are NaN without an explanation loss.

    accuracy: weighted sum of ce and kd. missing: share of images without a map. correct: share of correct
    predictions.
    """

    ce: Tensor
    kd: Tensor
    explanation: Tensor
    missing: Tensor
    accuracy: Tensor
    correct: Tensor

    def detached(self) -> Terms:
        """The terms without their graph."""
        return Terms(*(getattr(self, each.name).detach() for each in fields(self)))

    def total(self, explanation_weight: float) -> Tensor:
        """The total loss."""
        return self.accuracy + explanation_weight * self.explanation if explanation_weight else self.accuracy


@dataclass
class Learner:
    """An arm in training. explanation_weight: its current λ."""

    arm: Arm
    network: Network
    objective: Objective
    optimiser: Optimizer
    schedule: OneCycleLR
    autocast: torch.autocast
    explanation_weight: float

    def step(self, terms: Terms) -> None:
        """Backward pass, optimizer step and scheduler step."""
        self.optimiser.zero_grad(set_to_none=True)
        terms.total(self.explanation_weight).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), GRADIENT_CLIP)
        self.optimiser.step()
        self.schedule.step()

    def terms(
        self, images: Tensor, labels: Tensor, teacher: TeacherOutput | None, masks: Tensor | None = None
    ) -> Terms:
        """The loss terms of a batch, with their graph.

        images: normalized (B, C, H, W). labels: (B,). masks: bool (B, *S), for a `map_source` with masks.
        """
        self.network.train()
        objective = self.objective
        with self.autocast:
            output = run(self.network, images, objective.layer)
            logits = output.logits
            teacher_logits = logits.detach() if teacher is None else teacher.logits
            ce, kd = objective.accuracy_terms(
                logits, teacher_logits, labels, temperature=objective.temperature
            )
            explanation = missing = ce.new_tensor(torch.nan)
            if teacher is not None and objective.loss is not None:
                source = objective.map_source
                classes = explained_classes(source, teacher, labels)
                maps = MAPS[objective.loss.map](output, classes, True)
                words = words_read(images) if images.ndim == 3 else None
                goals = map_goals(source, teacher, labels, masks, maps, words=words)
                paired = paired_maps(goals, teacher.target, objective.map_pairing, words)
                explanation, missing = explanation_loss(objective.loss.distance, paired, maps)
        accuracy = (1 - objective.kd_weight) * ce + objective.kd_weight * kd
        correct = (logits.argmax(1) == labels).float().mean()
        return Terms(ce, kd, explanation, missing, accuracy, correct)

    def gradient_share(self, terms: Terms) -> dict[str, float]:
        """The explanation loss's share of the gradient on a batch; empty without an explanation loss.

        explanation_gradient: ‖∂(λ·L_explanation)/∂θ‖₂. explanation_share: that, divided by itself plus
        ‖∂L_accuracy/∂θ‖₂, in [0, 1].
        """
        if self.objective.loss is None:
            return {}
        explanation = self._gradient_norm(self.explanation_weight * terms.explanation)
        total = explanation + self._gradient_norm(terms.accuracy)
        return {
            "explanation_gradient": explanation, "explanation_share": explanation / max(total, 1e-12)
        }  # fmt: skip

    def adapt_weight(self, measured: Mapping[str, float]) -> dict[str, float]:
        """Adapt λ to the gradient share of the objective; empty without one.

        measured: of `gradient_share`. explanation_weight: the new λ, to three digits; within a factor of
        `MAX_WEIGHT_FACTOR` of the old one, and unchanged if one of the losses had no gradient.
        """
        share, current = self.objective.explanation_share, measured.get("explanation_share", 0.0)
        if share is None or self.objective.loss is None:
            return {}
        if 0 < current < 1:
            factor = (share / (1 - share)) * ((1 - current) / current)
            limited = min(max(factor, 1 / MAX_WEIGHT_FACTOR), MAX_WEIGHT_FACTOR)
            self.explanation_weight = float(f"{self.explanation_weight * limited:.3g}")
        return {"explanation_weight": self.explanation_weight}

    def require_gradient(self, batches: Iterable[Batch], targets: BatchTargets) -> None:
        """Check that the explanation loss has a gradient in every block that it should reach.

        Computed on a copy, since the forward pass changes BatchNorm, and on the first batch in which any
        image has a map. Raises TrainingError naming the blocks without gradient, or if no image has a map.
        """
        loss = self.objective.loss
        if loss is None:
            return
        copy = replace(self, network=deepcopy(self.network))
        computed = (copy.terms(batch.images, batch.labels, targets(batch), batch.masks) for batch in batches)
        first = next((terms for terms in computed if terms.missing < 1), None)
        if first is None:
            raise TrainingError(
                f"explanation_loss: {loss.name!r} finds no map in any training image of the {self.arm}, "
                "so there is nothing to match. Choose another explanation loss, layer or student."
            )
        unreached = unreached_blocks(copy.network, first.explanation, self.objective.layer, loss.reaches_head)
        if unreached:
            blocks = ", ".join(unreached)
            raise TrainingError(
                f"explanation_loss: {loss.name!r} gives no gradient to {blocks} of the {self.arm}, "
                "so training would ignore it. Choose another explanation loss or another student."
            )

    def state(self) -> dict[str, Any]:
        """Weights, optimizer, scheduler and λ, as copies, to resume from."""
        return {
            "weights": _copied(self.network.state_dict()),
            "optimiser": _copied(self.optimiser.state_dict()),
            "schedule": {
                k: v for k, v in self.schedule.state_dict().items() if not callable(v) and k[0] != "_"
            },
            "explanation_weight": self.explanation_weight,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Restore a `state`."""
        self.network.load_state_dict(state["weights"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])
        self.explanation_weight = state.get("explanation_weight", self.objective.explanation_weight)

    def _gradient_norm(self, loss: Tensor) -> float:
        """‖∂loss/∂θ‖₂ over all parameters; 0 if the loss does not depend on them."""
        if not loss.requires_grad:
            return 0.0
        parameters = list(self.network.parameters())
        gradients = torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)
        return float(torch.stack([g.float().square().sum() for g in gradients if g is not None]).sum().sqrt())


def make_learner(
    arm: Arm,
    network: Network,
    objective: Objective,
    *,
    optimizer: str,
    learning_rate: float | None,
    steps: int,
    bf16: bool,
) -> Learner:
    """An untrained learner. steps: of the whole training, for the one-cycle schedule."""
    peak = learning_rate or LEARNING_RATES[optimizer]
    parameters = network.parameters()
    optimiser: Optimizer
    if optimizer == "sgd":
        optimiser = SGD(parameters, peak, momentum=0.9, nesterov=True, weight_decay=WEIGHT_DECAY)
    elif optimizer == "adamw":
        optimiser = AdamW(parameters, peak, weight_decay=0.05)
    else:
        optimiser = Adam(parameters, peak)
    device = next(network.parameters()).device
    return Learner(
        arm, network, objective, optimiser,
        OneCycleLR(optimiser, peak, total_steps=max(steps, 2)),
        torch.autocast(device.type, torch.bfloat16, enabled=bf16),
        objective.explanation_weight,
    )  # fmt: skip


def _copied(value: Any) -> Any:
    """A state dict whose tensors are copies on the CPU."""
    if isinstance(value, Tensor):
        return value.detach().cpu().clone()
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value
