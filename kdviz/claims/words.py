"""Claims about explanations of texts, word by word."""

from __future__ import annotations

from kdviz.claims.claim import Claim, Contrast, Side
from kdviz.claims.settings import STUDENT, TWIN

WORDS: dict[str, Claim] = {
    "word-attributions": Claim(
        name="word-attributions",
        label="Matching attributions of words helps a student",
        paper="Wu et al. 2023",
        about="A student that matches how much each word contributes to its teacher's answer is more "
        "accurate than one that is trained on the answers alone.",
        source="Wu et al. 2023, arXiv:2305.10010",
        published="Better than several earlier methods on GLUE; the abstract has no figure.",
        basis="abstract",
        test="300 sentences of reviews without a cue. The student, which matches input × gradient of each "
        "word, against its twin at λ = 0, and against its placebo, which matches that of other "
        "sentences.",
        limits="Small networks over fixed vectors of words instead of BERT, and input × gradient of the "
        "logit where the paper has integrated gradients of all classes.",
        contrasts=(
            Contrast("Accuracy", Side(STUDENT), Side(TWIN, arm="twin")),
            Contrast(
                "Accuracy",
                Side("student, attributions of the same sentences"),
                Side("placebo, attributions of other sentences", arm="placebo"),
            ),
        ),
        settings={
            "dataset": "sentiment",
            "explanation_loss": "input-x-gradient",
            "arms": ["student", "twin", "placebo"],
        },
    ),
}
