"""The tables of a comparison on narrow screens: a row for each setting or figure, a column A, B … per run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

import streamlit as st

from kdviz.comparison import Difference
from kdviz.figures.style import ARM_STYLES, RUN_STYLES
from kdviz.language import _, decimal, with_interval
from kdviz.metrics import METRICS
from kdviz.narrative import verdict_with_images
from kdviz.store import Run
from kdviz.types import ARMS, Interval
from kdviz.ui.frame.responsive import NARROW, only_when

_STYLE = """<style>
.letters { width: 100%; border-collapse: collapse; font-size: .8125rem; table-layout: fixed; }
.letters th, .letters td { padding: .3rem .25rem; border-bottom: 1px solid rgba(128, 128, 128, .35);
  text-align: left; vertical-align: top; font-weight: 400; overflow-wrap: break-word; }
.letters thead th, .letters .group th { font-weight: 600; }
.letters th:first-child { width: 36%; }
</style>"""

Row = tuple[str, Sequence[str]]
"""A label and a text for each run; a heading without texts."""


def letter_table(rows: Iterable[Row], *, runs: int, key: str) -> None:
    """The rows under the letters of the runs, on narrow screens only."""
    letters = "".join(f"<th>{style.letter}</th>" for style in RUN_STYLES[:runs])
    body = "".join(_html(label, texts, runs) for label, texts in rows)
    head = f"<thead><tr><td></td>{letters}</tr></thead>"
    with only_when(NARROW, key=key):
        st.html(f'{_STYLE}<table class="letters">{head}<tbody>{body}</tbody></table>')


def _html(label: str, texts: Sequence[str], runs: int) -> str:
    if not texts:
        return f'<tr class="group"><th colspan="{runs + 1}">{escape(label)}</th></tr>'
    return f"<tr><th>{escape(label)}</th>{''.join(f'<td>{escape(text)}</td>' for text in texts)}</tr>"


def figures_by_arm(runs: Sequence[Run], names: Sequence[str]) -> Iterator[Row]:
    """The figures of these names that some run has, under a heading for each arm."""
    for arm in ARMS:
        results = [(run.results or {}).get(arm) for run in runs]
        rows = [
            (
                _(metric.label),
                [metric.text(metric.read(result)) if result else "–" for result in results],
            )
            for metric in map(METRICS.__getitem__, names)
        ]
        if known := [row for row in rows if set(row[1]) != {"–"}]:
            yield ARM_STYLES[arm].label, ()
            yield from known


def effects_by_figure(found: Sequence[Difference | None]) -> Iterator[Row]:
    """Student − twin, with intervals; accuracy in points."""
    yield _("Agreement"), [_score(each.agreement) if each else "–" for each in found]
    says = [verdict_with_images(each.verdict, images=each.n) if each else "–" for each in found]
    yield _("Verdict on agreement"), says
    yield _("Accuracy, points"), [_points(each.accuracy) if each else "–" for each in found]


def _score(of: Interval) -> str:
    return with_interval(*(decimal(value, sign=True) for value in (of.value, of.low, of.high)))


def _points(of: Interval) -> str:
    return with_interval(*(decimal(100 * value, 1, sign=True) for value in (of.value, of.low, of.high)))
