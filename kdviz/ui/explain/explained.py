"""What is asked for, explained and ready to be drawn."""

from __future__ import annotations

import functools
import operator
from dataclasses import replace
from typing import TYPE_CHECKING

from kdviz.comparison import ImageExplanation, PlantedCue, explain_image, explain_test_image, run_images
from kdviz.store import Run, Store
from kdviz.types import Arm
from kdviz.ui.explain.captions import own_first
from kdviz.ui.explain.controls import ImageQuery
from kdviz.ui.explain.cue import cue_places
from kdviz.ui.explain.explanation_view import ExplanationView
from kdviz.ui.explain.own_input import OwnInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def explained(
    store: Store, run: Run, query: ImageQuery, given: OwnInput | None, explainer: str
) -> ImageExplanation:
    """The input that is asked for. given: the visitor's own; None for a test image."""
    baseline, target = query.baseline, query.target
    if given is not None:
        return explain_image(
            store,
            run.id,
            given.image,
            explainer=explainer,
            target=target,
            baseline=baseline,
            text=given.text,
            sound=given.sound,
        )
    return explain_test_image(
        store,
        run.id,
        query.index,
        explainer=explainer,
        target=target,
        baseline=baseline,
        intact=query.intact,
    )


def for_own_predictions(
    store: Store, run: Run, query: ImageQuery, given: OwnInput | None, shown: ImageExplanation
) -> ImageExplanation:
    """The same with each arm explained for its own prediction."""
    if all(of.target == of.predicted for of in shown.arms.values()):
        return shown
    return explained(store, run, replace(query, target="own"), given, query.explainer)


def alone_without_help(store: Store, run: Run, query: ImageQuery, shown: ImageExplanation) -> frozenset[Arm]:
    """Arms whose maps have a scale of their own while the cue is as in the test: they predict another class.

    They keep one where the cue is set right, so that what changes is the map, not its scale.
    """
    if not query.intact or not own_first(query):
        return frozenset()
    tested = explained(store, run, replace(query, intact=False), None, shown.explainer)
    wanted = tested.arms["teacher"].target
    return frozenset(arm for arm, of in tested.arms.items() if of.predicted != wanted)


def views(
    run: Run,
    query: ImageQuery,
    given: OwnInput | None,
    explanation: ImageExplanation,
    own: ImageExplanation,
    cue: PlantedCue | None,
) -> tuple[ExplanationView, ExplanationView | None]:
    """An explanation as it is drawn; and `own`, unless it is the same."""
    mask = _object_mask(run, query, given)
    framed = _framed(explanation, cue, mask)
    known = (
        None if given is not None or explanation.text is not None else _known(run, query, explanation, cue)
    )
    view = ExplanationView.of(explanation, query, mask, framed, known)
    return view, None if own is explanation else ExplanationView.of(own, query, mask, framed, known)


def _framed(
    explanation: ImageExplanation, cue: PlantedCue | None, mask: NDArray[np.bool_] | None
) -> frozenset[int]:
    """Numbers of the words of a text in a frame: its cue, or else those that a person marked."""
    if explanation.text is None:
        return frozenset()
    return cue_places(cue) if cue or mask is None else frozenset(mask.nonzero()[0].tolist())


def _known(
    run: Run, query: ImageQuery, explanation: ImageExplanation, cue: PlantedCue | None
) -> NDArray[np.bool_] | None:
    """Where a test image has its cue and its object; of a sound the cue alone: a word has no pitch."""
    found = [] if cue is None else [cue.mask.numpy()]
    objects = run_images(run.config).object_mask(query.index, intact=query.intact)
    if objects is not None and explanation.sound is None:
        found.append(objects)
    return functools.reduce(operator.or_, found) if found else None


def _object_mask(run: Run, query: ImageQuery, given: OwnInput | None) -> NDArray[np.bool_] | None:
    """What is outlined as the object; None for nothing."""
    if given is not None or not query.object_outline:
        return None
    return run_images(run.config).object_mask(query.index, intact=query.intact)
