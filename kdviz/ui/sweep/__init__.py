"""The Sweep page: results of a study."""
