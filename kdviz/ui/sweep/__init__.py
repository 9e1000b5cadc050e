"""The Sweep page: what a study has found."""
