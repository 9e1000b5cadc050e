"""Training as a generator of events, without threads, interface or database."""

from kdviz.trainer.distill import TeacherCache, distill

__all__ = ["TeacherCache", "distill"]
