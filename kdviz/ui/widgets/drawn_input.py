"""One input and maps of it, as its kind is drawn: over a picture, behind words, over a spectrogram."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

import streamlit as st

from kdviz.figures.maps import (
    ColourScale,
    arm_lines,
    enlarged,
    excerpt,
    frequency_text,
    has_unknown_words,
    heatmap_alt,
    map_alt,
    map_picture,
    overlay,
    png,
    sentences_html,
    shaded_words,
    signed_map_alt,
    signed_map_picture,
    time_text,
    unread_text,
    wav_file,
    with_arm_bar,
    word_alt,
    words_html,
    words_key,
)
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _
from kdviz.sound import HIGHEST, LOWEST, seconds
from kdviz.types import Arm
from kdviz.ui.widgets.clip_player import clip_player
from kdviz.vocabulary import words_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from streamlit.delta_generator import DeltaGenerator

    from kdviz.comparison import MapPair
    from kdviz.comparison.input.walkthroughs import Predictions
    from kdviz.figures.maps.overlay import Picture
    from kdviz.types import FloatArray

_WRITTEN = "white-space:pre-wrap;overflow-wrap:anywhere;margin:0"
"""The look of a text, as inline CSS."""


def drawing_of(given: MapPair | Predictions) -> Drawing:
    """How an input and its maps are drawn."""
    if given.text is not None:
        return WordsDrawing(given.text, given.image.shape[0], given.framed)
    return PictureDrawing(given.image) if given.sound is None else SoundDrawing(given.image, given.sound)


class Drawing(Protocol):
    """cell_px: the smallest width of a map that is drawn alone."""

    cell_px: ClassVar[int]

    def compared(self, count: int, *, px: int, width: int) -> DeltaGenerator:
        """A container for maps that are compared. px, width: of one picture, and of all."""

    def whole(self, alt: str) -> None:
        """The input without a map. alt: what it is."""

    def on_path(self, picture: Picture | None, share: float, alt: str) -> None:
        """The input at a share of the way from a baseline. picture: of it there, where it has one."""

    def over(
        self, values: FloatArray, scale: ColourScale, arm: Arm, *, name: str = "", raw: bool = False
    ) -> None:
        """An arm's map with the input. name: what the map is of.

        raw: whether it is an attribution, of which each cell is shown, and not times an even spread.
        """

    def alone(self, values: FloatArray, limit: float, name: str, *, signed: bool) -> None:
        """A map by itself, in full colour at `limit`."""

    def listen(self, alt: str, key: str) -> None:
        """A button that plays the input, where it can be heard."""

    def axes(self) -> None:
        """What the axes of its picture are, where it has any."""

    def legend(self, *, signed: bool, frame: str) -> None:
        """What the maps of words mean. signed: whether they can be negative. frame: what framed words are."""


@dataclass(frozen=True, eq=False)
class PictureDrawing:
    """image: uint8 (H, W, C)."""

    image: Picture
    cell_px: ClassVar[int] = 100
    _whole_px: ClassVar[int | Literal["stretch"]] = 160

    def compared(self, count: int, *, px: int, width: int) -> DeltaGenerator:
        """Side by side."""
        return st.grid(count, min_column_width=px, gap="medium", width=width)

    def whole(self, alt: str) -> None:
        """The picture."""
        st.image(png(enlarged(self.image)), width=self._whole_px, alt=alt)

    def on_path(self, picture: Picture | None, share: float, alt: str) -> None:
        """The picture there."""
        assert picture is not None
        st.image(png(enlarged(picture)), width="stretch", alt=alt)

    def over(
        self, values: FloatArray, scale: ColourScale, arm: Arm, *, name: str = "", raw: bool = False
    ) -> None:
        """The map over the picture, with a bar in the arm's colour."""
        said = signed_map_alt(name, values) if scale.signed else heatmap_alt(arm, values)
        alt = _("{name}: {value}").format(name=name, value=said) if name and not scale.signed else said
        drawn = with_arm_bar(overlay(self.image, values, scale, grid=raw), arm)
        st.image(png(drawn), width="stretch", alt=alt)

    def alone(self, values: FloatArray, limit: float, name: str, *, signed: bool) -> None:
        """The map's cells."""
        if signed:
            picture, alt = signed_map_picture(values, reach=limit), signed_map_alt(name, values)
        else:
            picture, alt = map_picture(values, top=limit), map_alt(name, values)
        st.image(png(picture), width="stretch", alt=alt)

    def listen(self, alt: str, key: str) -> None:
        """Nothing."""

    def axes(self) -> None:
        """Nothing."""

    def legend(self, *, signed: bool, frame: str) -> None:
        """Nothing."""


