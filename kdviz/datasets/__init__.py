"""Data sets: one file per source, one registry, and planted cues for any of them."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.datasets.augmentations import AUGMENTATIONS
    from kdviz.datasets.class_names import CLASS_NAMES, class_name, class_names
    from kdviz.datasets.counts import Counts
    from kdviz.datasets.cue import plant
    from kdviz.datasets.cue_registry import CUES
    from kdviz.datasets.cue_variants import CueVariant, CueVariants
    from kdviz.datasets.few_tests import FEW_TESTS, accuracy_reach
    from kdviz.datasets.loading import (
        channels_with,
        counted,
        fingerprint,
        has_object_masks,
        input_shape,
        load,
        warnings_of,
    )
    from kdviz.datasets.marks import Marks, digests, marked, marks_from_bytes, read_marks
    from kdviz.datasets.normalization import Normalizer
    from kdviz.datasets.registry import DATASETS
    from kdviz.datasets.run_data import RunData, prepare, random_cue_classes
    from kdviz.datasets.sound_lengths import SoundLengths, sound_lengths
    from kdviz.datasets.sound_split import tones, with_samples
    from kdviz.datasets.split import DataSet, Split, balanced_indices, balanced_subset
    from kdviz.datasets.text_split import with_spelling
    from kdviz.datasets.text_table_file import TableColumns, table_columns

export_lazily(__name__)
