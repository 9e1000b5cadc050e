"""What can be learnt from: a data set's images, its figures, and the cue that can be planted in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import streamlit as st
import torch

from kdviz.cache import Cache
from kdviz.comparison.models.device_lock import device_lock
from kdviz.config import RunConfig
from kdviz.datasets import CUES, DATASETS, DataSet, Split, fingerprint, input_shape, load, plant
from kdviz.errors import ConfigError, KdvizError
from kdviz.figures.maps import gallery_row, png
from kdviz.image_size import sides, written
from kdviz.language import _, plural
from kdviz.types import DatasetSpec
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.progress import bar
from kdviz.ui.frame.shell import empty, errors
from kdviz.ui.widgets.downloads import csv_button

_LOADED: Cache[DataSet] = Cache(2)
_EACH, _EACH_WITH_CUE = 8, 5
_CLASSES_AT_ONCE = 10
_SPLITS = ("train", "validation", "test")
_CUE_SEED = 12


@dataclass(frozen=True)
class Source:
    """A data set as it is asked for. data: a person's folder or zip."""

    spec: DatasetSpec
    data: str | None
    image_size: int | str

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(C, H, W) of each image."""
        return input_shape(self.spec.name, self.image_size)


def choose_source() -> Source:
    """The data set to look at. The choice is in the URL."""
    name = st.selectbox(
        _("Data set"),
        list(DATASETS),
        format_func=lambda name: _(DATASETS[name].label),
        key="browse",
        bind="query-params",
    )
    spec = DATASETS[str(name)]
    st.caption(_(spec.about))
    if spec.input_shape:
        return Source(spec, None, written(*spec.input_shape[1:]))
    with st.grid(2, min_column_width=240):
        data = st.text_input(
            _("Folder or zip on this computer"),
            placeholder=_("/path/to/images or images.zip"),
            key="browse_data",
            help=_("One folder of images for each class. Nothing is copied to another machine."),
        )
        usual = RunConfig.model_fields["image_size"]
        size = st.text_input(
            _("Image size"), str(usual.default), key="browse_size", help=_(str(usual.description))
        )
    try:
        return Source(spec, data or None, written(*sides(size)))
    except ConfigError as error:
        errors(error)
        return Source(spec, None, usual.default)


def browse(source: Source) -> None:
    """Facts and gallery of a data set; an invitation where it is not to be had without asking."""
    data = _loaded(source)
    if data is None:
        return
    _facts(source.spec, data)
    cue, strength = _cue_controls()
    split, classes = _gallery_controls(data)
    try:
        if cue == "none":
            _gallery(data, split, classes)
        else:
            _with_cue(data, split, classes, cue, strength)
    except KdvizError as error:
        errors(error)


def _loaded(source: Source) -> DataSet | None:
    """The data set, read once for all who look; None while somebody has to act first."""
    spec = source.spec
    if spec.name == "folder" and not source.data:
        empty(
            _("Your own images"),
            _(
                "Type where a folder or a zip with one folder of images for each class lies. It is read here "
                "as a run would read it, and what is wrong with it is said."
            ),
            "folder_open",
        )
        return None
    try:
        key = (spec.name, source.data, source.image_size, fingerprint(spec.name, source.data))
        ready = _LOADED.find(key)
        if ready is None and spec.downloads and not _wanted(spec):
            return None
        with bar() as report:
            return ready or _LOADED.get(
                key,
                lambda: load(spec.name, data=source.data, image_size=source.image_size, report=report),
                device_lock(torch.device("cpu")),
            )
    except KdvizError as error:
        errors(error)
        return None


def _wanted(spec: DatasetSpec) -> bool:
    """Whether somebody has just asked for a data set that may have to be downloaded."""
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown(
            _(
                "**{name}** is not loaded. It is read from `data/` if it is there, else downloaded to it "
                "first."
            ).format(name=_(spec.label)),
            text_alignment="center",
        )
        return st.button(
            _("Load {name}").format(name=_(spec.label)),
            icon=":material/download:",
            key=f"load_{spec.name}",
        )


def _facts(spec: DatasetSpec, data: DataSet) -> None:
    with st.container(border=True), st.grid(2, min_column_width=300, gap="medium"):
        sizes = [f"**{_split_label(name)}** {len(getattr(data, name)):,}" for name in _SPLITS]
        st.markdown("  \n".join([_images(data), " · ".join(sizes), _balance(data)]))
        st.markdown("  \n".join([_source(spec), _normalisation(data), _mirrored(data)]))
    for note in data.notes:
        st.caption(f":material/info: {plain(note)}")
    with st.expander(_("Images of each class"), icon=":material/table_rows:"):
        st.dataframe(
            balance_table(data),
            column_config={
                "Class": _("Class"),
                **{name: _split_label(name) for name in _SPLITS},
            },
            alt=_("Images of each class in each split"),
            key="balance",
        )
        csv_button(
            lambda: balance_table(data).reset_index(),
            file=f"kdviz-{spec.name}-balance",
            key="balance_csv",
            small=True,
        )


def balance_table(data: DataSet) -> pd.DataFrame:
    """How many images each class has in each split."""
    counts = {name: _counts(data, getattr(data, name)) for name in _SPLITS}
    return pd.DataFrame(counts, index=pd.Index(data.classes, name="Class"))


def _balance(data: DataSet) -> str:
    counts = _counts(data, data.train)
    fewest, most = min(counts), max(counts)
    if fewest == most:
        return _("Balanced: {count} training images of each class").format(count=f"{most:,}")
    return _("Not balanced: {fewest} to {most} training images a class").format(
        fewest=f"{fewest:,}", most=f"{most:,}"
    )


def _counts(data: DataSet, split: Split) -> list[int]:
    return [int(count) for count in torch.bincount(split.labels, minlength=len(data.classes))]


def _images(data: DataSet) -> str:
    channels, height, width = data.input_shape
    words = (
        _("**Images** {height} × {width} px, grey, {classes} classes")
        if channels == 1
        else _("**Images** {height} × {width} px, colour (RGB), {classes} classes")
    )
    return words.format(height=height, width=width, classes=len(data.classes))


def _source(spec: DatasetSpec) -> str:
    return _("**Source, licence** {source}").format(source=plain(_(spec.source)))


def _normalisation(data: DataSet) -> str:
    return _("**Normalisation** mean {mean}, deviation {deviation}, of the training images in [0, 1]").format(
        mean=_numbers(data.mean), deviation=_numbers(data.std)
    )


def _mirrored(data: DataSet) -> str:
    if data.flips:
        return _("**Mirrored while training** yes")
    return _("**Mirrored while training** no, a mirrored image is another class")


def _split_label(name: str) -> str:
    return {"train": _("Training"), "validation": _("Validation"), "test": _("Test")}[name]


def _cue_controls() -> tuple[str, float]:
    """The cue to plant, and ρ."""
    with st.grid(2, min_column_width=300):
        cue = st.segmented_control(
            _("Planted cue"),
            list(CUES),
            default="none",
            required=True,
            format_func=lambda name: _(CUES[name].label),
            key="browse_cue",
            bind="query-params",
            help="\n".join(f"- **{_(spec.label)}**: {_(spec.about)}" for spec in CUES.values()),
        )
        strength = 1.0
        if cue != "none":
            strength = st.slider(
                _("Cue strength ρ"),
                0.0,
                1.0,
                1.0,
                step=0.05,
                key="browse_rho",
                bind="query-params",
                help=_(str(RunConfig.model_fields["cue_strength"].description)),
            )
    return str(cue), float(strength)


def _gallery_controls(data: DataSet) -> tuple[Split, range]:
    """The split to show, and which classes of it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.segmented_control(
            _("Split"),
            _SPLITS,
            default="train",
            required=True,
            format_func=_split_label,
            key="browse_split",
            bind="query-params",
            help=_("Training images teach, validation images choose, test images only report."),
        )
        first = 0
        if len(data.classes) > _CLASSES_AT_ONCE:
            starts = list(range(0, len(data.classes), _CLASSES_AT_ONCE))
            first = int(
                st.selectbox(
                    _("Classes"),
                    starts,
                    format_func=lambda start: _("{low} to {high}").format(
                        low=start + 1, high=_end(data, start)
                    ),
                    key="browse_classes",
                    width=180,
                )
            )
        st.button(_("Other images"), icon=":material/shuffle:", on_click=_turn)
    return getattr(data, str(name)), range(first, _end(data, first))


