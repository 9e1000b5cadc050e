"""Common mistakes of knowledge distillation, which a run can make on purpose: names and descriptions.

What they do to a run is in `kdviz.museum.hooks`.
"""

from __future__ import annotations

from collections.abc import Iterator

from kdviz.language import _, sentences
from kdviz.lazy import deferred
from kdviz.types import MistakeSpec

_HOOKS = "kdviz.museum.hooks"

SOFT_LABELS, MAPS, SOFTENED = "soft-labels", "maps", "softened"
"""What a run needs for a mistake to have an effect: soft labels, matched maps, a temperature above 1."""

MISTAKES: dict[str, MistakeSpec] = {
    "none": MistakeSpec(
        name="none",
        hooks=deferred("kdviz.trainer.training_hooks:TrainingHooks"),
        label="None",
        about="No mistake.",
    ),
    "trains-on-the-test": MistakeSpec(
        name="trains-on-the-test",
        hooks=deferred(_HOOKS + ":TrainsOnTheTest"),
        label="Trained on the test images",
        plain="The student was tested on the very images that it had learned from.",
        easy=True,
        about="The student is trained on the images that it is tested on.",
        signature="Test accuracy is far above validation accuracy, which is measured on unseen images.",
        wrong="student.fit(x_test, teacher.predict(x_test)); student.evaluate(x_test)",
        right="student.fit(x_train, teacher.predict(x_train)); student.evaluate(x_test)",
        source="a tutorial: its student fits the soft labels of the test set and is then evaluated on it",
    ),
    "kl-mean": MistakeSpec(
        name="kl-mean",
        hooks=deferred(_HOOKS + ":WrongSoftLabelTerm", term=deferred(_HOOKS + ":kl_averaged_over_classes")),
        label="KL averaged over classes",
        plain="The loss was averaged over the classes, where it should be their sum.",
        about="The KL divergence is averaged over the classes too, instead of summed over them.",
        signature="The soft-label loss is too small by a factor of exactly the number of classes.",
        wrong='kd = T**2 * F.kl_div(log_student, teacher, reduction="mean")',
        right='kd = T**2 * F.kl_div(log_student, teacher, reduction="batchmean")',
        source="yuanli2333/Teacher-free-Knowledge-Distillation#41, facebookresearch/deit#61, HikariTJU/LD#74",
        needs=frozenset({SOFT_LABELS}),
    ),
    "no-t-squared": MistakeSpec(
        name="no-t-squared",
        hooks=deferred(_HOOKS + ":WrongSoftLabelTerm", term=deferred(_HOOKS + ":kl_without_t_squared")),
        label="Missing T²",
        plain="The loss was not multiplied by T², which makes up for the temperature T.",
        about="The soft-label loss is not multiplied by T², so its gradient shrinks as T rises.",
        signature="The soft-label loss is too small by a factor of exactly T².",
        wrong='kd = F.kl_div(log_student, teacher, reduction="batchmean")',
        right='kd = T**2 * F.kl_div(log_student, teacher, reduction="batchmean")',
        source="yoshitomo-matsubara/torchdistill, KDLoss without α; against arXiv:1503.02531, section 2",
        needs=frozenset({SOFT_LABELS, SOFTENED}),
    ),
    "mse-on-softmax": MistakeSpec(
        name="mse-on-softmax",
        hooks=deferred(_HOOKS + ":WrongSoftLabelTerm", term=deferred(_HOOKS + ":squares_of_probabilities")),
        label="MSE of softened probabilities",
        plain="The student's answers were compared with its teacher's by a distance of smaller values.",
        about="Softened probabilities are compared by mean squared error instead of KL divergence.",
        signature="The soft-label loss is too small, by neither the number of classes nor T².",
        wrong="kd = T**2 * F.mse_loss(student, teacher)",
        right='kd = T**2 * F.kl_div(student.log(), teacher, reduction="batchmean")',
        source="SforAiDl/KD_Lib, vision/vanilla/vanilla_kd.py (with T = 20)",
        needs=frozenset({SOFT_LABELS, SOFTENED}),
    ),
    "detached-map": MistakeSpec(
        name="detached-map",
        hooks=deferred(_HOOKS + ":DetachedMap"),
        label="Detached map",
        plain="The student never learned from the teacher's maps: their gradient was cut.",
        easy=True,
        about="The student's map is detached from the graph, so the explanation loss has no gradient.",
        signature="Student and twin are identical to the last digit, whatever λ is.",
        wrong="loss = L + λ * distance(teacher_map, student_map.detach())",
        right="loss = L + λ * distance(teacher_map.detach(), student_map)",
        source="mmasana/FACIL#37, deep-real/DEAL#5, frgfm/torch-cam#195",
        needs=frozenset({MAPS}),
    ),
    "teacher-in-train-mode": MistakeSpec(
        name="teacher-in-train-mode",
        hooks=deferred(_HOOKS + ":TeacherInTrainMode"),
        label="Teacher in train mode",
        plain="The teacher went on changing while it taught.",
        easy=True,
        about="Batch normalization in the teacher uses batch statistics and updates its running averages.",
        signature="The teacher's accuracy changes while the student is trained.",
        wrong="teacher.train()",
        right="teacher.eval()",
        source="vrvlive/knowlege-distillation#2, neuralmagic/sparseml#2191",
    ),
    "shuffled-cache": MistakeSpec(
        name="shuffled-cache",
        hooks=deferred(_HOOKS + ":ShuffledCache"),
        label="Misaligned cache",
        plain="The student was given the teacher's answers to other images.",
        about="The teacher's cached outputs are read by position, but the images are shuffled every epoch.",
        signature="The soft-label loss does not decrease, and the student does not follow its teacher.",
        wrong="targets = cached[step * batch_size : (step + 1) * batch_size]",
        right="targets = cached[image_ids]",
        source="haitongli/knowledge-distillation-pytorch#4, #9, #16, #23",
        needs=frozenset({SOFT_LABELS}),
    ),
}


def without_effect(
    mistake: str, *, explanation_weight: float, kd_weight: float, temperature: float
) -> Iterator[str]:
    """A line for each thing that the mistake needs and that a run with these settings lacks."""
    needs = MISTAKES[mistake].needs
    if MAPS in needs and explanation_weight == 0:
        yield f"mistake: {mistake!r} needs maps to match. Raise explanation_weight above 0."
    if SOFT_LABELS in needs and kd_weight == 0:
        yield f"mistake: {mistake!r} needs soft labels. Raise kd_weight above 0."
    if SOFTENED in needs and temperature == 1:
        yield f"mistake: {mistake!r} needs softened probabilities. Raise temperature above 1."


def warning(mistake: str) -> str:
    """The warning beside the figures of a run with a mistake; "" for a run without one.

    mistake: a name in `MISTAKES`, or "".
    """
    if mistake in ("", "none"):
        return ""
    spec = MISTAKES[mistake]
    return sentences(
        _("This run contains a deliberate mistake: {name}.").format(name=_(spec.label)),
        _(spec.about),
        _("Its figures show the effect of the mistake, not of the method."),
    )
