"""A run that was exported comes back the same elsewhere; anything else is one line and leaves no trace."""

import dataclasses
import errno
import io
import json
import os
import stat
import tracemalloc
import zipfile

import numpy as np
import pytest
import torch

from kdviz.agreement import MEASURES
from kdviz.config import stored_config
from kdviz.errors import ConfigError, StoreError
from kdviz.store import Store, unpacking
from kdviz.store.results import SHARES
from kdviz.types import ARMS
from tests.store.conftest import probe, survey_arrays


@pytest.fixture
def packed(store, finished, tmp_path):
    return store.export(finished, tmp_path / "run.zip")


@pytest.fixture
def elsewhere(tmp_path) -> Store:
    return Store(tmp_path / "elsewhere")


def changed(packed, *, add=(), **members):
    """The zip with members replaced, `add`ed ones appended; None leaves one out. Names: '__' is '/', '_' '.'."""
    named = {name.replace("__", "/").replace("_", "."): content for name, content in members.items()}
    with zipfile.ZipFile(packed) as old:
        contents = {name: old.read(name) for name in old.namelist()} | named
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in [*contents.items(), *add]:
            if content is not None:
                new.writestr(name, content)
    return packed


def trace(store):
    """All that is in a runs directory but the database's own files."""
    files = sorted(
        path.relative_to(store.directory) for path in store.directory.rglob("*") if "sqlite" not in path.name
    )
    return files, store.runs(include_deleted=True)


def refused(store, path, settings=dict):
    """The line of the refusal; nothing may be left behind by it."""
    before = trace(store)
    with pytest.raises(StoreError) as caught:
        store.import_run(path, settings)
    assert trace(store) == before
    return str(caught.value)


def test_an_imported_run_is_the_same_in_every_field_and_number(store, finished, packed, elsewhere):
    run_id = elsewhere.import_run(packed)
    assert run_id == finished
    there, here = store.run(finished), elsewhere.run(run_id)
    assert repr(dataclasses.replace(here, record=dataclasses.replace(here.record, origin=""))) == repr(
        there
    )  # by repr: NaN is not equal to itself
    assert here.record.origin == finished
    numbers = [repr(metric[1:]) for metric in store.metrics(finished)]
    assert [repr(metric[1:]) for metric in elsewhere.metrics(run_id)] == numbers


def test_an_imported_runs_files_are_the_same(store, finished, packed, elsewhere):
    elsewhere.import_run(packed)
    assert (elsewhere.card(finished), elsewhere.notes(finished)) == (
        store.card(finished),
        store.notes(finished),
    )
    assert elsewhere.probe_epochs(finished) == [1, 2]
    for name, array in store.survey(finished, "grad-cam").items():
        np.testing.assert_array_equal(elsewhere.survey(finished, "grad-cam")[name], array)
    for arm in ("teacher", "student"):
        assert elsewhere.weights_hash(finished, arm) == store.weights_hash(finished, arm)
        np.testing.assert_array_equal(
            elsewhere.probe(finished, 2).maps[arm], store.probe(finished, 2).maps[arm]
        )
    written = json.loads((elsewhere.directory / finished / "config.json").read_text())
    assert stored_config(written) == store.run(finished).config


def test_an_import_that_is_exported_again_is_the_same_zip(packed, elsewhere, tmp_path):
    again = elsewhere.export(elsewhere.import_run(packed), tmp_path / "again.zip")
    with zipfile.ZipFile(packed) as one, zipfile.ZipFile(again) as other:
        assert {name: one.read(name) for name in one.namelist()} == {
            name: other.read(name) for name in other.namelist()
        }


def test_an_id_that_is_taken_even_by_a_deleted_run_is_replaced(store, finished, packed):
    store.delete(finished)
    before = store.run(finished)
    run_id = store.import_run(packed)
    assert run_id != finished
    assert store.run(run_id).record.origin == finished
    assert repr(store.run(finished)) == repr(before)
    assert store.weights_hash(run_id, "student") == store.weights_hash(finished, "student")


