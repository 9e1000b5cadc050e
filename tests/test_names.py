"""Names and sizes: a public name means one thing, functions and files stay short."""

import ast
import io
import tokenize
from collections import defaultdict
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(path for folder in ("kdviz", "pages") for path in (ROOT / folder).rglob("*.py"))

SAME_IDEA = {
    "distill", "explain", "resume", "import_run",  # a command is named as the function that it calls
    "grad_cam", "integrated_gradients", "channels", "glossary",  # a lesson or panel is named as its subject
    "normalizer", "baseline", "read",  # a part of a modality is named as its field
    "fingerprint", "multiply_adds", "cost",  # the same thing, of more kinds of data or from a cache
}  # fmt: skip
"""Public names that two modules define for one idea."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def public_definitions(text: str) -> list[str]:
    """Names of the classes and functions that a module defines for others."""
    return [
        node.name
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_")
    ]


def code_lines(text: str) -> set[int]:
    """Numbers of the lines that hold code: no blank line, no comment, no docstring."""
    silent = (
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    )
    code = {
        line
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type not in silent
        for line in range(token.start[0], token.end[0] + 1)
    }
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | Function) and ast.get_docstring(node) is not None:
            code -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return code


def body_lengths(text: str) -> dict[str, int]:
    """Lines of code in the body of each function, by its name and place."""
    code = code_lines(text)
    return {
        f"{node.lineno} {node.name}": len(code & set(range(node.body[0].lineno, node.end_lineno + 1)))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, Function)
    }


@pytest.fixture(scope="module")
def lengths() -> dict[str, int]:
    return {
        f"{path.relative_to(ROOT)}:{where}": length
        for path in FILES
        for where, length in body_lengths(path.read_text()).items()
    }


def test_a_public_name_is_defined_in_one_module():
    modules = defaultdict(list)
    for path in FILES:
        for name in public_definitions(path.read_text()):
            modules[name].append(str(path.relative_to(ROOT)))
    twice = {name: where for name, where in modules.items() if len(where) > 1}
    assert {name: where for name, where in twice.items() if name not in SAME_IDEA} == {}


def test_functions_are_short(lengths):
    assert median(lengths.values()) <= 5
    assert quantiles(lengths.values(), n=10)[8] <= 16


def test_no_function_is_above_50_lines(lengths):
    assert {where: length for where, length in lengths.items() if length > 50} == {}


def test_no_file_is_above_350_lines():
    counted = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in FILES}
    assert {path: n for path, n in counted.items() if n > 350} == {}


def test_lines_are_counted_without_docstring_comments_and_blank_lines():
    text = "\n".join(
        [
            "def one(x):",
            '    """What it does.',
            "",
            "    More.",
            '    """',
            "    # why",
            "",
            "    y = [",
            "        x,",
            "    ]",
            "    return y",
        ]
    )
    assert body_lengths(text) == {"1 one": 4}
