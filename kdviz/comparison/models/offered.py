"""The explainers and measures of a run, known from its settings."""

from __future__ import annotations

from kdviz.agreement import measures_for
from kdviz.config import RunConfig
from kdviz.errors import ConfigError
from kdviz.explainers import BASELINES, EXPLAINERS, explainer_named
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.modalities import modality_of
from kdviz.models import TEACHERS
from kdviz.types import BaselineSpec, ExplainerSpec, MeasureSpec


def explainers_offered(config: RunConfig) -> list[ExplainerSpec]:
    """The explainers that apply to the inputs and to both networks of a run."""
    offers = TEACHERS[config.teacher].offers & TEACHERS[config.student].offers
    modality = modality_of(config.dataset).name
    return [spec for spec in EXPLAINERS.values() if spec.requires <= offers and modality in spec.modalities]


def check_made_for(config: RunConfig, explainer: str) -> None:
    """Raise ConfigError if an explainer is made for other inputs than a run's."""
    modality = modality_of(config.dataset).name
    if modality not in explainer_named(explainer).modalities:
        made = ", ".join(spec.name for spec in explainers_offered(config))
        raise ConfigError(
            f"explainer: {explainer!r} is not made for {modality}s, which {config.dataset!r} has. "
            f"These are: {made}."
        )


def baselines_offered(config: RunConfig) -> list[BaselineSpec]:
    """What an absent part of a run's inputs can look like, the usual one first."""
    modality = modality_of(config.dataset).name
    return [spec for spec in BASELINES.values() if spec.modality == modality]


def measures_offered(config: RunConfig) -> list[MeasureSpec]:
    """The measures that take maps of a run's inputs."""
    return list(measures_for(modality_of(config.dataset).dimensions).values())


def trained_explainer(config: RunConfig) -> str:
    """The explainer whose maps the run's loss matches; "" if λ is 0."""
    return EXPLANATION_LOSSES[config.explanation_loss].explainer if config.explanation_weight > 0 else ""
