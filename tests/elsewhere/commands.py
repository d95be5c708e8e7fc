"""Runs commands of ours in this one process: an order a line on standard input, `{"words": […], "folder": …}`, and a result a
line on standard output. What a command prints goes into files meanwhile.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile


def main() -> None:
    from snippetgen.cli.main import main as command

    orders, results = os.fdopen(os.dup(0), encoding="utf-8"), os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for line in orders:
        order = json.loads(line)
        os.chdir(order["folder"])
        sys.argv = ["snippetgen", *order["words"]]
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            code = 0
            try:
                command()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else int(end.code is not None)
            sys.stdout.flush()
            sys.stderr.flush()
            texts = []
            for file in (out, err):
                file.seek(0)
                texts.append(file.read().decode("utf-8"))
        results.write(json.dumps([code, *texts]) + "\n")
        results.flush()


if __name__ == "__main__":
    main()
