"""The Agreement page: a run's arms against their teacher on the whole test set."""
