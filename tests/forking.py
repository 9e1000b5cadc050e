"""Processes forked from one in which Streamlit, PyTorch and kdviz are loaded, which takes longer than most tests."""

from multiprocessing import get_context

FORKS = get_context("forkserver")
# A test process has one such process, so that all who fork name the same modules.
FORKS.set_forkserver_preload(["tests.browser.imported", "tests.test_kills", "tests.test_disk_full"])
