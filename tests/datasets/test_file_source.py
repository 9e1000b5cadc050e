import os
import stat
import zipfile
from pathlib import Path

import pytest

from kdviz.datasets import file_source, fingerprint, load
from kdviz.errors import DataError


def refusal(path, heard) -> str:
    with pytest.raises(DataError) as refused:
        load("folder", data=path, image_size=16, report=heard)
    return str(refused.value)


@pytest.mark.parametrize(
    "name", ["../cats/evil.png", "/cats/evil.png", "cats\\..\\..\\evil.png", "C:/cats/evil.png"]
)
def test_a_member_that_points_outside_is_refused(as_zip, heard, two_classes, name):
    path = as_zip({**two_classes, name: b""})
    assert refusal(path, heard) == (
        f"data: 'pictures.zip' was refused: {name!r} points outside the archive. Zip the folder again."
    )


def test_a_zip_with_backslashes_for_folders_is_read(as_zip, heard, two_classes):
    path = as_zip({name.replace("/", "\\"): content for name, content in two_classes.items()})
    assert load("folder", data=path, image_size=16, report=heard).classes == ("cats", "dogs")


def test_a_link_is_refused(as_zip, heard, two_classes):
    link = zipfile.ZipInfo("cats/link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = as_zip({**two_classes, link: b"/etc/passwd"})
    assert refusal(path, heard) == (
        "data: 'pictures.zip' was refused: 'cats/link.png' is a link. Zip the files themselves."
    )


def test_a_member_that_unpacks_to_hundreds_of_times_its_size_is_refused(as_zip, heard, two_classes):
    path = as_zip({**two_classes, "cats/bomb.png": bytes(2 << 20)})
    assert refusal(path, heard) == (
        "data: 'pictures.zip' was refused: 'cats/bomb.png' unpacks to more than 200 times its size. "
        "Leave it out."
    )


def test_a_small_flat_picture_may_pack_as_well_as_it_likes(as_zip, heard, two_classes):
    path = as_zip({**two_classes, "cats/flat.bin": bytes(1 << 20)})
    data = load("folder", data=path, image_size=16, report=heard)
    assert data.notes == ("1 broken file was skipped: cats/flat.bin.",)


@pytest.mark.parametrize(
    ("limit", "value", "message"),
    [
        ("MAX_FILES", 9, "it contains 10 files, more than the limit of 9. Give the folder."),
        ("MAX_BYTES", 100, "it unpacks to more than 0 GB. Unpack it and give the folder."),
        ("MAX_FILE_BYTES", 100, "'cats/0.png' unpacks to more than 0 MB. Leave it out."),
    ],
)
def test_a_zip_beyond_the_limits_is_refused(as_zip, heard, two_classes, monkeypatch, limit, value, message):
    monkeypatch.setattr(file_source, limit, value)
    assert refusal(as_zip(two_classes), heard) == f"data: 'pictures.zip' was refused: {message}"


def test_a_locked_zip_is_refused(as_zip, heard, two_classes):
    path = Path(as_zip(two_classes))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the first member's flag for "encrypted"
    path.write_bytes(content)
    assert refusal(str(path), heard) == (
        "data: 'pictures.zip' was refused: 'cats/0.png' is locked by a password. Zip the folder without one."
    )


def test_a_member_larger_than_it_claims_is_skipped_as_broken(as_zip, heard, two_classes):
    """The size in the directory is a promise; no more than promised is unpacked, and the sum is checked."""
    path = Path(as_zip(two_classes))
    content = bytearray(path.read_bytes())
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = (20).to_bytes(4, "little")
    path.write_bytes(content)
    data = load("folder", data=str(path), image_size=16, report=heard)
    assert data.notes == ("1 broken file was skipped: cats/0.png.",)


def test_a_file_that_is_no_zip_is_named(tmp_path, heard):
    path = tmp_path / "pictures.zip"
    path.write_bytes(b"not a zip")
    assert refusal(str(path), heard) == (
        f"data: {str(path)!r} is neither a folder nor a readable zip file. Give a folder, or zip it again."
    )


def test_a_path_to_nothing_is_named(tmp_path, heard):
    path = str(tmp_path / "nothing")
    assert refusal(path, heard) == (
        f"data: no folder or zip {path!r}. Give the path of a folder or zip of images."
    )


def test_names_are_shown_in_one_line():
    assert file_source.printable("a\nb\x1b[31m\udc80猫.png") == "a�b�[31m�猫.png"


def test_the_fingerprint_follows_the_files(as_folder, as_zip, two_classes, tmp_path):
    folder, archive = as_folder(two_classes), as_zip(two_classes)
    before = fingerprint("folder", folder), fingerprint("folder", archive)
    assert before == (fingerprint("folder", folder), fingerprint("folder", archive))
    as_folder({"cats/more.png": b"x"})
    as_zip({**two_classes, "cats/more.png": b"x"})
    assert fingerprint("folder", folder) != before[0]
    assert fingerprint("folder", archive) != before[1]


def test_the_fingerprint_sees_a_file_replaced_by_one_of_the_same_size(as_folder, two_classes):
    folder = as_folder(two_classes)
    picture = Path(folder) / "cats" / "0.png"
    before, times = fingerprint("folder", folder), picture.stat()
    content = bytearray(picture.read_bytes())
    content[-1] ^= 1
    picture.write_bytes(content)
    os.utime(picture, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert fingerprint("folder", folder) != before


@pytest.mark.parametrize("kind", ["as_folder", "as_zip"])
def test_the_fingerprint_is_that_of_the_content_wherever_and_whenever_it_was_written(
    kind, request, two_classes, tmp_path
):
    path = Path(request.getfixturevalue(kind)(two_classes))
    before = fingerprint("folder", str(path))
    for file in (path, *path.rglob("*")):
        os.utime(file, ns=(0, 0))
    assert fingerprint("folder", str(path.rename(tmp_path / "elsewhere"))) == before


def test_hidden_files_leave_the_fingerprint_of_a_folder_as_it_is(as_folder, two_classes):
    folder = as_folder(two_classes)
    before = fingerprint("folder", folder)
    as_folder({".DS_Store": b"1", "cats/._0.png": b"2", "__MACOSX/cats/0.png": b"3", ".git/index": b"4"})
    assert fingerprint("folder", folder) == before


def test_links_to_nothing_are_passed_over(as_folder, two_classes, heard):
    folder = as_folder(two_classes)
    (Path(folder) / "cats" / "gone.png").symlink_to("nowhere")
    (Path(folder) / "cats" / "self.png").symlink_to(Path(folder) / "cats" / "self.png")
    (note,) = load("folder", data=folder, image_size=16, report=heard).notes
    assert note == "Not read, no files or links to nothing: cats/gone.png and 1 more."


def test_what_never_changes_and_what_is_not_there_have_no_fingerprint(tmp_path):
    assert fingerprint("shapes", None) == ""
    assert fingerprint("cifar10", str(tmp_path)) == ""
    assert fingerprint("folder", str(tmp_path / "nothing")) == ""


def test_what_is_no_file_is_named_in_a_note(as_folder, two_classes, heard):
    folder = Path(as_folder(two_classes))
    (folder / "cats" / "self.png").symlink_to("self.png")
    os.mkfifo(folder / "dogs" / "pipe.png")
    (folder / ".hidden").symlink_to("nowhere")
    notes = load("folder", data=str(folder), image_size=16, report=heard).notes
    assert "Not read, no files or links to nothing: cats/self.png and 1 more." in notes
