"""Claims from the literature that a small machine can test: studies, contrasts and verdicts."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.claims.claim import BASES, FIGURES, Claim, Contrast, Side
    from kdviz.claims.judging import ClaimVerdict, Effect, Judgement, judge, verdict_of
    from kdviz.claims.registry import CLAIMS

export_lazily(__name__)
