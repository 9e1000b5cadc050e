"""Claims about experimental practice: noise between seeds, and bugs."""

from __future__ import annotations

from math import inf

from kdviz.claims.claim import Claim, Contrast, Side, above, below, within
from kdviz.claims.settings import CLOTHES, GRAD_CAM, NEGLIGIBLE, PATCH, RANDOM_CUE, STUDENT, TWIN

PRACTICE: dict[str, Claim] = {
    "seed-noise": Claim(
        name="seed-noise",
        label="Without a shortcut, methods gain no more than seeds differ",
        question="Without a shortcut, do methods gain more than seeds differ?",
        paper="arXiv:2605.31191, 2026",
        about="On data without a shortcut, the gain of a method is no larger than the difference between "
        "seeds.",
        source="a study of student capacity on CIFAR-10, 2026, arXiv:2605.31191",
        published="+0.0 to +0.3 points on CIFAR-10 over 3 seeds.",
        basis="abstract",
        test="1,000 images of clothes, no cue. The student at λ = 3 against its twin; seeds differ by about "
        "a point, and less than 2 points count as no effect.",
        limits="One method only. Differences are paired by seed, which is rarely possible in papers.",
        contrasts=(
            Contrast(
                "Accuracy",
                Side(STUDENT),
                Side(TWIN, arm="twin"),
                claimed=within(NEGLIGIBLE),
                published=(0.0, 0.003),
            ),
        ),
        settings={**CLOTHES, **GRAD_CAM, "arms": ["student", "twin"]},
    ),
    "plumbing": Claim(
        name="plumbing",
        label="A bug costs more accuracy than a method gains",
        question="Does a bug cost more accuracy than a method gains?",
        paper="arXiv:2605.31191, 2026",
        about="An implementation bug costs more accuracy than a method gains.",
        source="a study of student capacity on CIFAR-10, 2026, arXiv:2605.31191",
        published="A wrong first layer costs more than 5 points, a better method gains at most 0.3 "
        "(CIFAR-10).",
        basis="abstract",
        test="1,000 images of clothes, T = 4. Without a bug against a missing T², both at λ = 0, which "
        "should cost more than 2 points; and the gain of λ = 3, which should be smaller.",
        limits="Another bug than the published one; each has its own cost.",
        contrasts=(
            Contrast(
                "Cost of the bug",
                Side("correct", arm="twin", condition="correct"),
                Side("T² missing", arm="twin", condition="T² missing"),
                claimed=above(NEGLIGIBLE),
                published=(0.05, inf),
            ),
            Contrast(
                "Gain of the method",
                Side("λ = 3", condition="correct"),
                Side("λ = 0", arm="twin", condition="correct"),
                claimed=below(NEGLIGIBLE),
                published=(0.0, 0.003),
            ),
        ),
        settings={**CLOTHES, **GRAD_CAM, "arms": ["student", "twin"]},
        conditions={"correct": {}, "T² missing": {"mistake": "no-t-squared"}},
    ),
    "detached-loss": Claim(
        name="detached-loss",
        label="An explanation loss without a gradient has no effect",
        question="Has an explanation loss without a gradient any effect?",
        about="An explanation loss without a gradient in the student has no effect at all.",
        source="mmasana/FACIL#37 on GitHub, where a weight was noticed to have no effect",
        published="No effect.",
        basis="source",
        test="The shapes with a patch at λ = 30, with the student's map detached from its graph. The student "
        "against its twin.",
        limits="The mistake is deliberate: kdviz refuses to train with an explanation loss that has no "
        "gradient.",
        contrasts=(
            Contrast(
                RANDOM_CUE,
                Side("student, map detached"),
                Side(TWIN, arm="twin"),
                claimed=within(0.005),
                published=(0.0, 0.0),
            ),
            Contrast(
                "Agreement with the teacher",
                Side("student, map detached", "agreement"),
                Side(TWIN, "agreement", "twin"),
                claimed=within(0.01),
                published=(0.0, 0.0),
            ),
        ),
        settings={
            **PATCH, **GRAD_CAM, "explanation_weight": 30.0, "mistake": "detached-map",
            "arms": ["student", "twin"],
        },
    ),
}  # fmt: skip
