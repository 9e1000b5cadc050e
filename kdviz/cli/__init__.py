"""`python -m kdviz …`: every main job without a browser."""

from kdviz.cli.commands import app, main

__all__ = ["app", "main"]
