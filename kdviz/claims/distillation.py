"""Claims about distillation itself: soft labels, features, teachers, fidelity."""

from __future__ import annotations

from kdviz.claims.claim import Claim, Contrast, Side, below, within
from kdviz.claims.settings import CLOTHES, MISLEADING

_FEW_CLOTHES = {"dataset": "fashion-mnist-mini", "train_count": 200, "batch_size": 32, "epochs": 30}
_ATTENTION = {"explanation_loss": "attention-transfer", "explanation_weight": 10.0, "kd_weight": 0.0}

_HINTON = "Hinton, Vinyals & Dean 2015, arXiv:1503.02531"
_HAN = "Han et al. 2023 (ICML), arXiv:2305.15734"
_ATTENTION_TRANSFER = "Zagoruyko & Komodakis 2017, arXiv:1612.03928"

DISTILLATION: dict[str, Claim] = {
    "answers-explain": Claim(
        name="answers-explain",
        label="Answers carry maps",
        about="Distillation alone, without any map, already makes a student more interpretable than "
        "learning from labels does.",
        source=f"{_HAN}; against the opposite, often repeated claim that distillation alone does not",
        published="More concept detectors by network dissection; no figure for a share of evidence is known "
        "to us.",
        basis="abstract",
        test="200 shapes whose masks are known, nothing to mislead, λ = 0. A student of the teacher's "
        "answers against one from scratch: the share of Grad-CAM's evidence on the object, and agreement "
        "with the teacher by integrated gradients.",
        limits="Evidence on the object is one meaning of interpretable among several, and the better "
        "student is also the more accurate one.",
        contrasts=(
            Contrast(
                "Share of the evidence on the object",
                Side("soft labels", "object_share"),
                Side("true labels alone", "object_share", "scratch"),
            ),
            Contrast(
                "Agreement by integrated gradients",
                Side("soft labels", "agreement_untrained"),
                Side("true labels alone", "agreement_untrained", "scratch"),
            ),
        ),
        settings={
            "dataset": "shapes", "train_count": 200, "batch_size": 32, "epochs": 30,
            "explanation_weight": 0.0, "arms": ["student", "scratch"],
        },
    ),
    "soft-labels": Claim(
        name="soft-labels",
        label="Soft labels",
        about="With few images, a teacher's soft labels teach more than the true labels do.",
        source=_HINTON,
        published="+12.5 points of frame accuracy of a speech model with 3 % of its training data.",
        basis="second-hand",
        test="200 pictures of clothes, 20 a class, 30 epochs. A student at T = 4 and λ = 0 against one from "
        "scratch, which sees the true labels alone.",
        limits="The student still sees the true labels too, with a tenth of the weight. In the paper the "
        "teacher had learnt from all data, as here.",
        contrasts=(
            Contrast(
                "Accuracy",
                Side("soft labels"),
                Side("true labels alone", arm="scratch"),
                published=(0.125, 0.125),
            ),
        ),
        settings={
            **_FEW_CLOTHES, "explanation_weight": 0.0, "arms": ["student", "scratch"],
        },
    ),
    "temperature": Claim(
        name="temperature",
        label="Temperature",
        about="A small student learns most from soft labels of a middling temperature.",
        source=_HINTON,
        published="With 30 units a layer, T from 2.5 to 4 worked “significantly better” on MNIST than "
        "higher or lower ones; no figure is given.",
        basis="second-hand",
        test="1,000 pictures of clothes, λ = 0, a student of half the usual width. T = 4 against T = 1, and "
        "against T = 20.",
        limits="The student also sees the true labels, with a tenth of the weight.",
        contrasts=(
            Contrast(
                "Accuracy, against a lower T",
                Side("T = 4", condition="T = 4"),
                Side("T = 1", condition="T = 1"),
            ),
            Contrast(
                "Accuracy, against a higher T",
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
        label="Softer targets",
        about="A higher temperature carries reasons too: without any map, the student leans less on a "
        "shortcut.",
        source="T from 2 to 10 is usual since Hinton, Vinyals & Dean 2015, arXiv:1503.02531; that it "
        "carries reasons is ours to test",
        published="Not reported.",
        basis="none",
        test="Clothes, with a coloured patch that tells the class in all 1,000 training images. λ = 0, T = "
        "4 against T = 1.",
        limits="On the shapes with the same patch no temperature helps: both students stay at chance.",
        contrasts=(
            Contrast(
                MISLEADING,
                Side("T = 4", condition="T = 4"),
                Side("T = 1", condition="T = 1"),
            ),
        ),
        settings={**CLOTHES, "cue": "hue-patch", "explanation_weight": 0.0},
        conditions={"T = 4": {"temperature": 4.0}, "T = 1": {"temperature": 1.0}},
    ),
    "attention-transfer": Claim(
        name="attention-transfer",
        label="Attention transfer",
        about="A student that copies where its teacher's last features are active is more accurate than one "
        "that learns from labels alone.",
        source=_ATTENTION_TRANSFER,
        published="+0.8 points on CIFAR-10, a ResNet of twice the width as teacher.",
        basis="second-hand",
        test="200 pictures of clothes, true labels only, a ResNet teaching a smaller ResNet. Attention "
        "transfer at λ = 10 against λ = 0.",
        limits="One layer is matched, and images are few; the paper matches three, with all of CIFAR-10.",
        contrasts=(
            Contrast(
                "Accuracy",
                Side("attention transfer"),
                Side("labels alone", arm="twin"),
                published=(0.0084, 0.0084),
            ),
        ),
        settings={**_FEW_CLOTHES, **_ATTENTION, "arms": ["student", "twin"]},
    ),
    "across-architectures": Claim(
        name="across-architectures",
        label="Across architectures",
        about="Attention transfer can hurt where teacher and student are built differently.",
        source="Tian et al. 2020, arXiv:1910.10699, its code's tables",
        published="−5.2 points (VGG to MobileNetV2) and −6.0 (ResNet-50 to MobileNetV2) on CIFAR-100, "
        "against no teacher at all.",
        basis="source",
        test="The same as “Attention transfer”, with a student of depthwise convolutions (MobileNet small).",
        limits="One layer is matched, and λ = 10 was chosen for the ResNet student, as the published weight "
        "is one for all pairs.",
        contrasts=(
            Contrast(
                "Accuracy",
                Side("labels alone", arm="twin"),
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
        label="A bigger teacher",
        about="A bigger teacher is not a better teacher.",
        source="Cho & Hariharan 2019, arXiv:1910.01348; figures of Tian et al. 2020, arXiv:1910.10699, its "
        "code's tables",
        published="0.0 points on CIFAR-100: a ResNet-20 learns as well from a ResNet-56 as from a "
        "ResNet-110.",
        basis="source",
        test="1,000 pictures of clothes, λ = 0. The student of a teacher of width 2 against the student of "
        "one of width ½, a sixteenth of its weights.",
        limits="One teacher of each width for all seeds.",
        contrasts=(
            Contrast(
                "The student's accuracy",
                Side("of the wide teacher", condition="width 2"),
                Side("of the narrow teacher", condition="width 0.5"),
                claimed=below(0.01),
                published=(0.0, 0.0),
            ),
        ),
        settings={**CLOTHES, "explanation_weight": 0.0},
        conditions={"width 2": {"teacher_width": 2.0}, "width 0.5": {"teacher_width": 0.5}},
    ),
    "same-function": Claim(
        name="same-function",
        label="The same function",
        about="A student as accurate as its teacher, and built like it, still does not compute the same.",
        source="Stanton et al. 2021, arXiv:2106.05945",
        published="Low fidelity “even when the student has the capacity”; of answers, not of maps.",
        basis="abstract",
        test="Shapes without a patch, 2,000 images, the student a copy of the teacher's network, λ = 0. Is "
        "it as accurate; and do its maps match the teacher's as often as its answers do?",
        limits="Equal answers and equal maps are different scales; 1 is the same function on both.",
        contrasts=(
            Contrast(
                "Accuracy",
                Side("student"),
                Side("teacher", arm="teacher"),
                claimed=within(0.03),
            ),
            Contrast(
                "Answers and maps",
                Side("same answers", "fidelity"),
                Side("same maps (agreement)", "agreement"),
            ),
        ),
        settings={
            "dataset": "shapes", "train_count": 2000, "epochs": 12, "student_width": 1.0,
            "explanation_weight": 0.0,
        },
    ),
    "patience": Claim(
        name="patience",
        label="Patience",
        about="A student that is taught longer gives its teacher's answer more often.",
        source="Beyer et al. 2022, arXiv:2106.05237; figures of Parchami-Araghi et al. 2024, "
        "arXiv:2402.03119",
        published="+11.1 points of equal answers on Waterbirds with five times the epochs, and mixup.",
        basis="second-hand",
        test="1,000 pictures of clothes, λ = 0. 24 epochs against 6.",
        limits="No mixup, and tens of epochs where the papers take hundreds to thousands.",
        contrasts=(
            Contrast(
                "Same answer as the teacher",
                Side("24 epochs", "fidelity", condition="24 epochs"),
                Side("6 epochs", "fidelity", condition="6 epochs"),
                published=(0.111, 0.111),
            ),
        ),
        settings={"dataset": "fashion-mnist-mini", "train_count": 1000, "explanation_weight": 0.0},
        conditions={"24 epochs": {"epochs": 24}, "6 epochs": {"epochs": 6}},
    ),
}  # fmt: skip
