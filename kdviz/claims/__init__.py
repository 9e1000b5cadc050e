"""Claims of the field that a small machine can test: a study and its contrasts each, and what came out."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.claims.claim import BASES, Claim, Contrast, Side
    from kdviz.claims.judging import Effect, Judgement, judge, verdict_of
    from kdviz.claims.registry import CLAIMS
    from kdviz.narrative.claims import beside_published, claimed_words, is_share, overview, with_seeds

__all__ = [
    "BASES",
    "CLAIMS",
    "Claim",
    "Contrast",
    "Effect",
    "Judgement",
    "Side",
    "beside_published",
    "claimed_words",
    "is_share",
    "judge",
    "overview",
    "verdict_of",
    "with_seeds",
]

export_lazily(__name__)
