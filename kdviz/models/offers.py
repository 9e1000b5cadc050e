"""What networks offer to explanation losses and explainers: see `ModelSpec`."""

from __future__ import annotations

FEATURES = frozenset({"spatial-features", "usual-input"})
POOLED = FEATURES | {"pooled-linear-head"}
ATTENTION = FEATURES | {"token-attention"}
RELUS = frozenset({"relu"})
