"""The registry of explanation losses."""

from __future__ import annotations

from kdviz.lazy import deferred
from kdviz.types import IMAGES, TEXTS, ExplanationLossSpec, Spec

EXPLANATION_LOSSES: dict[str, ExplanationLossSpec] = {
    "class-attention": ExplanationLossSpec(
        name="class-attention",
        label="Class attention",
        about="Matches the class-activation maps of all classes.",
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
        about="Class attention with centered maps: where the evidence is, not how much of it.",
        map="class-activation",
        distance=deferred("kdviz.losses.explanation:class_shape_distance"),
        source="Guo et al. 2023, arXiv:2304.12777, with centered maps",
        explainer="grad-cam",
        requires=frozenset({"spatial-features"}),
        weight=30.0,
        modalities=IMAGES,
    ),
    "class-level": ExplanationLossSpec(
        name="class-level",
        label="Class attention, level only",
        about="Class attention with the mean of each map: how much evidence, not where (a control).",
        map="class-activation",
        distance=deferred("kdviz.losses.explanation:class_level_distance"),
        source="Guo et al. 2023, arXiv:2304.12777, with each map's mean alone",
        explainer="",
        requires=frozenset({"spatial-features"}),
        map_sources=("teacher",),
        weight=30.0,
    ),
    "grad-cam": ExplanationLossSpec(
        name="grad-cam",
        label="Grad-CAM",
        about="Matches the Grad-CAM maps of the teacher's predicted class.",
        map="grad-cam",
        distance=deferred("kdviz.losses.explanation:positive_cosine_distance"),
        source="Parchami-Araghi et al. 2024, arXiv:2402.03119",
        explainer="grad-cam",
        requires=frozenset({"spatial-features"}),
        weight=3.0,
    ),
    "attention-transfer": ExplanationLossSpec(
        name="attention-transfer",
        label="Attention transfer",
        about="Matches where the feature maps are active, independent of the class.",
        map="activation-energy",
        distance=deferred("kdviz.losses.explanation:energy_distance"),
        source="Zagoruyko & Komodakis 2017, arXiv:1612.03928",
        explainer="attention",
        requires=frozenset({"spatial-features"}),
        reaches_head=False,
        weight=10.0,
    ),
    "input-gradient": ExplanationLossSpec(
        name="input-gradient",
        label="Input gradient",
        about="Matches the pixel gradients of the teacher's predicted class.",
        map="input-gradient",
        distance=deferred("kdviz.losses.explanation:cosine_distance"),
        source="Srinivas & Fleuret 2018, arXiv:1803.00443",
        explainer="saliency",
        requires=frozenset({"usual-input"}),
        map_sources=("teacher", "both"),
        weight=100.0,
    ),
    "input-x-gradient": ExplanationLossSpec(
        name="input-x-gradient",
        label="Input × gradient",
        about="Matches the contribution of each word to the score of the teacher's predicted class.",
        map="input-x-gradient",
        distance=deferred("kdviz.losses.explanation:energy_distance"),
        source="Wu et al. 2023, arXiv:2305.10010 (AD-KD), with the logit's gradient and its sign",
        explainer="input-x-gradient",
        map_sources=("teacher", "both"),
        weight=10.0,
        modalities=TEXTS,
    ),
    "attention": ExplanationLossSpec(
        name="attention",
        label="Transformer attention",
        about="Matches the attention of the class token over the patches.",
        map="class-attention",
        distance=deferred("kdviz.losses.explanation:cosine_distance"),
        source="Dosovitskiy et al. 2021, arXiv:2010.11929, last block",
        explainer="attention",
        requires=frozenset({"token-attention"}),
        reaches_head=False,
        weight=3.0,
        modalities=IMAGES | TEXTS,
    ),
}

MAP_SOURCES: dict[str, Spec] = {
    "teacher": Spec(
        name="teacher",
        label="Teacher's maps",
        about="Where the teacher looks.",
    ),
    "mask": Spec(
        name="mask",
        label="Masks",
        about="Where the object is: masks that come with the training images, or marks drawn on them. An "
        "image without one has no explanation loss.",
    ),
    "both": Spec(
        name="both",
        label="Teacher's maps on the object",
        about="The teacher's maps without what is outside of the mask; whole where an image has no mask.",
    ),
}
"""What a student's maps are matched to."""
