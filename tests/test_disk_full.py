"""A disk that is full at one of several levels, 2 unless KDVIZ_DISK_LEVELS says more: nothing is lost.

A process with a file system of its own in memory, too small for what it does, trains a run and exports it: it gets
one line. Then the disk has room, and the run goes on.
"""

import ctypes
import os
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
import torch

from kdviz.errors import StoreError
from kdviz.jobs import execute, resume, submit
from kdviz.store import Store
from tests.forking import FORKS

LEVELS = int(os.environ.get("KDVIZ_DISK_LEVELS", 2))
ROOMY_KB = 64 * 1024
NEW_MOUNTS, NEW_USER, REMOUNT, PRIVATE_BELOW = 0x20000, 0x10000000, 32, (1 << 18) | (1 << 14)

pytestmark = pytest.mark.slow


def mount_memory(folder: Path, kilobytes: int, flags: int = 0) -> None:
    """A file system of this size at the folder, or with REMOUNT a new size for it. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    options = f"size={kilobytes}k".encode()
    if libc.mount(b"tmpfs", str(folder).encode(), b"tmpfs", flags, options):
        raise OSError(ctypes.get_errno(), "mount")


def own_mounts() -> None:
    """Mounts of this process are no longer those of others. Raises OSError where that is not allowed."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_MOUNTS if os.geteuid() == 0 else NEW_MOUNTS | NEW_USER):
        raise OSError(ctypes.get_errno(), "unshare")
    if libc.mount(b"none", b"/", None, PRIVATE_BELOW, None):
        raise OSError(ctypes.get_errno(), "mount")


def crowded(folder: Path, kilobytes: int, settings: object, told: Connection) -> None:
    """Train and export on a small disk, then on a roomy one; tells what came of it, "" where it is not allowed."""
    torch.set_num_threads(1)  # as in the tests' process, so that sums have one order
    try:
        own_mounts()
        mount_memory(folder, kilobytes)
    except OSError:
        told.send(None)
        return
    refused, run_id = [], ""
    try:
        store = Store(folder / "runs")
        run_id = submit(store, settings, foreground=True)
        execute(store, run_id)
        store.export(run_id, folder / "run.zip")
    except StoreError as error:
        refused.append(str(error))
    mount_memory(folder, ROOMY_KB, REMOUNT)
    store = Store(folder / "runs")
    store.mark_interrupted()
    health = store.checked()
    if not run_id:
        run_id = submit(store, settings, foreground=True)
    elif store.run(run_id).state != "finished":
        refused.append(store.run(run_id).record.message)
        resume(store, run_id, foreground=True)
    if store.run(run_id).state != "finished":
        execute(store, run_id)
    exported = store.export(run_id, folder / "run.zip")
    again = Store(folder / "other").import_run(exported)
    hashes = store.weights_hash(run_id, "student"), Store(folder / "other").weights_hash(again, "student")
    told.send((refused, (health.database, health.damaged), hashes))


@pytest.mark.parametrize("level", range(LEVELS))
def test_nothing_is_lost_on_a_full_disk(level, whole, tiny_config, tmp_path):
    undisturbed, run_id, exported = whole
    took = sum(path.stat().st_size for path in exported.parent.rglob("*") if path.is_file()) // 1024
    size = took * (level + 1) // (LEVELS + 1)
    hears, tells = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=crowded, args=(tmp_path, size, tiny_config(arms=("student",)), tells))
    process.start()
    tells.close()
    found = hears.recv()
    process.join()
    if found is None:
        pytest.skip("this system lets no test mount a file system")
    refused, health, hashes = found
    assert refused
    assert all("\n" not in line for line in refused)
    assert any("the disk is full" in line for line in refused), refused
    assert health == ("", ())
    assert hashes == 2 * (undisturbed.weights_hash(run_id, "student"),)
