"""A sentence on what may be concluded from a run, and what such sentences are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kdviz.comparison import CueRemoval, SeedGroup, Survey
from kdviz.comparison.test_set.trust_card import TrustCard
from kdviz.datasets import CUES
from kdviz.language import _
from kdviz.narrative.gain_by import GainBy, gain_in_results, surveyed_gain
from kdviz.store import Run
from kdviz.types import MAIN_MEASURE

Group = Literal["say", "not-shown", "do-not-say"]
"""Whether one may say it, whether the run does not show it, or whether its figures speak against it."""

Topic = Literal[
    "accuracy",
    "seeds",
    "classes",
    "cue",
    "agreement",
    "object",
    "maps",
    "confidence",
    "twin",
    "placebo",
    "data",
]


@dataclass(frozen=True)
class Conclusion:
    """A short sentence that a person may repeat, or that they had better not."""

    group: Group
    topic: Topic
    text: str


@dataclass(frozen=True)
class Grounds:
    """What the conclusions of a run are drawn from.

    survey: by the explainer that is shown; other: by a second one, if it is known. second: the name of that
    explainer; "" if there is none. largest: the run's survey with the most images, from which
    answers are counted. cards: the known checks of the shown explainer. removals: what removing the cue
    changes, if that is known. caveat: why it is too early for a finding, if it is. guesses: whether the
    teacher is no better than guessing. seeds: the run beside the same with other seeds, if there are any.
    notes: those on the run's data, as stored.
    """

    run: Run
    survey: Survey
    largest: Survey
    other: Survey | None = None
    removals: Sequence[CueRemoval] = ()
    measure: str = MAIN_MEASURE
    cards: Sequence[TrustCard] = ()
    caveat: str = ""
    guesses: bool = False
    seeds: SeedGroup | None = None
    second: str = ""
    notes: Sequence[str] = ()

    @property
    def gains(self) -> list[GainBy]:
        """Of the student's agreement over its twin's, by each explainer by which it is known."""
        found = [surveyed_gain(each, self.measure) for each in (self.survey, self.other) if each is not None]
        stored = None if self.other else gain_in_results(self.run.results, self.second, self.measure)
        return [*found, *([stored] if stored else [])]

    @property
    def awaited(self) -> str:
        """The second explainer, while nothing is known by it; else ""."""
        return "" if self.second in (each.explainer for each in self.gains) else self.second

    @property
    def has_cue(self) -> bool:
        """Whether a cue is planted in the run's inputs."""
        return self.run.config.cue != "none"


def group_name(group: Group, *, early: bool = False) -> str:
    """The heading of a group. early: whether it is too early for a finding."""
    return {
        "say": _("So far, but not settled") if early else _("You may say"),
        "not-shown": _("Not shown"),
        "do-not-say": _("Do not say"),
    }[group]


def cue_noun(cue: str) -> str:
    """A planted cue within a sentence."""
    return _("the patch") if CUES[cue].variants is not None else _("the cue")
