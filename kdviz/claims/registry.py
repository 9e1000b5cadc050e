"""Claims of papers about distillation and explanations, each with the smallest experiment that tests it."""

from __future__ import annotations

from collections.abc import Mapping

from kdviz.claims.claim import Claim
from kdviz.claims.distillation import DISTILLATION
from kdviz.claims.matching import MATCHING
from kdviz.claims.practice import PRACTICE
from kdviz.claims.sounds import SOUNDS
from kdviz.claims.words import WORDS

CLAIMS: Mapping[str, Claim] = {**MATCHING, **DISTILLATION, **PRACTICE, **WORDS, **SOUNDS}
