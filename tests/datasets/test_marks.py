"""Marks: known by the content of their image, kept in a file that equal marks share, refused in one line."""

import hashlib
import io

import numpy as np
import pytest
import torch

from kdviz.datasets import (
    DataSet,
    Marks,
    Split,
    digests,
    marked,
    marks_from_bytes,
    prepare,
    read_marks,
    with_spelling,
)
from kdviz.datasets.text_split import text_split
from kdviz.errors import DataError, StoreError
from kdviz.sound import spectrograms
from kdviz.store.marks import count_marks
from kdviz.types import WITH_SAMPLES


def images(count=6, side=8):
    return torch.randint(256, (count, 3, side, side), generator=torch.Generator().manual_seed(1)).byte()


def box(top, left, bottom, right, shape=(8, 8)):
    mask = np.zeros(shape, dtype=bool)
    mask[top:bottom, left:right] = True
    return mask


@pytest.fixture
def dataset():
    train = Split(images(), torch.arange(6) % 2, torch.ones(6, 8, 8, dtype=torch.bool))
    return DataSet("made", ("a", "b"), train, train, train, flips=True)


def marks_on(dataset, *indices):
    names = digests(dataset.train.images)
    return Marks({names[index]: box(0, 0, 2, index + 1) for index in indices})


def test_a_digest_is_the_sha_256_of_the_pixels_as_they_are_stored():
    pixels = images(2)
    assert digests(pixels)[1] == hashlib.sha256(bytes(pixels[1].flatten().tolist())).hexdigest()


def test_a_sound_is_known_by_its_spectrogram_whether_or_not_its_samples_follow():
    waves = torch.randint(-9_000, 9_000, (2, 3_200), generator=torch.Generator().manual_seed(1)).short()
    assert digests(spectrograms(waves, WITH_SAMPLES)) == digests(spectrograms(waves))


def test_marks_come_back_from_their_file_and_equal_marks_have_equal_bytes(dataset, tmp_path):
    one, other = marks_on(dataset, 0, 3), marks_on(dataset, 3, 0)
    (tmp_path / "marks.npz").write_bytes(one.to_bytes())
    back = read_marks(tmp_path / "marks.npz")
    assert back.masks.keys() == one.masks.keys()
    assert all(np.array_equal(back.masks[name], one.masks[name]) for name in one.masks)
    assert one.to_bytes() == other.to_bytes()
    assert len(marks_from_bytes(Marks().to_bytes())) == 0


def test_odd_sizes_are_packed_bit_by_bit(dataset):
    """Three by five pixels are two bytes, of which the second holds seven bits."""
    mask = box(2, 4, 3, 5, shape=(3, 5))
    back = marks_from_bytes(Marks({"0" * 64: mask}).to_bytes())
    assert np.array_equal(back.masks["0" * 64], mask)


def test_of_two_marks_of_an_image_the_others_hold_and_an_empty_one_removes_it():
    a, b = "a" * 64, "b" * 64
    one, two = Marks({a: box(0, 0, 1, 1)}), Marks({a: box(1, 1, 2, 2), b: box(2, 2, 3, 3)})
    merged = one.merged(two)
    assert len(merged) == 2
    assert np.array_equal(merged.masks[a], box(1, 1, 2, 2))
    assert set(merged.with_mask(a, np.zeros((8, 8), dtype=bool)).masks) == {b}
    assert np.array_equal(merged.with_mask(a, box(4, 4, 5, 5)).masks[a], box(4, 4, 5, 5))


def test_masks_of_the_data_are_told_from_drawn_ones_also_in_their_file(tmp_path):
    """A drawn mask takes the place of the data's, in a merge as by hand."""
    a, b, c = "a" * 64, "b" * 64, "c" * 64
    data = Marks({name: box(0, 0, 2, 2) for name in (a, b, c)}, frozenset({a, b, c}))
    merged = data.merged(Marks({a: box(1, 1, 2, 2)}))
    assert merged.of_data == {b, c}
    assert Marks({a: box(1, 1, 2, 2)}).merged(data).of_data == {a, b, c}
    drawn = merged.with_mask(b, box(3, 3, 4, 4))
    assert drawn.of_data == {c}
    (tmp_path / "marks.npz").write_bytes(drawn.to_bytes())
    assert read_marks(tmp_path / "marks.npz").of_data == {c}
    assert count_marks(tmp_path / "marks.npz") == (2, 1)
    (tmp_path / "marks.npz").write_bytes(Marks({a: box(1, 1, 2, 2)}).to_bytes())
    assert count_marks(tmp_path / "marks.npz") == (1, 0)


def test_what_is_no_file_of_marks_is_not_counted(tmp_path):
    (tmp_path / "marks.npz").write_bytes(b"nothing")
    with pytest.raises(StoreError, match="is not a file of marks"):
        count_marks(tmp_path / "marks.npz")


