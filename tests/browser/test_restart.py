"""A server that is started again: what waits, and what was in training, goes on without a visitor."""

import pytest

from kdviz.jobs import submit
from kdviz.store import Store
from tests.browser.servers import serving
from tests.patience import wait_until

pytestmark = pytest.mark.slow


def test_the_queue_moves_without_a_visitor(tiny_config, tmp_path):
    store = Store(tmp_path / "runs")
    died, waiting = submit(store, tiny_config()), submit(store, tiny_config(seed=1))
    store.set_state(died, "running")
    with serving(store.directory):
        wait_until(lambda: store.run(waiting).state == "finished")
    assert store.run(died).state == "finished"
