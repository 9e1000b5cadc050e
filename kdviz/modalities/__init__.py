"""Kinds of input: all that differs between them stands behind one small specification."""

from kdviz.modalities.modality import Modality
from kdviz.modalities.registry import MODALITIES, modality_of

__all__ = ["MODALITIES", "Modality", "modality_of"]
