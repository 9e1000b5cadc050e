"""Kinds of input, each described by one specification."""

from kdviz.modalities.modality import Modality
from kdviz.modalities.registry import MODALITIES, modality_of

__all__ = ["MODALITIES", "Modality", "modality_of"]
