"""What happened on a server, a line for each event, for whoever runs it.

A line is `key=value` pairs (logfmt): time in UTC, level, event, then what it is about, such as run and
visitor. Nothing is written until a process that kdviz owns calls `log_to_stderr`.
"""

from __future__ import annotations

import json
import logging
import re
import time

_JOURNAL = logging.getLogger("kdviz.journal")
_PLAIN = re.compile(r"[^\s\"=\\\x00-\x1f\x7f]+")


def note(event: str, **about: object) -> None:
    """Log an event with what it is about; values that are None or "" are left out."""
    known = {name: value for name, value in about.items() if value not in (None, "")}
    _JOURNAL.info("%s", event, extra={"about": known})


def log_to_stderr() -> None:
    """Write events, warnings and errors of kdviz to stderr, for a process that kdviz owns."""
    logger = logging.getLogger("kdviz")
    if not any(isinstance(each.formatter, JournalLines) for each in logger.handlers):
        handler = logging.StreamHandler()
        handler.setFormatter(JournalLines())
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False


class JournalLines(logging.Formatter):
    """A record as one line: text is quoted as in JSON where it has to be, so that none can break a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        pairs: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "about", {}),
        }
        if record.exc_info:
            pairs["traceback"] = self.formatException(record.exc_info)
        return " ".join(f"{name}={_written(value)}" for name, value in pairs.items())


def _written(value: object) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text)
