"""Texts with words that a class should not meet first: slurs and obscene words.

Networks train and are tested on them as on all others; they are only shown behind the others.
"""

from __future__ import annotations

import re

_CRUDE = re.compile(
    r"\b(?:retard|lesbo|fag|nigg|tranny|bitch|whore|slut|cunt|piss|porn|nude|nudity|rape)|fuck|shit", re.I
)
"""The beginnings of words, or anywhere in them. "crap", "dumb" and the like do not count."""


def is_crude(text: str) -> bool:
    """Whether there is such a word in a text."""
    return bool(_CRUDE.search(text))