@pytest.mark.parametrize("state", ["queued", "running", "paused", "cancelled", "interrupted"])
def test_a_run_that_had_not_finished_can_only_be_trained_anew(store, tmp_path, elsewhere, state):
    run_id = store.create({"dataset": "shapes"})
    store.set_state(run_id, state, "Resume goes on from the last full epoch.")
    elsewhere.import_run(store.export(run_id, tmp_path / "run.zip"))
    run = elsewhere.run(run_id)
    assert run.state == ("cancelled" if state == "cancelled" else "interrupted")
    assert run.record.message == "Imported without trainer state. Resume starts over."
    assert (run.record.finished is not None, elsewhere.queued(), elsewhere.mark_interrupted()) == (
        True,
        [],
        [],
    )
    assert elsewhere.enqueue(run_id)
    assert elsewhere.rewind(run_id) is None


def test_a_failed_run_keeps_its_message(store, run_id, tmp_path, elsewhere):
    store.set_state(run_id, "failed", "The loss is not finite.")
    elsewhere.import_run(store.export(run_id, tmp_path / "run.zip"))
    assert (elsewhere.run(run_id).state, elsewhere.run(run_id).record.message) == (
        "failed",
        "The loss is not finite.",
    )


def test_settings_are_brought_into_todays_form(packed, elsewhere):
    run_id = elsewhere.import_run(packed, lambda config: {**config, "seed": 0})
    assert elsewhere.run(run_id).config.seed == 0
    assert json.loads((elsewhere.directory / run_id / "config.json").read_text())["seed"] == 0


def test_settings_that_are_not_understood_are_named(packed, elsewhere):
    def unknown(config):
        raise ConfigError("dataset: unknown name 'shapes'.\nsecond line")

    assert refused(elsewhere, packed, unknown) == (
        f"import: {str(packed)!r} was refused: its settings are not understood: dataset: unknown name 'shapes'."
    )


def test_a_file_that_is_not_there_or_no_zip_is_one_line(tmp_path, elsewhere):
    missing, text = tmp_path / "missing.zip", tmp_path / "text.zip"
    text.write_text("not a zip")
    assert (
        refused(elsewhere, missing)
        == f"import: there is no file {str(missing)!r}. Give a zip that `export` wrote."
    )
    for path in (text, tmp_path):
        assert (
            refused(elsewhere, path)
            == f"import: {str(path)!r} is not a readable zip file. Export the run again."
        )


HEADER = "stage,epoch,arm,measure,value\r\n"
DAMAGE = {
    "unknown member": ({"evil_py": b"x"}, "'evil.py' is not part of an exported run."),
    "no record": ({"run_json": None}, "run.json is missing."),
    "no numbers": ({"metrics_csv": None}, "metrics.csv is missing."),
    "no json": ({"results_json": b"{"}, "results.json is damaged (Expecting property name enclosed in double quotes: line 1 column 2 (char 1)). Export the run again."),
    "deep json": ({"config_json": b"[" * 100_000}, None),
    "no object": ({"config_json": b"[]"}, "config.json is damaged (: Input should be a valid dictionary). Export the run again."),
    "no text": ({"notes_json": b'{"notes": [1]}'}, "notes.json is damaged (notes.0: Input should be a valid string). Export the run again."),
    "a card of cards": ({"card_json": b'{"versions": {"torch": {}}}'}, None),
    "figures of no arm": ({"results_json": b'{"teacher": {"parameters": 1, "test_accuracy": 0.5}}'}, "results.json is damaged (student: Field required). Export the run again."),
    "figures of words": ({"results_json": b'{"teacher": {"parameters": "many", "test_accuracy": 0.5}}'}, "results.json is damaged (teacher.parameters: Input should be a valid integer). Export the run again."),
    "no header": ({"metrics_csv": b"students,1.0,student,loss,0.5\r\n"}, "metrics.csv is damaged (line 1 is not stage,epoch,arm,measure,value). Export the run again."),
    "a short line": ({"metrics_csv": (HEADER + "students,1.0\r\n").encode()}, "metrics.csv is damaged (line 2 has 2 values). Export the run again."),
    "an unknown arm": ({"metrics_csv": (HEADER + "students,1.0,pupil,loss,0.5\r\n").encode()}, "metrics.csv is damaged (line 2 has an unknown name). Export the run again."),
    "an endless epoch": ({"metrics_csv": (HEADER + "students,inf,student,loss,0.5\r\n").encode()}, "metrics.csv is damaged (line 2 has an invalid epoch). Export the run again."),
    "a number twice": ({"metrics_csv": (HEADER + 2 * "students,1.0,student,loss,0.5\r\n").encode()}, "metrics.csv is damaged (line 3 has an invalid epoch). Export the run again."),
    "no number": ({"metrics_csv": (HEADER + "students,1.0,student,loss,high\r\n").encode()}, "metrics.csv is damaged (could not convert string to float: 'high'). Export the run again."),
    "no weights": ({"weights__student_safetensors": b"\x00" * 64}, None),
    "weights cut off": ({"weights__student_safetensors": b"\x02\x00\x00\x00\x00\x00\x00\x00{"}, None),
    "no maps": ({"probe__epoch-0001_npz": b"no npz"}, "probe/epoch-0001.npz is damaged (File is not a zip file). Export the run again."),
    "a bomb that says so": ({"metrics_csv": b"0" * (4 << 20)}, "'metrics.csv' unpacks to more than 200 times its size."),
    "too large": ({"notes_json": os.urandom(5 << 20)}, "'notes.json' unpacks to more than 4 MB."),
}  # fmt: skip


