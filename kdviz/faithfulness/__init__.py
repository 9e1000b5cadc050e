"""Faithfulness: checks of an attribution against its own model, and against known regions."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.faithfulness.erasure import FRACTIONS, Erasure, erasure
    from kdviz.faithfulness.masks import (
        mask_areas,
        mask_share,
        mean_mask_area,
        pointing_hit,
        touched_areas,
        touched_cells,
    )
    from kdviz.faithfulness.perturbation import infidelity, sensitivity
    from kdviz.faithfulness.plausibility import average_precision, token_f1
    from kdviz.faithfulness.randomisation import Cascade, cascade
    from kdviz.faithfulness.removal import Removal, area_under, removal
    from kdviz.faithfulness.spread import Spread, median_interval, spread
    from kdviz.faithfulness.time_maps import over_time, time_figures

export_lazily(__name__)
