"""Arrays in, pictures and Plotly figures out. The only place that knows colours.

`maps` draws heatmaps, `charts` draws Plotly figures, `style` says how arms and numbers look in both. What is
drawn is plain data first (`CurveInfo`, `Heatmaps`, an alt text), which tests compare.
"""
