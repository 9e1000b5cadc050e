"""Why a run ended before it was finished, as stored: in English, to be translated where it is shown.

A run that failed by an error of its own has that error as message.
"""

_RESUME = "Resume goes on from the last full epoch."

TAKEN_OUT = "Taken out of the queue."
STOPPED = f"Stopped. {_RESUME}"
MADE_WAY = f"Paused, and made way for the next run. {_RESUME}"
INTERRUPTED = f"Interrupted. {_RESUME}"
PROCESS_ENDED = f"The process that trained it ended. {_RESUME}"
ENDED_PAUSED = f"It was paused when the process that trained it ended. {_RESUME}"
CRASHED = (
    f"The process that trained it crashed in native code. {_RESUME} "
    "If it crashes again, start the server with KDVIZ_SAFE_KERNELS=1, to compute without oneDNN."
)
KILLED = (
    "The process that trained it was killed, as the system does when memory runs out. "
    f"{_RESUME} A smaller batch or smaller images need less memory."
)

ENDINGS = (
    TAKEN_OUT,
    STOPPED,
    MADE_WAY,
    INTERRUPTED,
    PROCESS_ENDED,
    ENDED_PAUSED,
    CRASHED,
    KILLED,
)
