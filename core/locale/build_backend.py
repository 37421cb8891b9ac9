"""Builds Prassi with its catalogues and manual pages: setuptools, which finds each .mo made from its
.po first, and the pages from docs/reference.md.

pyproject.toml names this module as the build backend, so that no install needs anything by hand.
"""

from __future__ import annotations

from pathlib import Path

from man_pages import write_man_pages  # type: ignore[import-not-found]  # beside it when it builds
from setuptools import build_meta  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]

Settings = dict[str, str | list[str] | None] | None

prepare_metadata_for_build_wheel = build_meta.prepare_metadata_for_build_wheel
get_requires_for_build_sdist = build_meta.get_requires_for_build_sdist
get_requires_for_build_wheel = build_meta.get_requires_for_build_wheel
get_requires_for_build_editable = build_meta.get_requires_for_build_editable
prepare_metadata_for_build_editable = build_meta.prepare_metadata_for_build_editable


def compile_catalogues() -> None:
    """Make each .mo anew whose .po is newer; a source distribution has the .mo alone."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in Path(__file__).parent.glob("*/LC_MESSAGES/*.po"):
        made = source.with_suffix(".mo")
        if made.exists() and made.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, source.parts[-3])
        with made.open("wb") as out:
            write_mo(out, catalogue)


def build_sdist(folder: str, settings: Settings = None) -> str:
    """A source distribution."""
    compile_catalogues()
    write_man_pages(ROOT)
    name: str = build_meta.build_sdist(folder, settings)
    return name


def build_wheel(folder: str, settings: Settings = None, metadata: str | None = None) -> str:
    """A wheel."""
    compile_catalogues()
    write_man_pages(ROOT)
    name: str = build_meta.build_wheel(folder, settings, metadata)
    return name


def build_editable(folder: str, settings: Settings = None, metadata: str | None = None) -> str:
    """An install that is the checkout itself."""
    compile_catalogues()
    name: str = build_meta.build_editable(folder, settings, metadata)
    return name


if __name__ == "__main__":
    compile_catalogues()
