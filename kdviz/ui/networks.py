"""What can learn: every network in a table, and one of them stage by stage."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from kdviz.config import bounds
from kdviz.errors import KdvizError
from kdviz.models import MODELS, StageCard, anatomy, describe
from kdviz.types import ModelSpec
from kdviz.ui.library import Source
from kdviz.ui.shell import errors
from kdviz.ui.words import count

_CLASSES = 10  # of a person's own images, before they are read
_OFFERS = {
    "spatial-features": "Grad-CAM",
    "pooled-linear-head": "Grad-CAM in closed form",
    "token-attention": "attention maps",
}
_OPTIMIZERS = {"sgd": "SGD", "adamw": "AdamW"}


def networks(source: Source) -> None:
    """The table, then one network in full."""
    st.dataframe(
        networks_table(source),
        hide_index=True,
        column_config=_COLUMNS,
        placeholder="–",
        alt="All networks: parameters, multiply-adds, what they offer, optimiser and source",
        key="networks",
    )
    classes = source.spec.classes or _CLASSES
    st.caption(
        f"At width 1, for {classes} classes and images of {source.image_size} × {source.image_size} px"
        f"{'' if source.channels == 1 else ' in colour'}. – : the images are too small for it."
    )
    _one(source)


def networks_table(source: Source) -> pd.DataFrame:
    """A row for each network; what it costs is empty where the images are too small for it."""
    return pd.DataFrame([_row(spec, source) for spec in MODELS.values()])


def stages_table(cards: tuple[StageCard, ...]) -> pd.DataFrame:
    """A row for each stage, the head last."""
    return pd.DataFrame(
        {
            "Stage": card.name,
            "Output": shape(card.shape),
            "Parameters": card.parameters,
            "Multiply-adds": card.multiply_adds,
            "Maps are read here": ", ".join(f'"{layer}"' for layer in card.read),
        }
        for card in cards
    )


def shape(of: tuple[int, ...]) -> str:
    """The size of an output, in words."""
    if len(of) == 1:
        return f"{of[0]} logits"
    if len(of) == 2:
        return f"{of[0]} tokens of {of[1]} numbers"
    channels, height, width = of
    return f"{channels} channels of {height} × {width}"


def _one(source: Source) -> None:
    fitting = [name for name, spec in MODELS.items() if spec.minimum_size <= source.image_size]
    with st.grid(2, min_column_width=240):
        name = st.selectbox(
            "Network",
            fitting,
            format_func=lambda name: MODELS[name].label,
            key="network",
            bind="query-params",
            help="Those that fit the images of the chosen data set.",
        )
        low, high = (float(bound or 0) for bound in bounds("student_width"))
        width = st.number_input(
            "Width",
            low,
            high,
            1.0,
            step=0.25,
            key="network_width",
            bind="query-params",
            disabled=not MODELS[str(name)].has_width,
            help="Factor on its channel counts.",
        )
    spec = MODELS[str(name)]
    st.markdown(f"**{spec.label}**. {spec.about} Source: {spec.source}.")
    try:
        cards = anatomy(spec.name, **_made_for(source), width=width if spec.has_width else 1.0)
    except KdvizError as error:
        errors(error)
        return
    st.dataframe(
        stages_table(cards),
        hide_index=True,
        column_config=_COLUMNS,
        alt=f"The stages of {spec.label}: output, parameters, multiply-adds, and where maps are read",
        key="stages",
    )
    st.caption(_reading(cards))


def _reading(cards: tuple[StageCard, ...]) -> str:
    """Where Grad-CAM and its kin look into this network."""
    total = sum(card.parameters for card in cards), sum(card.multiply_adds for card in cards)
    places = {layer: card for card in cards for layer in card.read}
    sizes = [
        f'"{layer}" after {places[layer].name}' for layer in ("last", "second-to-last") if layer in places
    ]
    return (
        f"In all {count(total[0])} parameters and {count(total[1])} multiply-adds an image. "
        f"Grad-CAM reads its map at {' or '.join(sizes)}: the explained layer of a run."
    )


def _row(spec: ModelSpec, source: Source) -> dict[str, Any]:
    fits = spec.minimum_size <= source.image_size
    card = describe(spec.name, **_made_for(source)) if fits else None
    return {
        "Network": spec.label,
        "Parameters": card.parameters if card else None,
        "Multiply-adds": card.multiply_adds if card else None,
        "Last map": " × ".join(map(str, card.explained_sizes["last"])) if card else None,
        "Explained by": ", ".join(_OFFERS.get(offer, offer) for offer in sorted(spec.offers, reverse=True)),
        "Optimiser": _OPTIMIZERS[spec.optimizer],
        "Images from": f"{spec.minimum_size} px",
        "Width": "any" if spec.has_width else "fixed",
        "Source": spec.source,
    }


def _made_for(source: Source) -> dict[str, int]:
    return {
        "classes": source.spec.classes or _CLASSES,
        "channels": source.channels,
        "image_size": source.image_size,
    }


_COLUMNS: dict[str, Any] = {
    "Network": st.column_config.TextColumn(pinned=True),
    "Stage": st.column_config.TextColumn(pinned=True),
    "Parameters": st.column_config.NumberColumn(format="localized"),
    "Multiply-adds": st.column_config.NumberColumn(
        format="compact", help="Multiplications, each with an addition, for one image."
    ),
    "Last map": st.column_config.TextColumn(help="Cells of the map that Grad-CAM reads by default."),
    "Explained by": st.column_config.TextColumn(help="Besides the pixel methods, which every network can."),
    "Images from": st.column_config.TextColumn(help="Smallest side of an image."),
    "Source": st.column_config.TextColumn(width="large"),
}
