"""One input through all arms of a run."""
