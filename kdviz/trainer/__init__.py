"""A run as a pure generator of events: no threads, no interface, no database."""

from kdviz.trainer.distill import TeacherCache, distill

__all__ = ["TeacherCache", "distill"]
