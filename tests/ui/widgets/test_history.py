"""The charts of a run in training are drawn anew when their own values come, and not before."""

import pytest

from kdviz.store import Store
from kdviz.types import Measured
from kdviz.ui.widgets.history import charts


@pytest.fixture
def run(tmp_path, config):
    store = Store(tmp_path / "runs")
    return store, store.run(store.create(config.model_dump(mode="json")))


def measured(epoch, **values):
    return Measured("students", epoch, "student", values)


ACCURACY = measured(1.0, validation_accuracy=0.5)


def drawn(run, *found, names=("accuracy",)):
    return charts(*run, found, "epochs", names)


def test_a_loss_redraws_its_own_chart_alone(run):
    loss = measured(1.1, ce=0.7)
    assert drawn(run, ACCURACY, loss) is drawn(run, ACCURACY)
    first = drawn(run, ACCURACY, loss, names=("ce",))
    assert drawn(run, ACCURACY, loss, measured(1.2, ce=0.6), names=("ce",)) is not first


def test_a_new_stage_and_a_new_accuracy_are_drawn(run):
    taught = [Measured("teacher", 1.0, "teacher", {"validation_accuracy": 0.9})]
    assert [chart.info.lines[0].last for chart in drawn(run, *taught)] == [0.9]
    taught.append(measured(0.1, ce=2.0))
    assert drawn(run, *taught) == [], "the students have no accuracy yet"
    for accuracy in (0.5, 0.75):
        taught.append(measured(1.0 + accuracy, validation_accuracy=accuracy))
        (chart,) = drawn(run, *taught)
        assert chart.info.lines[-1].last == accuracy
