"""Files that a person asked for are written by `kdviz.replacing`: whole or not at all."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCRATCH = {
    "kdviz/datasets/cache.py": "a folder that is renamed at the end",
    "kdviz/datasets/download.py": "likewise",
    "kdviz/datasets/folder.py": "likewise",
    "kdviz/store/uploads.py": "likewise",
    "kdviz/store/unpacking.py": "a run's folder, which is listed at the end",
    "kdviz/ui/runs/share.py": "a temporary folder",
    "kdviz/checkpoints/onnx_process.py": "likewise",
    "kdviz/cli/inspecting.py": "likewise",
    "kdviz/figures/charts/study_panels.py": "in memory",
    "kdviz/ui/widgets/downloads.py": "in memory",
    "kdviz/store/packaged_runs.py": "made by a script of the repository",
    "kdviz/store/lambda_ladder.py": "likewise",
}
WRITERS = {"write_bytes", "write_text", "to_csv", "to_parquet", "savefig"}
UNFINISHED = {"unfinished", "temporary"}


def direct_writes(source):
    """The lines of calls that write a file under another name than those of `replaced`."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in WRITERS:
            names = {each.id for each in ast.walk(call) if isinstance(each, ast.Name)}
            if not names & UNFINISHED:
                yield call.lineno


def test_a_direct_write_is_found():
    assert list(direct_writes("table.to_csv(path)\nunfinished.write_bytes(b'')")) == [1]


def test_no_module_writes_to_a_files_last_place():
    modules = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "kdviz").rglob("*.py")}
    found = {
        name: list(direct_writes(path.read_text("utf-8")))
        for name, path in modules.items()
        if name not in SCRATCH
    }
    assert {name: lines for name, lines in found.items() if lines} == {}
