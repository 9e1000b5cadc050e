"""Network families in one registry, initialized by a seed, split at a named layer."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.models.building import build, initialise, load_weights
    from kdviz.models.cost import (
        ModelCard,
        StageCard,
        anatomy,
        card_of,
        describe,
        multiply_adds,
        parameter_count,
    )
    from kdviz.models.each_alone import computes_each_alone
    from kdviz.models.finer_layer import finer_layer
    from kdviz.models.input_adapter import InputAdapter
    from kdviz.models.memory import kept_bytes, training_bytes
    from kdviz.models.namings import Naming, is_ignorable, namings, renamed
    from kdviz.models.network import Network, PooledNetwork, candidate_layers
    from kdviz.models.pretrained import from_torchvision, pretrained, require_torchvision
    from kdviz.models.pretrained_text import (
        PretrainedTextNetwork,
        encoder_text,
        pretrained_text_network,
        pretrained_text_skeleton,
    )
    from kdviz.models.program_graph import EXPORT_RECIPE, ProgramTensor, ProgramText
    from kdviz.models.program_network import ProgramNetwork, program_network, program_text
    from kdviz.models.registry import (
        FAMILIES,
        MODELS,
        PRETRAINED,
        PROGRAM_SUFFIX,
        PROGRAMS,
        TEACHERS,
        network_label,
        sides_needed,
    )
    from kdviz.models.usual_cost import USUAL_CLASSES, USUAL_SHAPE, USUAL_TEXT, Cost, cost

export_lazily(__name__)
