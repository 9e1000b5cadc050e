"""Settings, arms and measures that several claims share."""

from __future__ import annotations

from typing import Any

Settings = dict[str, Any]

# Whatever had to be tuned was tuned at seeds 100 and 101, which judge no claim: attention transfer's λ
# (among 1, 10 and 100) and images (200 and 1,000), and the images of "few-labels" (100 and 200).
_SHORT: Settings = {"train_count": 1000, "epochs": 12}
CLOTHES: Settings = {"dataset": "fashion-mnist-mini", **_SHORT}
PATCH: Settings = {"dataset": "shapes", "cue": "hue-patch", **_SHORT}
GRAD_CAM: Settings = {"explanation_loss": "grad-cam", "explanation_weight": 3.0}

STUDENT, TWIN = "student (with λ)", "twin (λ = 0)"
RANDOM_CUE = "Accuracy, random cue"
NEGLIGIBLE = 0.02
"""Accuracy differences between seeds: the gain of a method is smaller, the cost of a bug larger."""
