import threading

import torch

from kdviz.comparison.models.device_lock import FairLock, device_lock
from tests.patience import PATIENCE_S


def test_a_device_has_one_lock():
    assert device_lock(torch.device("cpu")) is device_lock(torch.device("cpu"))
    assert device_lock(torch.device("cpu")) is not device_lock(torch.device("cuda"))


def test_the_thread_that_holds_the_lock_may_take_it_again():
    lock, others = FairLock(), []
    with lock, lock:
        pass
    other = threading.Thread(target=lambda: others.append(lock.__enter__()))
    other.start()
    other.join(PATIENCE_S)
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
    visitor.join(PATIENCE_S)
    assert order == ["holder", "visitor"]


def test_the_lock_goes_to_who_waits_not_to_who_has_just_had_it():
    lock, order, has_it, may_go = FairLock(), [], threading.Event(), threading.Event()

    def work():
        for part in ("first slice", "second slice"):
            with lock:
                order.append(part)
                has_it.set()
                may_go.wait(PATIENCE_S)

    def visit():
        with lock:
            order.append("page")

    worker, page = threading.Thread(target=work), threading.Thread(target=visit)
    worker.start()
    has_it.wait(PATIENCE_S)
    page.start()
    while not lock._turn.locked():  # until the page waits
        pass
    may_go.set()
    for thread in (worker, page):
        thread.join(PATIENCE_S)
    assert order == ["first slice", "page", "second slice"]
