"""The fixed names of the project: arms, stages, states, and the classes that images are sorted into."""

from __future__ import annotations

from typing import Literal, get_args

Arm = Literal["teacher", "student", "twin", "placebo", "same-answer", "scratch"]
ARMS: tuple[Arm, ...] = get_args(Arm)
"""In the order in which they are drawn and listed, everywhere."""

Stage = Literal["teacher", "students"]
RunState = Literal["queued", "running", "paused", "finished", "failed", "cancelled", "interrupted"]
Layer = Literal["last", "second-to-last"]
"""A place to cut any network at: its last, or second-to-last, feature map that the head reads."""

Box = Literal["right-alike", "right-apart", "wrong-alike", "wrong-apart"]
BOXES: tuple[Box, ...] = get_args(Box)
"""Images by two questions: are teacher and student both right, and are their maps alike."""

Region = Literal["object", "cue"]
REGIONS: tuple[Region, ...] = get_args(Region)
"""Parts of an image whose place may be known."""
