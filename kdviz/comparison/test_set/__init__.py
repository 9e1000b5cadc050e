"""A whole test set through every arm of a run."""
