"""Heatmaps as pictures: values on one colour scale, overlays, outlines, alt text."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.figures.maps.alt_text import difference_alt, heatmap_alt, heatmaps_alt, map_alt, signed_map_alt
    from kdviz.figures.maps.contour import OUTLINED_SHARE, outline, outline_threshold
    from kdviz.figures.maps.gallery import gallery_row
    from kdviz.figures.maps.heatmap import (
        PeakRegion,
        density,
        highest_arm,
        peak_region,
        scale_limit,
        signed_density,
        symmetric_limit,
        undefined_reason,
    )
    from kdviz.figures.maps.layers import MapLayer, heat_layer, image_layer, outline_layer, signed_layer
    from kdviz.figures.maps.overlay import (
        COLOUR_MAPS,
        OVERLAY_OPACITY,
        Picture,
        colour_bar,
        colour_table,
        difference_overlay,
        enlarged,
        hatched,
        overlay,
        png,
        side_by_side,
        thumbnail,
        with_arm_bar,
    )
    from kdviz.figures.maps.single_map import map_picture, signed_map_picture, with_box

__all__ = [
    "COLOUR_MAPS",
    "OUTLINED_SHARE",
    "OVERLAY_OPACITY",
    "MapLayer",
    "PeakRegion",
    "Picture",
    "colour_bar",
    "colour_table",
    "density",
    "difference_alt",
    "difference_overlay",
    "enlarged",
    "gallery_row",
    "hatched",
    "heat_layer",
    "heatmap_alt",
    "heatmaps_alt",
    "highest_arm",
    "image_layer",
    "map_alt",
    "map_picture",
    "outline",
    "outline_layer",
    "outline_threshold",
    "overlay",
    "peak_region",
    "png",
    "scale_limit",
    "side_by_side",
    "signed_density",
    "signed_layer",
    "signed_map_alt",
    "signed_map_picture",
    "symmetric_limit",
    "thumbnail",
    "undefined_reason",
    "with_arm_bar",
    "with_box",
]

export_lazily(__name__)
