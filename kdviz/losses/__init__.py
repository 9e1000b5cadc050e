"""The distillation loss, and the explanation losses that λ weights."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.losses.distillation import distillation_loss
    from kdviz.losses.explanation import (
        BLANK_LENGTH,
        BLANK_SHARE,
        class_distance,
        class_level_distance,
        class_shape_distance,
        cosine_distance,
        energy_distance,
        explanation_loss,
        positive_cosine_distance,
    )
    from kdviz.losses.reach import unreached_blocks
    from kdviz.losses.registry import EXPLANATION_LOSSES, MAP_SOURCES

export_lazily(__name__)
