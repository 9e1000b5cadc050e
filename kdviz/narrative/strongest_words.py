"""Which words of a text are among the strongest by most methods, for student and twin, in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from kdviz.comparison import ImageExplanation
from kdviz.datasets import class_name
from kdviz.language import _, listed
from kdviz.narrative.why import arm_names
from kdviz.types import Arm
from kdviz.vocabulary import words_of

_ARMS: tuple[Arm, ...] = ("student", "twin")

_TOP = 3
"""Words of a map that are called its strongest."""


def strongest_words(found: Sequence[ImageExplanation]) -> str:
    """The words that are among the three strongest of an arm's map by more than half of the methods.

    E.g. "…: student (good) “great” (9), “fun” (5); twin (bad) none.", with in how many. found: one text, by a
    method each; "" of fewer than two, and of pictures. Strong are words that speak for the class which the
    arm is explained for; in upper or lower case a word is the same.
    """
    if len(found) < 2 or found[0].text is None:
        return ""
    arms = [arm for arm in _ARMS if arm in found[0].arms]
    return _("Among the {top} strongest words by most of {count} methods: {arms}.").format(
        top=_TOP, count=len(found), arms=_("; ").join(_of_arm(found, arm) for arm in arms)
    )


def _of_arm(found: Sequence[ImageExplanation], arm: Arm) -> str:
    counts = Counter(word for each in found for word in _strongest(each, arm))
    words = listed(
        _("“{word}” ({count})").format(word=word, count=count)
        for word, count in counts.most_common()
        if 2 * count > len(found)
    )
    name = class_name(found[0].classes, found[0].arms[arm].target)
    return _("{arm} ({name}) {words}").format(arm=arm_names()[arm], name=name, words=words or _("none"))


def _strongest(explanation: ImageExplanation, arm: Arm) -> set[str]:
    """The different words of a map with the highest values above 0, in lower case."""
    assert explanation.text is not None
    values, words = explanation.arms[arm].attribution, words_of(explanation.text)
    order = [place for place in np.argsort(-values, kind="stable").tolist() if values[place] > 0]
    different = dict.fromkeys(words[place].text.lower() for place in order)
    return {*[*different][:_TOP]}
