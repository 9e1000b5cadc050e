"""A run's files: what is written is read back, whole or not at all."""

import json
import os

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from kdviz.errors import StoreError
from kdviz.store import made_here, teachers
from kdviz.types import ArmResult, SnapshotTaken
from tests.store.conftest import probe, snapshot


def assert_same_weights(got, wanted):
    assert got.keys() == wanted.keys()
    for name, tensor in wanted.items():
        torch.testing.assert_close(got[name], tensor, rtol=0, atol=0, equal_nan=True)
        assert got[name].dtype == tensor.dtype


def test_weights_come_back_bit_for_bit(store, run_id, weights):
    store.save_weights(run_id, "student", weights)
    assert_same_weights(store.weights(run_id, "student"), weights)


def test_weights_are_plain_safetensors_for_any_other_program(store, run_id, weights):
    store.save_weights(run_id, "twin", weights)
    assert_same_weights(load_file(store.directory / run_id / "weights" / "twin.safetensors"), weights)


def test_weights_that_share_memory_are_saved_each(store, run_id):
    tensor = torch.arange(6.0)
    store.save_weights(run_id, "student", {"a": tensor, "b": tensor[:3]})
    assert_same_weights(store.weights(run_id, "student"), {"a": tensor, "b": tensor[:3]})


def test_the_hash_of_weights_tells_equal_from_different(store, run_id, weights):
    store.save_weights(run_id, "student", weights)
    store.save_weights(run_id, "twin", weights)
    first = store.weights_hash(run_id, "student")
    assert first == store.weights_hash(run_id, "twin")
    store.save_weights(run_id, "student", {**weights, "stage.batches": torch.tensor(18)})
    assert store.weights_hash(run_id, "student") != first


def test_a_snapshot_brings_each_arms_weights_and_the_state(store, run_id):
    student, twin = torch.ones(2), torch.zeros(2)
    store.save_snapshot(run_id, snapshot("students", 3, student=student, twin=twin))
    state = store.resume_state(run_id)
    assert (state["epoch"], state["order"]) == (3, {"seed": 5})
    assert torch.equal(state["moments"][0], torch.full((2,), 3.0))
    assert_same_weights(store.weights(run_id, "twin"), {"w": twin})


def test_without_a_snapshot_there_is_no_state(store, run_id):
    assert store.resume_state(run_id) is None


def test_the_state_is_loaded_without_running_code(store, run_id, tmp_path):
    """A crafted file names a function to call; a loader that trusts it calls it."""
    trap = tmp_path / "sprung"
    store.save_snapshot(run_id, snapshot("students", 1))
    file = store.directory / run_id / "state.pt"
    torch.save({"stage": "students", "epoch": 1, "state": Crafted(trap)}, file)
    with pytest.raises(StoreError, match=r"state\.pt is damaged"):
        store.resume_state(run_id)
    assert not trap.exists()
    torch.load(file, weights_only=False)
    assert trap.exists()


class Crafted:
    def __init__(self, trap):
        self.trap = trap

    def __reduce__(self):
        return os.mkdir, (str(self.trap),)


def test_a_run_that_dies_between_weights_and_state_keeps_a_state_to_go_on_from(store, run_id, monkeypatch):
    """The weights may be an epoch ahead of the state, never behind it: that epoch is trained once more."""
    store.save_snapshot(run_id, snapshot("students", 1, student=torch.zeros(1)))
    replaced = []
    monkeypatch.setattr(os, "fsync", lambda handle: replaced.append(handle) or (len(replaced) > 1 and _die()))
    with pytest.raises(KeyboardInterrupt):
        store.save_snapshot(run_id, snapshot("students", 2, student=torch.ones(1)))
    assert store.resume_state(run_id)["epoch"] == 1
    assert store.weights(run_id, "student")["w"].item() == 1


def _die():
    raise KeyboardInterrupt


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(store, run_id, weights, monkeypatch):
    store.save_weights(run_id, "student", weights)
    monkeypatch.setattr(os, "fsync", lambda handle: _die())
    with pytest.raises(KeyboardInterrupt):
        store.save_weights(run_id, "student", {"w": torch.zeros(1)})
    assert_same_weights(store.weights(run_id, "student"), weights)
    assert [path.name for path in (store.directory / run_id / "weights").iterdir()] == ["student.safetensors"]


def test_a_probe_comes_back_with_its_undefined_maps(store, run_id):
    saved = probe(3)
    store.save_probe(run_id, saved)
    back = store.probe(run_id, 3)
    assert back.epoch == 3
    assert list(back.maps) == list(back.predicted) == ["teacher", "student"]
    for name in ("indices", "targets"):
        np.testing.assert_array_equal(getattr(back, name), getattr(saved, name))
    for arm in saved.maps:
        np.testing.assert_array_equal(back.maps[arm], saved.maps[arm])
        np.testing.assert_array_equal(back.predicted[arm], saved.predicted[arm])
        assert back.maps[arm].dtype == np.float32


def test_probe_epochs_are_listed_in_order(store, run_id):
    for epoch in (12, 0, 3, 10_000):
        store.save_probe(run_id, probe(epoch))
    assert store.probe_epochs(run_id) == [0, 3, 12, 10_000]


