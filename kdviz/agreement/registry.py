"""The registry of measures."""

from __future__ import annotations

from kdviz.lazy import deferred
from kdviz.types import MeasureSpec

MEASURES: dict[str, MeasureSpec] = {
    "cosine": MeasureSpec(
        name="cosine",
        label="Cosine",
        about="Cosine of the flattened maps; high for any two maps that favour the centre.",
        measure=deferred("kdviz.agreement.measures:cosine"),
        source="Parchami-Araghi et al. 2024, arXiv:2402.03119",
    ),
    "pearson": MeasureSpec(
        name="pearson",
        label="Pearson correlation",
        about="Linear correlation over the cells, independent of the maps' means.",
        measure=deferred("kdviz.agreement.measures:pearson"),
        source="Pearson 1895",
    ),
    "spearman": MeasureSpec(
        name="spearman",
        label="Spearman correlation",
        about="Correlation of the cells' ranks, independent of the values.",
        measure=deferred("kdviz.agreement.measures:spearman"),
        source="Spearman 1904; ranks by scipy.stats.rankdata",
    ),
    "ssim": MeasureSpec(
        name="ssim",
        label="SSIM",
        about="Similarity of level, contrast and structure in local windows.",
        measure=deferred("kdviz.agreement.measures:ssim"),
        source="Wang et al. 2004, doi:10.1109/TIP.2003.819861",
        dimensions=frozenset({2}),
    ),
    "top-20-iou": MeasureSpec(
        name="top-20-iou",
        label="Top-20 % overlap",
        about="Intersection over union of the highest 20 % of each map's cells.",
        measure=deferred("kdviz.agreement.measures:top_20_iou"),
        source="Jaccard 1912",
        low=0.0,
    ),
    "pointing": MeasureSpec(
        name="pointing",
        label="Pointing",
        about="Closeness of the maps' maxima: 1 at the same position, 0 in opposite corners.",
        measure=deferred("kdviz.agreement.measures:pointing"),
        source="After the pointing game of Zhang et al. 2016, arXiv:1608.00507",
        low=0.0,
    ),
}


def measures_for(dimensions: int) -> dict[str, MeasureSpec]:
    """The measures defined for maps with this number of spatial dimensions, by name."""
    return {name: spec for name, spec in MEASURES.items() if dimensions in spec.dimensions}
