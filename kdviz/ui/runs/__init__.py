"""The Runs page: the table of all runs, comparisons, export and import."""
