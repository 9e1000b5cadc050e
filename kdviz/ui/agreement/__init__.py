"""The Agreement page: a run's arms compared to their teacher on the test set."""
