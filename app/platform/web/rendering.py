"""Rendering of pages: the templates of every area, one Jinja environment per language.

Each language has its own environment, so that macros know `_` without context and compiled templates are cached per
language. Values are escaped; an undefined variable is an error.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined

from app.platform.http.idempotency import new_form_key
from app.platform.kernel.texts import LANGUAGES, NP_, ROOT, SOURCE_LANGUAGE, Translator, translator
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.web import charts, formatting
from app.platform.web.assets import Assets

_LAYOUT_DEFAULTS: Mapping[str, Any] = {
    "theme": "auto",
    "csrf_token": "",
    "path": "",
    "navigation": (),
    "places": (),
    "settings": "",
    "counts_topics": "",
    "current_page": "",
    "banners": (),
    "toasts": (),
    "slots": {},
    "account": None,
    "company": "",
    "back": "",
    "hot_line": "",
    "live_source": "",
}
"""Defaults of the layouts' variables, which are documented in `app/platform/web/templates/layout`."""


def template_folders(root: Path = ROOT) -> list[Path]:
    """The `templates` folder of every area."""
    tops = ("app", "tenants", "billing", "rbac")
    return sorted(folder for top in tops for folder in (root / top).glob("**/templates") if folder.is_dir())


def environment(
    language: str, assets: Assets, *, loader: BaseLoader | None = None, translate: Translator | None = None
) -> Environment:
    """The Jinja environment of `language`."""
    gettext = translate or translator(language)
    made = Environment(
        loader=loader or FileSystemLoader(template_folders()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.globals.update(
        _LAYOUT_DEFAULTS,
        _=gettext,
        pgettext=lambda context, text: gettext(NP_(context, text)),
        language=language,
        asset=assets.address,
        icon=assets.icon,
        plot=charts.plot,
        sparkline=charts.sparkline,
        new_form_key=new_form_key,
    )
    made.filters.update(
        local_time=formatting.local_time,
        relative_time=lambda value, now, zone=PLATFORM_ZONE.key: formatting.relative_time(value, now, gettext, zone),
        duration=partial(_duration, translate=gettext),
        file_size=formatting.file_size,
        day_before=formatting.day_before,
        iso=_iso,
    )
    return made


def _duration(seconds: float, translate: Translator) -> str:
    return formatting.duration(seconds, translate)


def _iso(value: datetime) -> str:
    """For the `datetime` attribute of a <time>; aware times only."""
    if value.tzinfo is None:
        raise ValueError("a time on a page needs a time zone")
    return value.isoformat(timespec="seconds")


def _environments(assets: Assets) -> Mapping[str, Environment]:
    return {language: environment(language, assets) for language in LANGUAGES}


@cache
def _environments_of_build() -> Mapping[str, Environment]:
    """All applications of a process share what they have compiled of templates."""
    return _environments(Assets())


class Renderer:
    """Renders pages and blocks of pages in the reader's language."""

    def __init__(self, assets: Assets | None = None) -> None:
        """Create the environment of every language.

        Raises:
            AssetsNotBuilt: when styles and scripts have not been built.
        """
        self._environments = _environments(assets) if assets else _environments_of_build()

    def environment(self, language: str = SOURCE_LANGUAGE) -> Environment:
        """The environment of `language`; the source language's for an unknown one."""
        return self._environments.get(language, self._environments[SOURCE_LANGUAGE])

    def page(self, template: str, context: Mapping[str, Any], language: str = SOURCE_LANGUAGE) -> str:
        """The whole page."""
        return self.environment(language).get_template(template).render(context)

    def block(self, template: str, block: str, context: Mapping[str, Any], language: str = SOURCE_LANGUAGE) -> str:
        """One block of a page, for an HTMX request or the side panel; the template's imports and `set`s apply.

        Raises:
            LookupError: when the page has no such block.
        """
        environment = self.environment(language)
        page = environment.get_template(template)
        shared = page.new_context(dict(context))
        # What a page imports and sets stands before its first output; no more of it than that is run.
        next(page.root_render_func(shared), None)
        if block not in shared.blocks:
            raise LookupError(f"{template} has no block {block!r}; it has {sorted(shared.blocks)}")
        return environment.concat(shared.blocks[block][0](shared))
