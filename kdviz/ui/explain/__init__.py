"""The Explain page: one image through every arm of a run."""
