"""Uploads: kept once, checked before, never shown, and swept when nobody uses them."""

import hashlib
import io
import os
import zipfile

import pytest

from kdviz.datasets import counted
from kdviz.errors import DataError, StoreError
from kdviz.store import Store, uploads
from kdviz.store.limits import Limits, write_limits
from kdviz.store.uploads import UploadedFile, is_upload_token, upload_token


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "runs")


def zipped(files) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, each in files.items():
            file.writestr(name, each)
    return content.getvalue()


@pytest.fixture
def pets() -> dict[str, bytes]:
    """Ten files of two classes; what is in them is not looked at here."""
    return {f"{name}/{n}.png": f"{name}{n}".encode() for name in ("cats", "dogs") for n in range(5)}


def kept(store):
    return sorted(path.name for path in (store.directory / "uploads").iterdir())


def test_a_zip_is_kept_under_the_hash_of_its_content(store, pets):
    content = zipped(pets)
    path = store.uploads.keep([UploadedFile("My pets (2).zip", content)])
    by_hand = hashlib.sha256(b".zip\0" + hashlib.sha256(content).digest()).hexdigest()[:16]
    assert path == store.directory / "uploads" / by_hand / "My pets _2_.zip"
    assert path.read_bytes() == content
    assert counted("folder", str(path)).classes == 2


def test_the_same_content_is_kept_once(store, pets):
    first = store.uploads.keep([UploadedFile("a.zip", zipped(pets))])
    assert store.uploads.keep([UploadedFile("b.zip", zipped(pets))]) == first
    assert len(kept(store)) == 1


def test_the_files_of_a_folder_are_kept_with_their_paths(store, pets):
    files = [UploadedFile(f"pets/{name}", content) for name, content in pets.items()]
    path = store.uploads.keep(files)
    assert path.name == "pets"
    found = {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*.png")}
    assert found == pets
    assert counted("folder", str(path)).classes == 2


def test_a_token_stands_for_the_path(store, pets):
    path = store.uploads.keep([UploadedFile("a.zip", zipped(pets))])
    token = upload_token(str(path))
    assert is_upload_token(token)
    assert str(store.directory) not in token
    assert store.uploads.find(token) == path
    assert upload_token("/home/me/uploads/pets.zip") == ""


@pytest.mark.parametrize("text", ["", "upload-0123456789abcdef", "upload-../../etc", "/etc/passwd"])
def test_other_texts_stand_for_nothing(store, text):
    assert store.uploads.find(text) is None


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("pets.zip", b"no zip", "neither a folder nor a readable zip file"),
        ("pets.zip", zipped({"cats/1.png": b""}), "has one class only"),
        (
            "pets.zip",
            zipped({"cats/1.png": bytes(4 << 20), "dogs/1.png": b""}),
            "more than 200 times its size",
        ),
        ("pets.zip", zipped({"../cats/1.png": b"", "dogs/1.png": b""}), "points outside the archive"),
        ("pets.npz", zipped({"x.npy": b""}), "it has no arrays train_images"),
        ("cat.png", b"x", "has no class folders"),
    ],
)
def test_what_a_run_would_refuse_is_not_kept_and_its_message_has_no_path(store, name, content, message):
    with pytest.raises(DataError) as refused:
        store.uploads.keep([UploadedFile(name, content)])
    assert message in str(refused.value)
    assert str(store.directory) not in str(refused.value)
    assert kept(store) == []


@pytest.mark.parametrize("name", ["../../evil.png", "/etc/evil.png", ""])
def test_a_file_name_never_leaves_the_folder(store, pets, name):
    files = [UploadedFile(each, content) for each, content in pets.items()]
    with pytest.raises(DataError, match="is no name in a folder"):
        store.uploads.keep([*files, UploadedFile(name, b"x")])


