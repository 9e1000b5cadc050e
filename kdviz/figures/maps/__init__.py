"""Attributions as pictures: scaling, colour maps, overlays, outlines."""
