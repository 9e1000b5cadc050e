"""The commands."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from kdviz.cli.child import in_child, take_role
from kdviz.cli.files import saved
from kdviz.cli.options import with_config_options
from kdviz.cli.printing import print_json, print_line, print_results, print_table
from kdviz.cli.progress import RunProgress
from kdviz.comparison import check_run_count, different_settings, on_same_images, seed_groups
from kdviz.config import make_config
from kdviz.datasets import DATASETS
from kdviz.errors import ConfigError, KdvizError, StoreError
from kdviz.explainers import explainer_named
from kdviz.figures.style import lambda_text
from kdviz.image_size import sides, written
from kdviz.jobs import choose_kernels, execute, prepare_process, submit
from kdviz.jobs import import_run as bring_in
from kdviz.jobs import resume as requeue
from kdviz.models import MODELS, USUAL_CLASSES, USUAL_SHAPE, cost
from kdviz.museum.mistakes import MISTAKES
from kdviz.narrative import different_images, seeds_sentence
from kdviz.store import Run, Store, to_plain
from kdviz.study import read_study
from kdviz.types import DatasetSpec

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="See and steer what a student network learns from its teacher.",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
RunsDir = Annotated[
    Path, typer.Option("--runs-dir", envvar="KDVIZ_RUNS_DIR", help="Where runs are kept.", show_default=True)
]
RunId = Annotated[str, typer.Argument(help="A run's id, as `runs` lists it.")]
RUNS = Path("runs")
_SUMMARISED = ("dataset", "teacher", "student", "explanation_weight", "seed")


def main() -> None:
    """Run the command line."""
    take_role()
    app()


def _told(command: Callable[..., None]) -> Callable[..., None]:
    """A mistake ends in its one line and status 1, an interruption in status 130; never in a traceback."""

    @wraps(command)
    def told(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except KdvizError as error:
            print(error, file=sys.stderr)
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            print("Interrupted.", file=sys.stderr)
            raise typer.Exit(130) from None

    return told


@app.command()
@_told
@with_config_options
def distill(
    settings: dict[str, Any],
    *,
    name: Annotated[str, typer.Option("--name", help="What to call the run.")] = "",
    as_json: AsJson = False,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Train a teacher (once), a student with λ and its λ = 0 twin, and compare where they look."""
    config = make_config(settings)
    store = Store(runs_dir)
    _carry_out(store, submit(store, config, name, foreground=True), as_json)


@app.command()
@_told
def resume(run: RunId, *, as_json: AsJson = False, runs_dir: RunsDir = RUNS) -> None:
    """Go on with a run that was interrupted, stopped or failed, from its last full epoch."""
    store = Store(runs_dir)
    requeue(store, run, foreground=True)
    _carry_out(store, run, as_json)


@app.command()
@_told
def runs(*, as_json: AsJson = False, runs_dir: RunsDir = RUNS) -> None:
    """List the runs, newest first."""
    store = Store(runs_dir)
    store.mark_interrupted()
    records = store.runs()
    if as_json:
        print_json([_summary(found) for found in records])
    elif records:
        print_table(
            ("run", "state", "data set", "teacher", "student", "λ", "name"),
            [
                (found.id, found.state, found.config.dataset, found.config.teacher,
                 found.config.student, _lambda(found),
                 found.record.name if found.config.mistake == "none" else found.title)
                for found in records
            ],
        )  # fmt: skip
    else:
        print_line(f"No runs in {runs_dir} yet. Start one: python -m kdviz distill")


@app.command()
@_told
def show(run: RunId, *, as_json: AsJson = False, runs_dir: RunsDir = RUNS) -> None:
    """Show one run: its settings and its figures."""
    found = Store(runs_dir).run(run)
    if as_json:
        print_json(
            {**_summary(found), "config": found.config.model_dump(mode="json"), "arms": _stored(found)}
        )
        return
    print_line(f"{found.id}  {found.state}  {found.record.message}".rstrip())
    _print_mistake(found)
    print_table(("setting", "value"), list(found.config.model_dump().items()))
    if found.results:
        print_results(found.results)


