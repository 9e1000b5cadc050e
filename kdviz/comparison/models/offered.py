"""The explainers and measures of a run, known from its settings."""

from __future__ import annotations

from kdviz.agreement import measures_for
from kdviz.config import RunConfig
from kdviz.datasets import DATASETS
from kdviz.errors import ConfigError
from kdviz.explainers import baselines_for, explainer_named, explainers_for
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.modalities import modality_of
from kdviz.models import TEACHERS
from kdviz.store import Run
from kdviz.types import INPUT_NAMES, BaselineSpec, ExplainerSpec, MeasureSpec


def explainers_offered(config: RunConfig) -> list[ExplainerSpec]:
    """The explainers that apply to the inputs and to both networks of a run."""
    offers = TEACHERS[config.teacher].offers & TEACHERS[config.student].offers
    return list(explainers_for(offers, DATASETS[config.dataset].modality).values())


def check_made_for(config: RunConfig, explainer: str) -> None:
    """Raise ConfigError if an explainer is made for other inputs than a run's."""
    modality = modality_of(config.dataset).name
    if modality not in explainer_named(explainer).modalities:
        made = ", ".join(spec.name for spec in explainers_offered(config))
        inputs = f"{INPUT_NAMES[modality]}, which {config.dataset!r} has"
        raise ConfigError(f"explainer: {explainer!r} is not made for {inputs}. These are: {made}.")


def baselines_offered(config: RunConfig) -> list[BaselineSpec]:
    """What an absent part of a run's inputs can look like, the usual one first."""
    return list(baselines_for(DATASETS[config.dataset].modality).values())


def measures_offered(config: RunConfig) -> list[MeasureSpec]:
    """The measures that take maps of a run's inputs."""
    return list(measures_for(modality_of(config.dataset).dimensions).values())


def trained_explainer(config: RunConfig) -> str:
    """The explainer whose maps the run's loss matches; "" if λ is 0."""
    return EXPLANATION_LOSSES[config.explanation_loss].explainer if config.explanation_weight > 0 else ""


def second_explainer(run: Run, explainer: str) -> str:
    """The explainer of the loss beside a held-out one, and vice versa; "" if there is none."""
    trained_on = trained_explainer(run.config)
    offered = [spec.name for spec in explainers_offered(run.config)]
    if trained_on not in offered:
        return ""
    if explainer != trained_on:
        return trained_on
    held_out = run.results["student"].held_out_explainer if run.results else ""
    wanted = [held_out, "saliency", *offered]
    return next((name for name in wanted if name in offered and name != trained_on), "")
