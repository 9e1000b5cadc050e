"""Plotly figures: first what is drawn, as plain data, then the figure."""