@dataclass(frozen=True, eq=False)
class SoundDrawing(PictureDrawing):
    """A spectrogram, and the sound that is heard. sound: int16 (samples,)."""

    sound: NDArray[np.int16]
    cell_px: ClassVar[int] = 150
    _whole_px: ClassVar[int | Literal["stretch"]] = "stretch"

    def compared(self, count: int, *, px: int, width: int) -> DeltaGenerator:
        """Side by side, wider than pictures."""
        return st.grid(count, min_column_width=200, gap="medium")

    def whole(self, alt: str) -> None:
        """The spectrogram with its axes and a player."""
        super().whole(alt)
        st.audio(wav_file(self.sound), format="audio/wav", alt=alt)
        self.axes()

    def listen(self, alt: str, key: str) -> None:
        """A player, once it is asked for."""
        clip_player(self.sound, alt, key)

    def axes(self) -> None:
        """Time and frequency."""
        st.caption(
            _(
                "Spectrograms: time from left to right, {seconds}; frequency from bottom to top, {low} to "
                "{high}; the brighter, the louder."
            ).format(
                seconds=time_text(seconds(self.image.shape[1])),
                low=frequency_text(LOWEST),
                high=frequency_text(HIGHEST),
            )
        )


@dataclass(frozen=True, eq=False)
class WordsDrawing:
    """text: as written, of which the first `length` words are read. framed: numbers of words in a frame."""

    text: str
    length: int
    framed: tuple[int, ...]
    cell_px: ClassVar[int] = 180

    def compared(self, count: int, *, px: int, width: int) -> DeltaGenerator:
        """One below the other."""
        return st.container(gap="small")

    def whole(self, alt: str) -> None:
        """The text, and how much of its end is not read."""
        st.html(f'<p style="{_WRITTEN}">{escape(self.text)}</p>')
        if unread := unread_text(max(len(words_of(self.text)) - self.length, 0)):
            st.caption(unread)

    def on_path(self, picture: Picture | None, share: float, alt: str) -> None:
        """The text, as faint as its words' vectors are short."""
        label = (
            f'role="img" aria-label="{escape(alt)}"'  # what is faint is not to be read out as if it was not
        )
        st.html(f'<p {label} style="{_WRITTEN};opacity:{share:.3g}">{escape(self.text)}</p>')

    def over(
        self, values: FloatArray, scale: ColourScale, arm: Arm, *, name: str = "", raw: bool = False
    ) -> None:
        """The words with the map as their background, behind a bar in the arm's colour."""
        (line,) = arm_lines({arm: values})
        named = replace(line, name=name or ARM_STYLES[arm].label)
        unit = "" if raw else "×"
        st.html(sentences_html(self.text, [named], scale, outlined=self.framed, unit=unit))

    def alone(self, values: FloatArray, limit: float, name: str, *, signed: bool) -> None:
        """The words that the map marks most."""
        words = shaded_words(self.text, values, ColourScale(limit or 1.0, signed=signed))
        strongest = excerpt(words)
        if strongest:
            st.html(words_html(strongest, alt=word_alt(name, words), unit=""))
        else:
            st.caption(_("No word stands out."))

    def listen(self, alt: str, key: str) -> None:
        """Nothing."""

    def axes(self) -> None:
        """Nothing."""

    def legend(self, *, signed: bool, frame: str) -> None:
        """What backgrounds, frames and dots of words mean."""
        st.html(
            words_key(
                signed=signed,
                before=_("Evidence for what the teacher predicts:"),
                framed=frame if self.framed else "",
                unknown=has_unknown_words(self.text),
            )
        )
