"""A run's networks: loaded from their snapshots and cached, one lock a device."""
