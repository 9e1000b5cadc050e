"""A pretrained transformer as teacher on the form: its folder, what is in it, and its own defaults."""

from tests.transformer_folders import write_folder
from tests.ui.conftest import opened, page_text

_MISSING = "has no tokenizer.json. A pretrained transformer is a folder with"


def test_a_folder_is_examined_and_a_wrong_one_is_refused_once(app, tmp_path):
    folder = write_folder(tmp_path / "tiny")
    link = {"dataset": "Sentiment", "sentiment.teacher": "Pretrained transformer"}
    opened(app, "distill", **link, **{"sentiment.teacher_weights": str(folder)})
    assert not app.exception
    assert [each.value for each in app.success] == [
        "**BERT** with 1.5 k parameters in 2 blocks, and 27 tokens. All its tensors match. It gets a new last "
        "layer, and is fine-tuned on the run's texts."
    ]
    assert app.number_input(key="sentiment.teacher_epochs.pretrained-transformer").value == 3
    (folder / "tokenizer.json").unlink()
    app.run()
    assert not app.success
    assert page_text(app).count(_MISSING) == 1
