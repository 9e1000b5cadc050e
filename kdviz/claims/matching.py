"""Claims about matching explanations: what the maps of a teacher add."""

from __future__ import annotations

from kdviz.claims.claim import Claim, Contrast, Side, below
from kdviz.claims.settings import CLOTHES, GRAD_CAM, MISLEADING, NEGLIGIBLE, PATCH, STUDENT, TWIN

_FEW = {"dataset": "fashion-mnist-mini", "train_count": 250, "epochs": 30}

_GUO = "Guo et al. 2023, arXiv:2304.12777"
_MAPS_ALONE = "arXiv:2407.09788, figures of its code's results"
_E2KD = "Parchami-Araghi et al. 2024, arXiv:2402.03119"

MATCHING: dict[str, Claim] = {
    "biased-data": Claim(
        name="biased-data",
        label="Biased data",
        about="Where a shortcut gives the class away, a student that must look where its teacher looks is "
        "right for the right reasons, and a student of the answers alone is not.",
        source=_E2KD,
        published="+5.7 to +9.8 points on Waterbirds pictures whose background misleads; one independent "
        "attempt found −1.4.",
        basis="second-hand",
        test="Eight shapes, with a coloured patch that gives the class in all 1,000 training images and is "
        "misleading in the test images. The student at λ = 30 against its twin at λ = 0.",
        limits="A patch lies in a corner, away from the shape. A map of places cannot show a shortcut that "
        "is everywhere, or on the object itself.",
        contrasts=(
            Contrast(
                MISLEADING,
                Side(STUDENT),
                Side(TWIN, arm="twin"),
                published=(0.057, 0.098),
            ),
        ),
        settings={**PATCH, **GRAD_CAM, "explanation_weight": 30.0, "arms": ["student", "twin", "placebo"]},
    ),
    "right-map": Claim(
        name="right-map",
        label="The right map",
        about="The gain needs the teacher's map of this very image; maps of other images do not bring it.",
        source="taken for granted by work on explanation matching; no published control is known to us",
        published="Not reported.",
        basis="none",
        test="The same runs as for “Biased data”. The student against its placebo, which has the same λ and "
        "the teacher's maps of other images.",
        limits="How much wrong maps bring depends on the teacher, and all seeds share one.",
        contrasts=(
            Contrast(
                MISLEADING,
                Side("student, its own images' maps"),
                Side("placebo, other images' maps", arm="placebo"),
            ),
        ),
        settings={**PATCH, **GRAD_CAM, "explanation_weight": 30.0, "arms": ["student", "twin", "placebo"]},
    ),
    "more-weight": Claim(
        name="more-weight",
        label="More λ",
        about="A larger λ goes on raising agreement, but no longer the accuracy that the maps were meant "
        "for.",
        source="Guo et al. 2023, arXiv:2304.12777, whose loss weight is set separately for each pair of "
        "networks",
        published="Not reported as an effect; the authors' code sets the weight from 0.7 to 600, pair by "
        "pair.",
        basis="source",
        test="The same patch, at T = 1. The student at λ = 100 against the student at λ = 3.",
        limits="Two weights of a ladder: between them may lie a better one.",
        contrasts=(
            Contrast(
                MISLEADING,
                Side("λ = 100", condition="λ = 100"),
                Side("λ = 3", condition="λ = 3"),
                claimed=below(0.05),
            ),
            Contrast(
                "Agreement with the teacher",
                Side("λ = 100", "agreement", condition="λ = 100"),
                Side("λ = 3", "agreement", condition="λ = 3"),
            ),
        ),
        settings={**PATCH, "explanation_loss": "grad-cam", "temperature": 1.0, "arms": ["student"]},
        conditions={"λ = 100": {"explanation_weight": 100.0}, "λ = 3": {"explanation_weight": 3.0}},
    ),
    "few-labels": Claim(
        name="few-labels",
        label="Few labels",
        about="With few training images, matching the teacher's maps raises accuracy, and how often the "
        "student gives its teacher's answer.",
        source=_E2KD,
        published="+5.1 points of accuracy and +6.2 of equal answers with 50 ImageNet pictures a class; "
        "nothing with all of them.",
        basis="second-hand",
        test="100 pictures of shapes without a patch, 60 epochs. The student at λ = 3 against its twin.",
        limits="The teacher is right on nearly every test image here: giving its answer and being right are "
        "much the same.",
        contrasts=(
            Contrast("Accuracy", Side(STUDENT), Side(TWIN, arm="twin"), published=(0.051, 0.051)),
            Contrast(
                "Same answer as the teacher",
                Side(STUDENT, "fidelity"),
                Side(TWIN, "fidelity", "twin"),
                published=(0.062, 0.062),
            ),
        ),
        settings={
            "dataset": "shapes", "train_count": 100, "batch_size": 32, "epochs": 60,
            **GRAD_CAM, "arms": ["student", "twin"],
        },
    ),
    "all-classes": Claim(
        name="all-classes",
        label="All classes",
        about="The maps of all classes teach more than the map of one: a student that matches them is more "
        "accurate, with few images and nothing to mislead it.",
        source=_GUO,
        published="76.9 % instead of 73.3 by soft labels on all of CIFAR-100 (ResNet-32x4 to ResNet-8x4). "
        "Grad-CAM of one class was not compared.",
        basis="second-hand",
        test="250 pictures of clothes, 30 epochs. Class attention against its twin, against its placebo, "
        "and against Grad-CAM of the teacher's answer, all at λ = 30.",
        limits="One λ for both losses. Class attention costs nothing only where both networks end in "
        "average pooling and one linear layer.",
        contrasts=(
            Contrast(
                "Accuracy, against the twin",
                Side(STUDENT, condition="class attention"),
                Side(TWIN, arm="twin", condition="class attention"),
                published=(0.036, 0.036),
            ),
            Contrast(
                "Accuracy, against the placebo",
                Side(STUDENT, condition="class attention"),
                Side("placebo, other images' maps", arm="placebo", condition="class attention"),
            ),
            Contrast(
                "Accuracy, against Grad-CAM",
                Side("class attention", condition="class attention"),
                Side("Grad-CAM", condition="Grad-CAM"),
            ),
        ),
        settings={**_FEW, "explanation_weight": 30.0, "arms": ["student", "twin", "placebo"]},
        conditions={
            "class attention": {"explanation_loss": "class-attention"},
            "Grad-CAM": {"explanation_loss": "grad-cam"},
        },
    ),
    "where": Claim(
        name="where",
        label="Where, not how much",
        about="What the maps teach is where the evidence is in this very image: not how much of it there "
        "is, which the answers say already, and not what the class usually looks like.",
        source="no published control is known",
        published="Not reported.",
        basis="none",
        test="Clothes with a white patch whose place gives the class away in all 1,000 training images. "
        "Each class's map centered (its shape alone) and its mean alone (its level), each against λ = 0; "
        "and whole maps against a placebo with the maps of other images that got the same answer.",
        limits="A level is compared as one vector over the classes; less than 2 points count as nothing.",
        contrasts=(
            Contrast(
                f"{MISLEADING}: shape alone",
                Side("shape alone", condition="shape"),
                Side(TWIN, arm="twin", condition="shape"),
            ),
            Contrast(
                f"{MISLEADING}: level alone",
                Side("level alone", condition="level"),
                Side(TWIN, arm="twin", condition="level"),
                claimed=below(NEGLIGIBLE),
            ),
            Contrast(
                f"{MISLEADING}: this image's map",
                Side("whole maps", condition="whole"),
                Side("maps of other images of the same answer", arm="same-answer", condition="whole"),
            ),
        ),
        settings={**CLOTHES, "cue": "place-patch", "explanation_weight": 30.0},
        conditions={
            "whole": {"explanation_loss": "class-attention", "arms": ["student", "same-answer"]},
            "shape": {"explanation_loss": "class-shape", "arms": ["student", "twin"]},
            "level": {"explanation_loss": "class-level", "arms": ["student", "twin"]},
        },
    ),
    "maps-alone": Claim(
        name="maps-alone",
        label="Maps alone",
        about="Maps can teach alone: without labels and without answers, a student that only matches its "
        "teacher's maps learns to classify, and does not fall for a shortcut.",
        source=_MAPS_ALONE,
        published="Coloured MNIST whose colours mislead in the test: 16.9 % without a teacher, 92.6 by its "
        "answers, 95.6 by input gradients alone, 97.4 by gradient × input alone.",
        basis="source",
        test="The patched shapes at λ = 10,000, where the maps make all but a ten-thousandth of the loss's "
        "weight. Class attention, and input gradients, each against a student from scratch.",
        limits="What is left of labels and answers is tiny, not zero. 12 epochs of 1,000 images; the paper "
        "trains on 60,000.",
        contrasts=(
            Contrast(
                f"{MISLEADING}: class attention alone",
                Side("class attention alone", condition="class attention"),
                Side("no teacher", arm="scratch", condition="class attention"),
            ),
            Contrast(
                f"{MISLEADING}: input gradients alone",
                Side("input gradients alone", condition="input gradients"),
                Side("no teacher", arm="scratch", condition="input gradients"),
                published=(0.787, 0.787),
            ),
        ),
        settings={**PATCH, "explanation_weight": 10_000.0, "arms": ["student", "scratch"]},
        conditions={
            "class attention": {"explanation_loss": "class-attention"},
            "input gradients": {"explanation_loss": "input-gradient"},
        },
    ),
}  # fmt: skip