def test_an_upload_beyond_the_limit_is_refused(store, pets, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_UPLOAD_BYTES", 100)
    with pytest.raises(StoreError) as refused:
        store.uploads.keep([UploadedFile("a.zip", zipped(pets))])
    assert str(refused.value) == (
        "data: the upload has 0 MB, at most 0 are taken. Make the files smaller, or leave some out."
    )


def test_all_uploads_together_are_limited(store, pets, monkeypatch):
    store.uploads.keep([UploadedFile("a.zip", zipped(pets))])
    monkeypatch.setattr(uploads, "MAX_ALL_BYTES", 2000)
    with pytest.raises(StoreError) as refused:
        store.uploads.keep([UploadedFile("b.zip", zipped({**pets, "birds/1.png": b"x"}))])
    assert str(refused.value) == (
        "data: the server keeps 0.0 GB of uploads, at most 0 GB. "
        "Delete runs on uploads, or try again tomorrow."
    )


def test_what_no_run_uses_and_no_page_shows_is_swept(store, pets):
    used = store.uploads.keep([UploadedFile("used.zip", zipped(pets))])
    shown = store.uploads.keep([UploadedFile("shown.zip", zipped({**pets, "a/1": b""}))])
    store.uploads.keep([UploadedFile("idle.zip", zipped({**pets, "b/1": b""}))])
    run_id = store.create({"dataset": "folder", "data": str(used)})
    for place in (store.directory / "uploads").iterdir():
        os.utime(place, (0, 0))
    store.uploads.touch(shown)
    store.uploads.sweep()
    assert kept(store) == sorted(path.parent.name for path in (used, shown))

    store.delete(run_id)  # it can still be restored
    store.uploads.sweep()
    assert used.exists()
    store.purge(run_id)
    store.uploads.sweep()
    assert kept(store) == [shown.parent.name]


def test_weights_are_kept_under_a_harmless_name_and_found_by_their_token(store):
    first, second = (
        store.uploads.keep_weights(UploadedFile(name, b"abc")) for name in ("../../a b.pth", "c.pth")
    )
    assert first == second == store.directory / "uploads" / "ba7816bf8f01cfea" / "a_b.pth"
    assert first.read_bytes() == b"abc"
    token = upload_token(str(first))
    assert is_upload_token(token)
    assert store.uploads.find(token) == first


def test_weights_that_a_run_uses_stay(store):
    used, other = (store.uploads.keep_weights(UploadedFile("net.pt2", content)) for content in (b"a", b"b"))
    store.create({"teacher_weights": str(used)})
    store.uploads.sweep(unused_s=-1)
    assert used.exists()
    assert not other.exists()


def test_weights_that_are_too_large_are_refused(store, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_UPLOAD_BYTES", 2)
    with pytest.raises(StoreError):
        store.uploads.keep_weights(UploadedFile("net.pth", b"abc"))


@pytest.fixture
def ann(store):
    return store.as_seen_by("a" * 16)


@pytest.fixture
def bob(store):
    return store.as_seen_by("b" * 16)


def sized(mebibytes, mark=b"x"):
    return UploadedFile(f"{mark.decode()}.pth", mark * (mebibytes << 20))


def test_each_visitor_keeps_as_much_as_the_limit_says(store, ann, bob):
    write_limits(store.directory, Limits(upload_mb=3))
    ann.uploads.keep_weights(sized(2))
    with pytest.raises(StoreError) as refused:
        ann.uploads.keep_weights(sized(2, b"y"))
    assert str(refused.value) == (
        "data: the upload has 2 MB, and you keep 2 MB here of the 3 MB that are allowed. Remove an upload, or "
        "delete a run that uses one."
    )
    assert len(kept(store)) == 1
    ann.uploads.keep_weights(sized(2))  # the same file again is not more
    ann.uploads.keep_weights(sized(1, b"z"))
    bob.uploads.keep_weights(sized(2, b"y"))
    store.uploads.keep_weights(sized(4))  # at the computer itself


def test_what_a_visitor_removes_is_gone_once_nobody_keeps_it(store, ann, bob):
    write_limits(store.directory, Limits(upload_mb=3))
    path = ann.uploads.keep_weights(sized(2))
    bob.uploads.keep_weights(sized(2))
    ann.uploads.release(path)
    assert path.exists()
    ann.uploads.keep_weights(sized(3, b"y"))
    bob.uploads.release(path)
    assert not path.exists()


def test_what_a_run_uses_stays_when_its_visitor_removes_it(store, ann):
    path = ann.uploads.keep_weights(sized(1))
    store.create({"teacher_weights": str(path)})
    ann.uploads.release(path)
    assert path.exists()


def test_what_a_visitor_has_left_behind_makes_way_for_the_next_upload(store, ann):
    write_limits(store.directory, Limits(upload_mb=3))
    first, second = (ann.uploads.keep_weights(sized(1, mark)) for mark in (b"x", b"y"))
    os.utime(first.parent, (0, 0))
    ann.uploads.keep_weights(sized(2, b"z"))
    assert not first.exists()
    assert second.exists()


def test_what_is_swept_counts_for_nobody(store, ann):
    write_limits(store.directory, Limits(upload_mb=3))
    ann.uploads.keep_weights(sized(3))
    store.uploads.sweep(unused_s=-1)
    assert kept(store) == []
    ann.uploads.keep_weights(sized(3, b"y"))
    assert len(kept(store)) == 1