def test_what_is_missing_is_named_with_what_is_there(store, run_id, weights):
    store.save_weights(run_id, "teacher", weights)
    store.save_weights(run_id, "student", weights)
    for read in (store.weights, store.weights_hash):
        with pytest.raises(StoreError) as caught:
            read(run_id, "placebo")
        assert str(caught.value) == (
            f"run {run_id}: there is no weights/placebo.safetensors. Saved so far: student, teacher."
        )
    with pytest.raises(StoreError) as caught:
        store.probe(run_id, 7)
    assert str(caught.value) == f"run {run_id}: there is no probe/epoch-0007.npz. Saved so far: nothing."


def test_an_arm_that_is_none_never_becomes_a_path(store, run_id):
    with pytest.raises(StoreError) as caught:
        store.weights(run_id, "../student")
    assert str(caught.value) == (
        "arm: unknown name '../student'. Did you mean 'student'? "
        "Known: placebo, same-answer, scratch, student, teacher, teacher-maps, twin."
    )


@pytest.mark.parametrize(
    ("file", "read"),
    [
        ("weights/student.safetensors", lambda store, run_id: store.weights(run_id, "student")),
        ("state.pt", lambda store, run_id: store.resume_state(run_id)),
        ("probe/epoch-0001.npz", lambda store, run_id: store.probe(run_id, 1)),
        ("card.json", lambda store, run_id: store.card(run_id)),
    ],
)
def test_a_damaged_file_costs_itself_only(store, run_id, file, read):
    store.save_snapshot(run_id, snapshot("students", 1, student=torch.zeros(1)))
    store.save_probe(run_id, probe(1))
    store.save_card(run_id, made_here("cpu"))
    (store.directory / run_id / file).write_bytes(b"half a fi")
    with pytest.raises(StoreError) as caught:
        read(store, run_id)
    message = str(caught.value)
    assert message.startswith(f"run {run_id}: {file} is damaged (")
    assert message.endswith("). Start a new run with the same settings.")
    assert "\n" not in message
    assert [run.id for run in store.runs()] == [run_id]


def test_a_run_whose_folder_is_gone_is_still_listed(store, run_id):
    (store.directory / run_id / "config.json").unlink()
    (store.directory / run_id).rmdir()
    assert store.run(run_id).config.dataset == "shapes"
    assert store.resume_state(run_id) is None
    assert store.probe_epochs(run_id) == []
    store.delete(run_id)
    store.purge(run_id)
    assert store.runs(include_deleted=True) == []


def test_the_card_describes_what_produced_the_run(store, run_id):
    store.claim(run_id)
    store.finish(run_id, {arm: ArmResult(1, 0.5) for arm in ("teacher", "student")})
    store.save_card(run_id, made_here("cpu"))
    card = store.card(run_id)
    assert (card["run"], card["config_key"], card["dataset"]) == (run_id, "c0ffee", "shapes")
    assert card["versions"]["torch"].partition("+")[0] == torch.__version__.partition("+")[0]
    assert card["threads"] == torch.get_num_threads()
    assert card["device"] == "cpu"
    assert card["started"] <= card["finished"]


def test_the_config_is_readable_in_the_folder_of_the_run(store, run_id):
    assert json.loads((store.directory / run_id / "config.json").read_text()) == {
        "dataset": "shapes",
        "epochs": 4,
    }


def test_a_teacher_is_found_by_its_key(store, weights):
    assert store.teacher("abc123") is None
    store.save_teacher("abc123", weights)
    assert_same_weights(store.teacher("abc123"), weights)


def test_a_shipped_teacher_comes_after_ones_own(store, tmp_path, monkeypatch):
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    monkeypatch.setattr(teachers, "SHIPPED", shipped)
    save_file({"w": torch.zeros(1)}, shipped / "abc123.safetensors")
    assert store.teacher("abc123")["w"].item() == 0
    store.save_teacher("abc123", {"w": torch.ones(1)})
    assert store.teacher("abc123")["w"].item() == 1


def test_a_damaged_teacher_counts_as_missing(store, caplog):
    store.save_teacher("abc123", {"w": torch.ones(1)})
    (store.directory / "teachers" / "abc123.safetensors").write_bytes(b"half")
    assert store.teacher("abc123") is None
    assert "cannot be read" in caplog.text


@pytest.mark.parametrize("key", ["../abc", "", "a/b", "a.b"])
def test_a_crafted_teacher_key_never_becomes_a_path(store, key):
    for use in (store.teacher, lambda key: store.save_teacher(key, {})):
        with pytest.raises(StoreError) as caught:
            use(key)
        assert str(caught.value) == (f"teacher: {key!r} is not a key. Letters, digits, '-' and '_' only.")


def test_a_snapshot_is_the_contract_that_the_trainer_keeps(store, run_id):
    """Nested state of plain types and tensors, as optimisers have it."""
    parameter = torch.nn.Parameter(torch.ones(3))
    optimiser = torch.optim.AdamW([parameter], lr=0.1)
    parameter.sum().backward()
    optimiser.step()
    state = {"arms": {"student": {"optimiser": optimiser.state_dict(), "random": torch.get_rng_state()}}}
    store.save_snapshot(run_id, SnapshotTaken("students", 1, {}, state))
    back = store.resume_state(run_id)["arms"]["student"]
    assert torch.equal(back["random"], state["arms"]["student"]["random"])
    assert torch.equal(
        back["optimiser"]["state"][0]["exp_avg"], optimiser.state_dict()["state"][0]["exp_avg"]
    )


def test_notes_come_back_and_are_empty_before(store, run_id):
    assert store.notes(run_id) == []
    store.save_notes(run_id, ["2 broken files were skipped."])
    assert store.notes(run_id) == ["2 broken files were skipped."]
