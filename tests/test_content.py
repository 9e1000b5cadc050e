"""Names of files follow what is in them, and reading is spared only where nothing can have changed."""

import hashlib
import os
import time
from types import SimpleNamespace

import pytest

from kdviz import content
from kdviz.content import file_hash, folder_hash, once_a_state

LONG_AGO_NS = time.time_ns() - 10**12


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "weights"
    path.write_bytes(b"one")
    return path


def rewritten(path, content):
    """Other content in the same file, of the same size, with the same modification time."""
    before = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (after.st_size, after.st_mtime_ns, after.st_ino) == (
        before.st_size,
        before.st_mtime_ns,
        before.st_ino,
    )


def in_folder(folder):
    """The hash of a folder, all of whose files are listed."""
    return folder_hash(
        folder, lambda: [(name, os.stat(folder / name)) for name in sorted(os.listdir(folder))]
    )


def test_a_file_is_named_by_the_sha256_of_its_content(file):
    assert file_hash(file) == hashlib.sha256(b"one").hexdigest()[:16]


def test_a_copy_has_the_same_name(file, tmp_path):
    (tmp_path / "copy").write_bytes(b"one")
    assert file_hash(tmp_path / "copy") == file_hash(file)


@pytest.mark.parametrize("settled", [True, False])
def test_a_rewritten_file_of_the_same_size_and_time_has_another_name(file, monkeypatch, settled):
    if settled:  # as if it had been written long ago, and read then
        monkeypatch.setattr(content, "_SETTLED_NS", -(10**12))
    names = {file_hash(file)}
    for word in (b"two", b"six", b"ten"):
        rewritten(file, word)
        names.add(file_hash(file))
    assert names == {hashlib.sha256(word).hexdigest()[:16] for word in (b"one", b"two", b"six", b"ten")}


def status(**changes):
    numbers = {"st_dev": 1, "st_ino": 2, "st_size": 3, "st_mtime_ns": 4, "st_ctime_ns": LONG_AGO_NS}
    return SimpleNamespace(**{**numbers, **changes})


@pytest.fixture
def times_read(monkeypatch):
    """How often files are read that are listed with these statuses, one after the other."""
    monkeypatch.setattr(content, "_known", {})

    def count(*listings):
        read = []
        for listing in listings:
            once_a_state(lambda listing=listing: listing, lambda files: read.append(files) or "name")
        return len(read)

    return count


def test_a_file_that_has_been_as_it_is_for_long_is_read_once(times_read):
    assert times_read([("a", status())], [("a", status())]) == 1


def test_one_that_has_just_changed_is_read_again(times_read):
    """It may change once more without another time."""
    new = status(st_ctime_ns=time.time_ns())
    assert times_read([("a", status()), ("b", new)], [("a", status()), ("b", new)]) == 2


@pytest.mark.parametrize("field", ["st_dev", "st_ino", "st_size", "st_mtime_ns", "st_ctime_ns"])
def test_whatever_the_disk_reports_otherwise_has_it_read_again(times_read, field):
    changed = status(**{field: getattr(status(), field) - 1})
    assert times_read([("a", status())], [("a", changed)]) == 2


def test_another_name_or_another_file_has_them_read_again(times_read):
    one, two = ("a", status()), ("b", status())
    assert times_read([one], [two], [one, two], [one]) == 3


def test_a_folder_is_named_by_paths_and_contents(tmp_path):
    folders = [tmp_path / name for name in ("first", "same", "renamed", "swapped", "other")]
    contents = [
        {"a": b"1", "b": b"2"}, {"a": b"1", "b": b"2"}, {"a": b"1", "c": b"2"}, {"a": b"2", "b": b"1"}, {"a": b"1", "b": b"3"},
    ]  # fmt: skip
    for folder, files in zip(folders, contents, strict=True):
        folder.mkdir()
        for name, data in files.items():
            (folder / name).write_bytes(data)
    first, same, *others = map(in_folder, folders)
    assert first == same
    assert len({first, *others}) == 4


def test_a_file_that_cannot_be_read_has_a_name_of_its_own(file, tmp_path, monkeypatch):
    before = in_folder(tmp_path)

    def refused(self, *args):
        raise PermissionError(self)

    monkeypatch.setattr("pathlib.Path.open", refused)
    assert in_folder(tmp_path) not in ("", before)


def test_a_file_that_is_not_there_has_none(tmp_path):
    with pytest.raises(FileNotFoundError):
        file_hash(tmp_path / "nothing")
