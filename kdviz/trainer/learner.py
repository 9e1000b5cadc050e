"""One arm that is being trained: its network, its objective, and one step of learning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW, Optimizer
from torch.optim.lr_scheduler import OneCycleLR

from kdviz.errors import TrainingError
from kdviz.explainers import MAPS, run
from kdviz.losses import distillation_loss, explanation_loss, unreached_blocks
from kdviz.models import Network
from kdviz.trainer.batches import Batch
from kdviz.trainer.teacher_targets import MapsOf, TeacherOutput, Teaching, dealt
from kdviz.types import Arm, ExplanationLossSpec, Layer

GRADIENT_CLIP = 5.0
WEIGHT_DECAY = 5e-4
LEARNING_RATES = {"sgd": 0.1, "adamw": 0.002, "adam": 0.002}
"""Peak of the one-cycle schedule where a config leaves it out."""

MOST_CHANGE = 10.0
"""Factor by which λ is adapted at most, once an epoch: a single batch may have next to no gradient."""


AccuracyTerms = Callable[..., tuple[Tensor, Tensor]]
"""Like `distillation_loss`."""


@dataclass(frozen=True)
class Objective:
    """What an arm minimises: (1 − kd_weight)·CE + kd_weight·T²·KL + explanation_weight·L_explanation.

    loss: the explanation loss, None where its weight is 0. explanation_share: None, or the share of the
    gradient that the weight is adapted to once an epoch, in (0, 1). maps_of: whose maps of the teacher are
    matched. accuracy_terms: what computes CE and T²·KL.
    """

    kd_weight: float = 0.0
    temperature: float = 1.0
    explanation_weight: float = 0.0
    loss: ExplanationLossSpec | None = None
    layer: Layer = "last"
    explanation_share: float | None = None
    maps_of: MapsOf = "its own"
    accuracy_terms: AccuracyTerms = distillation_loss


@dataclass(frozen=True)
class Terms:
    """The parts of one batch's loss, as scalars; `explanation` and `missing` are NaN without λ.

    accuracy: weighted sum of ce and kd. missing: share of the batch that had no map. right: share of
    correct answers.
    """

    ce: Tensor
    kd: Tensor
    explanation: Tensor
    missing: Tensor
    accuracy: Tensor
    right: Tensor

    def detached(self) -> Terms:
        """The same numbers without their graph."""
        return Terms(*(getattr(self, each.name).detach() for each in fields(self)))

    def total(self, explanation_weight: float) -> Tensor:
        """What is minimised."""
        return self.accuracy + explanation_weight * self.explanation if explanation_weight else self.accuracy


@dataclass
class Learner:
    """An arm in training. explanation_weight: λ as it is now."""

    arm: Arm
    network: Network
    objective: Objective
    optimiser: Optimizer
    schedule: OneCycleLR
    autocast: torch.autocast
    explanation_weight: float

    def learn(self, images: Tensor, labels: Tensor, lesson: TeacherOutput | None) -> Terms:
        """One step on one batch. Returns the terms, detached."""
        terms = self.terms(images, labels, lesson)
        self.follow(terms)
        return terms.detached()

    def follow(self, terms: Terms) -> None:
        """Take the step that the terms ask for."""
        self.optimiser.zero_grad(set_to_none=True)
        terms.total(self.explanation_weight).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), GRADIENT_CLIP)
        self.optimiser.step()
        self.schedule.step()

    def terms(self, images: Tensor, labels: Tensor, lesson: TeacherOutput | None) -> Terms:
        """The loss of one batch with its graph. images: normalised (B, C, H, W); labels: (B,)."""
        self.network.train()
        objective = self.objective
        with self.autocast:
            seen = run(self.network, images, objective.layer)
            taught = seen.logits.detach() if lesson is None else lesson.logits
            ce, kd = objective.accuracy_terms(seen.logits, taught, labels, temperature=objective.temperature)
            explanation = missing = ce.new_tensor(torch.nan)
            if lesson is not None and lesson.maps is not None and objective.loss is not None:
                maps = MAPS[objective.loss.map](seen, lesson.target, True)
                teachers = dealt(lesson, objective.maps_of)
                explanation, missing = explanation_loss(objective.loss.distance, teachers, maps)
        accuracy = (1 - objective.kd_weight) * ce + objective.kd_weight * kd
        right = (seen.logits.argmax(1) == labels).float().mean()
        return Terms(ce, kd, explanation, missing, accuracy, right)

    def pull(self, terms: Terms) -> dict[str, float]:
        """How hard the explanation pulls on this batch, against the accuracy loss; empty without λ.

        explanation_gradient: ‖∂(λ·L_explanation)/∂θ‖₂. explanation_share: that, divided by itself plus
        ‖∂L_accuracy/∂θ‖₂, in [0, 1].
        """
        if self.objective.loss is None:
            return {}
        pull = self._norm(self.explanation_weight * terms.explanation)
        other = self._norm(terms.accuracy)
        return {"explanation_gradient": pull, "explanation_share": pull / max(pull + other, 1e-12)}

    def adapt(self, pull: Mapping[str, float]) -> dict[str, float]:
        """Set λ so that the explanation makes the chosen share of the gradient; empty where none is chosen.

        pull: what `pull` has just measured. explanation_weight: the new λ, to three digits; within a factor
        of `MOST_CHANGE` of the old one, and unchanged where either loss had no gradient.
        """
        share, found = self.objective.explanation_share, pull.get("explanation_share", 0.0)
        if share is None or self.objective.loss is None:
            return {}
        if 0 < found < 1:
            factor = (share / (1 - share)) * ((1 - found) / found)
            limited = min(max(factor, 1 / MOST_CHANGE), MOST_CHANGE)
            self.explanation_weight = float(f"{self.explanation_weight * limited:.3g}")
        return {"explanation_weight": self.explanation_weight}

    def require_gradient(self, batches: Iterable[Batch], teach: Teaching) -> None:
        """Refuse an explanation loss that does not teach every block that it should.

        Tried on a copy, as the arm must start like its twin, and on the first batch in which any image
        has a map. Raises TrainingError naming the blocks, or if no image has a map.
        """
        loss = self.objective.loss
        if loss is None:
            return
        trial = replace(self, network=deepcopy(self.network))
        tried = (trial.terms(batch.images, batch.labels, teach(batch)) for batch in batches)
        first = next((terms for terms in tried if terms.missing < 1), None)
        if first is None:
            raise TrainingError(
                f"explanation_loss: {loss.name!r} finds no map in any training image of the {self.arm}, "
                "so there is nothing to match. Choose another explanation loss, layer or student."
            )
        missed = unreached_blocks(trial.network, first.explanation, self.objective.layer, loss.reaches_head)
        if missed:
            blocks = ", ".join(missed)
            raise TrainingError(
                f"explanation_loss: {loss.name!r} gives no gradient to {blocks} of the {self.arm}, "
                "so training would ignore it. Choose another explanation loss or another student."
            )

    def state(self) -> dict[str, Any]:
        """All that is needed to go on from here, as copies."""
        return {
            "weights": {
                name: value.detach().cpu().clone() for name, value in self.network.state_dict().items()
            },
            "optimiser": _copied(self.optimiser.state_dict()),
            "schedule": {
                k: v for k, v in self.schedule.state_dict().items() if not callable(v) and k[0] != "_"
            },
            "explanation_weight": self.explanation_weight,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go back to a `state`."""
        self.network.load_state_dict(state["weights"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])
        self.explanation_weight = state.get("explanation_weight", self.objective.explanation_weight)

    def _norm(self, loss: Tensor) -> float:
        """‖∂loss/∂θ‖₂ over all parameters; 0 for a loss that does not depend on them."""
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
    """A learner at its first step. steps: of the whole training, for the one-cycle schedule."""
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
