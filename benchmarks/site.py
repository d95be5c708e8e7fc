"""Seconds, memory and octets of the site for N pages: cold, nothing changed, one page changed; and what a reader fetches.

    python benchmarks/site.py [N ...] [--builder mkdocs]

The pages are those of scale.py. Their passes are written by hand, so that what is measured is the site and not the execution:
the first figure of a line is the site step, as `snippetgen build` prints it, the second the whole command.
"""

import argparse
import re
import shutil
import sys
import tempfile
from pathlib import Path

from scale import CACHE, ROOT, remember, timed, write_specs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("counts", type=int, nargs="*", default=[100, 300, 1000])
    parser.add_argument("--builder", default="mkdocs")
    arguments = parser.parse_args()
    for count in arguments.counts:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            specs, cache = folder / "specs", folder / "cache"
            write_specs(specs, count)
            shutil.copytree(ROOT / "site" / "theme", folder / "site" / "theme")
            (folder / "site" / "pages").mkdir()
            (folder / "site" / "pages" / "index.md").write_text("# Home\n\n[[catalogue all]]\n")
            (folder / "mkdocs.yml").write_text(re.sub(r"nav:\n(  .*\n)+", "", (ROOT / "mkdocs.yml").read_text()))
            cache.mkdir()
            for toolchain in ("csharp", "go"):
                if (CACHE / toolchain).is_dir():
                    (cache / toolchain).symlink_to(CACHE / toolchain)
            remember(specs, cache)
            command = [sys.executable, "-m", "snippetgen", "build", "--cache", str(cache), "--builder", arguments.builder]
            for label in ("cold", "unchanged", "one page changed"):
                if label == "one page changed":
                    page = next(specs.glob("chat/grok-3-*.yml"))
                    page.write_text(page.read_text().replace("title: Page", "title: Changed page"))
                timed(f"{count} pages, {label}", command, folder)
            public = folder / "site" / "public"
            html = [path.stat().st_size for path in public.rglob("index.html")]
            index = (
                (public / "search" / "search_index.json" if arguments.builder == "mkdocs" else public / "search.json")
                .stat()
                .st_size
            )
            catalogue = (public / "catalogue" / "index.html").stat().st_size
            print(
                f"    HTML {sum(html) / 1e6:.1f} MB, {sum(html) / len(html) / 1e3:.1f} kB a page; search index {index / 1e3:.0f}"
                f" kB; catalogue {catalogue / 1e3:.0f} kB",
                flush=True,
            )


if __name__ == "__main__":
    main()
