"""How long a test waits for what must come, in one place: long enough for a loaded machine, since who waits in vain has failed anyway."""

PATIENCE_S = 180
PATIENCE_MS = 1000 * PATIENCE_S
