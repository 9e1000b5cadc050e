"""kdviz: see and steer what a student network learns from its teacher.

`kdviz.config.make_config` makes the settings of a run, `kdviz.trainer.distill` yields what happens in it.
Importing this package alone loads nothing heavy.
"""

__version__ = "0.1.0"
