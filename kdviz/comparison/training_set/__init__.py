"""The training images of a run, explained: those to look at first."""
