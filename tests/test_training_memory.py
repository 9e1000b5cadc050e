"""A batch that is too large for the memory is refused before anything is trained."""

import pytest

from kdviz import training_memory
from kdviz.config import make_config
from kdviz.errors import ConfigError
from kdviz.models import training_bytes
from kdviz.training_memory import check_training_memory


@pytest.fixture
def large():
    """Settings with 9.6 million numbers in a batch."""
    return make_config(
        {"dataset": "folder", "data": "pictures", "image_size": 224, "batch_size": 64, "device": "cpu",
         "teacher": "resnet18", "student": "mobilenet-v3-small", "teacher_epochs": 2}
    )  # fmt: skip


def needed(config, role):
    return training_bytes(
        getattr(config, role), classes=5, input_shape=(3, 224, 224), batch_size=config.batch_size
    )


def test_it_is_refused_with_the_network_that_needs_too_much(large, monkeypatch):
    teacher, student = (needed(large, role) for role in ("teacher", "student"))
    assert teacher > student
    monkeypatch.setattr(training_memory, "machine_memory_bytes", lambda: teacher)
    check_training_memory(large, classes=5)
    monkeypatch.setattr(training_memory, "machine_memory_bytes", lambda: teacher - 1)
    with pytest.raises(ConfigError) as refused:
        check_training_memory(large, classes=5)
    assert str(refused.value) == (
        f"batch_size: training 'resnet18' on batches of 64 images of 224 x 224 px takes at least "
        f"{teacher / 2**30:.1f} GB of memory, this machine has {teacher / 2**30:.1f} GB. Choose a smaller batch, "
        "smaller images or a smaller network."
    )
    monkeypatch.setattr(training_memory, "machine_memory_bytes", lambda: student)
    check_training_memory(large.model_copy(update={"teacher_epochs": 0}), classes=5)
    monkeypatch.setattr(training_memory, "machine_memory_bytes", lambda: student - 1)
    with pytest.raises(ConfigError, match="training 'mobilenet-v3-small'"):
        check_training_memory(large.model_copy(update={"teacher_epochs": 0}), classes=5)


def test_a_gpu_has_its_own_memory_and_half_of_it_is_enough_in_bf16(large, monkeypatch):
    monkeypatch.setattr(training_memory, "resolve_device", lambda setting: "cuda")
    monkeypatch.setattr(training_memory, "_gpu_memory_bytes", lambda: needed(large, "teacher") // 2)
    check_training_memory(large, classes=5)
    with pytest.raises(ConfigError, match="the GPU has"):
        check_training_memory(large.model_copy(update={"precision": "fp32"}), classes=5)


def test_small_batches_and_networks_from_files_pass(large, monkeypatch):
    monkeypatch.setattr(training_memory, "machine_memory_bytes", lambda: 0)
    check_training_memory(large.model_copy(update={"batch_size": 16}), classes=5)
    check_training_memory(large.model_copy(update={"teacher": "program", "student": "program"}), classes=5)
