"""The picture of an example cut into its parts, each with the name and the answer of its network below."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from html import escape

from PIL import Image

from kdviz.datasets import CLASS_NAMES
from kdviz.figures.style import arm_legend
from kdviz.language import _
from kdviz.store.prepared_examples import PreparedExample, prepared_picture
from kdviz.types import Arm

_PARTS = 4
"""The input, then the maps of teacher, student and twin."""


def labelled_pictures(example: PreparedExample, *, columns: int, alt: str) -> str:
    """HTML of the parts, as many in a row as in the picture itself. alt: of all of them together."""
    url, shape = _picture(example.name, columns)
    rows = _PARTS // columns
    labels = [
        _("label: {name}").format(name=escape(shown_class(example, example.label))),
        *(
            _("{name}: {value}").format(name=arm_legend([arm]), value=escape(answer_mark(example, arm)))
            for arm in example.predicted
        ),
    ]
    parts = "".join(
        '<figure style="margin:0"><div style="background-image:var(--parts);'
        f"background-size:{100 * columns}% {100 * rows}%;aspect-ratio:{shape};"
        f'background-position:{_place(at % columns, columns)}% {_place(at // columns, rows)}%"></div>'
        f'<figcaption style="font-size:.875rem;line-height:1.35">{label}</figcaption></figure>'
        for at, label in enumerate(labels)
    )
    grid = f"display:grid;grid-template-columns:repeat({columns},minmax(0,1fr));gap:.5rem"
    return f'<div role="figure" aria-label="{escape(alt)}" style="{grid};--parts:url({url})">{parts}</div>'


def answer_mark(example: PreparedExample, arm: Arm) -> str:
    """What a network predicts, and whether it is right: "platelet ✓"."""
    predicted = example.predicted[arm]
    mark = "✓" if predicted == example.label else "✗"
    return f"{shown_class(example, predicted)}\N{NO-BREAK SPACE}{mark}"


def shown_class(example: PreparedExample, name: str) -> str:
    """A class of an example's data set, as displayed."""
    return _(name) if example.name in CLASS_NAMES else name


def _place(at: int, count: int) -> float:
    """Where a part is, in percent of what does not fit, as CSS places a background."""
    return 100 * at / (count - 1) if count > 1 else 0


@cache
def _picture(name: str, columns: int) -> tuple[str, str]:
    """A data URL: of a file, Streamlit would make a PNG at every visit. And the aspect ratio of a part."""
    file = prepared_picture(name)
    with Image.open(file) as picture:
        width, height = picture.size
    url = f"data:image/webp;base64,{b64encode(file.read_bytes()).decode()}"
    return url, f"{width // columns} / {height // (_PARTS // columns)}"
