"""Claims about distillation itself: soft labels, features, teachers, fidelity."""

from __future__ import annotations

from kdviz.claims.claim import Claim, Contrast, Side, below, within
from kdviz.claims.settings import CLOTHES, RANDOM_CUE

_FEW_CLOTHES = {"dataset": "fashion-mnist-mini", "train_count": 200, "batch_size": 32, "epochs": 30}
_ATTENTION = {"explanation_loss": "attention-transfer", "explanation_weight": 10.0, "kd_weight": 0.0}

_HINTON = "Hinton, Vinyals & Dean 2015, arXiv:1503.02531"
_HAN = "Han et al. 2023 (ICML), arXiv:2305.15734"
_ATTENTION_TRANSFER = "Zagoruyko & Komodakis 2017, arXiv:1612.03928"

DISTILLATION: dict[str, Claim] = {
    "answers-explain": Claim(
        name="answers-explain",
        label="Soft labels alone already move a student's maps to the object",
        question="Do soft labels alone move a student's maps to the object?",
        paper="Han et al. 2023",
        about="Distillation by soft labels alone, without matching maps, already makes a student more "
        "interpretable than training on labels.",
        source=f"{_HAN}; against the opposite, often repeated claim that distillation alone does not",
        published="More concept detectors in network dissection; no figure for a share of evidence is known "
        "to us.",
        basis="abstract",
        test="200 shapes with known masks, no cue, λ = 0. A student of the teacher's soft labels against one "
        "from scratch: the share of Grad-CAM's evidence on the object, and agreement with the teacher by "
        "integrated gradients.",
        limits="Evidence on the object is only one notion of interpretability, and the student with more of "
        "it is also the more accurate one.",
        contrasts=(
            Contrast(
                "Share of the evidence on the object",
                Side("soft labels", "object_share"),
                Side("true labels only", "object_share", "scratch"),
            ),
            Contrast(
                "Agreement by integrated gradients",
                Side("soft labels", "agreement_untrained"),
                Side("true labels only", "agreement_untrained", "scratch"),
            ),
        ),
        settings={
            "dataset": "shapes", "train_count": 200, "batch_size": 32, "epochs": 30,
            "explanation_weight": 0.0, "arms": ["student", "scratch"],
        },
    ),
    "soft-labels": Claim(
        name="soft-labels",
        label="With few images, soft labels teach more than true labels",
        question="With few images, do soft labels teach more than true labels?",
        paper="Hinton, Vinyals & Dean 2015",
        about="With few images, a teacher's soft labels contain more information than the true labels.",
        source=_HINTON,
        published="+12.5 points of frame accuracy for a speech model trained on 3 % of the data.",
        basis="second-hand",
        test="200 images of clothes, 20 per class, 30 epochs. A student with T = 4 and λ = 0 against one "
        "from scratch, trained on the true labels only.",
        limits="The student is also trained on the true labels, with a tenth of the weight. As in the paper, "
        "the teacher was trained on all data.",
        contrasts=(
            Contrast(
                "Accuracy",
                Side("soft labels"),
                Side("true labels only", arm="scratch"),
                published=(0.125, 0.125),
            ),
        ),
        settings={
            **_FEW_CLOTHES, "explanation_weight": 0.0, "arms": ["student", "scratch"],
        },
    ),
    "temperature": Claim(
        name="temperature",
        label="A small student learns most at a medium temperature",
        question="Does a small student learn most at a medium temperature?",
        paper="Hinton, Vinyals & Dean 2015",
        about="A small student learns most from soft labels at an intermediate temperature.",
        source=_HINTON,
        published="With 30 units per layer, T from 2.5 to 4 worked “significantly better” on MNIST than "
        "higher or lower values; no figure is given.",
        basis="second-hand",
        test="1,000 images of clothes, λ = 0, a student of half the default width. T = 4 against T = 1 and T "
        "= 20.",
        limits="The student is also trained on the true labels, with a tenth of the weight.",
        contrasts=(
            Contrast(
                "Accuracy, compared to a lower T",
                Side("T = 4", condition="T = 4"),
                Side("T = 1", condition="T = 1"),
            ),
            Contrast(
                "Accuracy, compared to a higher T",
                Side("T = 4", condition="T = 4"),
                Side("T = 20", condition="T = 20"),
            ),
        ),
        settings={**CLOTHES, "explanation_weight": 0.0, "student_width": 0.25},
        conditions={
            "T = 4": {"temperature": 4.0}, "T = 1": {"temperature": 1.0}, "T = 20": {"temperature": 20.0},
        },
    ),
    "softer-targets": Claim(
        name="softer-targets",
        label="A higher temperature also teaches where to look",
        question="Does a higher temperature also teach where to look?",
        about="A higher temperature also transfers where to look: without maps, the student relies less on a "
        "shortcut.",
        source="T from 2 to 10 has been common since Hinton, Vinyals & Dean 2015, arXiv:1503.02531; the "
        "claim itself is ours",
        published="Not reported.",
        basis="none",
        test="Clothes with a coloured patch that predicts the class in all 1,000 training images. λ = 0, T = "
        "4 against T = 1.",
        limits="On shapes with the same patch no temperature helps: both students only guess.",
        contrasts=(
            Contrast(
                RANDOM_CUE,
                Side("T = 4", condition="T = 4"),
                Side("T = 1", condition="T = 1"),
            ),
        ),
        settings={**CLOTHES, "cue": "hue-patch", "explanation_weight": 0.0},
        conditions={"T = 4": {"temperature": 4.0}, "T = 1": {"temperature": 1.0}},
    ),
    "attention-transfer": Claim(
        name="attention-transfer",
        label="Attention transfer raises accuracy",
        question="Does attention transfer raise accuracy?",
        paper="Zagoruyko & Komodakis 2017",
        about="A student that matches where its teacher's last feature map is active is more accurate than "
        "one trained on labels only.",
        source=_ATTENTION_TRANSFER,
        published="+0.8 points on CIFAR-10, with a ResNet of twice the width as the teacher.",
        basis="second-hand",
        test="200 images of clothes, true labels only, a ResNet as teacher of a smaller ResNet. Attention "
        "transfer at λ = 10 against λ = 0.",
        limits="One layer is matched, and images are few; the paper matches three layers, on all of "
        "CIFAR-10.",
        contrasts=(
            Contrast(
                "Accuracy",
                Side("attention transfer"),
                Side("labels only", arm="twin"),
                published=(0.0084, 0.0084),
            ),
        ),
        settings={**_FEW_CLOTHES, **_ATTENTION, "arms": ["student", "twin"]},
    ),
    "across-architectures": Claim(
        name="across-architectures",
        label="Attention transfer can hurt across architectures",
        question="Can attention transfer hurt across architectures?",
        paper="Tian et al. 2020",
        about="Attention transfer can hurt if teacher and student have different architectures.",
        source="Tian et al. 2020, arXiv:1910.10699, its code's tables",
        published="−5.2 points (VGG to MobileNetV2) and −6.0 (ResNet-50 to MobileNetV2) on CIFAR-100, "
        "compared to no teacher.",
        basis="source",
        test="As in “Does attention transfer raise accuracy?”, with a student of depthwise convolutions "
        "(MobileNet small).",
        limits="One layer is matched, and λ = 10 was chosen for the ResNet student; the published weight is "
        "also the same for all pairs.",
        contrasts=(
            Contrast(
                "Accuracy",
                Side("labels only", arm="twin"),
                Side("attention transfer"),
                published=(0.052, 0.060),
            ),
        ),
        settings={
            **_FEW_CLOTHES, **_ATTENTION, "student": "mobilenet-small", "student_width": 0.5,
            "arms": ["student", "twin"],
        },
    ),
    "bigger-teacher": Claim(
        name="bigger-teacher",
        label="A larger teacher is not a better teacher",
        question="Is a larger teacher a better teacher?",
        paper="Cho & Hariharan 2019",
        about="A larger teacher is not a better teacher.",
        source="Cho & Hariharan 2019, arXiv:1910.01348; figures of Tian et al. 2020, arXiv:1910.10699, its "
        "code's tables",
        published="0.0 points on CIFAR-100: a ResNet-20 learns from a ResNet-56 as well as from a "
        "ResNet-110.",
        basis="source",
        test="1,000 images of clothes, λ = 0. The student of a teacher of width 2 against the student of a "
        "teacher of width ½, which has a sixteenth of the weights.",
        limits="One teacher per width for all seeds.",
        contrasts=(
            Contrast(
                "Accuracy of the student",
                Side("wide teacher", condition="width 2"),
                Side("narrow teacher", condition="width 0.5"),
                claimed=below(0.01),
                published=(0.0, 0.0),
            ),
        ),
        settings={**CLOTHES, "explanation_weight": 0.0},
        conditions={"width 2": {"teacher_width": 2.0}, "width 0.5": {"teacher_width": 0.5}},
    ),
    "same-function": Claim(
        name="same-function",
        label="A student as accurate as its teacher is still another function",
        question="Is a student as accurate as its teacher the same function?",
        paper="Stanton et al. 2021",
        about="A student with the accuracy and architecture of its teacher still does not compute the same "
        "function.",
        source="Stanton et al. 2021, arXiv:2106.05945",
        published="Low fidelity “even when the student has the capacity”; of predictions, not of maps.",
        basis="abstract",
        test="Shapes without a patch, 2,000 images, the student with the teacher's architecture, λ = 0. Is "
        "it as accurate; and do its maps match the teacher's as well as its predictions do?",
        limits="Fidelity and agreement are different scales; 1 means the same function on both.",
        contrasts=(
            Contrast(
                "Accuracy",
                Side("student"),
                Side("teacher", arm="teacher"),
                claimed=within(0.03),
            ),
            Contrast(
                "Fidelity and agreement",
                Side("fidelity", "fidelity"),
                Side("agreement", "agreement"),
            ),
        ),
        settings={
            "dataset": "shapes", "train_count": 2000, "epochs": 12, "student_width": 1.0,
            "explanation_weight": 0.0,
        },
    ),
    "patience": Claim(
        name="patience",
        label="Longer training makes a student more faithful to its teacher",
        question="Does longer training make a student more faithful to its teacher?",
        paper="Beyer et al. 2022",
        about="A student that is trained longer has higher fidelity.",
        source="Beyer et al. 2022, arXiv:2106.05237; figures of Parchami-Araghi et al. 2024, "
        "arXiv:2402.03119",
        published="+11.1 points of fidelity on Waterbirds with five times as many epochs, and mixup.",
        basis="second-hand",
        test="1,000 images of clothes, λ = 0. 24 epochs against 6.",
        limits="No mixup, and tens of epochs, where the papers use hundreds to thousands.",
        contrasts=(
            Contrast(
                "Fidelity",
                Side("24 epochs", "fidelity", condition="24 epochs"),
                Side("6 epochs", "fidelity", condition="6 epochs"),
                published=(0.111, 0.111),
            ),
        ),
        settings={"dataset": "fashion-mnist-mini", "train_count": 1000, "explanation_weight": 0.0},
        conditions={"24 epochs": {"epochs": 24}, "6 epochs": {"epochs": 6}},
    ),
}  # fmt: skip
