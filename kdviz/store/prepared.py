"""The run that comes with kdviz, so that nobody's first page is empty."""

from __future__ import annotations

from pathlib import Path

PREPARED = Path(__file__).parents[1] / "prepared" / "run.zip"
NAME = "Prepared run"
