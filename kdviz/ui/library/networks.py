"""Networks: all of them in a table, and one of them stage by stage."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from kdviz.config import bounds, choices_for, has_setting
from kdviz.errors import KdvizError
from kdviz.explainers import explainers_for
from kdviz.language import _, listed
from kdviz.modalities import MODALITIES
from kdviz.models import FAMILIES, MODELS, StageCard, anatomy, describe
from kdviz.types import ModalityName, ModelSpec
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import errors
from kdviz.ui.frame.formatting import count
from kdviz.ui.library.dataset_choice import DatasetChoice
from kdviz.ui.widgets.estimate import class_count

_OPTIMIZERS = {"sgd": "SGD", "adamw": "AdamW"}


def networks(choice: DatasetChoice) -> None:
    """The table, then one network in detail."""
    counting = _("Counting the parameters and multiply-adds of {count} networks for {inputs} …")
    with st.spinner(counting.format(count=len(_families(choice)), inputs=_inputs(choice))):
        table = networks_table(choice)
    st.dataframe(
        table,
        hide_index=True,
        column_config=_columns(),
        placeholder="–",
        alt=_("All networks: parameters, multiply-adds, explainers, optimizer and source"),
        key="networks",
    )
    note = _(
        "The smallest network of each family at width 1, for {classes} classes and {inputs}. – : the images "
        "are too small."
    )
    st.caption(note.format(classes=_classes(choice), inputs=_inputs(choice)))
    _network(choice)


def _classes(choice: DatasetChoice) -> int:
    return class_count(choice.spec.name, choice.data, choice.columns)


def _inputs(choice: DatasetChoice) -> str:
    """What the networks take, in words."""
    channels, *sides = choice.input_shape
    if len(sides) == 1:
        return _("texts of up to {count} words").format(count=sides[0])
    height, width = sides
    words = (
        _("images of {height} × {width} px")
        if channels == 1
        else _("images of {height} × {width} px in colour")
    )
    return words.format(height=height, width=width)


def _families(choice: DatasetChoice) -> list[str]:
    """The smallest network of each family that is made for the data set's inputs."""
    return [name for name in FAMILIES if choice.spec.modality in MODELS[name].modalities]


def networks_table(choice: DatasetChoice) -> pd.DataFrame:
    """A row per family, of its smallest network; cost is empty if the images do not fit it."""
    table = pd.DataFrame([_row(MODELS[name], choice) for name in _families(choice)])
    return table if has_setting(choice.spec.modality, "image_size") else table.drop(columns="Images from")


def stages_table(cards: tuple[StageCard, ...], modality: ModalityName) -> pd.DataFrame:
    """A row per stage, the head last. modality: of the network's inputs."""
    return pd.DataFrame(
        {
            "Stage": card.name,
            "Output": shape(card.shape, modality),
            "Parameters": card.parameters,
            "Multiply-adds": card.multiply_adds,
            "Explained layer": listed(f'"{layer}"' for layer in card.read),
        }
        for card in cards
    )


def shape(of: tuple[int, ...], modality: ModalityName) -> str:
    """The size of an output, in words."""
    if len(of) == 1:
        return _("{count} logits").format(count=of[0])
    if MODALITIES[modality].dimensions == 1:
        return _("{channels} channels of {count} words").format(channels=of[0], count=of[1])
    if len(of) == 2:
        return _("{count} tokens of {numbers} numbers").format(count=of[0], numbers=of[1])
    channels, height, width = of
    return _("{channels} channels of {height} × {width}").format(
        channels=channels, height=height, width=width
    )


