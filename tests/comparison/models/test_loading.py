"""The code that is offered beside the weights: it is run exactly as it is shown."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from kdviz.comparison import loading_code, snapshots
from kdviz.store.folder import weights_to_bytes
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[3]


def loaded(code):
    """What a person has after pasting the code."""
    names = {}
    exec(compile(code, "pasted", "exec"), names)
    return names


@pytest.mark.parametrize("arm", ["teacher", "student", "twin", "placebo"])
def test_the_code_answers_as_the_runs_own_network_does(finished, tmp_path, monkeypatch, arm):
    store, run_id = finished
    run = snapshots(store, run_id)
    (tmp_path / "arm.safetensors").write_bytes(weights_to_bytes(store.weights(run_id, arm)))
    monkeypatch.chdir(tmp_path)
    pasted = loaded(loading_code(run.config, arm, run.images, "arm.safetensors"))
    images = run.images.test.images[:16]
    with torch.no_grad():
        expected = run.networks[arm](run.normalizer.normalize(images))
    torch.testing.assert_close(pasted["logits"](images), expected, rtol=1e-5, atol=1e-5)
    assert tuple(pasted["classes"]) == run.images.classes


def test_the_code_runs_by_itself_in_a_fresh_python(finished, tmp_path):
    store, run_id = finished
    run = snapshots(store, run_id)
    (tmp_path / "s.safetensors").write_bytes(weights_to_bytes(store.weights(run_id, "student")))
    np.save(tmp_path / "images.npy", run.images.test.images[:4].numpy())
    ending = (
        "import numpy\n"
        "found = logits(torch.from_numpy(numpy.load('images.npy')))\n"
        "print([classes[place] for place in found.argmax(1)])\n"
    )
    (tmp_path / "pasted.py").write_text(
        loading_code(run.config, "student", run.images, "s.safetensors") + ending, encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "pasted.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr
    with torch.no_grad():
        own = run.networks["student"](run.normalizer.normalize(run.images.test.images[:4])).argmax(1)
    assert done.stdout.strip() == str([run.images.classes[place] for place in own])
