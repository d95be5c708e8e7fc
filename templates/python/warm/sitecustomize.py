"""Lets `python FILE` wait before it opens FILE, and go on once for every run: the warm parent of Python snippets.

The run command of Python is started once with this folder on PYTHONPATH. Python imports `sitecustomize` at the end of its
start, after which only the snippet is left to do. Here it imports requests, nine tenths of the time that a snippet takes, and
serves orders; each makes a copy of the process, in namespaces, as a user and within limits of its own (`snippetgen/run/jail.py`),
which leaves this module and does what is left. So it is Python itself that opens the file, runs it as `__main__`, prints its
traceback, runs what is left for its end, and chooses the exit code.

What could tell a copy from a fresh process is put back first: the modules that serving needs, the path, the environment.
What remains: copies have the hash seed and the places in memory in common; the garbage collector leaves alone what was
there before; and at the end, what was preloaded is not taken down object by object, for which most of its memory would have
to be copied. What the snippet itself has made ends as ever. A snippet that could see that requests is there before it
imports it, or that is given variables which Python reads when it starts, is executed afresh instead.
"""

import atexit
import gc
import os
import sys

PRELOADED = "requests"
READ_AT_START = ("PYTHON", "LD_", "LC_", "LANG", "MALLOC_", "GLIBC_")


def wait() -> None:
    """Returns in the process of a run, which is then as Python had just started."""
    number, source = map(int, os.environ.pop("SNIPPETGEN_WARM").split())
    atexit.register(lambda: keep(known))  # registered first, called last
    __import__(PRELOADED)
    known, folders = set(sys.modules), set(sys.path_importer_cache)
    serve, resume = load(source)
    import ctypes
    import socket

    # One reference more than there will ever be: these modules live as long as the process.
    ctypes.pythonapi.Py_IncRef(ctypes.py_object([sys.modules[name] for name in known]))
    gc.collect()
    gc.disable()
    gc.freeze()  # the copies leave what is there alone, so that memory stays shared
    try:
        serve(socket.socket(fileno=number))
        os._exit(0)  # the verification is over
    except resume as resumed:
        order = resumed.args[0]
    if not hidden(sys.argv[0]) or any(name.startswith(READ_AT_START) for name in order["environment"].keys() - {"LANG"}):
        execute(order)
    restore(known, folders)


def load(source: int) -> tuple:
    """`serve` and `Resume` of jail.py, whose text a file descriptor holds: runs do not see the file."""
    jail = {"__name__": "jail"}
    with open(source, encoding="utf-8") as file:
        exec(compile(file.read(), "jail.py", "exec"), jail)
    return jail["serve"], jail["Resume"]


def hidden(path: str) -> bool:
    """Whether the snippet cannot see what is preloaded before it imports it: nothing but imports stands in front of that."""
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
    """Becomes a fresh process."""
    import signal

    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    os.execve(order["argv"][0], order["argv"], order["environment"])


def restore(known: set, folders: set) -> None:
    """Takes back what serving has left: modules, the path, the state of the garbage collector."""
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
    """At the end of a run: lets Python find of its modules only what the run itself has loaded."""
    for name in known - {"__main__", "builtins", "sys"}:
        sys.modules.pop(name, None)


wait()
# The module of this name that Python would have found without us; where there is none, it must seem so.
del sys.modules["sitecustomize"]
import sitecustomize  # noqa: E402, F401
