"""The health address: what a supervisor, a container or a proxy asks."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from kdviz import __version__
from kdviz.errors import KdvizError
from kdviz.jobs import workers_alive
from kdviz.store import Store
from kdviz.ui.frame.server import server_store


def health(_request: Request) -> JSONResponse:
    """Numbers of runs, and whether each device's worker lives; status 503 where something does not work.

    It says nothing of who visits or what they train, since anybody may ask. Workers start with the first
    page that needs them, or with the server if runs wait: until then there are none, and nothing is wrong.
    """
    try:
        found = _state(server_store())
    except KdvizError:  # its message has paths of the server; the log says it
        found = {"status": "failing", "store": "cannot be read", "version": __version__}
    return JSONResponse(found, 200 if found["status"] == "ok" else 503, {"Cache-Control": "no-store"})


HEALTH = Route("/api/health", health)


def _state(store: Store) -> dict[str, object]:
    workers = workers_alive(store)
    states = [run.state for run in store.runs() if not run.ended]
    return {
        "status": "ok" if all(workers.values()) else "failing",
        "store": "ok",
        "queued": states.count("queued"),
        "running": states.count("running"),
        "paused": states.count("paused"),
        "workers": {device: "alive" if alive else "dead" for device, alive in workers.items()},
        "version": __version__,
    }
