"""The marks that a visitor is drawing on a run's training images, kept by the store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kdviz.datasets import Marks, marks_from_bytes, read_marks
from kdviz.datasets.marks import MAX_BYTES
from kdviz.errors import DataError
from kdviz.store import Run, Store
from kdviz.ui.frame.visitor import visitor_name

_NAME_BYTES = 4 * 64  # of an image's digest, as numpy writes text


@dataclass(frozen=True)
class DraftMarks:
    """The marks of one visitor for one run."""

    store: Store
    run_id: str
    visitor: str

    @classmethod
    def of(cls, store: Store, run: Run) -> DraftMarks:
        """Those of the visitor whose page is being drawn."""
        return cls(store, run.id, visitor_name())

    @property
    def untouched(self) -> bool:
        """Whether the visitor has drawn nothing yet: the marks are those that the run was trained on."""
        return self.store.draft_marks(self.run_id, self.visitor) is None

    def read(self) -> Marks:
        """All marks so far; at first those that the run was trained on. Raises DataError if damaged."""
        content = self.store.draft_marks(self.run_id, self.visitor)
        if content is not None:
            return marks_from_bytes(content)
        return read_marks(Path(self._own)) if self._own else Marks()

    def keep(self, marks: Marks) -> None:
        """Keep these marks instead. Raises DataError if they are too large for a file of marks."""
        content = marks.to_bytes() if marks or self._own else None
        if content is not None:
            _check_size(marks)
        self.store.save_draft_marks(self.run_id, self.visitor, content)

    @property
    def _own(self) -> str:
        """The file of marks that the run was trained on; "" without one."""
        return self.store.own_files(self.run_id).get("marks", "")


def _check_size(marks: Marks) -> None:
    height, width = marks.size or (0, 0)
    size_bytes = len(marks) * (-(-height * width // 8) + _NAME_BYTES)
    if size_bytes > MAX_BYTES:
        raise DataError(
            f"marks: {len(marks):,} masks of {width} x {height} cells take {size_bytes >> 20:,} MB, at "
            f"most {MAX_BYTES >> 20} are kept. Masks of the data need no marks: a new run can use them all."
        )