def _gallery(data: DataSet, split: Split, classes: range) -> None:
    masks = split.object_masks is not None and st.toggle(
        _("Show object masks"),
        key="browse_masks",
        bind="query-params",
        help=_("What does not belong to the object is dimmed."),
    )
    mirrored = data.flips and st.toggle(
        _("As training sees them"),
        key="browse_mirrored",
        bind="query-params",
        help=_("Each time an image is learnt from, it is mirrored or not, by the toss of a coin."),
    )
    with st.grid(2, min_column_width=330, gap="medium"):
        for label in classes:
            images = split.take(_some(split, label, _EACH))
            _row(data, _tossed(images) if mirrored else images, label, masks=bool(masks))


def _with_cue(data: DataSet, split: Split, classes: range, cue: str, strength: float) -> None:
    """The same images twice: as the student is trained on them, and as everybody is measured on them."""
    taken = torch.cat([_some(split, label, _EACH_WITH_CUE) for label in classes])
    sample, count = split.take(taken), len(data.classes)
    intact = _("The student's training images: the cue is true with ρ = {strength}.")
    broken = _("The teacher's training and the test: the cue is independent of the class.")
    sides = (
        (_("Cue intact"), strength, intact.format(strength=f"{strength:g}")),
        (_("Cue broken"), None, broken),
    )
    with st.grid(2, min_column_width=330, gap="medium"):
        for name, chance, about in sides:
            with st.container():
                st.subheader(name)
                st.caption(about)
                planted = plant(sample, cue, classes=count, strength=chance, seed=_CUE_SEED)
                for label in classes:
                    _row(data, planted.take((planted.labels == label).nonzero().flatten()), label, state=name)


