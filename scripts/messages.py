"""Bring the catalogues up to date with the source: `python scripts/messages.py`, or `--check` alone.

What a person reads is found where it is written: `_("…")`, `plural("…", "…", n)` and `Message("…")`,
and in the texts of registries and settings.
A message without a translation is left empty in kdviz/locale, to be filled in; the check then fails.
"""

from __future__ import annotations

import ast
import importlib
import io
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

import kdviz  # noqa: E402
from kdviz.claims import BASES, CLAIMS  # noqa: E402
from kdviz.config import RunConfig  # noqa: E402
from kdviz.datasets import CLASS_NAMES  # noqa: E402
from kdviz.endings import ENDINGS  # noqa: E402
from kdviz.figures.charts import BOX_STYLES  # noqa: E402
from kdviz.figures.style import ARM_STYLES  # noqa: E402
from kdviz.language import CATALOGUES, LANGUAGES  # noqa: E402
from kdviz.modalities import MODALITIES  # noqa: E402
from kdviz.museum.mistakes import MISTAKES  # noqa: E402
from kdviz.study import read_study  # noqa: E402
from kdviz.types import ARMS, DatasetSpec, MistakeSpec, ModelSpec, Spec  # noqa: E402
from kdviz.ui.distill.presets import PRESETS  # noqa: E402
from kdviz.ui.frame.formatting import STATES  # noqa: E402
from kdviz.ui.learn.lessons import LESSONS  # noqa: E402

_SINGLE = ("_", "Message")
_PASSING = ('"Project-', '"POT-', '"PO-', '"Last-', '"Language-Team', '"Report-', '"Generated-')
"""How lines of a catalogue's head begin that say nothing, or would change with every update."""

_STUDIES = ROOT / "studies"

_SAID = ("label", "title", "plain", "about", "warning", "signature", "masks_note")
"""Fields of an entry that a person reads."""


def main() -> None:
    """Update the catalogues, or say what is wrong with them and fail."""
    checking = sys.argv[1:] == ["--check"]
    known = messages()
    wrong = list(wording_problems(known))
    for path in catalogues():
        if not checking:
            _update(path, known)
        wrong += [f"{path.name}: {problem}" for problem in problems(path, known)]
    print("\n".join(wrong) or "Every message is translated.")
    sys.exit(bool(wrong))


def catalogues() -> list[Path]:
    """One for each language but English."""
    return [CATALOGUES / f"{code}.po" for code in LANGUAGES if code != "en"]


def messages() -> Catalog:
    """All that kdviz says, untranslated."""
    known = Catalog()
    for place, message in sorted([*_extracted(), *_of_other_inputs()], key=lambda found: found[0]):
        known.add(message, locations=[(place, 0)])
    return known


def wordings() -> dict[Path, Catalog]:
    """What is said of inputs other than images, by the messages in its place: a catalogue for each kind."""
    return {path: _read(path, "en") for path in sorted(CATALOGUES.glob("*.po")) if path.stem in MODALITIES}


def _of_other_inputs() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    for path, wording in wordings().items():
        said = (message.string for message in wording if message.id)
        yield from ((str(path.relative_to(ROOT)), text) for text in said if isinstance(text, str | tuple))


def wording_problems(known: Catalog) -> Iterator[str]:
    """Messages of images that are said nowhere; wordings that are missing, or have other values."""
    for path, wording in wordings().items():
        for message in (each for each in wording if each.id):
            texts = _forms(message)
            if known.get(message.id) is None:
                yield f"{path.name}: said nowhere: {_first(message.id)!r}"
            if not all(texts):
                yield f"{path.name}: not worded: {_first(message.id)!r}"
            if any(not _places(text) <= _places(_first(message.id)) for text in texts):
                yield f"{path.name}: values that are not in {_first(message.id)!r}"


def problems(path: Path, known: Catalog) -> list[str]:
    """What is wrong in a catalogue: messages that lack, or that nobody says; missing or bad translations."""
    catalogue = _read(path)
    said, there = ({message.id for message in each if message.id} for each in (known, catalogue))
    return [
        *(f"not in the catalogue: {_first(each)!r}. Run: make messages" for each in said - there),
        *(f"said nowhere: {_first(each)!r}. Run: make messages" for each in there - said),
        *(problem for message in catalogue if message.id for problem in _problems(message)),
    ]


def _read(path: Path, locale: str = "") -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=locale or path.stem)


