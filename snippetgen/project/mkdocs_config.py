"""The configuration of a site, `mkdocs.yml`, as MkDocs reads it, including the files it inherits."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from snippetgen import reading
from snippetgen.errors import UsageError

HELP = "fix it; https://www.mkdocs.org/user-guide/configuration/ says what it holds"


def site_url(config: Path) -> str:
    """The URL where the site of a configuration file is published; empty if the file does not say so or does not exist.

    Raises UsageError if the file cannot be read.
    """
    return address(settings(config)) if config.exists() else ""


def address(settings: dict[str, Any]) -> str:
    """`site_url` if it is a valid URL. MkDocs itself reports any other value."""
    url = settings.get("site_url")
    return url if isinstance(url, str) and re.match("https?://[^/]", url) and url.isprintable() and " " not in url else ""


def theme_folder(name: str) -> Path | None:
    """The folder of an installed theme; None if there is no theme of that name."""
    from mkdocs.utils import get_theme_dir

    try:
        return Path(get_theme_dir(name or "mkdocs"))
    except KeyError:
        return None


def settings(config: Path) -> dict[str, Any]:
    """The settings of a configuration file, as MkDocs reads it. Raises UsageError if it is not a valid one."""
    from mkdocs.exceptions import MkDocsException

    try:
        found = _loaded(config, reading.project_folder(config.parent))
    except reading.Refused as error:
        raise UsageError(f"{error.filename} cannot be read: {error.strerror}", error.help) from None
    except OSError as error:
        raise UsageError(
            f"{error.filename or config} cannot be read: {error.strerror}",
            "run this in the folder of your site, or make a new one with `snippetgen init`",
        ) from None
    except (MkDocsException, ValueError, RecursionError) as error:
        mark = getattr(error.__context__, "problem_mark", None)
        place = f"{config}:{mark.line + 1}:{mark.column + 1}" if mark else str(config)
        what = getattr(error.__context__, "problem", None) or str(error).partition("\n")[0] or "it is nested too deeply"
        raise UsageError(f"{place}: it cannot be read: {what}", HELP) from None
    except (TypeError, AttributeError):  # MkDocs reads members of something that is not a mapping
        found = None
    if not isinstance(found, dict):
        raise UsageError(f"{config}:1:1: expected the settings of a site, a mapping", HELP)
    return found


def files(config: Path) -> list[Path]:
    """The configuration file and the files that it inherits, as far as they can be read."""
    from mkdocs.utils.yaml import yaml_load

    found: list[Path] = []
    while config not in found:
        found.append(config)
        try:
            own = yaml_load(reading.read(config).decode("utf-8-sig"))
        except Exception:  # whatever is wrong with it, `settings` says so
            break
        if not isinstance(own, dict) or not isinstance(own.get("INHERIT"), str):
            break
        config = Path(os.path.normpath(config.parent / own["INHERIT"]))
    return found


def _loaded(config: Path, within: Path | None = None) -> object:
    """The configuration as MkDocs loads it, with the files it inherits.

    Checks these files first, because MkDocs would open any file.
    """
    from mkdocs.exceptions import ConfigurationError
    from mkdocs.utils.yaml import yaml_load

    own = yaml_load(reading.read(config, within=within).decode("utf-8-sig"))
    if not isinstance(own, dict) or "INHERIT" not in own:
        return own
    named = own.pop("INHERIT")
    above = Path(os.path.normpath(config.parent / named))
    if not os.path.exists(above):
        raise ConfigurationError(f"Inherited config file '{named}' does not exist at '{above}'.")
    inherited = _loaded(above)
    return _merged(inherited, own) if isinstance(inherited, dict) else own


def _merged(inherited: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    return inherited | {
        name: _merged(inherited[name], value) if isinstance(value, dict) and isinstance(inherited.get(name), dict) else value
        for name, value in own.items()
    }
