"""A run as a pure generator of events: no threads, no interface, no database."""

from kdviz.trainer.distill import TeacherCache, distill
from kdviz.trainer.timing import GivenUpError, timed

__all__ = ["GivenUpError", "TeacherCache", "distill", "timed"]