@pytest.mark.parametrize("case", DAMAGE)
def test_a_damaged_export_is_one_line_and_leaves_nothing_behind(packed, elsewhere, case):
    members, reason = DAMAGE[case]
    line = refused(elsewhere, changed(packed, **members))
    assert line.startswith(f"import: {str(packed)!r} was refused: ")
    assert len(line.splitlines()) == 1
    if reason is not None:
        assert line.removeprefix(f"import: {str(packed)!r} was refused: ") == reason


def record(packed, **changes):
    with zipfile.ZipFile(packed) as file:
        return json.dumps(json.loads(file.read("run.json")) | changes).encode()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"format": 2}, "it was exported by a newer kdviz. Upgrade kdviz."),
        ({"id": "../../outside"}, "run.json is damaged (id: String should match pattern '^[0-9]{8}-[0-9]{4}-[a-z0-9]{4}$'). Export the run again."),
        ({"state": "perfect"}, None),
        ({"created": "yesterday"}, "run.json is damaged (created: Input should be a valid number). Export the run again."),
        ({"created": float("nan")}, "run.json is damaged (created: Input should be a finite number). Export the run again."),
        ({"created": 1e300}, "run.json is damaged (created: Input should be less than or equal to 253402300799). Export the run again."),
        ({"finished": 1e300}, None),
        ({"steps": 2**63}, None),
        ({"epochs": 10**9}, "run.json is damaged (epochs: Input should be less than or equal to 100000). Export the run again."),
        ({"epoch": 1e300}, None),
        ({"seconds": 1e300}, "run.json is damaged (seconds: Input should be less than or equal to 1000000000000). Export the run again."),
        ({"name": "x" * 121}, "run.json is damaged (name: String should have at most 120 characters). Export the run again."),
        ({"name": "\ud800"}, None),
        ({"tags": ["x"] * 13}, None),
        ({"owner": "me"}, "run.json is damaged (owner: Extra inputs are not permitted). Export the run again."),
    ],
)  # fmt: skip
def test_a_record_that_no_page_could_show_is_refused(packed, elsewhere, changes, reason):
    line = refused(elsewhere, changed(packed, run_json=record(packed, **changes)))
    assert reason is None or line == f"import: {str(packed)!r} was refused: {reason}"


def figures(packed, **changes):
    """results.json with some of the student's values replaced."""
    with zipfile.ZipFile(packed) as file:
        results = json.loads(file.read("results.json"))
    return json.dumps({**results, "student": {**results["student"], **changes}}).encode()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"agreement": {}}, "student.agreement: Value error, the measure 'cosine' is missing"),
        ({"agreement": {"cosin": {"raw": 1.0, "chance": 0.0, "corrected": 1.0, "low": None, "high": None, "n": 8}}}, None),
        ({"test_accuracy": 1e300}, "student.test_accuracy: Input should be less than or equal to 1"),
        ({"fidelity_kl": -1e300}, "student.fidelity_kl: Input should be greater than or equal to -1000000000000"),
        ({"explanation_weight": float("nan")}, "student.explanation_weight: Input should be a finite number"),
        ({"parameters": 2**60}, "student.parameters: Input should be less than or equal to 9007199254740991"),
    ],
)  # fmt: skip
def test_figures_that_no_page_could_show_are_refused(packed, elsewhere, changes, reason):
    line = refused(elsewhere, changed(packed, results_json=figures(packed, **changes)))
    assert line.startswith(f"import: {str(packed)!r} was refused: results.json is damaged (")
    assert reason is None or line.endswith(f"({reason}). Export the run again.")


