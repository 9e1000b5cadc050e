"""Commands that explain a run: `explain` and `report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kdviz.cli.child import in_child
from kdviz.cli.options import RUNS, AsJson, RunId, RunsDir, whole_number
from kdviz.cli.printing import print_json, print_line, print_saved, print_table
from kdviz.cli.words import print_words, words_json
from kdviz.datasets import DATASETS
from kdviz.errors import ConfigError, output_errors
from kdviz.explainers import explainer_named
from kdviz.jobs import choose_kernels
from kdviz.language import decimal
from kdviz.replacing import replaced
from kdviz.store import Run, Store

if TYPE_CHECKING:
    from kdviz.comparison import ImageExplanation


def explain(
    run: RunId,
    *,
    image: Annotated[
        str, typer.Option("--image", metavar="INTEGER", help="Index in the test set, from 0.")
    ] = "0",
    explainer: Annotated[str, typer.Option("--explainer", help="Explanation method.")] = "grad-cam",
    target: Annotated[
        str, typer.Option("--target", help="`teacher`, `label` or a class number.")
    ] = "teacher",
    text: Annotated[
        str | None, typer.Option("--text", help="A text of your own instead, for a run of texts.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="A PNG file for the row of maps, for a run of images.")
    ] = None,
    as_json: AsJson = False,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Explain one test image or text with every arm of a run."""
    index, target_class = whole_number("image", image), _target(target)
    store = Store(runs_dir)
    _check_modality(store.run(run), text, out)
    explainer_named(explainer)
    in_child()
    choose_kernels()
    from kdviz.comparison import chance_levels, explain_image, explain_test_image, prepare_text, run_images

    if text is None:
        row = explain_test_image(store, run, index, explainer=explainer, target=target_class)
    else:
        own = prepare_text(text, run_images(store.run(run).config))
        row = explain_image(store, run, own.numbers, explainer=explainer, target=target_class, text=text)
    arms = _arms(row, chance_levels(store, run, explainer))
    if out:
        from kdviz.report import heatmap_row_png

        with output_errors(out, "file"), replaced(out) as unfinished:
            unfinished.write_bytes(heatmap_row_png(row))
    if as_json:
        print_json({"run": run, "image": row.index, "explainer": explainer, "target": row.classes[row.target],
                    "label": row.label_name, "arms": arms, **words_json(row)})  # fmt: skip
        return
    print_line(f"{_title(row)} Explained: {row.classes[row.target]}, by {explainer}.")
    if row.text is not None:
        print_words(row)
    print_table(
        ("arm", "predicts", "probability", "cosine with the teacher", "chance"),
        [
            (
                arm,
                each["predicted"],
                decimal(each["probability"]),
                *map(_cosine, (each["agreement"], each["chance"])),
            )
            for arm, each in arms.items()
        ],
    )
    if out:
        print_saved(out)


def report(
    run: RunId,
    *,
    image: Annotated[
        list[str] | None,
        typer.Option(
            "--image", metavar="INTEGER", help="Index of a test image to show; may be given several times."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="The HTML file; RUN.html if left out.")] = None,
    as_json: AsJson = False,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Write a run as one HTML file with results, curves, heat maps and settings; it works offline."""
    indices = [whole_number("image", each) for each in image] if image else None
    store = Store(runs_dir)
    store.run(run)
    in_child()
    choose_kernels()
    from kdviz.report import report_html

    page = report_html(store, run, image_indices=indices)
    target = out or Path(f"{run}.html")
    with output_errors(target, "file"), replaced(target) as unfinished:
        unfinished.write_bytes(page.encode())
    if as_json:
        print_json({"run": run, "file": str(target), "bytes": target.stat().st_size})
    else:
        print_saved(target)


def _arms(row: ImageExplanation, chance: Any) -> dict[str, dict[str, Any]]:
    """By arm: the predicted class with its probability, agreement with the teacher, and chance level."""
    return {
        arm: {"predicted": row.classes[view.predicted], "probability": float(view.probabilities.max()),
              "agreement": dict(view.scores), "chance": dict(chance.get(arm, {}))}
        for arm, view in row.arms.items()
    }  # fmt: skip


def _check_modality(run: Run, text: str | None, out: Path | None) -> None:
    dataset = DATASETS[run.config.dataset]
    if text is not None and dataset.modality != "text":
        raise ConfigError(f"text: {dataset.name!r} has {dataset.modality}s. Leave it out.")
    if out is not None and dataset.modality != "image":
        raise ConfigError(f"out: a row of maps is drawn of images, {dataset.name!r} has none. Leave it out.")


def _title(row: ImageExplanation) -> str:
    if row.index is None:
        return "Your text."
    return f"{'Image' if row.text is None else 'Text'} {row.index}: {row.label_name}."


def _target(given: str) -> Any:
    if given in ("teacher", "label"):
        return given
    try:
        return int(given)
    except ValueError:
        raise ConfigError(f"target: must be 'teacher', 'label' or a class number, got {given!r}.") from None


def _cosine(scores: dict[str, float]) -> str:
    return decimal(scores["cosine"]) if "cosine" in scores else "–"
