"""The networks of a run: loaded from snapshots and cached, with a lock per device."""