@pytest.mark.parametrize(
    "arrays",
    [
        {"indices": np.array([0.5, 1.5])},
        {"indices": np.array([0, 1 << 40])},
        {"predicted student": np.array([-1, 0])},
        {"indices": np.array([-1, 3])},
        {"targets": np.array([1])},
        {"map teacher": np.zeros((3, 7, 7), np.float32)},
        {"map teacher": np.zeros((2, 49), np.float32)},
        {"map teacher": np.array([[["a"]], [["b"]]])},
        {"map teacher": np.array([[[None]], [[None]]], dtype=object)},
        {"predicted student": np.array([1, 1, 1])},
        {"map teacher": None},
        {"predicted student": None},
    ],
)
def test_probe_maps_that_do_not_fit_together_are_refused(packed, elsewhere, arrays):
    good = probe(1)
    content = {"indices": good.indices, "targets": good.targets}
    content |= {f"map {arm}": maps for arm, maps in good.maps.items()}
    content |= {f"predicted {arm}": answers for arm, answers in good.predicted.items()}
    line = refused(elsewhere, changed(packed, **{"probe__epoch-0001_npz": npz(content | arrays)}))
    assert "probe/epoch-0001.npz is damaged (it" in line or "pickle" in line


@pytest.mark.parametrize(
    "arrays",
    [
        {"key": None},
        {"key": np.array(["c0ffee"])},
        {"total": np.array(9)},
        {"total": np.array(9.5)},
        {"total": np.array(1 << 40)},
        {"measures": np.array([*list(MEASURES)[1:], "cosin"])},
        {"labels": np.array([1, 0, 2])},
        {"labels": np.array([1, 0])},
        {"predicted student": np.array([1, 0, -1])},
        {"predicted teacher": None},
        {"confidence teacher": None},
        {"raw student": np.zeros((6, 2))},
        {"chance student": None},
        {"unrelated student": np.zeros((6, 3))},
        {"raw teacher": np.zeros((6, 3))},
        {"raw student unsigned": None},
        {"cue area": None},
        {"cue hit teacher": np.zeros(2)},
        {"object area": np.zeros(3)},
        {"extra": np.zeros(1)},
    ],
)
def test_a_survey_that_does_not_fit_together_is_refused(packed, elsewhere, arrays):
    line = refused(elsewhere, changed(packed, **{"surveys__grad-cam_npz": npz(survey_arrays() | arrays)}))
    assert "surveys/grad-cam.npz is damaged (it" in line


def npz(arrays):
    file = io.BytesIO()
    np.savez(file, **{name: array for name, array in arrays.items() if array is not None})
    return file.getvalue()


def test_figures_must_hold_every_arm_of_the_settings(packed, elsewhere):
    line = refused(elsewhere, changed(packed, config_json=b'{"arms": ["student", "twin"]}'))
    assert line == f"import: {str(packed)!r} was refused: results.json lacks an arm that its settings name."


@pytest.mark.parametrize(
    "name", ["../outside.json", "/etc/outside", "weights/../../outside.safetensors", "weights/pupil.safetensors",
             "probe/epoch-1.npz", "probe/epoch-٠٠٠١.npz", "state.pt", "C:\\outside", "config.json\n"],
)  # fmt: skip
def test_no_name_leads_outside_or_to_a_file_that_is_not_known(packed, elsewhere, name, tmp_path):
    before = sorted(tmp_path.rglob("*outside*"))
    line = refused(elsewhere, changed(packed, add=[(name, b"x")]))
    assert line == f"import: {str(packed)!r} was refused: {name!a} is not part of an exported run."
    assert sorted(tmp_path.rglob("*outside*")) == before


