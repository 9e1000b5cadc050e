"""The λ scrubber: one slider over students that differ in λ alone, drawn by the browser without reruns.

Between two trained students the picture blends their maps; every figure is that of a trained one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from kdviz.datasets import class_name
from kdviz.figures.hue_names import hue_name
from kdviz.figures.maps import (
    OVERLAY_OPACITY,
    ColourScale,
    CueLayer,
    cue_layer,
    density,
    heatmap_alt,
    image_layer,
    map_layer,
    palettes,
    scale_limit,
)
from kdviz.figures.style import percent
from kdviz.language import _, language
from kdviz.store.lambda_ladder import LadderImage, LadderPrediction, LambdaLadder
from kdviz.types import Arm
from kdviz.ui.frame.component import component
from kdviz.ui.widgets.answers import answer_text, answer_verdict, arm_mark
from kdviz.ui.widgets.panel import MAP_LAYERS_CSS, MAP_LAYERS_JS
from kdviz.ui.widgets.setting_names import lambda_meaning

_MOUNT = component("kdviz_lambda_scrubber", __file__, css=MAP_LAYERS_CSS, js=MAP_LAYERS_JS)


def lambda_scrubber(ladder: LambdaLadder) -> None:
    """Pictures of student and teacher, the slider, the student's test accuracy, and a choice of images."""
    # In a list: in a dictionary Streamlit looks for data frames, and imports pandas for that (2 s).
    _MOUNT(key="lambda_scrubber", data=[_data_in(language(), ladder)])


@lru_cache(maxsize=8)
def _data_in(_language: str, ladder: LambdaLadder) -> dict[str, Any]:
    """Made once for all visitors."""
    return scrubber_data(ladder)


def scrubber_data(ladder: LambdaLadder) -> dict[str, Any]:
    """What the browser draws, in the language being spoken."""
    return {
        "weights": [f"{weight:g}" for weight in ladder.weights],
        "accuracies": [{"share": share, "text": percent(share)} for share in ladder.accuracies],
        "teacher": _mark(_("teacher {share}"), ladder.teacher_accuracy),
        "chance": _mark(_("guessing {share}"), 1 / len(ladder.classes)),
        "arms": {"student": _student_mark(ladder.weights[0]), "teacher": arm_mark("teacher")},
        "students": [_student_mark(weight) for weight in ladder.weights],
        "images": [_image_data(ladder, image) for image in ladder.images],
        "opening": ladder.opening,
        "palettes": palettes(),
        "opacity": OVERLAY_OPACITY,
        "words": _words(),
    }


def _student_mark(weight: float) -> dict[str, str]:
    """Name, colour and glyph of the student with this λ: with 0 it is the twin, as everywhere else."""
    if weight:
        return arm_mark("student")
    return {**arm_mark("twin"), "name": _("student, λ = 0 (the twin)")}


def _image_data(ladder: LambdaLadder, image: LadderImage) -> dict[str, Any]:
    """One image with its maps on one scale: full colour is the teacher's maximum, for every λ."""
    teacher = density(image.teacher.attribution)
    scale = ColourScale(scale_limit({"teacher": teacher}))
    label = class_name(ladder.classes, image.label)
    return {
        "image": image_layer(image.image),
        "title": _("Test image {index}: {label}").format(index=image.index, label=label),
        "patch": _patch(ladder, image),
        "teacher": _answer_data(ladder, image, "teacher", image.teacher, scale),
        "students": [_answer_data(ladder, image, "student", each, scale) for each in image.students],
    }


def _answer_data(
    ladder: LambdaLadder, image: LadderImage, arm: Arm, answer: LadderPrediction, scale: ColourScale
) -> dict[str, Any]:
    values = density(answer.attribution)
    return {
        "map": map_layer(values, scale),
        "alt": heatmap_alt(arm, values),
        "right": answer.predicted == image.label,
        "answer": answer_text(class_name(ladder.classes, answer.predicted), answer.confidence),
        "verdict": answer_verdict(answer.predicted, image.label, image.cue_class),
    }


def _patch(ladder: LambdaLadder, image: LadderImage) -> CueLayer:
    """The patch, and what its colour meant in training."""
    top, left, _bottom, _right = image.cue_box
    red, green, blue = map(int, image.image[top, left])
    meant = _("in training, {colour} meant “{name}”").format(
        colour=hue_name((red, green, blue)), name=class_name(ladder.classes, image.cue_class)
    )
    return cue_layer(image.image, image.cue_box, meant)


def _mark(form: str, share: float) -> dict[str, Any]:
    """A line on the bar of accuracies, with its name."""
    return {"share": share, "text": form.format(share=percent(share))}


def _words() -> dict[str, str]:
    """The component's own texts. In braces, what it fills in."""
    return {
        "slider": lambda_meaning(),
        "invitation": _("Drag λ"),
        "value": _("λ = {weight}. {answer}, {verdict}. Test accuracy {accuracy}."),
        "accuracy": _("Test accuracy"),
        "images": _("Test images"),
    }


def students_note(ladder: LambdaLadder) -> str:
    """Which students the scrubber has, and why others differ."""
    text = _(
        "{count} students of one seed, trained alike except for λ. At small λ much depends on the seed: "
        "other seeds, and this one on another processor, give other accuracies there (*Sweep*). Between "
        "two of them the picture blends their maps; the numbers are those of the nearer one."
    )
    return text.format(count=len(ladder.weights))
