"""Prassi's own modules, found and read where they must lie: four milliseconds of a start that imports
a hundred.

An import asks every finder there is, and Python's own lists the folder, tries each kind of module and
works out again and again where it keeps what it has compiled. Ours lie beside their package as NAME.py
or NAME/__init__.py, and compiled in its __pycache__; what does not is left to Python.
"""

from __future__ import annotations

import _imp
import marshal
import os
import sys
from collections.abc import Callable, Sequence
from importlib._bootstrap_external import MAGIC_NUMBER, cache_from_source
from importlib.machinery import ModuleSpec, SourceFileLoader
from stat import S_ISREG
from types import CodeType, ModuleType

from . import PLAIN

PACKAGE = __name__.partition(".")[0]
_set_source: Callable[[CodeType, str], None] = vars(_imp)["_fix_co_filename"]
"""Says where the source of code is, which may have been compiled in another folder."""

_KEPT_IN, _, _KEPT_AS = cache_from_source("NAME.py").partition("NAME")


class QuickLoader(SourceFileLoader):
    """Loads a module as Python keeps it compiled, if that is what was made of the source as it is."""

    def __init__(self, name: str, path: str, kept: str, source: os.stat_result) -> None:
        super().__init__(name, path)
        stamp = int(source.st_mtime) & 0xFFFFFFFF | (source.st_size & 0xFFFFFFFF) << 32
        self._kept, self._begins = kept, MAGIC_NUMBER + (stamp << 32).to_bytes(12, "little")

    def get_code(self, fullname: str) -> CodeType | None:
        """The code of the module; Python reads or compiles what can't be taken as it is."""
        try:
            with open(self._kept, "rb", 0) as file:
                content = file.read()
            if content.startswith(self._begins):
                code: CodeType = marshal.loads(memoryview(content)[len(self._begins) :])
                _set_source(code, self.path)
                return code
        except (OSError, EOFError, ValueError, TypeError):
            pass
        return super().get_code(fullname)


class QuickFinder:
    """Finds the modules of one package, as `sys.meta_path` wants it."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where a module is; None where it is not one of ours, or not in its place."""
        package, _, own = name.rpartition(".")
        if not path or package.partition(".")[0] != PACKAGE:
            return None
        folder = path[0]
        inside = f"{folder}/{own}"
        return _make_spec(name, folder, own) or _make_spec(name, inside, "__init__", [inside])


def _make_spec(
    name: str, folder: str, own: str, modules_in: list[str] | None = None
) -> ModuleSpec | None:
    """How to load a module from a file of a folder, a package with the folder of its modules; None
    where there is no such file."""
    file, kept = f"{folder}/{own}.py", f"{folder}/{_KEPT_IN}{own}{_KEPT_AS}"
    try:
        source = os.stat(file)
    except OSError:
        return None
    if not S_ISREG(source.st_mode):
        return None
    spec = ModuleSpec(name, QuickLoader(name, file, kept, source), origin=file)
    spec.has_location, spec.cached = True, kept
    spec.submodule_search_locations = modules_in
    return spec


def find_modules_quickly(plain: bool = PLAIN) -> None:
    """Look for our modules in their place first, unless the `plain` way is asked, or Python keeps what
    it compiles elsewhere."""
    if not plain and QuickFinder not in sys.meta_path and sys.pycache_prefix is None:
        sys.meta_path.insert(0, QuickFinder)
