"""One run as one HTML file that opens anywhere and loads nothing."""

from kdviz.report.report import report_html

__all__ = ["report_html"]
