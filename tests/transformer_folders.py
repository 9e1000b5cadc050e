"""Tiny random transformers in folders, as Hugging Face writes them, without its packages."""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import WordPiece

WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] the plot was not bad good at all don t ' ! , . great film un ##bel ##iev ##able do you"
DIM, HEADS, HIDDEN, BLOCKS, POSITIONS = 8, 2, 12, 2, 24
_BERT = {
    "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
    "mix": "attention.output.dense", "norm1": "attention.output.LayerNorm",
    "inner": "intermediate.dense", "outer": "output.dense", "norm2": "output.LayerNorm",
}  # fmt: skip
_DISTILBERT = {
    "query": "attention.q_lin", "key": "attention.k_lin", "value": "attention.v_lin",
    "mix": "attention.out_lin", "norm1": "sa_layer_norm",
    "inner": "ffn.lin1", "outer": "ffn.lin2", "norm2": "output_layer_norm",
}  # fmt: skip


def tensors(family):
    """Random tensors under the family's names, always the same."""
    names, layer = (_BERT, "encoder.layer") if family == "bert" else (_DISTILBERT, "transformer.layer")
    count, draw = len(WORDS.split()), np.random.default_rng(0)

    def drawn(*shape):
        return torch.from_numpy(draw.standard_normal(shape).astype(np.float32))

    found = {
        "embeddings.word_embeddings.weight": drawn(count, DIM),
        "embeddings.position_embeddings.weight": drawn(POSITIONS, DIM),
        "embeddings.LayerNorm.weight": drawn(DIM),
        "embeddings.LayerNorm.bias": drawn(DIM),
    }
    if family == "bert":
        found["embeddings.token_type_embeddings.weight"] = drawn(2, DIM)
    shapes = {"inner": (HIDDEN, DIM), "outer": (DIM, HIDDEN)}
    for block in range(BLOCKS):
        for part, name in names.items():
            shape = (DIM,) if part.startswith("norm") else shapes.get(part, (DIM, DIM))
            found[f"{layer}.{block}.{name}.weight"] = drawn(*shape)
            found[f"{layer}.{block}.{name}.bias"] = drawn(shape[0])
    return found


def config(family):
    """The content of config.json."""
    own = (
        {"hidden_size": DIM, "num_hidden_layers": BLOCKS, "num_attention_heads": HEADS,
         "intermediate_size": HIDDEN, "hidden_act": "gelu", "layer_norm_eps": 1e-12, "type_vocab_size": 2}
        if family == "bert"
        else {"dim": DIM, "n_layers": BLOCKS, "n_heads": HEADS, "hidden_dim": HIDDEN, "activation": "gelu"}
    )  # fmt: skip
    return {
        "model_type": family, "vocab_size": len(WORDS.split()), "max_position_embeddings": POSITIONS, **own
    }  # fmt: skip


def tokenizer():
    """A tokenizer of word pieces in lower case."""
    made = Tokenizer(WordPiece({word: n for n, word in enumerate(WORDS.split())}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return made


def write_folder(folder: Path, family="bert", prefix="", **changes):
    """A folder with its three files. prefix: of the tensors' names. changes: of config.json."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps({**config(family), **changes}))
    tokenizer().save(str(folder / "tokenizer.json"))
    save_file(
        {prefix + name: tensor for name, tensor in tensors(family).items()}, folder / "model.safetensors"
    )
    return folder
