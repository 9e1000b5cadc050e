"""Maps of texts as words with a background: the stronger the evidence, the more colour.

A word's own colour stays, so that it can be read on a light and on a dark page. Evidence against the class is
underlined as well, so that hue is never the only difference. A word outside of the vocabulary is dotted: its
evidence is that of a random vector, not of a meaning.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import TypedDict

from kdviz.figures.maps.colour_maps import colour_map
from kdviz.figures.maps.colour_scale import ColourScale
from kdviz.language import _, decimal, listed, plural
from kdviz.types import FloatArray
from kdviz.vocabulary import is_known, words_of

_FOR, _AGAINST = 0.85, 0.15
"""Places of the two hues in PuOr_r: orange and purple."""

_OPACITY = 0.7
"""Of the full colour: text on it has a contrast of at least 4.5 on both pages."""

_STRONG, _CLEAR, WEAK = 2 / 3, 1 / 3, 0.1
"""Shades from which evidence is called strong, clear and weak; a weaker one is called neutral."""

_UNREAD_SHOWN = 400
"""Characters that are shown of the end that is not read."""

_NAMED = 3
"""Words that a description names."""

Edges = tuple[bool, bool]
"""Whether a frame begins with a word, and whether it ends with it."""

_LINE = "2px solid currentColor"
_FRAMED = f"border-top:{_LINE};border-bottom:{_LINE}"
_HATCHED = "background:repeating-linear-gradient(135deg,rgba(128,128,128,.45) 0 2px,transparent 2px 6px)"
_DOTS = "radial-gradient(circle,{colour} 1.2px,transparent 1.7px)"
_DOTTED = f"background:{_DOTS} 0 0/5px 4px repeat-x,{_DOTS} 0 100%/5px 4px repeat-x"
"""Above and below the word, which stays legible."""


@dataclass(frozen=True)
class ShadedWord:
    """A word of a text with its value in a map.

    gap: the text between the word before and this one. value: NaN where undefined. shade: its place on the
    scale, in [-1, 1], negative is against the class; NaN likewise. read: whether the network reads so far.
    signed: whether values of the map can be for and against. known: whether it is in the vocabulary.
    """

    text: str
    gap: str
    value: float
    shade: float
    read: bool = True
    signed: bool = True
    known: bool = True


def shaded_words(text: str, values: FloatArray, scale: ColourScale) -> list[ShadedWord]:
    """The words of a text in order. values: the map, (L,), a value for each of the first L words."""
    levels, words, end = scale.levels(values), [], 0
    for place, word in enumerate(words_of(text)):
        read = place < len(values)
        pair = (float(values[place]), float(levels[place])) if read else (math.nan, math.nan)
        known = is_known(word.text)
        words.append(ShadedWord(word.text, text[end : word.start], *pair, read, scale.signed, known))
        end = word.stop
    return words


class WordLayer(TypedDict):
    """A word for the browser. style, gap_style: inline CSS; of the gap only within a frame.

    value, evidence: as text; value is "" where undefined. known: as in `ShadedWord`. column: its number among
    the words that are compared: where texts differ, equal words share one.
    """

    text: str
    gap: str
    gap_style: str
    style: str
    value: str
    evidence: str
    known: bool
    column: int


def word_layers(
    words: Sequence[ShadedWord],
    *,
    outlined: Collection[int] = (),
    columns: Sequence[int] | None = None,
    unit: str = "×",
) -> tuple[WordLayer, ...]:
    """Words for the browser. outlined, unit: as in `words_html`. columns: of words read, else their order.

    The words that are not read are one, and cut off where they are long.
    """
    read = [word for word in words if word.read]
    numbers = list(range(len(read)) if columns is None else columns)
    if rest := words[len(read) :]:
        text = "".join(word.gap + word.text for word in rest)[len(rest[0].gap) :]
        read.append(ShadedWord(_cut(text), rest[0].gap, math.nan, math.nan, read=False))
        numbers.append(max(numbers, default=-1) + 1)
    return tuple(
        {
            "text": word.text,
            "gap": word.gap,
            "gap_style": _gap_style(place, outlined),
            "style": word_style(word, frame_edges(place, outlined)),
            "value": _value_text(word, unit),
            "evidence": word_evidence(word),
            "known": word.known,
            "column": numbers[place],
        }
        for place, word in enumerate(read)
    )


def _cut(text: str) -> str:
    return text if len(text) <= _UNREAD_SHOWN else f"{text[:_UNREAD_SHOWN]}…"


def words_html(
    words: Iterable[ShadedWord], *, alt: str = "", outlined: Collection[int] = (), unit: str = "×"
) -> str:
    """A text as HTML that stands by itself, with each word's value as its tooltip.

    alt: read aloud instead of the words, if given. outlined: numbers of words in a frame, such as a planted
    one; words that follow one another share it. unit: follows each value.
    """
    drawn = "".join(
        f'{_gap_html(word.gap, _gap_style(place, outlined))}<span title="{escape(_told(word, unit))}" '
        f'style="{word_style(word, frame_edges(place, outlined))}">{escape(word.text)}</span>'
        for place, word in enumerate(words)
    )
    spoken = f' role="img" aria-label="{escape(alt)}"' if alt else ""
    return f'<span{spoken} style="white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.9">{drawn}</span>'


def frame_edges(place: int, outlined: Collection[int]) -> Edges | None:
    """Whether the frame of a word begins and ends with it; None for a word without one."""
    return (place - 1 not in outlined, place + 1 not in outlined) if place in outlined else None


def word_style(word: ShadedWord, edges: Edges | None = None) -> str:
    """The look of a word as inline CSS. edges: of its frame."""
    begins, ends = edges or (True, True)
    left, right = (".2em" if edge else "0" for edge in (begins, ends))
    rules = [f"border-radius:{left} {right} {right} {left}", "padding:.1em .05em"]
    if not word.read:
        rules.append("opacity:.6")
    elif math.isnan(word.shade):
        rules.append(_HATCHED)
    elif not word.known:
        rules.append(_DOTTED.format(colour=_dots(word.shade)))
    elif abs(word.shade) >= WEAK / 2:
        red, green, blue = _hue(word.shade)
        rules.append(f"background:rgba({red},{green},{blue},{round(_OPACITY * abs(word.shade), 2)})")
    if word.shade <= -WEAK:
        rules.append("text-decoration:underline .12em;text-underline-offset:.2em")
    if edges:
        rules.append(_FRAMED)
        rules += [f"border-{side}:{_LINE}" for side, edge in (("left", begins), ("right", ends)) if edge]
    return ";".join(rules)


def _dots(shade: float) -> str:
    """The colour of an unknown word's dots: grey, and of its hue where it moves the answer."""
    if abs(shade) < WEAK:
        return "rgba(128,128,128,.6)"
    red, green, blue = _hue(shade)
    return f"rgba({red},{green},{blue},{round(0.5 + 0.4 * abs(shade), 2)})"


