"""What a run shows, as files that open anywhere: one HTML page that loads nothing, pictures, arrays."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.report.image_files import lens_arrays, lens_picture
    from kdviz.report.report import report_html

__all__ = ["lens_arrays", "lens_picture", "report_html"]

export_lazily(__name__)
