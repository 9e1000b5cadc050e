"""A run's networks: loaded from their snapshots, cached, and what their channels respond to."""
