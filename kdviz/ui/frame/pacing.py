"""How often parts of pages refresh themselves: the more browsers are connected, the less often each.

Thirty pupils who watch a run each second would keep a core busy with drawing alone.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

_REFRESHES_A_SECOND = 10
"""Of all connected browsers together, at most."""


class Connections:
    """An ASGI application around another: counts the browsers that are connected to it."""

    open = 0

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection; a page keeps its websocket open as long as it is shown."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        Connections.open += 1
        try:
            await self._app(scope, receive, send)
        finally:
            Connections.open -= 1


def paced(seconds: float) -> float:
    """The time between two refreshes of a part, in seconds: that which it asks for, or longer."""
    return max(seconds, Connections.open / _REFRESHES_A_SECOND)
