"""Settings in words."""

import pytest

from kdviz.ui.widgets.setting_names import setting_value


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("data", "/runs/uploads/0123456789abcdef/reviews.csv", "reviews.csv"),
        ("teacher_weights", "/runs/uploads/0123456789abcdef/my_teacher.pt2", "my_teacher.pt2"),
        ("teacher_weights", "imagenet", "imagenet"),
        ("teacher_weights", None, "–"),
    ],
)
def test_a_file_is_called_by_its_name(field, value, said):
    assert setting_value(field, value) == said
