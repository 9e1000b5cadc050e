"""What was found in a visitor's images: classes, splits, sizes, broken files, leaks, and a few of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from kdviz.cache import Cache
from kdviz.datasets import FEW_TESTS, Counts, accuracy_reach, fingerprint
from kdviz.errors import KdvizError
from kdviz.language import _, decimal, listed, plural, sentences
from kdviz.ui.frame.errors import errors
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.progress import bar
from kdviz.ui.frame.server import wait_until_ready

if TYPE_CHECKING:
    from kdviz.datasets.inspection import ImageInspection
    from kdviz.datasets.leaks import Pair

_CHECKED: Cache[ImageInspection] = Cache(8)
_LOOKED_AT: Cache[bool] = Cache(8)
"""Paths of what was checked: others need not be hashed to know that they were not."""

_NAMES_SHOWN = 3
_CLASSES_SHOWN = 20


def image_check(data: str) -> ImageInspection | None:
    """The findings about a visitor's files. None, and one line on the page, if a run would refuse them."""
    try:
        found = _checked(data)
    except KdvizError as error:
        errors(error)
        return None
    st.markdown(_counts(found))
    st.caption(_sizes(found))
    for icon, text in _findings(found):
        st.markdown(f":{icon} {text}")
    with st.expander(_("Look at the pictures"), icon=":material/photo_library:"):
        _samples(found)
    return found


def readable_counts(data: str) -> Counts | None:
    """The numbers of images that a run can read; None if the files, as they are, have not been checked."""
    if not _LOOKED_AT.find(data):
        return None
    found = _CHECKED.find((data, fingerprint("folder", data)))
    if found is None:
        return None
    return Counts(found.total("train"), found.total("validation"), found.total("test"), len(found.classes))


def _checked(data: str) -> ImageInspection:
    key = (data, fingerprint("folder", data))
    _LOOKED_AT.keep(data, True)
    if (ready := _CHECKED.find(key)) is not None:
        return ready
    wait_until_ready()
    from kdviz.datasets.inspection import inspect_files  # imports PyTorch

    with bar() as report:
        return _CHECKED.get(key, lambda: inspect_files(data, report))


def _counts(found: ImageInspection) -> str:
    return _(
        "**{images} images, {classes} classes**: {train} for training, {validation} for validation, {test} "
        "for testing."
    ).format(
        images=f"{found.images:,}",
        classes=len(found.classes),
        **{split: f"{found.total(split):,}" for split in found.counts},
    )


def _sizes(found: ImageInspection) -> str:
    widths, heights = found.sizes[:, 0], found.sizes[:, 1]
    if len({*widths.tolist()}) == len({*heights.tolist()}) == 1:
        return _("All are {width} × {height} px.").format(width=widths[0], height=heights[0])
    ratios = (widths / heights).tolist()
    least, most = decimal(min(ratios), 2), decimal(max(ratios), 2)
    ratio = least if least == most else _("{low} to {high}").format(low=least, high=most)
    return _(
        "{narrowest} to {widest} px wide, {lowest} to {highest} px high; width ÷ height {ratio}."
    ).format(
        narrowest=f"{widths.min():,}",
        widest=f"{widths.max():,}",
        lowest=f"{heights.min():,}",
        highest=f"{heights.max():,}",
        ratio=ratio,
    )


