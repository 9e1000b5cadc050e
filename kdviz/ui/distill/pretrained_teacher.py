"""A pretrained transformer from a folder on the server, as teacher of texts."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from kdviz.checkpoints import missing_part, transformer_hash
from kdviz.errors import KdvizError, ModelError
from kdviz.language import _, sentences
from kdviz.models import Cost
from kdviz.ui.frame.errors import errors
from kdviz.ui.frame.formatting import count
from kdviz.ui.frame.server import may_name, open_store
from kdviz.ui.widgets.fields import Fields

if TYPE_CHECKING:
    from kdviz.checkpoints import TransformerSummary


def pretrained_teacher(fields: Fields, values: dict[str, Any]) -> None:
    """The folder's field, and what is in it. Adds `teacher_weights` to `values`."""
    named = fields.text("teacher_weights", placeholder=_("/path/to/folder"))
    values["teacher_weights"] = named if named and may_name(open_store(), named) else None
    if named and not values["teacher_weights"]:
        st.warning(_("Folders of the server cannot be named here."))
    if not values["teacher_weights"]:
        st.caption(
            _(
                "The folder of a BERT, DistilBERT or MiniLM on this machine, with config.json, "
                "model.safetensors and tokenizer.json. Nothing is downloaded."
            )
        )
        return
    path = Path(values["teacher_weights"])
    if missing_part(path):
        return  # the form's own line says so
    try:
        found = _read(path, transformer_hash(path))
    except KdvizError as error:
        errors(error)
        return
    st.success(
        sentences(
            _("**{family}** with {parameters} parameters in {blocks} blocks, and {tokens} tokens.").format(
                family=found.family.upper() if found.family == "bert" else "DistilBERT",
                parameters=count(found.parameters),
                blocks=found.blocks,
                tokens=count(found.tokens),
            ),
            _("All its tensors match. It gets a new last layer, and is fine-tuned on the run's texts."),
        ),
        icon=":material/check_circle:",
    )


def pretrained_cost(folder: str | None, classes: int, words: int) -> Cost:
    """The cost of a folder's network for texts of this many words, a token each. Raises ModelError."""
    path = Path(folder or "")
    if not folder or (problem := missing_part(path)):
        raise ModelError(problem if folder else "teacher_weights: no folder is given.")
    return _cost(path, transformer_hash(path), classes, words)


@lru_cache(maxsize=8)
def _read(folder: Path, content: str) -> TransformerSummary:
    from kdviz.checkpoints import transformer_summary

    return transformer_summary(folder)


@lru_cache(maxsize=8)
def _cost(folder: Path, content: str, classes: int, words: int) -> Cost:
    from kdviz.networks import pretrained_card

    card = pretrained_card(folder, classes, words)
    return Cost(card.parameters, card.multiply_adds)
