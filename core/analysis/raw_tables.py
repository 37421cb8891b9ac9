"""The type of a table of book.toml as it is written, before a reader has looked at it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

RawTable = Mapping[str, Any]
"""Texts, numbers, yes and no, lists and other tables, by their keys."""
