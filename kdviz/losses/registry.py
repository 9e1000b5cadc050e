"""The explanation losses that a person can choose."""

from __future__ import annotations

from kdviz.lazy import deferred
from kdviz.types import ExplanationLossSpec

EXPLANATION_LOSSES: dict[str, ExplanationLossSpec] = {
    "class-attention": ExplanationLossSpec(
        name="class-attention",
        label="Class attention",
        about="The student finds the evidence for every class where the teacher finds it.",
        map="class-activation",
        distance=deferred("kdviz.losses.explanation:class_distance"),
        source="Guo et al. 2023, arXiv:2304.12777",
        explainer="grad-cam",
        requires=frozenset({"spatial-features"}),
        weight=30.0,
    ),
    "class-shape": ExplanationLossSpec(
        name="class-shape",
        label="Class attention, shape only",
        about="Class attention without each map's mean: only where the evidence is, not how much of it.",
        map="class-activation",
        distance=deferred("kdviz.losses.explanation:class_shape_distance"),
        source="Guo et al. 2023, arXiv:2304.12777, with centered maps",
        explainer="grad-cam",
        requires=frozenset({"spatial-features"}),
        weight=30.0,
    ),
    "class-level": ExplanationLossSpec(
        name="class-level",
        label="Class attention, level only",
        about="Only how much evidence there is for each class, not where: a control.",
        map="class-activation",
        distance=deferred("kdviz.losses.explanation:class_level_distance"),
        source="Guo et al. 2023, arXiv:2304.12777, with each map's mean alone",
        explainer="grad-cam",
        requires=frozenset({"spatial-features"}),
        weight=30.0,
    ),
    "grad-cam": ExplanationLossSpec(
        name="grad-cam",
        label="Grad-CAM",
        about="The student finds the evidence for the teacher's answer where the teacher finds it.",
        map="grad-cam",
        distance=deferred("kdviz.losses.explanation:positive_cosine_distance"),
        source="Parchami-Araghi et al. 2024, arXiv:2402.03119",
        explainer="grad-cam",
        requires=frozenset({"spatial-features"}),
    ),
    "attention-transfer": ExplanationLossSpec(
        name="attention-transfer",
        label="Attention transfer",
        about="The student's feature map is active where the teacher's is, whatever the answer.",
        map="activation-energy",
        distance=deferred("kdviz.losses.explanation:energy_distance"),
        source="Zagoruyko & Komodakis 2017, arXiv:1612.03928",
        explainer="attention",
        requires=frozenset({"spatial-features"}),
        reaches_head=False,
    ),
    "input-gradient": ExplanationLossSpec(
        name="input-gradient",
        label="Input gradient",
        about="The student's answer reacts to a change of each pixel as the teacher's does.",
        map="input-gradient",
        distance=deferred("kdviz.losses.explanation:cosine_distance"),
        source="Srinivas & Fleuret 2018, arXiv:1803.00443",
        explainer="saliency",
    ),
    "attention": ExplanationLossSpec(
        name="attention",
        label="Transformer attention",
        about="The student's class token attends to the patches that the teacher's attends to.",
        map="class-attention",
        distance=deferred("kdviz.losses.explanation:cosine_distance"),
        source="Dosovitskiy et al. 2021, arXiv:2010.11929, last block",
        explainer="attention",
        requires=frozenset({"token-attention"}),
        reaches_head=False,
    ),
}
