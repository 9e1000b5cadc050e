"""A file that is replaced has its old content until the new one is whole."""

import multiprocessing
import os
import threading

import pytest

from kdviz.replacing import replaced, swept, write_atomically


def _killed_while_writing(path):
    with replaced(path) as unfinished:
        unfinished.write_bytes(b"half")
        os._exit(1)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "run.zip"
    path.write_bytes(b"old")
    return path


def test_the_new_content_takes_the_place_of_the_old(file):
    with replaced(file) as unfinished:
        unfinished.write_bytes(b"new")
        assert file.read_bytes() == b"old"
    assert file.read_bytes() == b"new"
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_an_error_leaves_the_old_content_and_no_litter(file, error):
    def interrupted():
        with replaced(file) as unfinished:
            unfinished.write_bytes(b"half")
            raise error

    with pytest.raises(error):
        interrupted()
    assert file.read_bytes() == b"old"
    assert list(file.parent.iterdir()) == [file]


@pytest.fixture
def killed(file):
    """The file, to which a process was writing when it was killed."""
    process = multiprocessing.get_context("fork").Process(target=_killed_while_writing, args=(file,))
    process.start()
    process.join()
    assert process.exitcode == 1
    return file


def test_a_killed_process_leaves_the_old_content(killed):
    assert killed.read_bytes() == b"old"


def test_the_next_writer_removes_what_a_killed_one_left(killed):
    write_atomically(killed, b"new")
    assert killed.read_bytes() == b"new"
    assert list(killed.parent.iterdir()) == [killed]


def test_a_sweep_removes_what_a_killed_writer_left(killed):
    (left,) = set(killed.parent.iterdir()) - {killed}
    assert swept(killed.parent) == [left]
    assert list(killed.parent.iterdir()) == [killed]


def test_a_sweep_leaves_files_alone_that_are_written_to(file):
    with replaced(file) as unfinished:
        unfinished.write_bytes(b"new")
        assert swept(file.parent) == []
    assert file.read_bytes() == b"new"


def test_a_sweep_leaves_other_files_alone(file):
    for name in ("notes.tmp", "run.zip.old.tmp", ".5.tmp", "run.zip"):
        (file.parent / name).write_bytes(b"mine")
    swept(file.parent)
    assert sorted(path.name for path in file.parent.iterdir()) == [
        ".5.tmp",
        "notes.tmp",
        "run.zip",
        "run.zip.old.tmp",
    ]


def test_a_pipe_is_written_to_as_it_is(tmp_path):
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_atomically(pipe, b"new")
    reader.join()
    assert read == [b"new"]
    assert list(tmp_path.iterdir()) == [pipe]
