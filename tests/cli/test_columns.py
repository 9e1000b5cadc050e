"""Columns of a table of texts on the command line and in a study: a wrong name leaves no run."""

import pytest
from typer.testing import CliRunner

from kdviz.cli import app
from kdviz.cli.study import StudyProgress
from kdviz.store import Store
from kdviz.study import read_study
from kdviz.types import Noted


@pytest.fixture
def table(tmp_path):
    file = tmp_path / "t.csv"
    rows = (f"{'fine' if n % 2 else 'dull'} thing {n},{'ny'[n % 2]},{'abcd'[n % 4]}" for n in range(60))
    file.write_text("\n".join(["review,verdict,kind", *rows]))
    return str(file)


@pytest.mark.parametrize("option", ["--text-column", "--label-column", "--rationale-column"])
def test_a_wrong_name_is_one_line_with_the_columns_and_leaves_no_run(option, table, tmp_path):
    runs, field = tmp_path / "runs", option[2:].replace("-", "_")
    given = ["distill", "--dataset", "text-file", "--data", table, option, "verdit", "--runs-dir", str(runs)]
    result = CliRunner().invoke(app, given, env={"COLUMNS": "400"})
    known = ["kind", *(["none"] if field == "rationale_column" else []), "review", "verdict"]
    assert result.exit_code == 1
    assert result.output.strip() == (
        f"{field}: unknown name 'verdit'. Did you mean 'verdict'? Known: {', '.join(known)}."
    )
    assert Store(runs).runs() == []


def test_a_study_compares_columns(table, tmp_path):
    plan = tmp_path / "columns.toml"
    plan.write_text(
        f'name = "columns"\n[settings]\ndataset = "text-file"\ndata = {table!r}\ntext_column = "review"\n'
        '[grid]\nlabel_column = ["verdict", "kind"]\n'
    )
    planned = read_study(plan)[1]
    assert [each.config.columns.settings for each in planned] == [
        {"text_column": "review", "label_column": name} for name in ("verdict", "kind")
    ]


def test_a_study_prints_what_is_to_know_about_its_files_once(table, tmp_path, capfd):
    plan = tmp_path / "seeds.toml"
    plan.write_text(
        f'name = "seeds"\n[settings]\ndataset = "text-file"\ndata = {table!r}\n[grid]\nseed = [0, 1]\n'
    )
    study, points = read_study(plan)
    few = "12 test texts, fewer than 30 of a class: an accuracy is known to about ± 28 points."
    with StudyProgress(study, points, [], 1) as progress:
        for point in points:
            progress.update(point, Noted(("Texts are column 'review'.", few)))
        progress.update(points[0], Noted((few, "of one run")))
    printed = capfd.readouterr().err.splitlines()
    assert printed[1:] == ["Texts are column 'review'.", few, "of one run"]
