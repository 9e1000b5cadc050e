"""Whether an explanation deserves belief."""

from kdviz.faithfulness.masks import mask_share, pointing_hit

__all__ = ["mask_share", "pointing_hit"]
