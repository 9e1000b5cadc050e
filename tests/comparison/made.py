"""A survey made by hand: eight images of which every number is known.

The teacher is wrong about image 13. The student's maps: 0.9 or 0.5 like the teacher's, undefined for
image 17; the twin's 0.16 less and never undefined; the placebo's all undefined. Chance is 0.2 throughout.
"""

import numpy as np

from kdviz.agreement import MEASURES, ImageScores
from kdviz.comparison import ArmPredictions, Survey

NAN = float("nan")
CLASSES = ("cat", "dog", "newt")
LABELS = [0, 0, 0, 0, 1, 1, 1, 1]
ANSWERS = {
    "teacher": [0, 0, 0, 1, 1, 1, 1, 1],
    "student": [0, 0, 1, 1, 1, 1, 1, 0],
    "twin": [0, 0, 0, 0, 1, 1, 1, 1],
    "placebo": [1, 1, 1, 1, 0, 0, 0, 0],
}
RAW = {
    "student": [0.9, 0.5, 0.9, 0.5, 0.9, 0.5, 0.9, NAN],
    "twin": [0.74, 0.34, 0.74, 0.34, 0.74, 0.34, 0.74, 0.34],
    "placebo": [NAN] * 8,
}


def scores(raw):
    raw = np.array(raw)
    chance = np.where(np.isnan(raw), NAN, 0.2)
    return ImageScores(
        raw, chance, np.where(np.isnan(raw), NAN, 0.6)[:, None].repeat(2, axis=1).astype(np.float32)
    )


def made(explainer="grad-cam", arms=("student", "twin"), raw=RAW, answers=ANSWERS):
    return Survey(
        key="k",
        explainer=explainer,
        total=20,
        classes=CLASSES,
        indices=np.arange(10, 18),
        labels=np.array(LABELS),
        predictions={
            arm: ArmPredictions(np.array(answers[arm]), np.linspace(0.5, 0.85, 8, dtype=np.float32))
            for arm in ("teacher", *arms)
        },
        scores={arm: dict.fromkeys(MEASURES, scores(raw[arm])) for arm in arms},
    )
