"""Claims about experimental practice: noise between seeds, and bugs."""

from __future__ import annotations

from math import inf

from kdviz.claims.claim import Claim, Contrast, Side, above, below, within
from kdviz.claims.settings import CLOTHES, GRAD_CAM, MISLEADING, NEGLIGIBLE, PATCH, STUDENT, TWIN

PRACTICE: dict[str, Claim] = {
    "seed-noise": Claim(
        name="seed-noise",
        label="Seed noise",
        about="On plain data, what a method adds to the accuracy is no more than what another seed does.",
        source="a study of student capacity on CIFAR-10, 2026, arXiv:2605.31191",
        published="+0.0 to +0.3 points on CIFAR-10 over 3 seeds.",
        basis="abstract",
        test="1,000 pictures of clothes, nothing to mislead. The student at λ = 3 against its twin; seeds "
        "differ by a point or so, and less than 2 counts as nothing.",
        limits="Of one method. Differences are taken seed by seed, which papers seldom can.",
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
        label="Plumbing",
        about="A slip in the plumbing costs more accuracy than a method brings.",
        source="a study of student capacity on CIFAR-10, 2026, arXiv:2605.31191",
        published="A wrong first layer costs over 5 points, a better method brings 0.3 at most (CIFAR-10).",
        basis="abstract",
        test="1,000 pictures of clothes, T = 4. Without a slip against T² forgotten, both at λ = 0, which "
        "is to cost more than 2 points; and what λ = 3 brings, which is to be less.",
        limits="Another slip than the published one: each has its own price.",
        contrasts=(
            Contrast(
                "What the slip costs",
                Side("right", arm="twin", condition="right"),
                Side("T² forgotten", arm="twin", condition="T² forgotten"),
                claimed=above(NEGLIGIBLE),
                published=(0.05, inf),
            ),
            Contrast(
                "What the method brings",
                Side("λ = 3", condition="right"),
                Side("λ = 0", arm="twin", condition="right"),
                claimed=below(NEGLIGIBLE),
                published=(0.0, 0.003),
            ),
        ),
        settings={**CLOTHES, **GRAD_CAM, "arms": ["student", "twin"]},
        conditions={"right": {}, "T² forgotten": {"mistake": "no-t-squared"}},
    ),
    "detached-loss": Claim(
        name="detached-loss",
        label="A detached loss",
        about="An explanation loss that passes no gradient to the student does nothing at all.",
        source="mmasana/FACIL#37 on GitHub, where it was noticed as a weight that had no effect",
        published="No effect.",
        basis="source",
        test="The patched shapes with λ = 30, whose student map is cut off from its graph. The student "
        "against its twin.",
        limits="The mistake is made on purpose: kdviz refuses a run whose explanation loss has no gradient.",
        contrasts=(
            Contrast(
                MISLEADING,
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
