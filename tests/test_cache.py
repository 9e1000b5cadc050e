import threading
from concurrent.futures import ThreadPoolExecutor

from kdviz.cache import Cache
from tests.patience import PATIENCE_S


def test_a_result_needed_by_many_threads_is_computed_once():
    cache, lock, computed, start = Cache(4), threading.RLock(), [], threading.Barrier(8)

    def compute():
        computed.append(1)
        return "value"

    def ask(_):
        start.wait(PATIENCE_S)
        return cache.get("key", compute, lock)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == ["value"] * 8
    assert len(computed) == 1


def test_what_is_there_is_given_out_while_somebody_else_computes():
    cache, lock = Cache(4), threading.RLock()
    cache.get("key", lambda: "value", lock)
    taken, done = threading.Event(), threading.Event()

    def hold():
        with lock:
            taken.set()
            done.wait(PATIENCE_S)

    holder = threading.Thread(target=hold)
    holder.start()
    taken.wait(PATIENCE_S)
    assert cache.get("key", lambda: "another", lock) == "value"
    done.set()
    holder.join()


def test_the_one_longest_unused_is_forgotten_first():
    cache, lock = Cache(2), threading.RLock()
    for key in ("a", "b"):
        cache.get(key, lambda: "old", lock)
    cache.get("a", lambda: "new", lock)
    cache.get("c", lambda: "old", lock)
    assert cache.get("a", lambda: "new", lock) == "old"
    assert cache.get("b", lambda: "new", lock) == "new"


def test_a_result_stored_again_counts_as_the_latest():
    cache = Cache(2)
    for key in ("a", "b", "a", "c"):
        cache.keep(key, key)
    assert [cache.find(key) for key in "abc"] == ["a", None, "c"]


def test_a_cleared_cache_knows_nothing():
    cache = Cache(2)
    cache.keep("a", 1)
    cache.clear()
    assert cache.find("a") is None
