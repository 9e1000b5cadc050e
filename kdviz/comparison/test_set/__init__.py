"""A whole test set through every arm of a run, and what channels respond to in it."""