def test_a_link_is_refused(packed, elsewhere):
    link = zipfile.ZipInfo("card.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    line = refused(elsewhere, changed(packed, card_json=None, add=[(link, b"/etc/passwd")]))
    assert line == f"import: {str(packed)!r} was refused: 'card.json' is a link."


def test_two_files_of_one_name_are_refused(packed, elsewhere):
    with pytest.warns(UserWarning, match="Duplicate name"):
        changed(packed, add=[("config.json", b"{}")])
    assert (
        refused(elsewhere, packed)
        == f"import: {str(packed)!r} was refused: it contains two files with the same name."
    )


def test_a_locked_or_oddly_packed_file_is_refused(packed, elsewhere):
    whole = packed.read_bytes()
    entry = whole.rindex(b"PK\x01\x02", 0, whole.rindex(b"config.json"))
    for offset, value, reason in (
        (8, b"\x01", "is locked by a password."),
        (10, b"\x0c", "is compressed with an unsupported method."),
    ):
        packed.write_bytes(whole[: entry + offset] + value + whole[entry + offset + 1 :])
        assert refused(elsewhere, packed) == f"import: {str(packed)!r} was refused: 'config.json' {reason}"


def test_a_bomb_with_a_false_size_is_never_unpacked_whole(packed, elsewhere):
    """Its directory says 100 bytes; 32 MB are behind it."""
    changed(packed, notes_json=bytes(32 << 20))
    whole = bytearray(packed.read_bytes())
    entry = whole.rindex(b"PK\x01\x02", 0, whole.rindex(b"notes.json"))
    whole[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    packed.write_bytes(whole)
    tracemalloc.start()
    line = refused(elsewhere, packed)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert line == (
        f"import: {str(packed)!r} was refused: notes.json is damaged (Bad CRC-32 for file 'notes.json'). Export the run again."
    )
    assert peak < 8 << 20


def test_a_zip_that_was_cut_off_anywhere_is_one_line(packed, elsewhere):
    whole = packed.read_bytes()
    for length in range(0, len(whole), len(whole) // 12):
        packed.write_bytes(whole[:length])
        assert (
            refused(elsewhere, packed)
            == f"import: {str(packed)!r} is not a readable zip file. Export the run again."
        )


def test_a_flipped_byte_is_never_more_than_one_line(packed, elsewhere):
    whole = packed.read_bytes()
    random = np.random.default_rng(0)
    for place in random.integers(0, len(whole), 60):
        packed.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        assert len(told(elsewhere, packed).splitlines()) <= 1


def told(store, path):
    """The line of a refusal; none where the changed byte means nothing, as a time of day does."""
    try:
        store.import_run(path)
    except StoreError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", sorted(SHARES))
def test_a_share_above_1_is_refused(packed, elsewhere, name):
    line = refused(elsewhere, changed(packed, results_json=figures(packed, **{name: 1.5})))
    assert f"(student.{name}: Input should be less than or equal to 1)" in line


def test_a_limit_on_numbers(packed, elsewhere, monkeypatch):
    monkeypatch.setattr(unpacking, "MAX_METRICS", 2)
    assert refused(elsewhere, packed).endswith(
        "metrics.csv is damaged (it has more than 2 numbers). Export the run again."
    )


def test_limits_on_files_and_bytes(packed, elsewhere, monkeypatch):
    monkeypatch.setattr(unpacking, "MAX_FILES", 3)
    assert refused(elsewhere, packed).endswith("it contains 11 files, more than the limit of 3.")
    monkeypatch.undo()
    monkeypatch.setattr(unpacking, "MAX_BYTES", 100)
    assert refused(elsewhere, packed).endswith("it unpacks to more than 0 GB.")


def test_a_disk_that_is_full_leaves_nothing_behind(packed, elsewhere, monkeypatch):
    def no_room(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", no_room)
    assert refused(elsewhere, packed).endswith(
        "the disk is full. Free some space; what was saved before is kept."
    )


def test_figures_are_known_for_every_arm():
    fields = unpacking.JSON_FILES["results.json"]._type.model_fields
    assert {field.alias or name for name, field in fields.items()} == set(ARMS)


def test_weights_of_any_kind_of_number_pass(store, finished, tmp_path, elsewhere):
    store.save_weights(finished, "student", {"a": torch.zeros(2, dtype=torch.bfloat16), "b": torch.tensor(1)})
    elsewhere.import_run(store.export(finished, tmp_path / "run.zip"))
    assert elsewhere.weights(finished, "student")["a"].dtype == torch.bfloat16
