"""One input through every arm of a run."""