@app.command()
@_told
def explain(
    run: RunId,
    *,
    image: Annotated[int, typer.Option("--image", help="Place in the test set, from 0.")] = 0,
    explainer: Annotated[str, typer.Option("--explainer", help="How to explain.")] = "grad-cam",
    target: Annotated[
        str, typer.Option("--target", help="`teacher`, `label` or a class number.")
    ] = "teacher",
    out: Annotated[Path | None, typer.Option("--out", help="A PNG file for the row of maps.")] = None,
    as_json: AsJson = False,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Explain one test image by all arms of a run."""
    store, asked = Store(runs_dir), _target(target)
    store.run(run)
    explainer_named(explainer)
    in_child()
    choose_kernels()
    from kdviz.comparison import chance_levels, explain_test_image

    row = explain_test_image(store, run, image, explainer=explainer, target=asked)
    chance = chance_levels(store, run, explainer)
    if out:
        from kdviz.report import heatmap_row_png

        saved(heatmap_row_png(row), out)
    arms = {
        arm: {"predicted": row.classes[view.predicted], "probability": float(view.probabilities.max()),
              "agreement": dict(view.scores), "chance": dict(chance.get(arm, {}))}
        for arm, view in row.arms.items()
    }  # fmt: skip
    if as_json:
        print_json({"run": run, "image": image, "explainer": explainer, "target": row.classes[row.target],
                    "label": row.label_name, "arms": arms})  # fmt: skip
        return
    print_line(f"Image {image}: {row.label_name}. Explained: {row.classes[row.target]}, by {explainer}.")
    print_table(
        ("arm", "predicts", "probability", "cosine with the teacher", "chance"),
        [
            (
                arm,
                each["predicted"],
                f"{each['probability']:.2f}",
                _score(each["agreement"]),
                _score(each["chance"]),
            )
            for arm, each in arms.items()
        ],
    )
    _print_saved(out)


@app.command()
@_told
def compare(
    run_ids: Annotated[list[str], typer.Argument(metavar="RUN", help="Two to six runs' ids.")],
    *,
    as_json: AsJson = False,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Compare two to six runs: the settings that differ, the figures, and what seeds say together."""
    check_run_count(len(run_ids))
    store = Store(runs_dir)
    records = [store.run(run_id) for run_id in run_ids]
    configs = [found.config for found in records]
    different = different_settings(configs)
    if as_json:
        print_json({"runs": [_summary(found) for found in records], "different": different,
                    "arms": [_stored(found) for found in records]})  # fmt: skip
        return
    print_table(("setting", *run_ids), [(name, *values) for name, values in different.items()])
    if not on_same_images(configs):
        print_line(different_images())
    for found in records:
        print_line(f"\n{found.id}  {found.state}")
        if found.results:
            print_results(found.results)
    for group in seed_groups(configs, [found.results for found in records]):
        print_line(f"\n{', '.join(run_ids[place] for place in group.places)}: {seeds_sentence(group)}")


@app.command()
@_told
def export(
    run: RunId,
    *,
    out: Annotated[Path | None, typer.Option("--out", help="The zip file; the run's id if left out.")] = None,
    as_json: AsJson = False,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Pack a run into a zip: settings, card, figures, curves, weights and probe maps."""
    target = Store(runs_dir).export(run, out or Path(f"{run}.zip"))
    if as_json:
        print_json({"run": run, "file": str(target), "bytes": target.stat().st_size})
    else:
        _print_saved(target)


@app.command("import")
@_told
def import_run(
    file: Annotated[Path, typer.Argument(help="A zip that `export` wrote, here or elsewhere.")],
    *,
    as_json: AsJson = False,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Bring in a run that was exported."""
    store = Store(runs_dir)
    found = store.run(bring_in(store, file))
    if as_json:
        print_json({"run": found.id, "origin": found.record.origin, "state": found.state})
        return
    taken = f" The id {found.record.origin} was taken already." if found.id != found.record.origin else ""
    print_line(f"Imported as run {found.id}.{taken} Look at it: python -m kdviz show {found.id}")


@app.command()
@_told
def report(
    run: RunId,
    *,
    image: Annotated[
        list[int] | None,
        typer.Option("--image", help="A test image to show, by its place; may be given several times."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="The HTML file; the run's id.")] = None,
    as_json: AsJson = False,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Write one HTML file with figures, curves, heat maps and settings; it opens anywhere, offline."""
    store = Store(runs_dir)
    store.run(run)
    in_child()
    choose_kernels()
    from kdviz.report import report_html

    page = report_html(store, run, image_indices=image)
    target = saved(page.encode(), out or Path(f"{run}.html"))
    if as_json:
        print_json({"run": run, "file": str(target), "bytes": target.stat().st_size})
    else:
        _print_saved(target)


@app.command()
@_told
def study(
    file: Annotated[Path, typer.Argument(help="A TOML file: settings, and a grid of what varies.")],
    *,
    out: Annotated[
        Path | None, typer.Option("--out", help="A folder for the tables; FILE-results if left out.")
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            "--ray",
            metavar="ADDRESS",
            help="Train on Ray, a run on each CPU or GPU, with the figures of one thread: `local` starts it "
            "on this machine; a cluster's address is `ray://HOST:10001`, or `auto` on one of its machines.",
        ),
    ] = None,
    as_json: AsJson = False,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Train every run of a study that is not there yet, and write its figures over seeds as tables."""
    plan = read_study(file)
    options = {"--ray": ray, "--out": out}
    given = [str(part) for option, value in options.items() if value for part in (option, value)]
    again = shlex.join(["study", str(file), *given, *_where(runs_dir)])
    in_child(goes_on=again)
    from kdviz.cli.study import run_study

    out = out or Path(f"{file.stem}-results")
    run_study(*plan, Store(runs_dir), out, ray=ray, as_json=as_json, goes_on=again)


@app.command()
@_told
def datasets(*, as_json: AsJson = False) -> None:
    """List the data sets."""
    specs = list(DATASETS.values())
    if as_json:
        print_json([_dataset_row(spec) for spec in specs])
        return
    print_table(
        ("name", "classes", "image size", "about"),
        [(s.name, s.classes or "yours", _size(s) or "yours", s.about) for s in specs],
    )


def _size(spec: DatasetSpec) -> int | str | None:
    return written(*spec.input_shape[1:]) if spec.input_shape else None


def _dataset_row(spec: DatasetSpec) -> dict[str, Any]:
    channels = spec.input_shape[0] if spec.input_shape else 3
    return {"name": spec.name, "label": spec.label, "about": spec.about, "classes": spec.classes,
            "channels": channels, "image_size": _size(spec), "source": spec.source}  # fmt: skip


@app.command()
@_told
def models(
    *,
    channels: Annotated[int, typer.Option("--channels", min=1, help="Colour channels.")] = USUAL_SHAPE[0],
    image_size: Annotated[
        str, typer.Option("--image-size", help="Side in pixels, or height x width, as 40x100.")
    ] = str(written(*USUAL_SHAPE[1:])),
    classes: Annotated[int, typer.Option("--classes", min=1, help="Number of classes.")] = USUAL_CLASSES,
    as_json: AsJson = False,
) -> None:
    """List the networks with their size and cost for images of one size."""
    rows, size = [], sides(image_size)
    for spec in MODELS.values():
        found = cost(spec.name, classes=classes, input_shape=(channels, *size))
        taken = written(*(max(side, spec.minimum_size) for side in size))
        rows.append({"name": spec.name, **found._asdict(), "image_size": taken, "about": spec.about})
    if as_json:
        print_json(rows)
        return
    print_table(
        ("name", "parameters", "multiply-adds an image", "image size", "about"),
        [
            (r["name"], f"{r['parameters']:,}", f"{r['multiply_adds']:,}", r["image_size"], r["about"])
            for r in rows
        ],
    )


def _carry_out(store: Store, run_id: str, as_json: bool) -> None:
    """Train a run now, and print how it ended. A child resumes it: the run is made already."""
    again = ["resume", run_id, *_where(store.directory)]
    in_child([*again, "--json"] if as_json else again, goes_on=shlex.join(again))
    prepare_process()
    try:
        with RunProgress() as progress:
            found = execute(store, run_id, progress)
    except KeyboardInterrupt:
        print(f"Interrupted. Resume with: python -m kdviz {shlex.join(again)}", file=sys.stderr)
        raise typer.Exit(130) from None
    if found.state != "finished" or found.results is None:
        raise StoreError(f"run {run_id} {found.state}: {found.record.message}")
    if as_json:
        print_json(
            {"run": run_id, "seconds": round(found.record.progress.seconds, 1), "arms": _stored(found)}
        )
    else:
        _print_mistake(found)
        print_results(found.results)
        print_line(f"Run {run_id}. Look closer: python -m kdviz explain {run_id}")


def _where(runs_dir: Path) -> list[str]:
    """The option that names the runs directory, where it is not the usual one."""
    return [] if runs_dir == RUNS else ["--runs-dir", str(runs_dir)]


def _print_mistake(found: Run) -> None:
    """What was done wrong on purpose, so that nobody takes the figures for right ones."""
    if found.config.mistake != "none":
        print_line(f"MISTAKE {found.config.mistake}, made on purpose. {MISTAKES[found.config.mistake].about}")


def _summary(found: Run) -> dict[str, Any]:
    record, mistake = found.record, found.config.mistake
    return {
        "id": record.id, "name": record.name, "state": record.state, "message": record.message,
        "created": record.created, "finished": record.finished, "seconds": record.progress.seconds,
        **{name: getattr(found.config, name) for name in _SUMMARISED},
        **({} if mistake == "none" else {"mistake": mistake}),
    }  # fmt: skip


def _stored(run: Run) -> dict[str, Any] | None:
    """The final figures as files hold them."""
    return None if run.results is None else to_plain(run.results)


def _target(given: str) -> Any:
    if given in ("teacher", "label"):
        return given
    try:
        return int(given)
    except ValueError:
        raise ConfigError(f"target: must be 'teacher', 'label' or a class number, got {given!r}.") from None


def _lambda(run: Run) -> str:
    return lambda_text(run.config.explanation_weight, run.config.explanation_share)


def _score(scores: Any) -> str:
    return f"{scores['cosine']:.2f}" if "cosine" in scores else "–"


def _print_saved(path: Path | None) -> None:
    if path:
        print_line(f"Saved {path} ({path.stat().st_size / 1024:.0f} KiB).")
