"""Batch size and epochs for a number of training inputs, counted by hand."""

import pytest

from kdviz.config import for_training_inputs

TEXTS = {"batch_size": 32, "epochs": 15, "teacher_epochs": 8}
SOUNDS = {"batch_size": 32, "epochs": 20, "teacher_epochs": 30}


@pytest.mark.parametrize(
    ("count", "usual", "batch_size", "epochs", "teacher_epochs"),
    [
        (40, TEXTS, 16, 100, 100),  # 2 steps an epoch: 200 epochs would be needed
        (64, TEXTS, 16, 100, 100),  # 4 · 100 = 400
        (160, TEXTS, 16, 40, 40),  # 10 · 40 = 400
        (499, TEXTS, 16, 15, 13),  # 31 · 13 = 403
        (500, TEXTS, 32, 27, 27),  # 15 · 27 = 405
        (800, TEXTS, 32, 16, 16),  # 25 · 16 = 400
        (2_000, TEXTS, 32, 15, 8),  # 62 steps an epoch: 7 epochs would do
        (400, SOUNDS, 16, 20, 30),  # 25 · 16 = 400, below what is usual
        (9, TEXTS, 9, 100, 100),
        (1, TEXTS, 2, 100, 100),
    ],
)
def test_few_inputs_have_some_400_steps(count, usual, batch_size, epochs, teacher_epochs):
    wanted = {"batch_size": batch_size, "epochs": epochs, "teacher_epochs": teacher_epochs}
    assert for_training_inputs(count, usual) == wanted


def test_both_keep_within_the_epochs_of_a_visitor():
    assert for_training_inputs(40, TEXTS, together=60) == {
        "batch_size": 16,
        "epochs": 30,
        "teacher_epochs": 30,
    }
    assert for_training_inputs(400, SOUNDS, together=60)["epochs"] == 20


def test_what_was_chosen_smaller_or_longer_stays():
    chosen = {"batch_size": 8, "epochs": 300, "teacher_epochs": 8, "seed": 3}
    assert for_training_inputs(40, chosen) == {"batch_size": 8, "epochs": 300, "teacher_epochs": 80}
