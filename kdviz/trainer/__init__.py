"""A run as a pure generator of events: no threads, no interface, no database."""

from kdviz.trainer.distill import TeacherCache, distill
from kdviz.trainer.setup import chosen_device
from kdviz.trainer.timing import GivenUpError, timed

__all__ = ["GivenUpError", "TeacherCache", "chosen_device", "distill", "timed"]