def _network(choice: DatasetChoice) -> None:
    made = choices_for("student", choice.spec.modality)
    fitting = [name for name in made if MODELS[name].takes(choice.input_shape[1:])]
    with st.grid(2, min_column_width=240):
        name = st.selectbox(
            _("Network"),
            fitting,
            format_func=lambda name: _(MODELS[name].label),
            key="network",
            bind=url_state.binding("network"),
            help=_("Those that fit the images of the chosen data set."),
        )
        low, high = (float(bound or 0) for bound in bounds("student_width"))
        width = st.number_input(
            _("Width"),
            low,
            high,
            1.0,
            step=0.25,
            key="network_width",
            bind=url_state.binding("network_width"),
            disabled=not MODELS[str(name)].has_width,
            help=_("Factor on its channel counts."),
        )
    spec = MODELS[str(name)]
    st.markdown(
        _("**{name}**. {about} Source: {source}.").format(
            name=_(spec.label), about=_(spec.about), source=_(spec.source)
        )
    )
    try:
        cards = anatomy(spec.name, **_made_for(choice), width=width if spec.has_width else 1.0)
    except KdvizError as error:
        errors(error)
        return
    st.dataframe(
        stages_table(cards, choice.spec.modality),
        hide_index=True,
        column_config=_columns(),
        alt=_("The stages of {name}: output, parameters, multiply-adds, explained layer").format(
            name=_(spec.label)
        ),
        key="stages",
    )
    st.caption(_totals(cards))
    st.caption(_("Explained by {names}.").format(names=listed(_explainers(spec, choice.spec.modality))))


def _totals(cards: tuple[StageCard, ...]) -> str:
    """The network's totals, and the layers that Grad-CAM can explain."""
    sizes = [
        _('"{layer}" after {stage}').format(layer=card.read[-1], stage=card.name)
        for card in reversed(cards)
        if card.read
    ]
    return _(
        "Total: {parameters} parameters, {multiply_adds} multiply-adds per image. Explained layer for "
        "Grad-CAM: {places}."
    ).format(
        parameters=count(sum(card.parameters for card in cards)),
        multiply_adds=count(sum(card.multiply_adds for card in cards)),
        places=_(" or ").join(sizes),
    )


def _row(spec: ModelSpec, choice: DatasetChoice) -> dict[str, Any]:
    fits = spec.takes(choice.input_shape[1:])
    card = describe(spec.name, **_made_for(choice)) if fits else None
    return {
        "Network": _(spec.label),
        "Parameters": card.parameters if card else None,
        "Multiply-adds": card.multiply_adds if card else None,
        "Last map": " × ".join(map(str, card.explained_sizes["last"])) if card else None,
        "Explainers": len(_explainers(spec, choice.spec.modality)),
        "Optimizer": _OPTIMIZERS[spec.optimizer],
        "Images from": f"{spec.minimum_size} px",
        "Width": _("any") if spec.has_width else _("fixed"),
        "Also": listed([_(MODELS[name].label) for name in FAMILIES[spec.name]]) or None,
        "Source": _(spec.source),
    }


def _made_for(choice: DatasetChoice) -> dict[str, Any]:
    return {"classes": _classes(choice), "input_shape": choice.input_shape}


def _explainers(spec: ModelSpec, modality: ModalityName) -> list[str]:
    """Labels of the explainers that support this network for a kind of input."""
    return [_(explainer.label) for explainer in explainers_for(spec.offers, modality).values()]


def _columns() -> dict[str, Any]:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    return {
        "Network": text(_("Network"), pinned=True),
        "Stage": text(_("Stage"), pinned=True),
        "Output": text(_("Output")),
        "Parameters": number(_("Parameters"), format="localized"),
        "Multiply-adds": number(
            _("Multiply-adds"),
            format="compact",
            help=_("Multiplications, each with an addition, for one image."),
        ),
        "Explained layer": text(_("Explained layer")),
        "Last map": text(_("Last map"), help=_("Cells of the map that Grad-CAM reads by default.")),
        "Explainers": number(_("Explainers"), help=_("Number of explainers that support this network.")),
        "Optimizer": text(_("Optimizer")),
        "Images from": text(_("Images from"), help=_("Smallest side of an image.")),
        "Width": text(_("Width")),
        "Also": text(_("Also"), width="medium", help=_("Larger networks of the same family.")),
        "Source": text(_("Source"), width="large"),
    }
