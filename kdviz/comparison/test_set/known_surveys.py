"""Surveys that are stored: read without PyTorch, so that a page can show them at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress

from kdviz.agreement import MEASURES
from kdviz.cache import Cache
from kdviz.comparison.models.offered import explainers_offered
from kdviz.comparison.test_set.survey import Survey, survey_from_arrays
from kdviz.config import RunConfig
from kdviz.datasets import fingerprint
from kdviz.errors import ConfigError, KdvizError, unknown_name
from kdviz.store import Run, Store
from kdviz.types import Arm

MOST_IMAGES, MOST_IMAGES_SLOW = 2000, 300
"""Largest number of test images of a survey, for an explainer of a few passes, and for one of many."""

_FORMAT = 2

_SURVEYS: Cache[Survey] = Cache(16)


def known_survey(store: Store, run_id: str, explainer: str = "grad-cam") -> Survey | None:
    """The stored survey of a run's latest weights; never computes one.

    Raises ConfigError if the explainer does not apply to the run's networks, StoreError without snapshots.
    """
    config = store.run(run_id).config
    _check_offered(config, explainer)
    key = survey_key(config, store.weights_hashes(run_id, config.all_arms), explainer)
    if (found := _SURVEYS.find((run_id, key))) is None:
        arrays = store.survey(run_id, explainer)
        if arrays is None or str(arrays.get("key")) != key:
            return None
        found = survey_from_arrays(arrays)
        keep_survey(run_id, found)
    return found


def finding_surveys(store: Store, run: Run) -> dict[str, Survey]:
    """The known surveys by the two explainers of a run's finding: Grad-CAM, and the held-out one."""
    held_out = run.results["student"].held_out_explainer if run.results else ""
    found = {}
    for explainer in filter(None, ("grad-cam", held_out)):
        with suppress(KdvizError):  # not offered for these networks, or the weights are gone
            if (known := known_survey(store, run.id, explainer)) is not None:
                found[explainer] = known
    return found


def largest_survey(store: Store, run: Run, survey: Survey) -> Survey:
    """The known survey of a run with the most images: what networks predict does not depend on explainers.

    survey: one that is known, which is returned unless another has more images.
    """
    if len(survey) == survey.total:
        return survey
    known = (known_survey(store, run.id, spec.name) for spec in explainers_offered(run.config))
    return max((survey, *(each for each in known if each is not None)), key=len)


def keep_survey(run_id: str, made: Survey) -> None:
    """Keep a survey in memory, where `known_survey` finds it."""
    _SURVEYS.keep((run_id, made.key), made)


def survey_key(config: RunConfig, hashes: Mapping[Arm, str], explainer: str) -> str:
    """The key of a survey: settings never change, so the run's weights and files identify it."""
    rules = [_FORMAT, MOST_IMAGES, MOST_IMAGES_SLOW, *MEASURES]
    parts = [rules, dict(hashes), explainer, fingerprint(config.dataset, config.data)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _check_offered(config: RunConfig, explainer: str) -> None:
    offered = [spec.name for spec in explainers_offered(config)]
    if explainer not in offered:
        raise ConfigError(unknown_name("explainer", explainer, offered))
