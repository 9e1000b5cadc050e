"""The tensors of a file against those of a network: loaded, missing, unexpected, of another shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from torch import Tensor, nn
from torch.nn import functional as F

from kdviz.checkpoints.recognition import Candidate
from kdviz.errors import ModelError
from kdviz.models import MODELS, Network, is_ignorable, namings
from kdviz.models.building import skeleton

Shape = tuple[int, ...]

NO_NEW_LAYER = "teacher_classes: 'new' needs a network whose last layer is linear. Choose another."
"""The error where a new last layer is asked for and cannot be fitted."""


@dataclass(frozen=True)
class Match:
    """How the tensors of a file fit a network. Names are those of the file.

    classes: outputs of the file's network; 0 if its last layer is missing or another. channels: of its input
    images. loaded: by the name here. wrong_shape: (in the file, needed). ignored: tensors without an effect.
    head: the network's last layer; empty if that is not linear, so that no new one can be fitted.
    """

    candidate: Candidate
    classes: int
    channels: int
    loaded: Mapping[str, str]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    ignored: tuple[str, ...]
    wrong_shape: Mapping[str, tuple[Shape, Shape]]
    head: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every tensor of the network comes from the file."""
        return not self.missing and not self.wrong_shape

    @property
    def lacks_head(self) -> bool:
        """Whether every tensor but some of the last layer's does: a new one can be fitted."""
        return not self.complete and {*self.missing, *self.wrong_shape} <= {*self.head}

    @property
    def can_teach(self) -> bool:
        """Whether a teacher can be made of the file, if need be with a new last layer."""
        return self.complete or self.lacks_head


def best_match(matches: Sequence[Match]) -> Match:
    """The first that fills its network, else the first that lacks its last layer alone, else the first."""
    whole = next((each for each in matches if each.complete), None)
    return whole or next((each for each in matches if each.lacks_head), matches[0])


def match(tensors: Mapping[str, Tensor], candidate: Candidate) -> Match:
    """Compare the tensors of a file with those of a network of as many classes and channels."""
    naming = namings(candidate.architecture)[candidate.naming]
    side = MODELS[candidate.architecture].minimum_size
    usual = _skeleton(candidate, classes=1, channels=3, side=side)
    matrices = [naming(key) for key, tensor in usual.state_dict().items() if tensor.dim() > 1]
    first, last = (tensors.get(name) for name in (matrices[0], matrices[-1]))
    classes = 0 if last is None or not last.dim() else last.shape[0]
    channels = 3 if first is None or first.dim() != 4 else first.shape[1]
    network = _skeleton(candidate, classes=max(classes, 1), channels=channels, side=side)
    needed = network.state_dict()
    wanted = {naming(key): (key, tuple(tensor.shape)) for key, tensor in needed.items()}
    wrong = {
        name: (tuple(tensors[name].shape), shape)
        for name, (_key, shape) in wanted.items()
        if name in tensors and not _has_numbers(tuple(tensors[name].shape), shape) and not _is_positions(name)
    }
    extra = [name for name in tensors if name not in wanted]
    last_layer = {naming(key) for key in classifier_keys(network)}
    return Match(
        candidate=candidate,
        classes=classes if last_layer <= tensors.keys() and not last_layer & wrong.keys() else 0,
        channels=channels,
        loaded={key: name for name, (key, _shape) in wanted.items() if name in tensors and name not in wrong},
        missing=tuple(name for name in wanted if name not in tensors and not is_ignorable(name)),
        unexpected=tuple(name for name in extra if not is_ignorable(name)),
        ignored=tuple(name for name in extra if is_ignorable(name)),
        wrong_shape=wrong,
        head=tuple(sorted(last_layer)) if _ends_linearly(network) else (),
    )


def load_matched(
    network: Network,
    tensors: Mapping[str, Tensor],
    found: Match,
    outputs: tuple[int, ...] | None,
    *,
    with_classifier: bool = True,
) -> None:
    """Load a file's tensors into a network built for it.

    outputs: for each class, which output of the file is its logit; None for all of them in order.
    with_classifier: False leaves the last layer as it was initialized. Position embeddings of another image
    size are interpolated. Raises ModelError for a file that does not fill the network.
    """
    require_filled(found, with_classifier=with_classifier)
    last = classifier_keys(network)
    state = network.state_dict()
    for key, name in found.loaded.items():
        tensor = tensors[name].to(state[key].dtype)
        if key in last:
            if not with_classifier:
                continue
            tensor = tensor if outputs is None else tensor[list(outputs)]
        shape = state[key].shape
        state[key].copy_(_resized(tensor, shape) if _is_positions(name) else tensor.reshape(shape))


def require_filled(found: Match, *, with_classifier: bool = True) -> None:
    """Raises ModelError unless every tensor comes from the file; without the classifier, every other one."""
    if not (found.complete if with_classifier else found.can_teach):
        raise ModelError(f"teacher_weights: {problem(found)}")


def classifier_keys(network: Network) -> tuple[str, ...]:
    """The names of the weight and the bias of the last layer."""
    last = [name for name, _parameter in network.named_parameters()][-1].rpartition(".")[0]
    return tuple(name for name, _parameter in network.named_parameters() if name.rpartition(".")[0] == last)


def classifier_size(network: Network) -> int:
    """The number of a network's outputs."""
    return int(network.get_parameter(classifier_keys(network)[0]).shape[0])


def problem(found: Match) -> str:
    """The first tensor that does not fit, in one line."""
    name = found.candidate.architecture
    if found.lacks_head:
        return (
            f"the file has all of {name!r} but its last layer ({', '.join(found.head)}). "
            "Give teacher_classes 'new' to train a new one."
        )
    if found.wrong_shape:
        tensor, (given, needed) = next(iter(found.wrong_shape.items()))
        return (
            f"tensor {tensor!r} has shape {given}, {name!r} needs {needed}. Choose another network or width."
        )
    return f"tensor {found.missing[0]!r} of {name!r} is not in the file. Choose another network or width."


def _ends_linearly(network: Network) -> bool:
    """Whether the last layer is linear, so that a new one can be fitted."""
    return isinstance(network.get_submodule(classifier_keys(network)[0].rpartition(".")[0]), nn.Linear)


def _skeleton(candidate: Candidate, *, classes: int, channels: int, side: int) -> Network:
    return skeleton(
        candidate.architecture, classes=classes, input_shape=(channels, side, side), width=candidate.width
    )


def _has_numbers(given: Shape, needed: Shape) -> bool:
    """Whether a tensor has the numbers of another in their order: a linear layer may be a convolution."""
    return given == needed or (
        len(given) != len(needed) and given[:1] == needed[:1] and prod(given) == prod(needed)
    )


def _is_positions(name: str) -> bool:
    return name.endswith(("pos_embedding", "pos_embed", "positions"))


def _resized(positions: Tensor, shape: Shape) -> Tensor:
    """(1, 1 + n, D) position embeddings for another number of patches, the class token's first."""
    if positions.shape == shape:
        return positions
    token, grid = positions[:, :1], positions[:, 1:]
    old, new = (round((count - 1) ** 0.5) for count in (positions.shape[1], shape[1]))
    square = grid.transpose(1, 2).reshape(1, -1, old, old)
    resized = F.interpolate(square, size=(new, new), mode="bicubic", align_corners=False)
    return F.pad(resized.flatten(2).transpose(1, 2), (0, 0, 1, 0)) + F.pad(token, (0, 0, 0, new * new))
