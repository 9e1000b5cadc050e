"""How well an accuracy is known on few test inputs."""

from __future__ import annotations

import math

from kdviz.language import decimal

FEW_TESTS = 30
"""Test inputs, of a class or in all, below which it is said how uncertain an accuracy is."""

_NORMAL = 1.96
"""Of a 95 % interval."""


def accuracy_reach(count: int) -> str:
    """Half the 95 % interval of an accuracy of 50 %, measured on `count` inputs, in points: "28" for 12."""
    return decimal(100 * _NORMAL * 0.5 / math.sqrt(count), 0)
