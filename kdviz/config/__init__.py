"""Run configuration: fields, rules, defaults and keys."""

from kdviz.config.choices import CHOICES, IDLE_WITHOUT_LAMBDA, LAMBDA_LADDER, NEED_LAMBDA
from kdviz.config.fields import bounds, is_whole, options
from kdviz.config.filling import OPENING, usual_loss, usual_weight
from kdviz.config.making import changed, make_config, stored_config, stored_settings
from kdviz.config.run_config import RunConfig, filled

__all__ = [
    "CHOICES",
    "IDLE_WITHOUT_LAMBDA",
    "LAMBDA_LADDER",
    "NEED_LAMBDA",
    "OPENING",
    "RunConfig",
    "bounds",
    "changed",
    "filled",
    "is_whole",
    "make_config",
    "options",
    "stored_config",
    "stored_settings",
    "usual_loss",
    "usual_weight",
]
