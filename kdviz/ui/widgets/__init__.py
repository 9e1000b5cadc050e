"""Widgets that several pages share: charts, overlays, tables, settings, downloads."""
