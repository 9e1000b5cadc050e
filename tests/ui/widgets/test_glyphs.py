"""Signs on buttons: fonts that a page may have hold them."""

from pathlib import Path

import kdviz

TECHNICAL = range(0x2300, 0x2400)
"""The block of ⏸ and ⏯, which most text fonts lack."""


def test_no_sign_is_taken_from_a_block_that_most_fonts_lack():
    files = [path for kind in ("js", "css", "html") for path in Path(kdviz.__path__[0]).rglob(f"*.{kind}")]
    assert len(files) > 10
    assert [
        (path.name, sign) for path in files for sign in path.read_text("utf-8") if ord(sign) in TECHNICAL
    ] == []
