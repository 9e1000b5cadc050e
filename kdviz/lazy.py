"""Imports on first use, so that a registry or package costs no import of what it names.

PyTorch alone takes seconds to import, and a help text or a refused setting needs none of it. A registry names
its functions with `deferred`; a package names its exports in an `if TYPE_CHECKING:` block.
"""

from __future__ import annotations

import ast
import inspect
import sys
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any


@dataclass(frozen=True)
class Deferred:
    """A callable that is imported when it is called.

    name: `package.module:attribute`. fixed: keyword arguments of every call.
    """

    name: str
    fixed: tuple[tuple[str, Any], ...] = ()

    @property
    def target(self) -> Any:
        """The object of that name. Raises ImportError or AttributeError if it does not exist."""
        module, _, attribute = self.name.partition(":")
        return getattr(import_module(module), attribute)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The result of calling the target."""
        return self.target(*args, **dict(self.fixed), **kwargs)


def deferred(name: str, /, **fixed: Any) -> Deferred:
    """The callable named `package.module:attribute`, with fixed keyword arguments."""
    return Deferred(name, tuple(fixed.items()))


def export_lazily(package: str) -> None:
    """Makes a package export each name of its `if TYPE_CHECKING:` block, imported when it is first used.

    Type checkers and readers see plain imports; `__all__` is set from them.
    """
    module = sys.modules[package]
    homes = _imported_for_type_checking(inspect.getsource(module))
    module.__dict__.update(_homes=homes, __all__=list(homes))
    module.__class__ = _LazyPackage


class _LazyPackage(ModuleType):
    """A package whose exported names are imported on first use. _homes: each name's module."""

    _homes: dict[str, str]

    def __getattr__(self, name: str) -> Any:
        if name not in self._homes:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)
        value = getattr(import_module(self._homes[name]), name)
        self.__dict__[name] = value
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        # An imported submodule is set on its package, where it would hide an exported name that it shares.
        if not (isinstance(value, ModuleType) and name in self._homes):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._homes})


def _imported_for_type_checking(source: str) -> dict[str, str]:
    """The modules of the names that are imported under `if TYPE_CHECKING:`."""
    return {
        alias.name: statement.module
        for block in ast.parse(source).body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for statement in block.body
        if isinstance(statement, ast.ImportFrom) and statement.module
        for alias in statement.names
    }
