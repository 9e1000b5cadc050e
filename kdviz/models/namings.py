"""How others name the tensors of the networks in the registry."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from kdviz.lazy import Deferred
from kdviz.models.registry import MODELS

Naming = Callable[[str], str]
"""From the name of a tensor here to its name elsewhere."""

# Of torchvision's networks that are split by hand: its layers of the head, by their names here.
_HEADS: Mapping[str, Mapping[str, str]] = {
    "resnet18": {"head.2": "fc"},
    "resnet50": {"head.2": "fc"},
    "mobilenet-v3-small": {"head.2": "classifier.0", "head.4": "classifier.3"},
    "efficientnet-b0": {"head.2": "classifier.1"},
}

_TORCHVISION_VIT = (
    (r"^stages\.patches\.class_token$", "class_token"),
    (r"^stages\.patches\.positions$", "encoder.pos_embedding"),
    (r"^stages\.patches\.embed\.", "conv_proj."),
    (r"^stages\.block(\d+)\.norm1\.", r"encoder.layers.encoder_layer_<\1>.ln_1."),
    (r"^stages\.block(\d+)\.norm2\.", r"encoder.layers.encoder_layer_<\1>.ln_2."),
    (
        r"^stages\.block(\d+)\.attention\.inputs\.",
        r"encoder.layers.encoder_layer_<\1>.self_attention.in_proj_",
    ),
    (
        r"^stages\.block(\d+)\.attention\.output\.",
        r"encoder.layers.encoder_layer_<\1>.self_attention.out_proj.",
    ),
    (r"^stages\.block(\d+)\.mlp\.0\.", r"encoder.layers.encoder_layer_<\1>.mlp.0."),
    (r"^stages\.block(\d+)\.mlp\.2\.", r"encoder.layers.encoder_layer_<\1>.mlp.3."),
    (r"^head\.norm\.", "encoder.ln."),
    (r"^head\.classifier\.", "heads.head."),
)

_TIMM_VIT = (
    (r"^stages\.patches\.class_token$", "cls_token"),
    (r"^stages\.patches\.positions$", "pos_embed"),
    (r"^stages\.patches\.embed\.", "patch_embed.proj."),
    (r"^stages\.block(\d+)\.(norm[12])\.", r"blocks.<\1>.\2."),
    (r"^stages\.block(\d+)\.attention\.inputs\.", r"blocks.<\1>.attn.qkv."),
    (r"^stages\.block(\d+)\.attention\.output\.", r"blocks.<\1>.attn.proj."),
    (r"^stages\.block(\d+)\.mlp\.0\.", r"blocks.<\1>.mlp.fc1."),
    (r"^stages\.block(\d+)\.mlp\.2\.", r"blocks.<\1>.mlp.fc2."),
    (r"^head\.norm\.", "norm."),
    (r"^head\.classifier\.", "head."),
)


Rules = Sequence[tuple[str, str | Callable[[re.Match[str]], str]]]

_TIMM_EFFICIENTNET: Rules = (
    (r"^features\.0\.0\.", "conv_stem."),
    (r"^features\.0\.1\.", "bn1."),
    (r"^features\.8\.0\.", "conv_head."),
    (r"^features\.8\.1\.", "bn2."),
    (r"^classifier\.1\.", "classifier."),
    (r"\.fc1\.", ".conv_reduce."),
    (r"\.fc2\.", ".conv_expand."),
    # The first stage does not expand its channels.
    (r"^features\.1\.(\d+)\.block\.0\.0\.", r"blocks.0.\1.conv_dw."),
    (r"^features\.1\.(\d+)\.block\.0\.1\.", r"blocks.0.\1.bn1."),
    (r"^features\.1\.(\d+)\.block\.1\.", r"blocks.0.\1.se."),
    (r"^features\.1\.(\d+)\.block\.2\.0\.", r"blocks.0.\1.conv_pw."),
    (r"^features\.1\.(\d+)\.block\.2\.1\.", r"blocks.0.\1.bn2."),
    (r"^features\.(\d+)\.", lambda found: f"blocks.{int(found[1]) - 1}."),
    (r"\.block\.0\.0\.", ".conv_pw."),
    (r"\.block\.0\.1\.", ".bn1."),
    (r"\.block\.1\.0\.", ".conv_dw."),
    (r"\.block\.1\.1\.", ".bn2."),
    (r"\.block\.2\.", ".se."),
    (r"\.block\.3\.0\.", ".conv_pwl."),
    (r"\.block\.3\.1\.", ".bn3."),
)

_MOBILENET_V2_STAGES = (1, 2, 3, 4, 3, 3, 1)
_MOBILENET_V2_BLOCKS = tuple(
    f"blocks.{stage}.{block}." for stage, count in enumerate(_MOBILENET_V2_STAGES) for block in range(count)
)

_TIMM_MOBILENET_V2: Rules = (
    (r"^features\.0\.0\.", "conv_stem."),
    (r"^features\.0\.1\.", "bn1."),
    (r"^features\.18\.0\.", "conv_head."),
    (r"^features\.18\.1\.", "bn2."),
    (r"^classifier\.1\.", "classifier."),
    (r"^features\.1\.conv\.0\.0\.", "blocks.0.0.conv_dw."),
    (r"^features\.1\.conv\.0\.1\.", "blocks.0.0.bn1."),
    (r"^features\.1\.conv\.1\.", "blocks.0.0.conv_pw."),
    (r"^features\.1\.conv\.2\.", "blocks.0.0.bn2."),
    (r"^features\.(\d+)\.", lambda found: _MOBILENET_V2_BLOCKS[int(found[1]) - 1]),
    (r"\.conv\.0\.0\.", ".conv_pw."),
    (r"\.conv\.0\.1\.", ".bn1."),
    (r"\.conv\.1\.0\.", ".conv_dw."),
    (r"\.conv\.1\.1\.", ".bn2."),
    (r"\.conv\.2\.", ".conv_pwl."),
    (r"\.conv\.3\.", ".bn3."),
)

_TIMM_MNASNET: Rules = (
    (r"^layers\.0\.", "conv_stem."),
    (r"^layers\.1\.", "bn1."),
    (r"^layers\.3\.", "blocks.0.0.conv_dw."),
    (r"^layers\.4\.", "blocks.0.0.bn1."),
    (r"^layers\.6\.", "blocks.0.0.conv_pw."),
    (r"^layers\.7\.", "blocks.0.0.bn2."),
    (r"^layers\.14\.", "conv_head."),
    (r"^layers\.15\.", "bn2."),
    (r"^classifier\.1\.", "classifier."),
    (r"^layers\.(\d+)\.", lambda found: f"blocks.{int(found[1]) - 7}."),
    (r"\.layers\.0\.", ".conv_pw."),
    (r"\.layers\.1\.", ".bn1."),
    (r"\.layers\.3\.", ".conv_dw."),
    (r"\.layers\.4\.", ".bn2."),
    (r"\.layers\.6\.", ".conv_pwl."),
    (r"\.layers\.7\.", ".bn3."),
)

_TIMM_CONVNEXT: Rules = (
    (r"^features\.0\.", "stem."),
    (r"^features\.([246])\.", lambda found: f"stages.{int(found[1]) // 2}.downsample."),
    (r"^features\.([1357])\.", lambda found: f"stages.{int(found[1]) // 2}.blocks."),
    (r"\.block\.0\.", ".conv_dw."),
    (r"\.block\.2\.", ".norm."),
    (r"\.block\.3\.", ".mlp.fc1."),
    (r"\.block\.5\.", ".mlp.fc2."),
    (r"\.layer_scale$", ".gamma"),
    (r"^classifier\.0\.", "head.norm."),
    (r"^classifier\.2\.", "head.fc."),
)

_TIMM_REGNET: Rules = (
    (r"^stem\.0\.", "stem.conv."),
    (r"^stem\.1\.", "stem.bn."),
    (r"^trunk_output\.block\d\.block(\d)-(\d+)\.", lambda found: f"s{found[1]}.b{int(found[2]) + 1}."),
    (r"\.f\.([abc])\.0\.", lambda found: f".conv{'abc'.index(found[1]) + 1}.conv."),
    (r"\.f\.([abc])\.1\.", lambda found: f".conv{'abc'.index(found[1]) + 1}.bn."),
    (r"\.f\.se\.", ".se."),
    (r"\.proj\.0\.", ".downsample.conv."),
    (r"\.proj\.1\.", ".downsample.bn."),
    (r"^fc\.", "head.fc."),
)

_TIMM_VGG: Rules = (
    (r"^classifier\.0\.", "pre_logits.fc1."),
    (r"^classifier\.3\.", "pre_logits.fc2."),
    (r"^classifier\.6\.", "head.fc."),
)

# From torchvision's names, by what the names of the networks here begin with. Left out is what timm computes
# in another way: EfficientNets from B5 on and MobileNetV3 differ in the constant of their normalization.
_TIMM: Mapping[str, Rules] = {
    **{f"efficientnet-b{number}": _TIMM_EFFICIENTNET for number in range(5)},
    "mobilenet-v2": _TIMM_MOBILENET_V2,
    "mnasnet": _TIMM_MNASNET,
    "convnext": _TIMM_CONVNEXT,
    "regnet": _TIMM_REGNET,
    "vgg": _TIMM_VGG,
}


def _cifar(shortcut: str, classifier: str) -> Sequence[tuple[str, str]]:
    """Residual networks for small images, as most public code for CIFAR names their tensors."""
    return (
        (r"^stages\.stem\.0\.", "conv1."),
        (r"^stages\.stem\.1\.", "bn1."),
        (r"^stages\.stage(\d)\.(\d+)\.first\.0\.", r"layer\1.\2.conv1."),
        (r"^stages\.stage(\d)\.(\d+)\.first\.1\.", r"layer\1.\2.bn1."),
        (r"^stages\.stage(\d)\.(\d+)\.second\.0\.", r"layer\1.\2.conv2."),
        (r"^stages\.stage(\d)\.(\d+)\.second\.1\.", r"layer\1.\2.bn2."),
        (r"^stages\.stage(\d)\.(\d+)\.shortcut\.", rf"layer\1.\2.{shortcut}."),
        (r"^head\.2\.", f"{classifier}."),
    )


def namings(architecture: str) -> Mapping[str, Naming]:
    """The known ways to name the tensors of a network, by whose they are; "kdviz" first."""
    found: dict[str, Naming] = {"kdviz": str}
    make = MODELS[architecture].make
    source = make.name if isinstance(make, Deferred) else ""
    if architecture in _HEADS:
        found["torchvision"] = lambda key: _split_by_hand(key, _HEADS[architecture])
    elif source.endswith(":traced_network"):
        found["torchvision"] = _traced
    elif source.endswith(":VisionTransformer"):
        found["torchvision"] = _by_rules(_TORCHVISION_VIT)
        found["timm"] = _by_rules(_TIMM_VIT)
    elif source.endswith(":cifar_resnet"):
        for shortcut, classifier in (("downsample", "fc"), ("shortcut", "linear"), ("shortcut", "fc")):
            found[f"CIFAR ({classifier}, {shortcut})"] = _by_rules(_cifar(shortcut, classifier))
    rules = next((rules for begin, rules in _TIMM.items() if architecture.startswith(begin)), None)
    if rules:
        found["timm"] = _after(found["torchvision"], rules)
    return found


def renamed(keys: Iterable[str], naming: Naming) -> dict[str, str]:
    """Names here, by the names elsewhere."""
    return {naming(key): key for key in keys}


def is_ignorable(key: str) -> bool:
    """Whether a tensor in a file has no effect here: auxiliary classifiers, and tables that are computed."""
    return key.startswith(("AuxLogits.", "aux1.", "aux2.")) or key.endswith(
        (".relative_position_index", ".relative_coords_table", "num_batches_tracked", ".attn_mask")
    )


def _traced(key: str) -> str:
    """Without the stage, behind which a traced network keeps its own names."""
    return key.removeprefix("head.") if key.startswith("head.") else key.split(".", 2)[2]


def _split_by_hand(key: str, heads: Mapping[str, str]) -> str:
    part, _dot, parameter = key.rpartition(".")
    if part in heads:
        return f"{heads[part]}.{parameter}"
    _stages, stage, rest = key.split(".", 2)
    return f"features.{rest}" if stage.startswith("stride") else rest


def _by_rules(rules: Sequence[tuple[str, str]]) -> Naming:
    """The first rule that applies. `<n>` in a name counts from 0 what is counted from 1 here."""

    def name(key: str) -> str:
        for pattern, theirs in rules:
            if re.search(pattern, key):
                return re.sub(r"<(\d+)>", lambda found: str(int(found[1]) - 1), re.sub(pattern, theirs, key))
        return key

    return name


def _after(naming: Naming, rules: Rules) -> Naming:
    """Another's names, with all rules in turn."""

    def name(key: str) -> str:
        found = naming(key)
        for pattern, theirs in rules:
            found = re.sub(pattern, theirs, found)
        return found

    return name
