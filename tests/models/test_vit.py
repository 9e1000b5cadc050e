"""The transformer's attention: the one that was used, and the one that torch's own layer finds."""

import pytest
import torch
from torch import Tensor, nn

from kdviz.models import build, vit

SIZES = [16, 30, 32]


def transformer(size: int = 16) -> vit.VisionTransformer:
    return build("vit-tiny", classes=5, input_shape=(3, size, size), seed=2).eval()


def pictures(size: int = 16) -> Tensor:
    return torch.randn(3, 3, size, size, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("size", SIZES)
def test_the_attention_shown_is_the_attention_used(size, monkeypatch):
    net, used, attend = transformer(size), [], vit._attend

    def recording(queries: Tensor, keys: Tensor, present: None) -> Tensor:
        used.append(attend(queries, keys, present))
        return used[-1]

    monkeypatch.setattr(vit, "_attend", recording)
    net(pictures(size))
    blocks = list(used)
    for shown, attended in zip(net.attention(pictures(size)), blocks, strict=True):
        torch.testing.assert_close(shown, attended.mean(dim=1))
    last = blocks[-1]
    side = -(-size // 4)
    expected = last[:, :, 0, 1:].mean(dim=1).reshape(3, side, side)
    for layer in ("last", "second-to-last"):
        shown = net.class_attention(net.forward_features(pictures(size), layer), layer)
        torch.testing.assert_close(shown, expected)


def test_the_attention_shown_has_parts_of_one_and_differs_between_places():
    net = transformer()
    shown = net.class_attention(net.forward_features(pictures()))
    assert (shown > 0).all()
    assert (shown.sum(dim=(1, 2)) < 1).all()
    assert (shown.amax(dim=(1, 2)) > 1.5 * shown.amin(dim=(1, 2))).all()


def test_attention_is_torchs_multi_head_attention():
    ours = transformer().stages[-1].attention
    theirs = nn.MultiheadAttention(96, 4, batch_first=True)
    theirs.load_state_dict(
        {
            "in_proj_weight": ours.inputs.weight,
            "in_proj_bias": ours.inputs.bias,
            "out_proj.weight": ours.output.weight,
            "out_proj.bias": ours.output.bias,
        }
    )
    tokens = torch.randn(2, 9, 96, generator=torch.Generator().manual_seed(1))
    mixed, weights = theirs(tokens, tokens, tokens, average_attn_weights=False)
    torch.testing.assert_close(ours(tokens), mixed)
    torch.testing.assert_close(ours.weights(tokens), weights)


def test_the_grid_holds_each_patch_at_its_own_place():
    """Changing one patch of the image changes the embedding of that cell and of no other."""
    net, before = transformer(), pictures()
    after = before.clone()
    after[:, :, 4:8, 12:16] += 1
    embed = net.stages[0]
    changed = (net.grid(embed(after)) - net.grid(embed(before))).abs().sum(dim=1) > 1e-4
    expected = torch.zeros(3, 4, 4, dtype=torch.bool)
    expected[:, 1, 3] = True
    assert torch.equal(changed, expected)


def test_the_patches_that_leave_the_last_block_are_not_read():
    """Why its explained features are the block's input."""
    net = transformer()
    features = net.stages(pictures())
    (slope,) = torch.autograd.grad(net.head(features).sum(), features)
    assert not slope[:, 1:].any()
    assert slope[:, 0].any()
