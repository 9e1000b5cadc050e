import threading
from concurrent.futures import ThreadPoolExecutor

import torch

from kdviz.comparison.models.cache import Cache, FairLock, device_lock


def test_what_is_asked_for_by_many_at_once_is_computed_once():
    cache, lock, computed, start = Cache(4), threading.RLock(), [], threading.Barrier(8)

    def compute():
        computed.append(1)
        return "value"

    def ask(_):
        start.wait(5)
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
            done.wait(5)

    holder = threading.Thread(target=hold)
    holder.start()
    taken.wait(5)
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


def test_a_device_has_one_lock():
    assert device_lock(torch.device("cpu")) is device_lock(torch.device("cpu"))
    assert device_lock(torch.device("cpu")) is not device_lock(torch.device("cuda"))


def test_the_thread_that_holds_the_lock_may_take_it_again():
    lock, others = FairLock(), []
    with lock, lock:
        pass
    other = threading.Thread(target=lambda: others.append(lock.__enter__()))
    other.start()
    other.join(5)
    assert others == [None]


def test_nobody_else_gets_in_before_the_last_time_is_given_back():
    lock, order = FairLock(), []

    def visit():
        with lock:
            order.append("visitor")

    visitor = threading.Thread(target=visit)
    with lock:
        with lock:
            visitor.start()
        order.append("holder")
    visitor.join(5)
    assert order == ["holder", "visitor"]


def test_the_lock_goes_to_who_waits_not_to_who_has_just_had_it():
    lock, order, has_it, may_go = FairLock(), [], threading.Event(), threading.Event()

    def work():
        for part in ("first slice", "second slice"):
            with lock:
                order.append(part)
                has_it.set()
                may_go.wait(5)

    def visit():
        with lock:
            order.append("page")

    worker, page = threading.Thread(target=work), threading.Thread(target=visit)
    worker.start()
    has_it.wait(5)
    page.start()
    while not lock._turn.locked():  # until the page waits
        pass
    may_go.set()
    for thread in (worker, page):
        thread.join(5)
    assert order == ["first slice", "page", "second slice"]
