"""Building blocks that several pages share: charts, overlays, tables, settings, downloads."""
