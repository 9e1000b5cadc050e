"""The Data & models page: data sets, planted cues and networks."""
