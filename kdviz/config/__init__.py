"""Run configuration: fields, rules, defaults and keys."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.config.choices import (
        CHOICES,
        IDLE_WITHOUT_LAMBDA,
        LAMBDA_LADDER,
        NEED_LAMBDA,
        choices_for,
        has_setting,
    )
    from kdviz.config.few_inputs import FOLLOW_COUNT, for_training_inputs
    from kdviz.config.fields import bounds, is_whole, options
    from kdviz.config.filling import OPENING, OWN_PICTURES, usual_loss, usual_weight
    from kdviz.config.keys import INPUT_FIELDS
    from kdviz.config.making import changed, make_config, stored_config, stored_settings
    from kdviz.config.run_config import RunConfig, filled

export_lazily(__name__)
