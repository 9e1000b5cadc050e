"""A test set through all arms of a run, and what channels respond to in it."""
