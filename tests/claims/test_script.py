"""The script that tests all claims: a table for a document, and runs that are trained once."""

import sys
from functools import partial

import pytest

from kdviz.study import carry_out
from scripts import claims
from tests.study.made import Trainer


@pytest.fixture
def script(monkeypatch, tmp_path, capsys):
    """Runs it with arguments after the runs directory; returns what it prints, and who trained."""
    trainer = Trainer()
    monkeypatch.setattr(claims, "carry_out", partial(carry_out, execute=trainer))

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["claims.py", str(tmp_path / "runs"), *arguments])
        claims.main()
        return capsys.readouterr().out.splitlines(), trainer.runs

    return run


def test_it_prints_a_row_for_each_thing_compared_and_trains_nothing_twice(script):
    """Made-up runs: λ brings 0.01 of accuracy each, the placebo half of it."""
    table, trained = script("2", "biased-data", "right-map")
    assert table[:2] == [
        "| claim | verdict | compared | measured | published | seeds | data |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    assert [row.split(" | ")[3].split(" (")[0] for row in table[2:]] == ["+30.0 points", "+15.0 points"]
    assert len(trained) == 2
    again, trained = script("2", "biased-data", "right-map")
    assert again == table
    assert len(trained) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("2", "biased"), "claim: unknown name 'biased'. Did you mean 'biased-data'? Known:"),
        (("none",), "claims: the number of seeds must be 1 or more, got 'none'."),
    ],
)
def test_a_wrong_argument_is_one_clear_line(script, arguments, said):
    with pytest.raises(SystemExit) as stopped:
        script(*arguments)
    assert str(stopped.value).startswith(said)
    assert "\n" not in str(stopped.value)
