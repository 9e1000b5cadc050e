"""Who may name files of the server: a browser on the same machine, not one behind a proxy there."""

from types import SimpleNamespace

import pytest

from kdviz.ui.frame import server
from kdviz.ui.frame.server import visitor_is_local


@pytest.mark.parametrize(
    ("address", "headers", "local"),
    [
        (None, {}, True),
        ("192.168.1.7", {}, False),
        (None, {"X-Forwarded-For": "192.168.1.7"}, False),
        (None, {"Forwarded": "for=192.168.1.7"}, False),
        (None, {"Host": "localhost:8501", "Origin": "http://127.0.0.1:8501"}, True),
        (None, {"Host": "kdviz.example"}, False),
        (None, {"Host": "localhost:8501", "Origin": "https://kdviz.example"}, False),
    ],
)
def test_a_visitor_is_local_without_an_address_and_without_a_proxy(monkeypatch, address, headers, local):
    monkeypatch.setattr(server.st, "context", SimpleNamespace(ip_address=address, headers=headers))
    assert visitor_is_local() is local
