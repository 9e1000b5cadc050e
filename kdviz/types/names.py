"""Fixed names: arms, stages, states, layers, boxes and regions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Arm = Literal["teacher", "student", "twin", "placebo", "same-answer", "teacher-maps", "scratch"]
ARMS: tuple[Arm, ...] = get_args(Arm)
"""In the order of all charts and tables."""

Stage = Literal["teacher", "students"]
RunState = Literal["queued", "running", "paused", "finished", "failed", "cancelled", "interrupted"]
Layer = Literal["last", "second-to-last", "stride16", "stride8", "stride4", "stride2"]
"""A layer to explain: the last, or second-to-last, feature map that the head reads; or, by name, the last one
with a stride of at most 16, 8, 4 or 2 pixels."""

LAYER_STRIDES: Mapping[str, int] = {"stride16": 16, "stride8": 8, "stride4": 4, "stride2": 2}
"""Pixels a cell, of layers that are named by them."""

MapSource = Literal["teacher", "mask", "both"]
"""What a student's maps are matched to: the teacher's maps, masks of the object, or their product."""

Box = Literal["right-alike", "right-apart", "wrong-alike", "wrong-apart"]
BOXES: tuple[Box, ...] = get_args(Box)
"""Categories of images: whether teacher and student are both correct, and whether their maps look alike."""

Region = Literal["object", "cue"]
REGIONS: tuple[Region, ...] = get_args(Region)
"""Regions of an image whose masks may be known."""

Peak = Literal["cue", "object", "elsewhere", "undefined"]
"""Region of the maximum of a map; undefined without positive evidence, or if the map is constant."""
