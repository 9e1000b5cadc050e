"""The marks that a visitor is drawing on a run's training images, kept by the store."""

from __future__ import annotations

from dataclasses import dataclass

from kdviz.datasets import Marks, marks_from_bytes
from kdviz.store import Run, Store
from kdviz.ui.frame.visitor import visitor_name


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
    def exists(self) -> bool:
        """Whether anything is kept, even if it is damaged."""
        return self.store.draft_marks(self.run_id, self.visitor) is not None

    def read(self) -> Marks:
        """All marks so far. Raises DataError if their file is damaged."""
        content = self.store.draft_marks(self.run_id, self.visitor)
        return Marks() if content is None else marks_from_bytes(content)

    def keep(self, marks: Marks) -> None:
        """Keep these marks instead."""
        self.store.save_draft_marks(self.run_id, self.visitor, marks.to_bytes() if marks else None)
