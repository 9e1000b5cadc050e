"""Folders of transformers: what is read, and what is refused in one line."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from kdviz.checkpoints import transformer_hash, transformer_summary
from kdviz.config import make_config
from kdviz.errors import ConfigError, ModelError
from tests.transformer_folders import tensors, write_folder


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path / "tiny")


def refused(folder):
    with pytest.raises(ModelError) as error:
        transformer_summary(folder)
    return str(error.value)


@pytest.mark.parametrize("family", ["bert", "distilbert"])
def test_a_folder_is_summarized(tmp_path, family):
    found = transformer_summary(write_folder(tmp_path, family, prefix=f"{family}."))
    assert (found.family, found.blocks, found.heads, found.longest, found.skipped) == (family, 2, 2, 24, ())
    assert found.parameters == sum(tensor.numel() for tensor in tensors(family).values())


def test_other_heads_and_old_names_of_norms_are_read(folder):
    content = load_file(folder / "model.safetensors")
    scale, shift = (content.pop(f"embeddings.LayerNorm.{kind}") for kind in ("weight", "bias"))
    content |= {"embeddings.LayerNorm.gamma": scale, "embeddings.LayerNorm.beta": shift}
    save_file({**content, "pooler.dense.bias": torch.zeros(8)}, folder / "model.safetensors")
    assert transformer_summary(folder).skipped == ("pooler.dense.bias",)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    assert refused(folder) == (
        f"teacher_weights: 'tiny' has no {name}. A pretrained transformer is a folder with config.json, "
        "model.safetensors and tokenizer.json."
    )


def test_a_pickle_is_not_read(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert refused(folder) == (
        "teacher_weights: 'tiny' has its weights as 'pytorch_model.bin' alone, a pickle, which could run code. "
        "Save them as model.safetensors: model.save_pretrained(folder, safe_serialization=True)."
    )


def test_a_truncated_file_is_refused(folder):
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    assert refused(folder) == (
        "teacher_weights: 'model.safetensors' is not a readable .safetensors file. Copy it again."
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model_type": "gpt2"}, "model_type 'gpt2' of config.json is not read. Those that are: bert, distilbert."),
        ({"hidden_act": "silu"}, "activation 'silu' of config.json is not known. Known: gelu, gelu_new, relu."),
        ({"num_hidden_layers": 3}, "tensor 'encoder.layer.2.attention.self.query.weight' of a bert is not in model.safetensors."),
        ({"num_hidden_layers": 1}, "tensor 'encoder.layer.1.attention.output.LayerNorm.bias' of model.safetensors is no part of a bert."),
        ({"intermediate_size": 10}, "tensor 'encoder.layer.0.intermediate.dense.weight' has shape (12, 8), config.json says (10, 8). Take both from the same model."),
        ({"vocab_size": 3}, "tokenizer.json of 'tiny' has 27 tokens, config.json says 3. Take both from the same model."),
        ({"hidden_size": "8"}, "hidden_size of config.json must be a whole number above 0, got '8'."),
        ({"num_attention_heads": 3}, "config.json has sizes that do not fit together."),
        ({"position_embedding_type": "relative_key"}, "config.json has 'relative_key' positions, only 'absolute' are read."),
    ],
)  # fmt: skip
def test_settings_that_do_not_fit_are_refused(tmp_path, changes, message):
    assert refused(write_folder(tmp_path / "tiny", **changes)) == f"teacher_weights: {message}"


@pytest.mark.parametrize("content", ["[1, 2", "[]", "\xff"])
def test_settings_that_are_no_json_are_refused(folder, content):
    (folder / "config.json").write_bytes(content.encode("latin-1"))
    assert "\n" not in refused(folder)


def test_a_tokenizer_that_is_none_is_refused(folder):
    (folder / "tokenizer.json").write_text("{}")
    assert refused(folder).startswith("teacher_weights: tokenizer.json is not readable (")


def test_a_tokenizer_without_berts_tokens_is_refused(folder):
    content = json.loads((folder / "tokenizer.json").read_text())
    content["model"]["vocab"]["<s>"] = content["model"]["vocab"].pop("[CLS]")
    (folder / "tokenizer.json").write_text(json.dumps(content))
    assert refused(folder) == "teacher_weights: tokenizer.json of 'tiny' has no [CLS] or [SEP] of BERT."


def test_the_hash_is_that_of_the_content(tmp_path):
    first, same, other = (write_folder(tmp_path / name) for name in ("a", "b", "c"))
    (other / "config.json").write_text((other / "config.json").read_text() + " ")
    assert transformer_hash(first) == transformer_hash(same) != transformer_hash(other)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"teacher": "pretrained-transformer"}, "teacher_weights: 'pretrained-transformer' needs the folder of a model. Give one with config.json, model.safetensors and tokenizer.json."),
        ({"teacher": "pretrained-transformer", "teacher_weights": "nowhere"}, "teacher_weights: no folder 'nowhere'. Give one with config.json, model.safetensors and tokenizer.json."),
        ({"teacher": "pretrained-transformer", "dataset": "shapes"}, "teacher: 'pretrained-transformer' is not made for images, which 'shapes' has."),
    ],
)  # fmt: skip
def test_a_configuration_needs_folder_and_texts(settings, message):
    with pytest.raises(ConfigError) as error:
        make_config({"dataset": "sentiment", **settings})
    assert str(error.value).startswith(message)


def test_another_teacher_of_texts_has_no_folder(folder):
    with pytest.raises(ConfigError) as error:
        make_config({"dataset": "sentiment", "teacher": "text-cnn", "teacher_weights": str(folder)})
    assert (
        "teacher_weights: a teacher of texts is trained here, or is 'pretrained-transformer' from a folder, got 'text-cnn'."
        in str(error.value)
    )


def test_a_pretrained_teacher_has_its_own_defaults(folder):
    config = make_config(
        {"dataset": "sentiment", "teacher": "pretrained-transformer", "teacher_weights": str(folder)}
    )
    assert (config.teacher_epochs, config.teacher_width, config.explanation_loss) == (
        3,
        1.0,
        "class-attention",
    )
    assert config.input_shape == (13, 48)
    assert config.content["teacher_weights"] == transformer_hash(folder)
