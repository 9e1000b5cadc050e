"""Heatmaps as images: values on one colour scale, overlays, outlines, alt text."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.figures.maps.alt_text import difference_alt, heatmap_alt, heatmaps_alt, map_alt, signed_map_alt
    from kdviz.figures.maps.border import BorderShare, border_band, border_ring, border_share
    from kdviz.figures.maps.captioned_row import CaptionedPicture, captioned_row, is_drawable
    from kdviz.figures.maps.colour_scale import COLOUR_MAPS, ColourScale, palettes
    from kdviz.figures.maps.contour import outline, outline_threshold
    from kdviz.figures.maps.divider import divider_percent
    from kdviz.figures.maps.excerpt import around, excerpt
    from kdviz.figures.maps.gallery import gallery_row, object_outlined
    from kdviz.figures.maps.heatmap import (
        CLIPPED,
        FINE_CELLS,
        Heatmaps,
        brightest_point,
        density,
        has_clear_spot,
        heatmaps,
        is_defined,
        own_scale,
        peak_region,
        place_name,
        present_cells,
        scale_limit,
        signed_density,
        strength,
        symmetric_limit,
        undefined_reason,
    )
    from kdviz.figures.maps.layers import (
        CueLayer,
        ImageLayer,
        MapLayer,
        OutlineLayer,
        ProfileLayer,
        cue_layer,
        image_layer,
        map_layer,
        mask_outline,
        outline_layer,
        profile_layer,
    )
    from kdviz.figures.maps.legend import line_legend
    from kdviz.figures.maps.overlay import (
        OVERLAY_OPACITY,
        Picture,
        arm_overlay,
        colour_bar,
        data_url,
        enlarged,
        framed,
        hatched,
        heatmap_row,
        overlay,
        png,
        side_by_side,
        stacked,
        thumbnail,
        webp_url,
        with_arm_bar,
    )
    from kdviz.figures.maps.sentences import SentenceLine, arm_lines, sentences_html
    from kdviz.figures.maps.single_map import map_picture, signed_map_picture, with_box
    from kdviz.figures.maps.spectrogram import (
        SpectrogramAxes,
        frequency_text,
        spectrogram_axes,
        time_text,
        wav_file,
        wav_url,
    )
    from kdviz.figures.maps.words import (
        ShadedWord,
        WordLayer,
        frame_edges,
        has_unknown_words,
        shaded_words,
        unread_sentence,
        unread_text,
        word_alt,
        word_colour,
        word_evidence,
        word_layers,
        word_style,
        words_html,
        words_key,
        words_legend,
    )

export_lazily(__name__)
