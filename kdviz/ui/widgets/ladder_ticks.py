"""The look of the slider of λ: its values are written below it, and the box for others is beside it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

LAMBDA_ROW = "lambda_row"
"""Key of the row with the slider and the box for other values."""

_EDGE = "0.35rem"
"""What Streamlit leaves free at both ends of a slider's track."""

_STYLE = f"""<style>
.st-key-{LAMBDA_ROW} > :first-child {{ flex: 3 1 20rem; }}
.st-key-{LAMBDA_ROW} > :last-child {{ flex: 1 1 9rem; }}
.st-key-lambda_said p {{ font-size: 0.875rem; }}
.st-key-{LAMBDA_ROW} [data-testid="stSliderThumbValue"] {{ display: none; }}
.st-key-{LAMBDA_ROW} [data-testid="stSliderTickBar"] {{ display: none; }}
.ladder-ticks {{ position: relative; height: 1.4rem; margin: 0 {_EDGE}; font-size: 0.875rem; opacity: 0.7; }}
.ladder-ticks span {{ position: absolute; transform: translateX(-50%); font-variant-numeric: tabular-nums; }}
</style>"""
"""The thumb's own number is left out, as the label has the value in force; so are those of the ends."""


def ticks(texts: Sequence[str]) -> str:
    """The texts below a slider on which their values are at equal distances, as HTML."""
    last = len(texts) - 1
    marks = "".join(
        f'<span style="left: calc(100% * {place} / {last})">{escape(text)}</span>'
        for place, text in enumerate(texts)
    )
    return f'{_STYLE}<div class="ladder-ticks" aria-hidden="true">{marks}</div>'
