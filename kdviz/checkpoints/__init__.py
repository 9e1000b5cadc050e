"""Networks from files made elsewhere: read without running their code, recognized and matched."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.checkpoints.class_names import NEW_LAYER, chosen_outputs, outputs_by_name
    from kdviz.checkpoints.inspection import (
        Inspection,
        classes_setting,
        closest_matches,
        inspect_file,
        teacher_settings,
    )
    from kdviz.checkpoints.matching import (
        NO_NEW_LAYER,
        Match,
        best_match,
        classifier_keys,
        classifier_size,
        load_matched,
        match,
        problem,
        require_filled,
    )
    from kdviz.checkpoints.onnx_process import is_onnx, program_of_onnx, require_onnx
    from kdviz.checkpoints.pixel_scales import PIXEL_SCALES, PixelScale, pixel_scale
    from kdviz.checkpoints.program_file import (
        is_program,
        program_tensors,
        read_program,
    )
    from kdviz.checkpoints.reading import SUFFIXES, Checkpoint, CheckpointSummary, read_checkpoint
    from kdviz.checkpoints.recognition import Candidate, candidate_for, candidates
    from kdviz.checkpoints.transformer_files import missing_part, transformer_hash
    from kdviz.checkpoints.transformer_folder import (
        TransformerSummary,
        load_encoder,
        read_encoder,
        transformer_summary,
    )

export_lazily(__name__)
