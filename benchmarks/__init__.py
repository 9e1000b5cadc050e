"""How fast kdviz is: ratios against named alternatives in one process, by `python -m benchmarks`."""
