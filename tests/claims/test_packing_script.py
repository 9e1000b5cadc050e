"""The script that packs measured runs: what is complete, of one machine; the museum's pairs with their curves."""

import sys
from functools import partial

import pytest

from kdviz.claims import CLAIMS
from kdviz.museum.exhibits import exhibit
from kdviz.store import Store, made_here
from kdviz.store.packaged_runs import read_packaged_runs
from kdviz.study import carry_out
from kdviz.types import Measured
from scripts import make_packaged_runs
from tests.study.made import Trainer


class Carded(Trainer):
    """Finishes runs, with a card and one number of a curve."""

    def __call__(self, store, run_id, on_event=None):
        store.save_card(run_id, made_here("cpu"))
        store.add_metrics(run_id, Measured("students", 1.0, "student", {"kd": 0.5}))
        return super().__call__(store, run_id)


@pytest.fixture
def store(tmp_path):
    """One claim with all five seeds, another with four."""
    store = Store(tmp_path / "runs")
    for name, seeds in (("biased-data", 5), ("soft-labels", 4)):
        claim = CLAIMS[name]
        list(carry_out(store, claim.study(seeds), claim.points(seeds), execute=Carded()))
    return store


@pytest.fixture
def pack(store, tmp_path, monkeypatch):
    """Runs the script, and returns what it has written."""
    file = tmp_path / "packed.json.gz"
    monkeypatch.setattr(sys, "argv", ["make_packaged_runs.py", str(store.directory)])
    monkeypatch.setattr(make_packaged_runs, "prepare_process", lambda: None)
    monkeypatch.setattr(make_packaged_runs, "NAMES", ("kl-mean",))
    monkeypatch.setattr(make_packaged_runs, "PACKAGED_RUNS", file)
    monkeypatch.setattr(make_packaged_runs, "carry_out", partial(carry_out, execute=Carded()))

    def run():
        make_packaged_runs.main()
        return read_packaged_runs(file)

    return run


def test_complete_studies_are_packed_and_the_museum_with_its_curves(pack):
    found = pack()
    claimed = {point.config.key for point in CLAIMS["biased-data"].points(5)}
    shown = {point.config.key for point in exhibit("kl-mean").points}
    assert set(found.runs) == claimed | shown
    curves = {key: found.measured[run.id] for key, run in found.runs.items()}
    curve = (Measured("students", 1.0, "student", {"kd": 0.5}),)
    assert curves == {**dict.fromkeys(claimed, ()), **dict.fromkeys(shown, curve)}
    assert found.maker["versions"] == made_here("cpu")["versions"]
    assert found.maker["processor"]


def test_what_is_packaged_stays_where_a_directory_lacks_it_and_its_curves_too(pack, tmp_path, monkeypatch):
    before = pack()
    other = Store(tmp_path / "other")
    claim = CLAIMS["soft-labels"]
    list(carry_out(other, claim.study(5), claim.points(5), execute=Carded()))
    monkeypatch.setattr(sys, "argv", ["make_packaged_runs.py", str(other.directory)])
    found = pack()
    assert set(found.runs) == set(before.runs) | {point.config.key for point in claim.points(5)}
    assert {run.id for run in before.runs.values()} < {run.id for run in found.runs.values()}
    assert found.measured.items() >= before.measured.items()


def test_each_processor_is_named_once(pack, monkeypatch):
    for name in ("first", "second", "second", "first"):
        monkeypatch.setattr(make_packaged_runs, "_processor", lambda name=name: name)
        found = pack()
    assert found.maker["processor"] == "first / second"


def test_runs_of_two_machines_are_refused(pack, store):
    store.save_card(store.runs()[-1].id, {**made_here("cpu"), "cores": 1000})
    with pytest.raises(SystemExit) as stopped:
        pack()
    assert str(stopped.value) == (
        "The runs are of several machines or versions. Measure them in a new directory."
    )
