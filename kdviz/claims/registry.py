"""What papers claim of distillation and explanations, each with the smallest experiment that tests it."""

from __future__ import annotations

from math import inf

from kdviz.claims.claim import Claim, Contrast, Side, above, below, within

# What had to be chosen was chosen at seeds 100 and 101, by which no claim is judged: attention transfer's λ
# (of 1, 10 and 100) and images (of 200 and 1,000), and the images of "few-labels" (of 100 and 200).
_SHORT = {"train_count": 1000, "epochs": 12}
_CLOTHES = {"dataset": "fashion-mnist-mini", **_SHORT}
_FEW_CLOTHES = {"dataset": "fashion-mnist-mini", "train_count": 200, "batch_size": 32, "epochs": 30}
_FEW = {"dataset": "fashion-mnist-mini", "train_count": 250, "epochs": 30}
_PATCH = {"dataset": "shapes", "cue": "hue-patch", **_SHORT}
_GRAD_CAM = {"explanation_loss": "grad-cam", "explanation_weight": 3.0}
_ATTENTION = {"explanation_loss": "attention-transfer", "explanation_weight": 10.0, "kd_weight": 0.0}

_HINTON = "Hinton, Vinyals & Dean 2015, arXiv:1503.02531"
_GUO = "Guo et al. 2023, arXiv:2304.12777"
_MAPS_ALONE = "arXiv:2407.09788, figures of its code's results"
_HAN = "Han et al. 2023 (ICML), arXiv:2305.15734"
_E2KD = "Parchami-Araghi et al. 2024, arXiv:2402.03119"
_ATTENTION_TRANSFER = "Zagoruyko & Komodakis 2017, arXiv:1612.03928"

_STUDENT, _TWIN = "student (with λ)", "twin (λ = 0)"
_MISLEADING = "Accuracy, misleading cue"
_NOTHING = 0.02
"""Accuracy differences between seeds: the gain of a method is smaller, the cost of a bug larger."""

CLAIMS: dict[str, Claim] = {
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
                _MISLEADING,
                Side(_STUDENT),
                Side(_TWIN, arm="twin"),
                published=(0.057, 0.098),
            ),
        ),
        settings={**_PATCH, **_GRAD_CAM, "explanation_weight": 30.0, "arms": ["student", "twin", "placebo"]},
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
                _MISLEADING,
                Side("student, its own images' maps"),
                Side("placebo, other images' maps", arm="placebo"),
            ),
        ),
        settings={**_PATCH, **_GRAD_CAM, "explanation_weight": 30.0, "arms": ["student", "twin", "placebo"]},
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
                _MISLEADING,
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
        settings={**_PATCH, "explanation_loss": "grad-cam", "temperature": 1.0, "arms": ["student"]},
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
            Contrast("Accuracy", Side(_STUDENT), Side(_TWIN, arm="twin"), published=(0.051, 0.051)),
            Contrast(
                "Same answer as the teacher",
                Side(_STUDENT, "fidelity"),
                Side(_TWIN, "fidelity", "twin"),
                published=(0.062, 0.062),
            ),
        ),
        settings={
            "dataset": "shapes", "train_count": 100, "batch_size": 32, "epochs": 60,
            **_GRAD_CAM, "arms": ["student", "twin"],
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
                Side(_STUDENT, condition="class attention"),
                Side(_TWIN, arm="twin", condition="class attention"),
                published=(0.036, 0.036),
            ),
            Contrast(
                "Accuracy, against the placebo",
                Side(_STUDENT, condition="class attention"),
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
                f"{_MISLEADING}: shape alone",
                Side("shape alone", condition="shape"),
                Side(_TWIN, arm="twin", condition="shape"),
            ),
            Contrast(
                f"{_MISLEADING}: level alone",
                Side("level alone", condition="level"),
                Side(_TWIN, arm="twin", condition="level"),
                claimed=below(_NOTHING),
            ),
            Contrast(
                f"{_MISLEADING}: this image's map",
                Side("whole maps", condition="whole"),
                Side("maps of other images of the same answer", arm="same-answer", condition="whole"),
            ),
        ),
        settings={**_CLOTHES, "cue": "place-patch", "explanation_weight": 30.0},
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
                f"{_MISLEADING}: class attention alone",
                Side("class attention alone", condition="class attention"),
                Side("no teacher", arm="scratch", condition="class attention"),
            ),
            Contrast(
                f"{_MISLEADING}: input gradients alone",
                Side("input gradients alone", condition="input gradients"),
                Side("no teacher", arm="scratch", condition="input gradients"),
                published=(0.787, 0.787),
            ),
        ),
        settings={**_PATCH, "explanation_weight": 10_000.0, "arms": ["student", "scratch"]},
        conditions={
            "class attention": {"explanation_loss": "class-attention"},
            "input gradients": {"explanation_loss": "input-gradient"},
        },
    ),
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
        settings={**_CLOTHES, "explanation_weight": 0.0, "student_width": 0.25},
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
                _MISLEADING,
                Side("T = 4", condition="T = 4"),
                Side("T = 1", condition="T = 1"),
            ),
        ),
        settings={**_CLOTHES, "cue": "hue-patch", "explanation_weight": 0.0},
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
        settings={**_CLOTHES, "explanation_weight": 0.0},
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
                Side(_STUDENT),
                Side(_TWIN, arm="twin"),
                claimed=within(_NOTHING),
                published=(0.0, 0.003),
            ),
        ),
        settings={**_CLOTHES, **_GRAD_CAM, "arms": ["student", "twin"]},
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
                claimed=above(_NOTHING),
                published=(0.05, inf),
            ),
            Contrast(
                "What the method brings",
                Side("λ = 3", condition="right"),
                Side("λ = 0", arm="twin", condition="right"),
                claimed=below(_NOTHING),
                published=(0.0, 0.003),
            ),
        ),
        settings={**_CLOTHES, **_GRAD_CAM, "arms": ["student", "twin"]},
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
                _MISLEADING,
                Side("student, map detached"),
                Side(_TWIN, arm="twin"),
                claimed=within(0.005),
                published=(0.0, 0.0),
            ),
            Contrast(
                "Agreement with the teacher",
                Side("student, map detached", "agreement"),
                Side(_TWIN, "agreement", "twin"),
                claimed=within(0.01),
                published=(0.0, 0.0),
            ),
        ),
        settings={
            **_PATCH, **_GRAD_CAM, "explanation_weight": 30.0, "mistake": "detached-map",
            "arms": ["student", "twin"],
        },
    ),
}  # fmt: skip
