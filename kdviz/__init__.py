"""kdviz: train student networks by distillation and compare their explanations with the teacher's.

`kdviz.config.make_config` validates the settings of a run, `kdviz.trainer.distill` trains it and yields
events. Importing this package loads nothing heavy.
"""

__version__ = "0.1.0"
