"""Commands that explain a run: `explain` and `report`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kdviz.cli.child import in_child
from kdviz.cli.options import RUNS, AsJson, RunId, RunsDir, whole_number
from kdviz.cli.printing import print_json, print_line, print_saved, print_table
from kdviz.cli.sounds import Peak, map_peaks, peak_text, peaks_json
from kdviz.cli.words import print_words, words_json
from kdviz.content import is_special
from kdviz.datasets import DATASETS
from kdviz.errors import ConfigError, output_errors
from kdviz.explainers import explainer_named
from kdviz.jobs import choose_kernels
from kdviz.language import decimal
from kdviz.replacing import replaced
from kdviz.store import Run, Store
from kdviz.types import INPUT_NAMES, ModalityName

if TYPE_CHECKING:
    from kdviz.comparison import ImageExplanation

_MAPS_SAVED_AS: Mapping[ModalityName, str] = {"image": ".png", "audio": ".png", "text": ".html"}


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
    audio: Annotated[
        Path | None, typer.Option("--audio", help="A sound file of your own instead, for a run of sounds.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="A file for the maps: a .png, for a run of texts an .html page."),
    ] = None,
    as_json: AsJson = False,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Explain one test image, text or sound with every arm of a run."""
    index, target_class = whole_number("image", image), _target(target)
    store = Store(runs_dir)
    _check_modality(store.run(run), text, audio, out)
    explainer_named(explainer)
    in_child()
    choose_kernels()
    from kdviz.comparison import chance_levels, explain_image, explain_test_image

    given, cut = _own_input(store.run(run), text, audio)

    def explained(target: Any) -> ImageExplanation:
        if given:
            return explain_image(store, run, **given, explainer=explainer, target=target)
        return explain_test_image(store, run, index, explainer=explainer, target=target)

    row = explained(target_class)
    arms = _arms(row, chance_levels(store, run, explainer))
    strongest = map_peaks(row) if row.sound is not None else {}
    if out:
        from kdviz.report import maps_file, shown_maps

        own = explained("own") if target == "teacher" else row
        maps = shown_maps(own, row, signed=row.text is not None and explainer_named(explainer).signed)
        with output_errors(out, "file"), replaced(out) as unfinished:
            unfinished.write_bytes(maps_file(maps))
    if as_json:
        print_json({"run": run, "image": row.index, "explainer": explainer, "target": row.classes[row.target],
                    "label": row.label_name, "arms": arms,
                    **words_json(row), **peaks_json(strongest)})  # fmt: skip
        return
    print_line(f"{_title(row)} Explained: {row.classes[row.target]}, by {explainer}.")
    if row.text is not None:
        print_words(row)
    if cut:
        print_line(f"Only the loudest part ({store.run(run).config.clip_seconds:g} s) is used.")
    _print_arms(arms, strongest)
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


def _print_arms(arms: dict[str, dict[str, Any]], strongest: dict[str, Peak | None]) -> None:
    """A line for each arm. strongest: where its map of a sound is; empty for other inputs."""
    columns = ["arm", "predicts", "probability", "cosine with the teacher", "chance"]
    rows = [
        [
            arm,
            each["predicted"],
            decimal(each["probability"]),
            *map(_cosine, (each["agreement"], each["chance"])),
        ]
        for arm, each in arms.items()
    ]
    if strongest:
        columns.append("strongest at")
        rows = [[*row, peak_text(strongest[arm])] for arm, row in zip(arms, rows, strict=True)]
    print_table(columns, rows)


def _check_modality(run: Run, text: str | None, audio: Path | None, out: Path | None) -> None:
    dataset = DATASETS[run.config.dataset]
    for option, given, modality in (("text", text, "text"), ("audio", audio, "audio")):
        if given is not None and dataset.modality != modality:
            raise ConfigError(
                f"{option}: {dataset.name!r} has {INPUT_NAMES[dataset.modality]}. Leave it out."
            )
    ending = _MAPS_SAVED_AS[dataset.modality]
    if out is not None and out.suffix.lower() not in {"", ending}:
        raise ConfigError(
            f"out: maps of {INPUT_NAMES[dataset.modality]} are saved as {ending}, got {out.name!r}. "
            f"Name a file that ends with {ending}."
        )


def _own_input(run: Run, text: str | None, audio: Path | None) -> tuple[dict[str, Any], bool]:
    """A user's text or sound as arguments of `explain_image`, none if neither is given.

    And whether only a part of a sound is heard.
    """
    from kdviz.comparison import prepare_sound, prepare_text, run_images

    if text is not None:
        return {"image": prepare_text(text, run_images(run.config)).numbers, "text": text}, False
    if audio is None:
        return {}, False
    sound = prepare_sound(_content(audio), run_images(run.config))
    return {"image": sound.image, "sound": sound.samples.numpy()}, sound.cut


def _content(audio: Path) -> bytes:
    from kdviz.datasets.sound_file import MAX_SOUND_MB

    if is_special(audio):
        raise ConfigError(f"audio: {str(audio)!r} is a device or a pipe. Give a file.")
    try:
        with audio.open("rb") as file:
            return file.read((MAX_SOUND_MB << 20) + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"audio: {str(audio)!r} cannot be read: {reason}. Check the path.") from None


def _title(row: ImageExplanation) -> str:
    kind = "text" if row.text is not None else "image" if row.sound is None else "sound"
    return f"Your {kind}." if row.index is None else f"{kind.capitalize()} {row.index}: {row.label_name}."


def _target(given: str) -> Any:
    if given in ("teacher", "label"):
        return given
    try:
        return int(given)
    except ValueError:
        raise ConfigError(f"target: must be 'teacher', 'label' or a class number, got {given!r}.") from None


def _cosine(scores: dict[str, float]) -> str:
    return decimal(scores["cosine"]) if "cosine" in scores else "–"
