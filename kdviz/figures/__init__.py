"""Arrays in, pictures and Plotly figures out. The only place that knows colours.

What is drawn is made as plain data first (`CurveInfo`, a density, an alt text), and tested as such; how
it looks is seen.
"""

from kdviz.figures.curves import (
    LOSS_PARTS,
    CurveInfo,
    Line,
    accuracy_info,
    agreement_info,
    curve_figure,
    latest,
    loss_info,
    stage_shown,
)
from kdviz.figures.heat import Place, density, full_colour_at, highest, place, shared_reach, undefined_because
from kdviz.figures.palette import ARM_STYLES, NEUTRAL, ArmStyle, arm_key
from kdviz.figures.pictures import (
    Picture,
    blown_up,
    colour_bar,
    difference,
    hatched,
    marked,
    overlay,
    png,
    strip,
)
from kdviz.figures.words import curve_alt, difference_alt, heat_alt, percent, score, strip_alt

__all__ = [
    "ARM_STYLES",
    "LOSS_PARTS",
    "NEUTRAL",
    "ArmStyle",
    "CurveInfo",
    "Line",
    "Picture",
    "Place",
    "accuracy_info",
    "agreement_info",
    "arm_key",
    "blown_up",
    "colour_bar",
    "curve_alt",
    "curve_figure",
    "density",
    "difference",
    "difference_alt",
    "full_colour_at",
    "hatched",
    "heat_alt",
    "highest",
    "latest",
    "loss_info",
    "marked",
    "overlay",
    "percent",
    "place",
    "png",
    "score",
    "shared_reach",
    "stage_shown",
    "strip",
    "strip_alt",
    "undefined_because",
]
