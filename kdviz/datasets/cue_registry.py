"""The registry of planted cues."""

from __future__ import annotations

from kdviz.lazy import deferred
from kdviz.types import ANY_INPUT, SOUNDS, TEXTS, CueSpec

CUES: dict[str, CueSpec] = {
    "none": CueSpec(name="none", label="None", about="Inputs as they are.", modalities=ANY_INPUT),
    "hue-patch": CueSpec(
        name="hue-patch",
        label="Coloured patch",
        about="A small patch in a random corner, whose colour indicates the class.",
        plant=deferred("kdviz.datasets.cue:hue_patch"),
        variants=deferred("kdviz.datasets.cue_variants:hue_patch_variants"),
        indicated_by="colour",
    ),
    "place-patch": CueSpec(
        name="place-patch",
        label="White patch",
        about="A small white patch, whose position on the border indicates the class.",
        plant=deferred("kdviz.datasets.cue:place_patch"),
        variants=deferred("kdviz.datasets.cue_variants:place_patch_variants"),
        indicated_by="place",
    ),
    "tint": CueSpec(
        name="tint",
        label="Tinted picture",
        about="The whole image is tinted in the class's colour: a cue without a position, which no map can "
        "locate.",
        plant=deferred("kdviz.datasets.cue:tint"),
    ),
    "marker-word": CueSpec(
        name="marker-word",
        label="Marker word",
        about="A word at a random place that has nothing to do with the text, and indicates the class.",
        plant=deferred("kdviz.datasets.text_split:marker_word"),
        variants=deferred("kdviz.datasets.cue_variants:marker_word_variants"),
        indicated_by="word",
        modalities=TEXTS,
    ),
    "length": CueSpec(
        name="length",
        label="Length",
        about="The later the class, the shorter the text, by leaving out words such as the, a and of: a cue "
        "without a position, which no map can locate.",
        plant=deferred("kdviz.datasets.text_length:length"),
        modalities=TEXTS,
    ),
    "beep": CueSpec(
        name="beep",
        label="Beep",
        about="A short tone at one of five times, at random, whose pitch indicates the class.",
        plant=deferred("kdviz.datasets.sound_split:beep"),
        variants=deferred("kdviz.datasets.cue_variants:beep_variants"),
        indicated_by="pitch",
        modalities=SOUNDS,
    ),
    "hum": CueSpec(
        name="hum",
        label="Hum",
        about="A soft tone throughout, whose pitch indicates the class.",
        plant=deferred("kdviz.datasets.sound_split:hum"),
        modalities=SOUNDS,
    ),
    "loudness": CueSpec(
        name="loudness",
        label="Loudness",
        about="The whole sound is as loud as its class: a cue without a position, which no map can locate.",
        plant=deferred("kdviz.datasets.sound_split:loudness"),
        modalities=SOUNDS,
    ),
}
