"""The built styles, scripts and icons: which file stands for which name.

`npm run build` in `app/platform/web/assets` writes hashed files and `manifest.json` into
`app/platform/web/static/build`.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec
from markupsafe import Markup

BUILD_FOLDER = Path(__file__).parent / "static" / "build"
BUILD_ADDRESS = "/static/build/"


class AssetsNotBuilt(RuntimeError):
    """The build folder is empty: styles and scripts have to be built before a page can be rendered."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} holds no built assets; run: npm install --no-package-lock && npm run build "
            "(in app/platform/web/assets)"
        )


class Assets:
    """Reads the manifest and the icons once; they never change while the program runs."""

    def __init__(self, folder: Path = BUILD_FOLDER) -> None:
        """Read what the build left in `folder`.

        Raises:
            AssetsNotBuilt: when there is no manifest.
        """
        try:
            self._files: Mapping[str, str] = msgspec.json.decode(
                (folder / "manifest.json").read_bytes(), type=dict[str, str]
            )
            self._icons: Mapping[str, str] = msgspec.json.decode(
                (folder / "icons.json").read_bytes(), type=dict[str, str]
            )
        except FileNotFoundError as error:
            raise AssetsNotBuilt(folder) from error

    def address(self, name: str) -> str:
        """The address of the built file for `name` ("workspace.css").

        Raises:
            LookupError: when the build has no such file.
        """
        try:
            return BUILD_ADDRESS + self._files[name]
        except KeyError:
            raise LookupError(f"the build has no {name!r}; it has {sorted(self._files)}") from None

    def icon(self, name: str) -> Markup:
        """An icon as inline SVG, hidden from screen readers (its label is beside it).

        Raises:
            LookupError: when `assets/icons.json` does not list the icon.
        """
        try:
            drawing = self._icons[name]
        except KeyError:
            raise LookupError(
                f"no icon {name!r}: add its Tabler name to app/platform/web/assets/icons.json and build again"
            ) from None
        return Markup(  # noqa: S704 - our own build wrote the drawing
            f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{drawing}</svg>'
        )