def test_marks_replace_the_masks_of_the_training_images_alone(dataset):
    found = marked(dataset, marks_on(dataset, 1, 4))
    assert found.train.object_masks.flatten(1).sum(1).tolist() == [0, 4, 0, 0, 10, 0]
    assert found.test is dataset.test


def test_marks_are_of_the_image_below_a_cue_which_hides_them_like_other_masks(dataset):
    """The patch of 2 × 2 in a corner is taken out of a mark that covers everything."""
    everywhere = Marks({name: box(0, 0, 8, 8) for name in digests(dataset.train.images)})
    data = prepare(marked(dataset, everywhere), cue="hue-patch")
    assert data.student_train.object_masks.flatten(1).sum(1).tolist() == [60] * 6
    assert torch.equal(data.student_train.object_masks, ~data.student_train.cue_masks)


def other_file(**arrays):
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


DIGESTS, SIZE = np.array(["a" * 64]), np.array((8, 8))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no zip", "marks: this is not a file of marks. Save them again."),
        (other_file(digests=DIGESTS), "marks: this is not a file of marks. Save them again."),
        (other_file(digests=DIGESTS, size=SIZE, bits=np.zeros((1, 9), np.uint8)),
         "marks: this is not a file of marks. Save them again."),
        (other_file(digests=np.array([None]), size=SIZE, bits=np.ones((1, 8), np.uint8)),
         "marks: this is not a file of marks. Save them again."),
        (other_file(digests=DIGESTS, size=SIZE, bits=np.zeros((1, 8), np.uint8)),
         "marks: a mask must be true or false for each pixel, and not all false."),
        (other_file(digests=np.array(["../x"]), size=SIZE, bits=np.ones((1, 8), np.uint8)),
         "marks: '../x' is not the SHA-256 of an image."),
    ],
    ids=["no zip", "lacks arrays", "wrong size", "pickled", "empty mask", "no digest"],
)  # fmt: skip
def test_another_file_is_refused_in_one_line(content, message):
    with pytest.raises(DataError) as refused:
        marks_from_bytes(content)
    assert str(refused.value) == message


def test_a_file_that_unpacks_to_gigabytes_is_refused(monkeypatch):
    monkeypatch.setattr("kdviz.datasets.marks.MAX_BYTES", 100)
    with pytest.raises(DataError, match="not a file of marks"):
        marks_from_bytes(Marks({"a" * 64: box(0, 0, 1, 1)}).to_bytes())


def test_marks_of_other_images_are_refused(dataset):
    with pytest.raises(DataError) as refused:
        marked(dataset, Marks({"a" * 64: box(0, 0, 1, 1)}))
    assert str(refused.value) == (
        "marks: none of them is of a training image of this data set. Mark some, or leave marks out."
    )
    with pytest.raises(DataError) as refused:
        marked(dataset, Marks({"a" * 64: box(0, 0, 1, 1, shape=(4, 6))}))
    assert str(refused.value) == "marks: are for images of 6 x 4, these have 8 x 8."


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataError, match="cannot be read: No such file or directory"):
        read_marks(tmp_path / "gone.npz")


@pytest.fixture
def texts():
    written = ("a fine film", "it isn't bad", "太好看了", "a qzxqzx of a film, and then some more words")
    split = text_split(written, torch.tensor([1, 1, 1, 0]), 6)
    return DataSet("made", ("bad", "good"), split, split, split, flips=True)


def word(*places, length=6):
    mask = np.zeros((1, length), dtype=bool)
    mask[0, list(places)] = True
    return mask


def test_a_mark_on_a_text_has_a_cell_for_each_word_that_is_read(texts):
    names = digests(texts.train.images)
    found = marked(texts, Marks({names[0]: word(1), names[2]: word(1, 2)})).train.object_masks
    assert found.shape == (4, 6)
    assert [found[row].nonzero().flatten().tolist() for row in range(4)] == [[1], [], [1, 2], []]


def test_a_text_is_known_by_its_words_whether_or_not_their_spelling_follows(texts):
    spelled = with_spelling(texts)
    assert spelled.train.images.shape[1] > 1
    assert digests(spelled.train.images) == digests(texts.train.images)
    assert len(set(digests(texts.train.images))) == 4
    (name,) = digests(texts.train.images[3:])
    assert marked(spelled, Marks({name: word(5)})).train.object_masks[3].tolist() == [False] * 5 + [True]


def test_marks_of_another_kind_of_input_are_refused_in_one_line(texts, dataset):
    with pytest.raises(DataError, match=r"^marks: are for texts of 9 words, these have 6 words\.$"):
        marked(texts, Marks({"0" * 64: word(1, length=9)}))
    with pytest.raises(DataError, match=r"^marks: are for images of 8 x 8, these have 6 words\.$"):
        marked(texts, Marks({"0" * 64: box(0, 0, 2, 2)}))
    with pytest.raises(DataError, match=r"none of them is of a training text of this data set"):
        marked(texts, Marks({"0" * 64: word(1)}))
