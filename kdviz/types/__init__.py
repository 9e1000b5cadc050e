"""Shared types as frozen data: names, registry entries, events, results."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.types.arrays import FloatArray, IntArray
    from kdviz.types.columns import COLUMN_FIELDS, NO_COLUMN, OWN_TEXTS, RECOGNIZED, TextColumns
    from kdviz.types.events import (
        ELAPSED,
        PRECOMPUTE_FROM_EPOCHS,
        Event,
        Finished,
        Measured,
        Noted,
        Preparing,
        ProbeExplained,
        SnapshotTaken,
        StageStarted,
        StepTaken,
        TeacherReady,
        Weights,
    )
    from kdviz.types.names import (
        ARMS,
        BOXES,
        LAYER_STRIDES,
        REGIONS,
        Arm,
        Box,
        Layer,
        MapSource,
        Peak,
        Region,
        RunState,
        Stage,
    )
    from kdviz.types.results import (
        ENOUGH_IMAGES,
        MAIN_MEASURE,
        UNDEFINED_AGREEMENT,
        UNDEFINED_GAIN,
        Agreement,
        ArmResult,
        Gain,
        Interval,
        Results,
        TimeFigures,
    )
    from kdviz.types.specs import (
        ANY_INPUT,
        IMAGES,
        INPUT_NAMES,
        PICTURES,
        SOUNDS,
        TEXTS,
        WITH_SAMPLES,
        AugmentationSpec,
        BaselineSpec,
        CueSpec,
        DatasetSpec,
        ExplainerSpec,
        ExplanationLossSpec,
        MeasureSpec,
        MistakeSpec,
        ModalityName,
        ModelSpec,
        OwnFiles,
        Spec,
    )

export_lazily(__name__)