def _update(path: Path, known: Catalog) -> None:
    """Give a catalogue the messages that there are; translations are kept, none is guessed."""
    catalogue = _read(path)
    catalogue.update(known, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    for message in catalogue:
        message.flags.discard("python-format")  # "95 % interval" only looks like it
    text = io.BytesIO()
    write_po(text, catalogue, width=110, include_lineno=False, sort_by_file=True)
    lines = text.getvalue().decode().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(_PASSING)), encoding="utf-8")


def _extracted() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Each message, by the file that says it."""
    for path in [*ROOT.glob("kdviz/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "router.py"]:
        yield from ((str(path.relative_to(ROOT)), message) for message in _in_python(path))
    for path in ROOT.glob("kdviz/*/template/*.html"):
        for _line, message, *_more in extract_from_file("jinja2", path, keywords={"_": None}):
            yield str(path.relative_to(ROOT)), message
    yield from sorted({(place, text) for place, text in _declared() if text})


def _in_python(path: Path) -> Iterator[str | tuple[str, ...]]:
    """By the syntax tree: Babel does not see what stands inside an f-string."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.args:
            if call.func.id in _SINGLE:
                yield from _texts(call.args[0])
            elif call.func.id == "plural":
                yield tuple(text for form in call.args[:2] for text in _texts(form))


def _texts(given: ast.expr) -> list[str]:
    """What an argument says, whichever way a choice in it goes."""
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        return [given.value] if given.value else []
    if isinstance(given, ast.IfExp):
        return [*_texts(given.body), *_texts(given.orelse)]
    if isinstance(given, ast.BoolOp):
        return [text for value in given.values for text in _texts(value)]
    return []


def _declared() -> Iterator[tuple[str, str]]:
    """What registries, settings and styles say of themselves."""
    for setting in RunConfig.model_fields.values():
        yield from (
            ("kdviz/config/run_config.py", text or "") for text in (setting.title, setting.description)
        )
    yield from (("kdviz/types/names.py", arm) for arm in ARMS)
    yield from (("kdviz/datasets/class_names.py", name) for names in CLASS_NAMES.values() for name in names)
    yield from (("kdviz/endings.py", message) for message in ENDINGS)
    yield from (("kdviz/figures", style.name) for style in ARM_STYLES.values())
    yield from (("kdviz/figures", style.name) for style in BOX_STYLES.values())
    yield from (("kdviz/ui/frame/formatting.py", name) for name, *_style in STATES.values())
    yield from (
        (f"studies/{path.name}", read_study(path)[0].name) for path in sorted(_STUDIES.glob("*.toml"))
    )
    yield from (("kdviz/claims/claim.py", basis) for basis in BASES.values())
    yield from (("kdviz/claims", text) for claim in CLAIMS.values() for text in claim.texts)
    for entry in (*_specs(), *MISTAKES.values(), *PRESETS.values(), *LESSONS.values()):
        said = (*_SAID, "source") if isinstance(entry, DatasetSpec | MistakeSpec | ModelSpec) else _SAID
        place = type(entry).__module__.replace(".", "/") + ".py"
        yield from ((place, getattr(entry, name, "")) for name in said)


def _specs() -> Iterable[Spec]:
    """The entries of every registry there is in kdviz."""
    for part in pkgutil.iter_modules(kdviz.__path__):
        if part.name not in ("ui", "cli", "__main__"):
            module = importlib.import_module(f"kdviz.{part.name}")
            for value in (getattr(module, name) for name in dir(module)):
                if isinstance(value, Mapping):
                    yield from (entry for entry in value.values() if isinstance(entry, Spec))


def _problems(message: Message) -> Iterator[str]:
    texts = _forms(message)
    if message.fuzzy:
        yield f"unsure: {_first(message.id)!r}"
    if not all(texts):
        yield f"not translated: {_first(message.id)!r}"
    elif any(_places(text) != _places(_first(message.id)) for text in texts):
        yield f"other values than in {_first(message.id)!r}: {texts[0]!r}"


def _forms(message: Message) -> list[str]:
    """What a catalogue says in a message's place: one text, or one for each number."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def _first(said: str | Sequence[str]) -> str:
    """The message, or the singular of one with two forms."""
    return said if isinstance(said, str) else said[0]


def _places(text: str) -> set[str]:
    """The values that are to be filled in."""
    return set(re.findall(r"{(\w*)", text))


if __name__ == "__main__":
    main()
