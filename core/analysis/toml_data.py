"""The types of what TOML files hold, as Python has read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TomlTable = Mapping[str, Any]
"""A table: texts, numbers, yes and no, lists and other tables by their names."""
