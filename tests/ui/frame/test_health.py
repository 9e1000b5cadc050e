"""The health address: counts of the store, and its status; asked of the application, then of a real server."""

import json
import urllib.request

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kdviz.config import make_config
from kdviz.errors import StoreError
from kdviz.jobs import submit
from kdviz.store import Store
from kdviz.ui.frame import health
from tests.browser.servers import serving


@pytest.fixture
def asked(tmp_path, monkeypatch):
    store = Store(tmp_path / "runs")
    monkeypatch.setattr(health, "server_store", lambda: store)
    client = TestClient(Starlette(routes=[health.HEALTH]))
    return store, lambda: client.get("/api/health")


def test_it_counts_what_waits_and_trains(asked):
    store, get = asked
    runs = [submit(store, make_config({"dataset": "shapes", "seed": seed})) for seed in range(4)]
    store.set_state(runs[0], "running")
    store.set_state(runs[1], "paused")
    answer = get()
    counts = {name: answer.json()[name] for name in ("queued", "running", "paused")}
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert counts == {"queued": 2, "running": 1, "paused": 1}


def test_a_dead_worker_is_a_failure(asked, monkeypatch):
    _, get = asked
    monkeypatch.setattr(health, "workers_alive", lambda store: {"cpu": True, "cuda": False})
    answer = get()
    assert answer.status_code == 503
    assert answer.json()["workers"] == {"cpu": "alive", "cuda": "dead"}


def test_a_store_that_cannot_be_read_is_a_failure_without_its_path(asked, monkeypatch):
    store, get = asked

    def broken():
        raise StoreError(f"{store.directory}: is damaged")

    monkeypatch.setattr(health, "server_store", broken)
    answer = get()
    assert (answer.status_code, answer.json()["status"]) == (503, "failing")
    assert str(store.directory) not in answer.text


def test_a_real_server_answers(tmp_path):
    with serving(tmp_path) as address, urllib.request.urlopen(f"{address}/api/health") as answer:
        found = json.load(answer)
    assert found["status"] == "ok"
    assert found["queued"] == 0
