"""A component's cleanup: Streamlit asks for it also when a rerun overtakes another one and the component stays."""

import re
from pathlib import Path

import pytest

import kdviz.ui

UI = Path(kdviz.ui.__file__).parent
SCRIPT = (UI / "frame" / "component.js").read_text(encoding="utf-8")
ENDED = """async (script) => {
    const { whenGone } = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    const host = document.body.appendChild(document.createElement("div"));
    const roots = { page: host, shadow: host.attachShadow({ mode: "open" }) }, seen = {};
    for (const [name, root] of Object.entries(roots)) {
        let ended = 0;
        seen[name] = { end: whenGone(root, () => { ended += 1; }), count: () => ended };
    }
    const counts = () => Object.values(seen).map(({ end, count }) => (end(), count()));
    const here = counts();
    host.remove();
    return [here, counts()];
}"""


@pytest.mark.browser
@pytest.mark.slow
def test_a_component_ends_only_once_it_has_left_the_page(page):
    page.goto("about:blank")
    assert page.evaluate(ENDED, f"{SCRIPT}\nexport {{ whenGone }};") == [[0, 0], [1, 1]]


def test_every_cleanup_asks_whether_the_component_has_left():
    default = re.compile(r"export default function .*?\n}", re.DOTALL)
    mounts = {path.name: default.search(path.read_text(encoding="utf-8")) for path in UI.rglob("*.js")}
    returned = {
        name: re.findall(r"^  return (.*)$", mount.group(), re.MULTILINE)
        for name, mount in mounts.items()
        if mount
    }
    assert {name for name, values in returned.items() if values} >= {
        "overlay.js",
        "image_keys.js",
        "mask_painter.js",
    }
    bare = {
        name: [each for each in values if not each.startswith("whenGone(")]
        for name, values in returned.items()
    }
    assert bare.pop("ring.js") == ["stop;"], "what that call alone has begun"
    assert {name: values for name, values in bare.items() if values} == {}
