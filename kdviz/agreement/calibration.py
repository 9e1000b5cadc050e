"""Calibration: whether confidence equals accuracy."""

from __future__ import annotations

import torch
from torch import Tensor

from kdviz.errors import ShapeError

BINS = 15
"""Number of bins of equal width in [0, 1], as in Guo et al. 2017."""


def confidence_error(confidence: Tensor, right: Tensor) -> float:
    """`calibration_error` from confidences and outcomes, (N,) each.

    confidence: in [0, 1]. right: bool.
    """
    if not len(right):
        return float("nan")
    return float(bin_gaps(confidence, right).mean(0).abs().sum())


def bin_gaps(confidence: Tensor, right: Tensor) -> Tensor:
    """Outcome minus confidence of each prediction, in the column of its bin, else 0: (N, BINS), float64.

    The error of any of the predictions is the sum over columns of the absolute mean.
    """
    inner_edges = torch.arange(1, BINS, dtype=torch.float64) / BINS
    bins = torch.bucketize(confidence.double(), inner_edges)
    surplus = right.double() - confidence.double()
    return torch.zeros(len(bins), BINS, dtype=torch.float64).scatter(1, bins[:, None], surplus[:, None])


def calibration_error(logits: Tensor, labels: Tensor) -> float:
    """Expected calibration error of the predicted classes, in [0, 1].

    logits: (N, classes); labels: (N,). Predictions are sorted into `BINS` bins by their probability p, bin m
    with (m − 1)/BINS < p ≤ m/BINS; the error is the mean over predictions of |accuracy − mean confidence| of
    their bin. NaN without images. Raises ShapeError if the counts differ.
    Source: Guo et al. 2017, arXiv:1706.04599, eq. 3.
    """
    if logits.ndim != 2 or labels.shape != logits.shape[:1]:
        given = f"{tuple(logits.shape)} and {tuple(labels.shape)}"
        raise ShapeError(f"logits and labels: must be (N, classes) and (N,), got {given}.")
    if not len(labels):
        return float("nan")
    confidence, predicted = logits.double().softmax(1).max(1)
    return confidence_error(confidence, predicted == labels)
