"""Claims about matching explanations: what the maps of a teacher add."""

from __future__ import annotations

from kdviz.claims.claim import Claim, Contrast, Side, below
from kdviz.claims.settings import CLOTHES, GRAD_CAM, NEGLIGIBLE, PATCH, RANDOM_CUE, STUDENT, TWIN

_FEW = {"dataset": "fashion-mnist-mini", "train_count": 250, "epochs": 30}

_GUO = "Guo et al. 2023, arXiv:2304.12777"
_MAPS_ALONE = "arXiv:2407.09788, figures of its code's results"
_E2KD = "Parchami-Araghi et al. 2024, arXiv:2402.03119"

MATCHING: dict[str, Claim] = {
    "biased-data": Claim(
        name="biased-data",
        label="Matching maps keeps a student off a shortcut",
        question="Does matching maps keep a student off a shortcut?",
        paper="Parchami-Araghi et al. 2024",
        about="If a shortcut predicts the class in training, a student that matches its teacher's maps "
        "avoids it; a student trained only on the teacher's predictions relies on it.",
        source=_E2KD,
        published="+5.7 to +9.8 points on Waterbirds with misleading backgrounds; one independent attempt to "
        "reproduce it found −1.4.",
        basis="second-hand",
        test="Eight shapes with a coloured patch that predicts the class in all 1,000 training images and is "
        "drawn at random in the test images. The student at λ = 30 against its twin at λ = 0.",
        limits="The patch is in a corner, apart from the shape. Spatial maps cannot reveal a shortcut that "
        "is everywhere, or on the object.",
        contrasts=(
            Contrast(
                RANDOM_CUE,
                Side(STUDENT),
                Side(TWIN, arm="twin"),
                published=(0.057, 0.098),
                reproduced=-0.014,
            ),
        ),
        settings={**PATCH, **GRAD_CAM, "explanation_weight": 30.0, "arms": ["student", "twin", "placebo"]},
    ),
    "right-map": Claim(
        name="right-map",
        label="Only the teacher's map of the same image helps",
        question="Does only the teacher's map of the same image help?",
        about="The gain requires the teacher's map of the same image: maps of other images do not help.",
        source="assumed by work on explanation matching; no published control is known to us",
        published="Not reported.",
        basis="none",
        test="The runs of “Does matching maps keep a student off a shortcut?”. The student against its "
        "placebo, which has the same λ but the teacher's maps of other images.",
        limits="How much maps of other images help depends on the teacher, and all seeds share one teacher.",
        contrasts=(
            Contrast(
                RANDOM_CUE,
                Side("student, maps of the same images"),
                Side("placebo, maps of other images", arm="placebo"),
            ),
        ),
        settings={**PATCH, **GRAD_CAM, "explanation_weight": 30.0, "arms": ["student", "twin", "placebo"]},
    ),
    "more-weight": Claim(
        name="more-weight",
        label="A larger λ raises agreement, but no longer accuracy",
        question="Does a larger λ raise agreement, but no longer accuracy?",
        paper="Guo et al. 2023",
        about="A larger λ keeps increasing agreement, but no longer the accuracy.",
        source="Guo et al. 2023, arXiv:2304.12777, whose loss weight is tuned for each pair of networks",
        published="Not reported as an effect; the authors' code sets the weight between 0.7 and 600, "
        "depending on the pair.",
        basis="source",
        test="The same patch, with T = 1. The student at λ = 100 against the student at λ = 3.",
        limits="Only two values of λ: the optimum may lie between them.",
        contrasts=(
            Contrast(
                RANDOM_CUE,
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
        label="With few images, matching maps raises accuracy",
        question="With few images, does matching maps raise accuracy?",
        paper="Parchami-Araghi et al. 2024",
        about="With few training images, matching the teacher's maps raises accuracy and fidelity.",
        source=_E2KD,
        published="+5.1 points of accuracy and +6.2 points of fidelity with 50 ImageNet images per class; no "
        "gain with all images.",
        basis="second-hand",
        test="100 images of shapes without a patch, 60 epochs. The student at λ = 3 against its twin.",
        limits="The teacher is correct on every test image here, so fidelity and accuracy are the same "
        "number.",
        contrasts=(
            Contrast("Accuracy", Side(STUDENT), Side(TWIN, arm="twin"), published=(0.051, 0.051)),
            Contrast(
                "Fidelity (the same as accuracy: the teacher is always correct here)",
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
        label="Maps of all classes help more than the map of one",
        question="Do maps of all classes help more than the map of one?",
        paper="Guo et al. 2023",
        about="The maps of all classes help more than the map of one class, with few images and without a "
        "shortcut.",
        source=_GUO,
        published="76.9 % instead of 73.3 % with soft labels on all of CIFAR-100 (ResNet-32x4 to "
        "ResNet-8x4). Not compared with Grad-CAM of one class.",
        basis="second-hand",
        test="250 images of clothes, 30 epochs. Class attention against its twin, its placebo, and Grad-CAM "
        "of the teacher's predicted class, all at λ = 30.",
        limits="One λ for both losses. Class attention adds no cost only if both networks end in average "
        "pooling and one linear layer.",
        contrasts=(
            Contrast(
                "Accuracy, compared to the twin",
                Side(STUDENT, condition="class attention"),
                Side(TWIN, arm="twin", condition="class attention"),
                published=(0.036, 0.036),
            ),
            Contrast(
                "Accuracy, compared to the placebo",
                Side(STUDENT, condition="class attention"),
                Side("placebo, maps of other images", arm="placebo", condition="class attention"),
            ),
            Contrast(
                "Accuracy, compared to Grad-CAM",
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
        label="What helps is where the evidence is, not how much there is",
        question="What helps: where the evidence is, or how much there is?",
        about="What helps is where the evidence is in this image: not how much there is, which the "
        "predictions already contain, and not where it usually is in the class.",
        source="no published control is known",
        published="Not reported.",
        basis="none",
        test="Clothes with a white patch whose position predicts the class in all 1,000 training images. "
        "Centered maps (shape only) and their means (level only), each against λ = 0; and whole maps "
        "against a placebo with the maps of other images of the same predicted class.",
        limits="The level is compared as one vector over the classes. Less than 2 points count as no effect.",
        contrasts=(
            Contrast(
                f"{RANDOM_CUE}: shape only",
                Side("shape only", condition="shape"),
                Side(TWIN, arm="twin", condition="shape"),
            ),
            Contrast(
                f"{RANDOM_CUE}: level only",
                Side("level only", condition="level"),
                Side(TWIN, arm="twin", condition="level"),
                claimed=below(NEGLIGIBLE),
            ),
            Contrast(
                f"{RANDOM_CUE}: map of the same image",
                Side("whole maps", condition="whole"),
                Side("maps of other images of the same class", arm="same-answer", condition="whole"),
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
        label="Matching maps alone is enough to learn to classify",
        question="Is matching maps alone enough to learn to classify?",
        paper="arXiv:2407.09788, 2024",
        about="Maps suffice: without labels and soft labels, a student that only matches its teacher's maps "
        "learns to classify, and does not use the shortcut.",
        source=_MAPS_ALONE,
        published="Coloured MNIST with misleading colours in the test: 16.9 % without a teacher, 92.6 % with "
        "its predictions, 95.6 % with input gradients only, 97.4 % with gradient × input only.",
        basis="source",
        test="The shapes with a patch at λ = 10,000, where the explanation loss has all but a ten-thousandth "
        "of the weight. Class attention and input gradients, each against a student from scratch.",
        limits="The remaining weight of labels and soft labels is tiny, but not zero. 12 epochs of 1,000 "
        "images; the paper trains on 60,000.",
        contrasts=(
            Contrast(
                f"{RANDOM_CUE}: class attention only",
                Side("class attention only", condition="class attention"),
                Side("no teacher", arm="scratch", condition="class attention"),
            ),
            Contrast(
                f"{RANDOM_CUE}: input gradients only",
                Side("input gradients only", condition="input gradients"),
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
