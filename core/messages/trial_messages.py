"""Messages on trial: which templates make them is noted, and one template can have another text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .templates import Messages, Rendered

if TYPE_CHECKING:
    from .sandbox import Sandbox


class TrialMessages(Messages):
    """Messages of some folders, which notes what it renders.

    With `instead`, a template (as `BOOK/NAME.LANGUAGE.j2`) has another text than its file.
    """

    def __init__(self, folders: Sequence[str] = (), instead: tuple[str, str] | None = None) -> None:
        super().__init__(folders)
        self._instead = instead
        self.rendered: list[str] = []
        """The templates that were rendered, in their order."""

    def render(
        self,
        book: str,
        name: str,
        languages: Sequence[str],
        context: Mapping[str, object],
        common: Mapping[str, object] = {},
    ) -> Rendered:
        made = super().render(book, name, languages, context, common)
        self.rendered.append(f"{book}/{name}.{made.language}.j2")
        return made

    def _sandbox(self, language: str) -> Sandbox:
        sandbox = super()._sandbox(language)
        if self._instead is not None:
            sandbox.put_instead(*self._instead)
        return sandbox
