"""Write kdviz/checkpoints/tensor_names.json: `PYTHONPATH=. python scripts/make_tensor_names.py`."""

from __future__ import annotations

import json

from kdviz.checkpoints.recognition import TENSOR_NAMES, tensor_names


def main() -> None:
    """Build every network without its numbers, and write their names."""
    TENSOR_NAMES.write_text(json.dumps(tensor_names(), indent=None, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