def _gap_style(place: int, outlined: Collection[int]) -> str:
    """Of the gap before a word: the frame of two words runs on over it."""
    return f"padding:.1em 0;{_FRAMED}" if {place - 1, place} <= {*outlined} else ""


def _gap_html(gap: str, style: str) -> str:
    return f'<span style="{style}">{escape(gap)}</span>' if gap and style else escape(gap)


def word_colour(shade: float) -> tuple[int, int, int] | None:
    """The background of a word on a white page, for terminals; None where it has none."""
    if math.isnan(shade) or abs(shade) < WEAK / 2:
        return None
    share = _OPACITY * abs(shade)
    red, green, blue = (round(255 + share * (level - 255)) for level in _hue(shade))
    return red, green, blue


def word_evidence(word: ShadedWord) -> str:
    """What a word's value says, e.g. "strongly against", or "strong" in a map without signs.

    "not read" behind the last word that is; of an unknown word also that it is one.
    """
    if not word.read:
        return _("not read")
    if not word.known:
        of_vector = word_evidence(replace(word, known=True))
        return _("{evidence}; not in the vocabulary: read as a random vector").format(evidence=of_vector)
    if math.isnan(word.shade):
        return _("undefined")
    level = sum(abs(word.shade) >= bound for bound in (WEAK, _CLEAR, _STRONG))
    if not word.signed:
        return (_("hardly any"), _("weak"), _("clear"), _("strong"))[level]
    if word.shade < 0:
        return (_("neutral"), _("weakly against"), _("clearly against"), _("strongly against"))[level]
    return (_("neutral"), _("weakly for"), _("clearly for"), _("strongly for"))[level]


