"""Training as a generator of events, without threads, interface or database."""

from kdviz.trainer.distill import StartWeights, TeacherCache, distill

__all__ = ["StartWeights", "TeacherCache", "distill"]
