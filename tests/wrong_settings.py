"""One wrong value for each setting of a run, and the line that refuses it."""

from typing import Any

from kdviz.config import RunConfig, options

_LINES = {
    "dataset": ("shaps", "unknown name 'shaps'. Did you mean 'shapes'? Known: ALL."),
    "data": (3, "must be text, got 3."),
    "image_size": (
        "8",
        "'8' is not allowed. Give 16 to 512 px: the side of a square, such as 64, or height x width, such as 40x100.",
    ),
    "clip_seconds": (4.5, "must be a number, at least 0.5 and at most 4, got 4.5."),
    "text_column": (3, "must be text, got 3."),
    "label_column": (3, "must be text, got 3."),
    "split_column": (3, "must be text, got 3."),
    "rationale_column": (3, "must be text, got 3."),
    "cue": ("logo", "unknown name 'logo'. Known: ALL."),
    "cue_strength": (1.5, "must be a number, at least 0 and at most 1, got 1.5."),
    "train_count": (1, "must be a whole number, at least 2, got 1."),
    "teacher": ("resnet-20", "unknown name 'resnet-20'. Did you mean 'resnet20'? Known: ALL."),
    "teacher_width": (0.0, "must be a number, at least 0.25 and at most 8, got 0.0."),
    "teacher_weights": ("no.pt", "no file 'no.pt'. Give a file of weights or 'imagenet'."),
    "teacher_input": (
        "vgg",
        "'vgg' is neither one of imagenet, cifar10, cifar100, unit, half nor three means and three deviations above "
        "0, as 0.5,0.5,0.5/0.2,0.2,0.2.",
    ),
    "teacher_size": (8, "must be a whole number, at least 16 and at most 1024, got 8."),
    "teacher_classes": ("a,b", "must be 'new' or outputs of the file, as 3,0,7, got 'a,b'."),
    "teacher_epochs": (501, "must be a whole number, at least 0 and at most 500, got 501."),
    "student": ("", "unknown name ''. Known: ALL."),
    "student_width": (float("nan"), "must be a number, at least 0.25 and at most 8, got nan."),
    "temperature": (0.0, "must be a number, at least 1 and at most 20, got 0.0."),
    "kd_weight": ("half", "must be a number, at least 0 and at most 1, got 'half'."),
    "explanation_loss": ("gradcam", "unknown name 'gradcam'. Did you mean 'grad-cam'? Known: ALL."),
    "explanation_weight": (float("inf"), "must be a number, at least 0 and at most 10000, got inf."),
    "explanation_share": (1.0, "must be a number, above 0 and below 1, got 1.0."),
    "map_source": ("masks", "unknown name 'masks'. Did you mean 'mask'? Known: ALL."),
    "marks": ("no.npz", "no file 'no.npz'. Give a file of marks."),
    "parent": (7, "must be text, got 7."),
    "explained_layer": ("first", "unknown name 'first'. Known: ALL."),
    "epochs": ("ten", "must be a whole number, at least 1 and at most 1000, got 'ten'."),
    "batch_size": (1, "must be a whole number, at least 2 and at most 4096, got 1."),
    "augmentation": ("nois", "unknown name 'nois'. Did you mean 'noise'? Known: ALL."),
    "optimizer": ("sgdm", "unknown name 'sgdm'. Did you mean 'sgd'? Known: ALL."),
    "learning_rate": (-0.1, "must be a number, above 0 and at most 10, got -0.1."),
    "arms": ("teacher,student", "must contain 'student' and not 'teacher', got teacher, student."),
    "seed": (2**31, "must be a whole number, at least 0 and at most 2147483647, got 2147483648."),
    "device": ("gpu", "unknown name 'gpu'. Did you mean 'cpu'? Known: ALL."),
    "precision": ("1.5", "unknown name '1.5'. Known: ALL."),
    "mistake": ("kl", "unknown name 'kl'. Known: ALL."),
}


def _line(field: str, line: str) -> str:
    """The whole line: numbers and texts are followed by what the setting is."""
    said = f"{field}: {line.replace('ALL', ', '.join(sorted(options(field))))}"
    return (
        f"{said} {RunConfig.model_fields[field].description}"
        if line.startswith("must be") and field not in ("image_size", "teacher_classes")
        else said
    )


WRONG_SETTINGS: dict[str, tuple[Any, str]] = {
    field: (value, _line(field, line)) for field, (value, line) in _LINES.items()
}
