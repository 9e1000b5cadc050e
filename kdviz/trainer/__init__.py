"""A run as a pure generator of events: no threads, no interface, no database."""

from kdviz.trainer.distill import TeacherCache, distill
from kdviz.trainer.setting import chosen_device

__all__ = ["TeacherCache", "chosen_device", "distill"]
