"""A run as files: a self-contained HTML page, images, arrays."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.report.checks import missing_checks, report_checks
    from kdviz.report.image_files import explanation_npz, heatmap_row_png, maps_file, shaded_text_page
    from kdviz.report.report import report_html
    from kdviz.report.shown_maps import ShownMaps, has_own_scale, shown_maps

export_lazily(__name__)
