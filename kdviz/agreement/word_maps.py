"""Maps of texts of different lengths, which are NaN where no word is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Maps = Tensor | NDArray[np.floating]
Group = tuple[NDArray[np.int64], Tensor, Tensor]


def of_one_length(teacher: Maps, student: Maps) -> list[Group] | None:
    """Two batches of maps (N, L) in groups of one number of words: their rows, and both maps (n, words).

    None for maps without NaN, or of images: they are of one length. Left out are texts of a single word, of
    which there is no other order, and those of which only one map has NaN at a place.
    """
    if teacher.ndim != 2 or teacher.shape != student.shape:
        return None
    first, second = (torch.as_tensor(maps).detach().cpu().double() for maps in (teacher, student))
    absent = first.isnan()
    if not absent.any():
        return None
    counts = (~absent).sum(1).where((absent == second.isnan()).all(1), 0)
    return [
        (rows.numpy(), *(maps[rows][~absent[rows]].view(len(rows), count) for maps in (first, second)))
        for count in sorted(set(counts.tolist()))
        if count > 1
        for rows in [(counts == count).nonzero().flatten()]
    ]


def in_other_orders(maps: Tensor, orders: int, rng: np.random.Generator) -> Iterator[Tensor]:
    """Maps (n, words), each with its values in a random order, another one for each map."""
    for _ in range(orders):
        yield torch.from_numpy(rng.permuted(maps.numpy(), axis=1))
