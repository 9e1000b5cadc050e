"""Classic mistakes of knowledge distillation, which a run can make on purpose to show what they look like.

What they do to a run is in `kdviz.trainer.mistakes`; here they are only named and described.
"""

from __future__ import annotations

from kdviz.language import _, sentences
from kdviz.types import MistakeSpec

SOFT_LABELS, MAPS, SOFTENED = "soft-labels", "maps", "softened"
"""What a run must have for a mistake to change anything: soft labels, matched maps, a temperature above 1."""

MISTAKES: dict[str, MistakeSpec] = {
    "none": MistakeSpec(name="none", label="None", about="Everything is done right."),
    "kl-mean": MistakeSpec(
        name="kl-mean",
        label="KL averaged over classes",
        about="The soft-label term is averaged over the classes as well, instead of summed over them.",
        signature="The soft-label term is too small by exactly the number of classes.",
        wrong='kd = T**2 * F.kl_div(log_student, teacher, reduction="mean")',
        right='kd = T**2 * F.kl_div(log_student, teacher, reduction="batchmean")',
        source="yuanli2333/Teacher-free-Knowledge-Distillation#41, facebookresearch/deit#61, HikariTJU/LD#74",
        needs=frozenset({SOFT_LABELS}),
    ),
    "no-t-squared": MistakeSpec(
        name="no-t-squared",
        label="T² forgotten",
        about="The soft-label term is not multiplied by T², so that a higher temperature makes it weaker.",
        signature="The soft-label term is too small by exactly T².",
        wrong='kd = F.kl_div(log_student, teacher, reduction="batchmean")',
        right='kd = T**2 * F.kl_div(log_student, teacher, reduction="batchmean")',
        source="yoshitomo-matsubara/torchdistill, KDLoss without α; against arXiv:1503.02531, section 2",
        needs=frozenset({SOFT_LABELS, SOFTENED}),
    ),
    "mse-on-softmax": MistakeSpec(
        name="mse-on-softmax",
        label="Squares of softened answers",
        about="The softened answers are compared by squared differences instead of KL divergence.",
        signature="The soft-label term is too small, by neither the number of classes nor T².",
        wrong="kd = T**2 * F.mse_loss(student, teacher)",
        right='kd = T**2 * F.kl_div(student.log(), teacher, reduction="batchmean")',
        source="SforAiDl/KD_Lib, vision/vanilla/vanilla_kd.py (with T = 20)",
        needs=frozenset({SOFT_LABELS, SOFTENED}),
    ),
    "detached-map": MistakeSpec(
        name="detached-map",
        label="Map without a gradient",
        about="The student's map is cut off from its graph, so that the explanation loss teaches nothing.",
        signature="The student is its twin to the last digit, whatever λ is.",
        wrong="loss = L + λ * distance(teacher_map, student_map.detach())",
        right="loss = L + λ * distance(teacher_map.detach(), student_map)",
        source="mmasana/FACIL#37, deep-real/DEAL#5, frgfm/torch-cam#195",
        needs=frozenset({MAPS}),
    ),
    "teacher-in-train-mode": MistakeSpec(
        name="teacher-in-train-mode",
        label="Teacher in train mode",
        about="The teacher answers by each batch's statistics, and takes the student's images into its own.",
        signature="The teacher itself is another one after training, though nobody trained it.",
        wrong="teacher.train()",
        right="teacher.eval()",
        source="vrvlive/knowlege-distillation#2, neuralmagic/sparseml#2191",
    ),
    "shuffled-cache": MistakeSpec(
        name="shuffled-cache",
        label="Cache read out of order",
        about="The teacher's stored answers are read by place, while the images come in a new order.",
        signature="The soft-label term does not fall, and the student does not follow its teacher.",
        wrong="taught = stored[step * batch_size : (step + 1) * batch_size]",
        right="taught = stored[image_ids]",
        source="haitongli/knowledge-distillation-pytorch#4, #9, #16, #23",
        needs=frozenset({SOFT_LABELS}),
    ),
    "trains-on-the-test": MistakeSpec(
        name="trains-on-the-test",
        label="Trained on the test images",
        about="The student learns from the very images on which it is tested.",
        signature="Its test accuracy is far above its accuracy on validation images, which it has not seen.",
        wrong="student.fit(x_test, teacher.predict(x_test)); student.evaluate(x_test)",
        right="student.fit(x_train, teacher.predict(x_train)); student.evaluate(x_test)",
        source="a tutorial, whose student fits the soft labels of the test and is then evaluated on it",
    ),
}


def warning(mistake: str) -> str:
    """What is to be said wherever a run's figures are shown; "" for a run without a mistake.

    mistake: a name in `MISTAKES`, or "".
    """
    if mistake in ("", "none"):
        return ""
    spec = MISTAKES[mistake]
    return sentences(
        _("A mistake was made on purpose in this run: {name}.").format(name=_(spec.label)),
        _(spec.about),
        _("Its figures show what the mistake does, not what the method can do."),
    )
