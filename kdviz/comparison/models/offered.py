"""The explainers and measures of a run, known from its settings."""

from __future__ import annotations

from kdviz.agreement import measures_for
from kdviz.config import RunConfig
from kdviz.explainers import EXPLAINERS
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.modalities import modality_of
from kdviz.models import TEACHERS
from kdviz.types import ExplainerSpec, MeasureSpec


def explainers_offered(config: RunConfig) -> list[ExplainerSpec]:
    """The explainers that apply to both networks of a run."""
    offers = TEACHERS[config.teacher].offers & TEACHERS[config.student].offers
    return [spec for spec in EXPLAINERS.values() if spec.requires <= offers]


def measures_offered(config: RunConfig) -> list[MeasureSpec]:
    """The measures that take maps of a run's inputs."""
    return list(measures_for(modality_of(config.dataset).dimensions).values())


def trained_explainer(config: RunConfig) -> str:
    """The explainer whose maps the run's loss matches; "" if λ is 0."""
    return EXPLANATION_LOSSES[config.explanation_loss].explainer if config.explanation_weight > 0 else ""
