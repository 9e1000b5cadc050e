"""The Distill page: the settings of a new run, and a run while it trains."""
