"""The warm parent of Python snippets: lets `python FILE` wait before it opens FILE, and continue once for every run.

The run command of Python is started once with this folder on PYTHONPATH. Python imports `sitecustomize` at the end of its
start, when only the snippet is left to do. This module imports requests, which takes nine tenths of a snippet's time, and then
serves orders. Each order makes a copy of the process in its own namespaces, with its own user and limits
(`snippetgen/run/jail.py`). The copy leaves this module and does the rest. So Python itself opens the file, runs it as
`__main__`, prints its traceback, runs its exit handlers, and chooses the exit code.

Before that, everything that could distinguish a copy from a fresh process is restored: the modules that serving needs, the
path, the environment. These differences remain. Copies share the hash seed and the places in memory. The garbage collector
ignores what was there before. At the end, preloaded objects are not taken down one by one, because most of their memory would
have to be copied. What the snippet itself has made ends as usual. A snippet is executed in a fresh process instead if it could
see requests before it imports it, or if it gets variables that Python reads at its start.
"""

import atexit
import gc
import os
import sys

PRELOADED = "requests"
READ_AT_START = ("PYTHON", "LD_", "LC_", "LANG", "MALLOC_", "GLIBC_")


def wait() -> None:
    """Returns in the process of a run, which then looks as if Python had just started."""
    number, source = map(int, os.environ.pop("SNIPPETGEN_WARM").split())
    atexit.register(lambda: keep(known))  # registered first, so called last
    __import__(PRELOADED)
    known, folders = set(sys.modules), set(sys.path_importer_cache)
    serve, resume = load(source)
    import ctypes
    import socket

    # One extra reference: these modules live as long as the process.
    ctypes.pythonapi.Py_IncRef(ctypes.py_object([sys.modules[name] for name in known]))
    gc.collect()
    gc.disable()
    gc.freeze()  # the copies do not touch what exists now, so its memory stays shared
    try:
        serve(socket.socket(fileno=number))
        os._exit(0)  # the verification is over
    except resume as resumed:
        order = resumed.args[0]
    if not hidden(sys.argv[0]) or any(name.startswith(READ_AT_START) for name in order["environment"].keys() - {"LANG"}):
        execute(order)
    restore(known, folders)


def load(source: int) -> tuple:
    """`serve` and `Resume` of jail.py. Its text comes from a file descriptor, because runs cannot see the file."""
    jail = {"__name__": "jail"}
    with open(source, encoding="utf-8") as file:
        exec(compile(file.read(), "jail.py", "exec"), jail)
    return jail["serve"], jail["Resume"]


def hidden(path: str) -> bool:
    """Whether the snippet cannot see what is preloaded before it imports it: only imports come before that import."""
    try:
        with open(path, "rb") as file:
            statements = compile(file.read(), path, "exec", 0x400).body  # ast.PyCF_ONLY_AST, without importing ast
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    for number, statement in enumerate(statements):
        kind = type(statement).__name__
        if kind == "Import":
            names = [alias.name for alias in statement.names]
        elif kind == "ImportFrom":
            names = [statement.module or ""]
        elif number == 0 and kind == "Expr":  # the docstring
            continue
        else:
            return False
        if any(name.partition(".")[0] == PRELOADED for name in names):
            return True
    return False


def execute(order: dict) -> None:
    """Replaces this process with a fresh one."""
    import signal

    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    os.execve(order["argv"][0], order["argv"], order["environment"])


def restore(known: set, folders: set) -> None:
    """Undoes what serving has changed: modules, the path, the state of the garbage collector."""
    for name in sys.modules.keys() - known:
        del sys.modules[name]
        package, _, last = name.rpartition(".")
        if package in known:
            vars(sys.modules[package]).pop(last, None)
    folder = os.path.dirname(__file__)
    sys.path.remove(folder)
    for unknown in sys.path_importer_cache.keys() - folders | {folder}:
        sys.path_importer_cache.pop(unknown, None)
    gc.enable()


def keep(known: set) -> None:
    """At the end of a run, hides all modules from Python except those that the run itself has loaded."""
    for name in known - {"__main__", "builtins", "sys"}:
        sys.modules.pop(name, None)


wait()
# The module of this name that Python would have found without us. If there is none, it must look so.
del sys.modules["sitecustomize"]
import sitecustomize  # noqa: E402, F401  # only now, and for what it does