def _row(data: DataSet, images: Split, label: int, *, state: str = "", masks: bool = False) -> None:
    """A few images of one class, and its name."""
    name = data.classes[label]
    with st.container(gap="xsmall"):
        if not len(images):
            st.caption(_("**{label}**: none in this split.").format(label=plain(name)))
            return
        pixels = list(images.images.permute(0, 2, 3, 1).numpy())
        objects = list(images.object_masks.numpy()) if masks and images.object_masks is not None else None
        alt = plural(
            "{count} image of the class {label}",
            "{count} images of the class {label}",
            len(pixels),
            label=name,
        )
        if state:
            alt = _("{name}: {value}").format(name=state, value=alt)
        st.image(png(gallery_row(pixels, objects)), width="stretch", alt=alt)
        st.caption(f"**{plain(name)}**")


def _some(split: Split, label: int, count: int) -> torch.Tensor:
    """Places of a few images of a class; others after each press of the button."""
    places = (split.labels == label).nonzero().flatten()
    start = int(st.session_state.get(_TURN, 0)) * count
    return places.roll(-(start % max(1, len(places))))[:count]


def _tossed(images: Split) -> Split:
    """The images with about half of them mirrored; others after each press of the button."""
    toss = torch.Generator().manual_seed(int(st.session_state.get(_TURN, 0)))
    heads = torch.rand(len(images), generator=toss) < 0.5
    masks = images.object_masks
    return replace(
        images,
        images=torch.where(heads.view(-1, 1, 1, 1), images.images.flip(-1), images.images),
        object_masks=None if masks is None else torch.where(heads.view(-1, 1, 1), masks.flip(-1), masks),
    )


def _turn() -> None:
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def _end(data: DataSet, start: int) -> int:
    return min(start + _CLASSES_AT_ONCE, len(data.classes))


def _numbers(values: Any) -> str:
    return ", ".join(f"{value:.3f}" for value in values)


_TURN = "browse_turn"
