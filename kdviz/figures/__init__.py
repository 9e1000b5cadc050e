"""Images and Plotly figures from arrays: all colours are defined here.

`maps` draws heatmaps, `charts` draws Plotly figures, `style` defines the appearance of arms and numbers in
both. Their content is plain data first (`CurveInfo`, `Heatmaps`, an alt text), which tests compare.
"""
