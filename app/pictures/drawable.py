"""What a page hands to a picture of several files."""

from collections.abc import Mapping
from typing import Any, Protocol


class Drawable(Protocol):
    """A file as pages know it, with the facts of its newest check."""

    @property
    def slot(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...
