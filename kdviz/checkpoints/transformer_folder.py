"""A pretrained transformer in a folder: its settings, its tokenizer, and its tensors matched by name."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from kdviz.checkpoints.reading import read_checkpoint
from kdviz.checkpoints.transformer_files import CONFIG, TENSORS, TOKENIZER, missing_part
from kdviz.errors import ModelError
from kdviz.models.pretrained_text import (
    ACTIVATIONS,
    EncoderSizes,
    EncoderText,
    PretrainedTextNetwork,
    pretrained_text_skeleton,
)
from kdviz.models.word_pieces import reader_of

_MOST_BYTES = 1 << 26
_MOST_NUMBERS = 1 << 30

_OF_OTHER_HEADS = re.compile(
    r"^(pooler|cls|classifier|pre_classifier|vocab_transform|vocab_layer_norm|vocab_projector|qa_outputs)\."
    r"|^embeddings\.position_ids$"
)
"""Tensors that are not needed: the last layer is trained by kdviz."""


@dataclass(frozen=True)
class _Family:
    """How a family names its settings and, by their names here, the tensors of its blocks."""

    settings: Mapping[str, str]
    layer: str
    tensors: Mapping[str, str]


_FAMILIES = {
    "bert": _Family(
        {
            "dim": "hidden_size", "depth": "num_hidden_layers", "heads": "num_attention_heads",
            "hidden": "intermediate_size", "activation": "hidden_act",
        },
        "encoder.layer",
        {
            "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
            "output": "attention.output.dense", "norm1": "attention.output.LayerNorm",
            "inner": "intermediate.dense", "outer": "output.dense", "norm2": "output.LayerNorm",
        },
    ),
    "distilbert": _Family(
        {
            "dim": "dim", "depth": "n_layers", "heads": "n_heads", "hidden": "hidden_dim",
            "activation": "activation",
        },
        "transformer.layer",
        {
            "query": "attention.q_lin", "key": "attention.k_lin", "value": "attention.v_lin",
            "output": "attention.out_lin", "norm1": "sa_layer_norm",
            "inner": "ffn.lin1", "outer": "ffn.lin2", "norm2": "output_layer_norm",
        },
    ),
}  # fmt: skip


@dataclass(frozen=True)
class TransformerSummary:
    """What is said of a folder. parameters: of the encoder. skipped: tensors of other heads."""

    family: str
    parameters: int
    blocks: int
    heads: int
    tokens: int
    longest: int
    skipped: tuple[str, ...]


def read_encoder(folder: Path) -> EncoderText:
    """What defines the encoder of a folder. Raises ModelError with one line for one that is not read."""
    if problem := missing_part(folder):
        raise ModelError(problem)
    text = EncoderText(*_sizes(_json(folder / CONFIG)), _text(folder / TOKENIZER))
    reader = reader_of(text.tokenizer)
    if any(reader.token_to_id(name) is None for name in ("[CLS]", "[SEP]")):
        raise ModelError(f"teacher_weights: {TOKENIZER} of {folder.name!r} has no [CLS] or [SEP] of BERT.")
    if (most := max(reader.get_vocab().values()) + 1) > text.sizes.tokens:
        raise ModelError(
            f"teacher_weights: {TOKENIZER} of {folder.name!r} has {most:,} tokens, {CONFIG} says "
            f"{text.sizes.tokens:,}. Take both from the same model."
        )
    return text


def transformer_summary(folder: Path) -> TransformerSummary:
    """What a folder holds, its tensors matched. Raises ModelError with one line for one that is not read."""
    text = read_encoder(folder)
    network = pretrained_text_skeleton(text, 2, 1)
    skipped = load_encoder(network, folder)
    parameters = sum(tensor.numel() for tensor in network.stages.parameters())
    sizes = text.sizes
    return TransformerSummary(
        text.family, parameters, sizes.depth, sizes.heads, sizes.tokens, sizes.positions, skipped
    )


def load_encoder(network: PretrainedTextNetwork, folder: Path) -> tuple[str, ...]:
    """Load a folder's tensors into a network built for it. Returns names of tensors of other heads.

    Raises ModelError with one line if a tensor is missing, unexpected, or of another shape.
    """
    family = network.text.family
    tensors = _own_names(read_checkpoint(folder / TENSORS).tensors, family)
    wanted = {_their_name(key, family, network.text.sizes.depth): key for key in network.stages.state_dict()}
    state = network.stages.state_dict()
    for name, key in wanted.items():
        if name not in tensors:
            raise ModelError(f"teacher_weights: tensor {name!r} of a {family} is not in {TENSORS}.")
        if tensors[name].shape != state[key].shape:
            given, needed = tuple(tensors[name].shape), tuple(state[key].shape)
            raise ModelError(
                f"teacher_weights: tensor {name!r} has shape {given}, {CONFIG} says {needed}. Take both from "
                "the same model."
            )
        state[key].copy_(tensors[name])
    others = [name for name in tensors if name not in wanted]
    if unexpected := next((name for name in others if not _OF_OTHER_HEADS.search(name)), ""):
        raise ModelError(f"teacher_weights: tensor {unexpected!r} of {TENSORS} is no part of a {family}.")
    return tuple(others)


def _sizes(config: Mapping[str, Any]) -> tuple[str, EncoderSizes]:
    name = config.get("model_type")
    family = _FAMILIES.get(str(name))
    if family is None:
        raise ModelError(
            f"teacher_weights: model_type {name!r} of {CONFIG} is not read. Those that are: "
            f"{', '.join(_FAMILIES)}."
        )
    if (positions := config.get("position_embedding_type", "absolute")) != "absolute":
        raise ModelError(f"teacher_weights: {CONFIG} has {positions!r} positions, only 'absolute' are read.")
    activation = config.get(family.settings["activation"])
    if activation not in ACTIVATIONS:
        raise ModelError(
            f"teacher_weights: activation {activation!r} of {CONFIG} is not known. Known: "
            f"{', '.join(ACTIVATIONS)}."
        )
    numbers = {name: _number(config, family.settings[name]) for name in ("dim", "depth", "heads", "hidden")}
    tokens, positions = _number(config, "vocab_size"), _number(config, "max_position_embeddings")
    if numbers["dim"] % numbers["heads"] or numbers["dim"] * tokens > _MOST_NUMBERS:
        raise ModelError(f"teacher_weights: {CONFIG} has sizes that do not fit together.")
    eps = float(config.get("layer_norm_eps", 1e-12))
    sentences = _number(config, "type_vocab_size") if name == "bert" else 0
    return str(name), EncoderSizes(
        tokens=tokens, positions=positions, classes_of_tokens=sentences, activation=str(activation),
        norm_eps=eps, **numbers,
    )  # fmt: skip


def _number(config: Mapping[str, Any], name: str) -> int:
    found = config.get(name)
    if not isinstance(found, int) or not 0 < found < _MOST_NUMBERS:
        raise ModelError(
            f"teacher_weights: {name} of {CONFIG} must be a whole number above 0, got {found!r}."
        )
    return found


def _json(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(_text(path))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ModelError(f"teacher_weights: {path.name} of {path.parent.name!r} is not a JSON object.")
    return found


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise ModelError(f"teacher_weights: {path.name} has more than {_MOST_BYTES >> 20} MB.")
        return content.decode("utf-8")
    except OSError as error:
        raise ModelError(f"teacher_weights: cannot read {str(path)!r} ({error.strerror}).") from error
    except UnicodeDecodeError:
        raise ModelError(f"teacher_weights: {path.name} of {path.parent.name!r} is not text.") from None


def _own_names(tensors: Mapping[str, Tensor], family: str) -> dict[str, Tensor]:
    """Without the prefix of a model with a head, and with the present names of old layer norms."""
    return {_renewed(name.removeprefix(f"{family}.")): tensor for name, tensor in tensors.items()}


def _renewed(name: str) -> str:
    return name.replace("LayerNorm.gamma", "LayerNorm.weight").replace("LayerNorm.beta", "LayerNorm.bias")


def _their_name(key: str, family: str, depth: int) -> str:
    """The name in a file of a tensor of `PretrainedTextNetwork.stages`."""
    stage, *inner, kind = key.split(".")
    if stage == "tokens":
        names = {
            "words": "word_embeddings", "positions": "position_embeddings",
            "sentences": "token_type_embeddings", "norm": "LayerNorm",
        }  # fmt: skip
        return f"embeddings.{names[inner[0]]}.{kind}"
    known, part = _FAMILIES[family], inner[-1]
    number = depth if stage == "words" else int(stage.removeprefix("block"))
    return f"{known.layer}.{number - 1}.{known.tensors[part]}.{kind}"
