"""Several runs side by side, in words."""

from __future__ import annotations

import math
from collections.abc import Callable

from kdviz.comparison.across_runs.compared import SeedGroup
from kdviz.language import _, decimal, listed, with_interval
from kdviz.types import Interval


def different_images() -> str:
    """What must be said of runs that are not tested alike."""
    return _(
        "These runs are tested on different images, so their accuracies and agreements are not comparable "
        "with each other. Compare each student with its own twin."
    )


def seeds_sentence(group: SeedGroup) -> str:
    """What the seeds say together, e.g. "3 seeds (0, 1, 2): accuracy 84.1 % (82.0 to 86.2), …"."""
    values = {
        "n": len(group.seeds),
        "seeds": listed(map(str, group.seeds)),
        "accuracy": _percent(group.accuracy),
        "agreement": _score(group.agreement),
    }
    if group.accuracy_gain is None or group.agreement_gain is None:
        return _(
            "{n} seeds ({seeds}): accuracy {accuracy}, agreement {agreement}; mean with its 95 % interval "
            "over seeds."
        ).format(**values)
    return _(
        "{n} seeds ({seeds}): accuracy {accuracy}, agreement {agreement}; student − twin: accuracy "
        "{accuracy_gain} points, agreement {agreement_gain}; mean with its 95 % interval over seeds."
    ).format(
        **values,
        accuracy_gain=_points(group.accuracy_gain),
        agreement_gain=_score(group.agreement_gain, signed=True),
    )


def _percent(over: Interval) -> str:
    return _with_ends(over, lambda share: decimal(100 * share, ".1f"), unit="\N{NO-BREAK SPACE}%")


def _points(over: Interval) -> str:
    return _with_ends(over, lambda share: decimal(100 * share, "z.1f"), signed=True)


def _score(over: Interval, *, signed: bool = False) -> str:
    return _with_ends(over, decimal, signed=signed)


def _with_ends(over: Interval, words: Callable[[float], str], *, unit: str = "", signed: bool = False) -> str:
    """The mean and, where there is one, its interval."""
    if not math.isfinite(over.value):
        return _("undefined")
    value, low, high = map(words, (over.value, over.low, over.high))
    value = f"{'+' if signed and over.value > 0 else ''}{value}{unit}"
    if not math.isfinite(over.low):
        return value
    return with_interval(value, low, high)
