"""What a student's maps are matched to: the teacher's maps, masks of the object, or both together."""

from __future__ import annotations

import torch
from torch import Tensor

from kdviz.resolution import averaged_to
from kdviz.trainer.teacher_targets import TeacherOutput
from kdviz.types import MapSource


def explained_classes(source: MapSource, teacher: TeacherOutput, labels: Tensor) -> Tensor:
    """The class (B,) whose map is matched: the teacher's prediction; the label for a mask, which is of it."""
    return labels if source == "mask" else teacher.target


def map_goals(
    source: MapSource,
    teacher: TeacherOutput,
    labels: Tensor,
    masks: Tensor | None,
    student_maps: Tensor,
    *,
    words: Tensor | None = None,
) -> Tensor:
    """The maps that a student's are matched to, all zero, so undefined, for images without one.

    masks: bool (B, *S), all false where unknown. student_maps: (B, *s), or (B, classes, *s). words: bool
    (B, L), where a text has a word that is not hidden: nothing can be evidence elsewhere. None for others.
    "mask": the mask at the size of the student's maps; of maps of all classes, the label's, others undefined.
    "both": the teacher's maps times the mask at their size; the maps as they are where there is no mask.
    After Ross, Hughes & Doshi-Velez 2017, arXiv:1703.03717, who penalize evidence outside an expert's mask.
    Raises ValueError without the teacher's maps, or the masks, that the source needs.
    """
    if source == "mask":
        given = _given(masks, "masks")
        return _mask_maps(given if words is None else given & words, labels, student_maps)
    maps = _given(teacher.maps, "the teacher's maps")
    return maps if source == "teacher" else _masked(maps, _given(masks, "masks"))


def at_map_size(masks: Tensor, size: tuple[int, ...]) -> Tensor:
    """Share of each cell of a map that is in the mask, float (B, *size) in [0, 1]. masks: bool (B, *S)."""
    return averaged_to(masks.unsqueeze(1).float(), size).squeeze(1)


def _mask_maps(masks: Tensor, labels: Tensor, like: Tensor) -> Tensor:
    shares = at_map_size(masks, _size(like, masks))
    if like.ndim == shares.ndim:
        return shares
    goals = shares.new_zeros(like.shape)
    goals[torch.arange(len(labels), device=labels.device), labels] = shares
    return goals


def _masked(maps: Tensor, masks: Tensor) -> Tensor:
    size = _size(maps, masks)
    unknown = ~masks.flatten(1).any(1)
    shares = at_map_size(masks, size)
    shares[unknown] = 1
    return maps * shares.view(len(maps), *[1] * (maps.ndim - masks.ndim), *size)


def _size(maps: Tensor, masks: Tensor) -> tuple[int, ...]:
    """That of each map, which has as many dimensions as a mask."""
    return tuple(maps.shape[1 - masks.ndim :])


def _given(part: Tensor | None, name: str) -> Tensor:
    if part is None:
        raise ValueError(f"the source needs {name}")
    return part
