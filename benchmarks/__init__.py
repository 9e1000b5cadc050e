"""How fast kdviz is, as ratios against named alternatives, measured in one process: `python -m benchmarks`."""
