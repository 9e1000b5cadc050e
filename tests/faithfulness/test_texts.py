"""Faithfulness of maps of texts: words that are not there are neither removed nor counted."""

import torch

from kdviz.faithfulness import area_under, infidelity, mask_areas, mask_share, mean_mask_area, removal

NAN = torch.nan
PAD = 0
WEIGHTS = torch.tensor([0.0, 4.0, -2.0, 1.0, 0.5])
TEXTS = torch.tensor([[[1, 2, 3, 4, 0, 0, 0, 0]], [[3, 1, 0, 0, 0, 0, 0, 0]]])
TARGET = torch.tensor([1, 1])


def adds_up(texts):
    """Two logits: 0, and the sum of the words' weights."""
    total = WEIGHTS[texts[:, 0]].sum(1)
    return torch.stack([torch.zeros_like(total), total], dim=1)


def true_map():
    maps = WEIGHTS[TEXTS[:, 0]]
    return maps.masked_fill(TEXTS[:, 0] == PAD, NAN)


def test_words_are_deleted_in_the_order_of_the_map_and_all_are_gone_at_the_end():
    found = removal(adds_up, TEXTS, TARGET, true_map(), steps=4)
    # of the first text, a word at a step: 4, 1, 0.5, −2
    sums = torch.tensor([3.5, -0.5, -1.5, -2.0, 0.0])
    torch.testing.assert_close(found.deletion[0], torch.sigmoid(sums))
    torch.testing.assert_close(
        found.insertion[0], torch.sigmoid(sums.flip(0) * 0 + torch.tensor([0, 4, 5, 5.5, 3.5]))
    )
    # of the second, one at every other step: 4, 1
    torch.testing.assert_close(found.deletion[1], torch.sigmoid(torch.tensor([5.0, 1, 1, 0, 0])))
    assert (area_under(found.deletion) < area_under(found.random_deletion)).all()


def test_room_behind_the_texts_changes_nothing():
    longer = torch.nn.functional.pad(TEXTS, (0, 8))
    for texts, maps in ((longer, torch.nn.functional.pad(true_map(), (0, 8), value=NAN)),):
        short, long = removal(adds_up, TEXTS, TARGET, true_map()), removal(adds_up, texts, TARGET, maps)
        torch.testing.assert_close(short.deletion, long.deletion)
        torch.testing.assert_close(
            infidelity(adds_up, TEXTS, TARGET, true_map()), infidelity(adds_up, texts, TARGET, maps)
        )


def test_a_map_that_is_the_words_own_weights_has_no_infidelity():
    assert infidelity(adds_up, TEXTS, TARGET, true_map()).abs().max() < 1e-6
    assert (infidelity(adds_up, TEXTS, TARGET, true_map().flip(0).nan_to_num(1.0)) > 0.1).all()


def test_a_constant_or_empty_map_is_undefined():
    flat = torch.where(true_map().isnan(), NAN, 1.0)
    assert removal(adds_up, TEXTS, TARGET, flat).deletion.isnan().all()
    assert removal(adds_up, TEXTS, TARGET, torch.full((2, 8), NAN)).deletion.isnan().all()


def test_area_of_a_mask_is_its_share_of_the_words_as_of_an_even_map():
    masks = torch.zeros(2, 8, dtype=torch.bool)
    masks[:, 0] = True
    even = torch.where(true_map().isnan(), NAN, 1.0)
    areas = mask_areas(masks, even)
    assert areas.tolist() == [1 / 4, 1 / 2]
    torch.testing.assert_close(areas, mask_share(even, masks))
    assert mean_mask_area(masks, even) == 3 / 8
