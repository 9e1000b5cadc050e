"""The Explain page: one image through all arms of a run."""