def _findings(found: ImageInspection) -> Iterator[tuple[str, str]]:
    """Icon and sentence of each thing to know before a run."""
    if found.broken:
        yield (
            "orange[:material/broken_image:]",
            plural(
                "{count} file cannot be read, and is left out: {names}.",
                "{count} files cannot be read, and are left out: {names}.",
                len(found.broken),
                names=_names(found.broken),
            ),
        )
    yield from _leak_findings(found)
    if not (found.broken or found.leaks.copies or found.leaks.near_copies):
        apart = _(
            "Pictures of one patient or one slide are kept apart only by folders or a CSV with the column "
            "split."
        )
        yield (
            "green[:material/check_circle:]",
            sentences(
                _("Every file can be read, and no test image is in the training set."),
                "" if found.leaks.groups else apart,
            ),
        )
    if few := _few_test_images(found):
        yield "orange[:material/straighten:]", few
    if found.regions:
        yield (
            "blue[:material/frame_inspect:]",
            _(
                "Object masks or boxes: {known} of {count} test images. The maps are measured against them."
            ).format(known=f"{found.regions:,}", count=f"{found.total('test'):,}"),
        )
    yield from (("gray[:material/info:]", plain(note)) for note in found.notes)


def _few_test_images(found: ImageInspection) -> str:
    """How well an accuracy is known on few test images: the 95 % interval of a share of ½; "" for enough."""
    count = found.total("test")
    if not count or min(found.counts["test"]) >= FEW_TESTS:
        return ""
    return plural(
        "**{count} test image**, fewer than {few} of a class: an accuracy is known to about "
        "± {points} points.",
        "**{count} test images**, fewer than {few} of a class: an accuracy is known to about "
        "± {points} points.",
        count,
        few=FEW_TESTS,
        points=accuracy_reach(count),
    )


def _leak_findings(found: ImageInspection) -> Iterator[tuple[str, str]]:
    """What is in training and test alike."""
    if found.leaks.copies:
        same = plural(
            "**{count} test image is also a training image**, the same file: {names}.",
            "**{count} test images are also training images**, the same files: {names}.",
            len(found.leaks.copies),
            names=_pairs(found.leaks.copies),
        )
        yield (
            "red[:material/content_copy:]",
            sentences(
                same,
                _("What the networks score on it says nothing about new images. Remove one of each pair."),
            ),
        )
    if found.leaks.near_copies:
        yield (
            "orange[:material/difference:]",
            plural(
                "{count} pair of a test image and a training image looks alike: {names}.",
                "{count} pairs of a test image and a training image look alike: {names}.",
                len(found.leaks.near_copies),
                names=_pairs(found.leaks.near_copies),
            ),
        )
    if found.leaks.groups:
        yield (
            "orange[:material/group_work:]",
            sentences(
                plural(
                    "By its name, {count} group of pictures is in training and test alike: {names}.",
                    "By their names, {count} groups of pictures are in training and test alike: {names}.",
                    len(found.leaks.groups),
                    names=_pairs(found.leaks.groups),
                ),
                _(
                    "If a group is one slide or one patient, the test is easier than new ones: keep each "
                    "group in one split, by folders or a CSV with the column split."
                ),
            ),
        )


def _samples(found: ImageInspection) -> None:
    """A few training images of each class, with its numbers of images."""
    from kdviz.figures.maps import gallery_row, png

    for label, name in enumerate(found.classes[:_CLASSES_SHOWN]):
        images = found.samples[label]
        with st.container(gap="xsmall"):
            alt = plural(
                "{count} image of the class {label}",
                "{count} images of the class {label}",
                len(images),
                label=name,
            )
            st.image(png(gallery_row(list(images))), width="stretch", alt=alt)
            counts = _("{train} for training, {validation} for validation, {test} for testing").format(
                **{split: f"{of_split[label]:,}" for split, of_split in found.counts.items()}
            )
            st.caption(_("**{name}** · {text}").format(name=plain(name), text=counts))
    if len(found.classes) > _CLASSES_SHOWN:
        st.caption(
            _("The first {shown} of {count} classes.").format(shown=_CLASSES_SHOWN, count=len(found.classes))
        )


def _names(names: Sequence[str]) -> str:
    return listed([*map(plain, names[:_NAMES_SHOWN]), *(["…"] if len(names) > _NAMES_SHOWN else [])])


def _pairs(pairs: Sequence[Pair]) -> str:
    return _names([*map(str, pairs)])
