"""A network for texts that reads them from both ends, word after word."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from kdviz.models.network import scaled_channels
from kdviz.models.text_networks import TextNetwork
from kdviz.vocabulary import VECTOR_LENGTH


class BidirectionalLstm(nn.Module):
    """An LSTM from the first word to the last, and one back; each word's features are the states of both.

    Takes (N, 1 + K, L) and returns (N, 1 + 2·units, L), as `WordStage`. An absent word is skipped: it leaves
    the states as they are, so padding before the last word, which is read back first, changes nothing. No
    biases: a text of zero vectors has zero states. The steps are written out, since cuDNN's LSTM has no
    second derivative.
    Source: Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735, with forget gates (Gers et al.
    2000); both directions after Schuster & Paliwal 1997, doi:10.1109/78.650093.
    """

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__()
        self.words = nn.ModuleList(nn.Linear(inputs, 4 * units, bias=False) for _ in range(2))
        self.states = nn.ModuleList(nn.Linear(units, 4 * units, bias=False) for _ in range(2))

    def forward(self, given: Tensor) -> Tensor:
        """The states at each word, behind the mask of words."""
        mask, words = given[:, :1], given[:, 1:].transpose(1, 2)
        ahead, back = self.words
        both = torch.stack([ahead(words), back(words.flip(1))])
        present = torch.stack([mask, mask.flip(2)]).transpose(2, 3).bool()
        first, second = self._read(both, present)
        states = torch.cat([first, second.flip(1)], dim=2).transpose(1, 2)
        return torch.cat([mask, states * mask], dim=1)

    def _read(self, gates: Tensor, present: Tensor) -> Tensor:
        """States (2, N, L, units) of both directions. gates: (2, N, L, 4·units). present: (2, N, L, 1)."""
        weights = torch.stack([*self.states.parameters()]).transpose(1, 2)
        state = cell = gates.new_zeros(*gates.shape[:2], weights.shape[1])
        states = []
        for of_word, here in zip(gates.unbind(2), present.unbind(2), strict=True):
            next_state, next_cell = _step(of_word + state @ weights, cell)
            state, cell = torch.where(here, next_state, state), torch.where(here, next_cell, cell)
            states.append(state)
        return torch.stack(states, dim=2)


def _step(gates: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
    """The next state and cell. gates: input, forget, candidate and output, (…, 4·units), as in `nn.LSTM`."""
    enters, stays, candidate, leaves = gates.chunk(4, dim=-1)
    cell = stays.sigmoid() * cell + enters.sigmoid() * candidate.tanh()
    return leaves.sigmoid() * cell.tanh(), cell


def bidirectional_lstm(*, classes: int, input_shape: tuple[int, ...], width: float) -> TextNetwork:
    """16 units in each direction times the width, then the mean over words."""
    units = scaled_channels(16, width)
    return TextNetwork([BidirectionalLstm(VECTOR_LENGTH, units)], 2 * units, classes)
