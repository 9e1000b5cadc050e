"""The Distill page: the form of a new run, and a run in training."""