def word_alt(name: str, words: Sequence[ShadedWord]) -> str:
    """The words with the strongest evidence, e.g. "student: strongest for it: great, fun; against it: not".

    name: what the map is of.
    """
    if all(math.isnan(word.shade) for word in words):
        return _("{name}: the map is undefined.").format(name=name)
    found = [
        text.format(words=listed(strongest))
        for text, strongest in (
            (_("for the class: {words}") if words[0].signed else "{words}", _strongest(words, 1)),
            (_("against it: {words}"), _strongest(words, -1)),
        )
        if strongest
    ]
    if not found:
        return _("{name}: no word stands out.").format(name=name)
    return _("{name}: the strongest words {found}.").format(name=name, found=_("; ").join(found))


def words_legend(*, signed: bool, unknown: bool = False) -> list[ShadedWord]:
    """The scale of shades, each step as a word that says what it means. unknown: with the unknown words."""
    shades = (-1.0, -0.5, 0.0, 0.5, 1.0) if signed else (0.0, 0.5, 1.0)
    steps = [ShadedWord("", "  ", shade, shade, signed=signed) for shade in shades]
    dotted = ShadedWord(_("dotted: not in the vocabulary"), "  ", 0.0, 0.0, known=False)
    return [*(replace(step, text=word_evidence(step)) for step in steps), *([dotted] if unknown else [])]


def has_unknown_words(text: str) -> bool:
    """Whether words of a text are not in the vocabulary."""
    return not all(is_known(word.text) for word in words_of(text))


def words_key(*, signed: bool, before: str = "", framed: str = "", unknown: bool = False) -> str:
    """`words_legend` as a line of HTML. before: what the evidence is for. framed: what a frame means."""
    frame = words_html([ShadedWord(_("word"), "", 0.0, 0.0)], outlined={0}) if framed else ""
    legend = words_legend(signed=signed, unknown=unknown)
    steps = "".join(words_html([replace(step, gap="")]) for step in legend)
    entries = [escape(before), steps, frame and f"<span>{frame}&nbsp; {escape(framed)}</span>"]
    row = "display:flex;flex-wrap:wrap;gap:.1rem .6rem;align-items:baseline;font-size:.875rem"
    return f'<div style="{row}">{"".join(filter(None, entries))}</div>'


def unread_sentence(words: Sequence[ShadedWord]) -> str:
    """How many words at the end were not read; "" if all were."""
    return unread_text(sum(not word.read for word in words))


def unread_text(count: int) -> str:
    """The same for their number."""
    if not count:
        return ""
    return plural("The last {count} word was not read.", "The last {count} words were not read.", count)


def _strongest(words: Sequence[ShadedWord], sign: int) -> list[str]:
    """Words with clear evidence of one sign, the strongest first."""
    clear = [word for word in words if word.read and sign * word.shade >= WEAK]
    strongest = sorted(clear, key=lambda word: -sign * word.value)[:_NAMED]
    return [word.text if word.known else _("{word} (unknown)").format(word=word.text) for word in strongest]


def _told(word: ShadedWord, unit: str) -> str:
    return ", ".join(filter(None, (_value_text(word, unit), word_evidence(word))))


def _value_text(word: ShadedWord, unit: str) -> str:
    return f"{decimal(word.value, sign=True)}{unit}" if math.isfinite(word.value) else ""


def _hue(shade: float) -> tuple[int, int, int]:
    red, green, blue = colour_map("PuOr_r")[round(255 * (_FOR if shade > 0 else _AGAINST))].tolist()
    return red, green, blue
