# ruff: noqa: E501 - a table reads best with one case a line
"""A copy of a warm parent is what a fresh process would be: its state, its output, its end, and what it may do."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from snippetgen.languages.language import BUILTIN, Language, discover
from snippetgen.run.sandbox import Job, Limits, Namespaces, Parent, Run
from snippetgen.run.toolchain import Toolchain, find

PYTHON = discover([BUILTIN])["python"]

# Everything of a process that a program can ask for, but what differs from one fresh process to the next.
FINGERPRINT = b"""import json
import requests
import gc, os, resource, signal, sys, threading, warnings
main = {k: v for k, v in vars(sys.modules["__main__"]).items() if k.startswith("__")}
status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
out = {
    "modules": sorted(sys.modules),
    "attributes": {name: sorted(vars(module)) for name, module in sorted(sys.modules.items()) if name != "__main__" and hasattr(module, "__dict__")},
    "argv": [sys.argv, sys.orig_argv, sys.executable, sys.prefix, str(sys.flags), sys._xoptions],
    "path": [sys.path, sorted(sys.path_importer_cache), [type(finder).__name__ for finder in sys.meta_path]],
    "environment": list(os.environ.items()),
    "main": sorted((name, type(value).__name__ if name in ("__loader__", "__builtins__") else repr(value)) for name, value in main.items()),
    "signals": {number: str(signal.getsignal(number)) for number in signal.valid_signals() if number not in (32, 33)},
    "limits": {name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name.startswith("RLIMIT_")},
    "status": {name: status[name] for name in status if name[:3] in ("Uid", "Gid", "Gro", "Cap", "NoN", "Sec", "NSp", "NSs", "NSt", "Pid", "PPi", "Thr", "Uma")},
    "descriptors": [os.fstat(n).st_mode for n in range(3)] + [n for n in range(3, 1024) if os.path.exists(f"/proc/self/fd/{n}")],
    "streams": [[f.name, f.mode, f.encoding, f.errors, f.line_buffering, f.isatty(), f.buffer.raw.name, f.seekable(), f.closed] for f in (sys.stdin, sys.stdout, sys.stderr)],
    "place": [os.getcwd(), os.umask(0o22), os.getpid(), os.getppid(), os.getsid(0), os.getpgid(0), os.listdir("."), os.uname().nodename],
    "collector": [gc.isenabled(), gc.get_threshold(), gc.callbacks, gc.garbage],
    "rest": [[thread.name for thread in threading.enumerate()], str(warnings.filters), sys._getframe().f_back is None, os.access("/proc/self/mem", os.R_OK), os.access("/proc/1/mem", os.R_OK), sys.stdin.read(), sys.exc_info(), sys.gettrace(), sys.getprofile()],
}
print(json.dumps(out, default=str))
"""
TOP = b"import requests\n"
# What it prints, and how it ends.
PROGRAMS: dict[str, bytes] = {
    "nothing": b"",
    "an exception": TOP + b"def f():\n    raise ValueError('oh')\nf()\n",
    "a chain of exceptions": TOP + b"try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise KeyError('k') from error\n",
    "an exception of requests": TOP + b"requests.get('http://127.0.0.1:9/', timeout=2)\n".replace(b"get('http:", b"get('htp:"),
    "an exception group": TOP + b"raise ExceptionGroup('all', [ValueError(1), TypeError(2)])\n",
    "exit": TOP + b"import sys\nsys.exit()\n",
    "exit with a code": TOP + b"import sys\nsys.exit(7)\n",
    "exit with a large code": TOP + b"raise SystemExit(300)\n",
    "exit with words": TOP + b"import sys\nsys.exit('words')\n",
    "quit": TOP + b"print('so far')\nquit(3)\n",
    "_exit": TOP + b"import os\nprint('lost')\nos._exit(4)\n",
    "abort": TOP + b"import os\nprint('lost')\nos.abort()\n",
    "a signal": TOP + b"import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\n",
    "an interruption": TOP + b"import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nimport time\ntime.sleep(5)\n",
    "atexit": TOP + b"import atexit\natexit.register(print, 'last')\natexit.register(print, 'first')\nprint('before')\n",
    "atexit after an exception": TOP + b"import atexit\natexit.register(print, 'last')\nraise RuntimeError('oh')\n",
    "output without a line end": TOP + b"import sys\nsys.stdout.write('no end')\nsys.stderr.write('neither')\n",
    "output that cannot be written": TOP + b"import os\nprint('x')\nos.close(1)\n",
    "a finaliser": TOP + b"class C:\n    def __del__(self):\n        print('gone')\nc = C()\n",
    "a thread": TOP + b"import threading\nthreading.Thread(target=print, args=('in a thread',)).start()\n",
    "a child": (
        TOP + b"import os\nif os.fork() == 0:\n    print('child')\n    raise"
        b" SystemExit(9)\nprint(os.waitstatus_to_exitcode(os.wait()[1]))\n"
    ),
    "a process": (
        TOP + b"import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'import sys; print(sys.path[1:],"
        b' sys.modules.get("requests"))\'], capture_output=True, text=True))\n'
    ),
    "multiprocessing": (
        TOP
        + b"import multiprocessing\nif __name__ == '__main__':\n    with multiprocessing.get_context('spawn').Pool(1) as pool:\n "
        b"       print(pool.map(abs, [-1]))\n"
    ),
    "its file": (
        TOP + b"import inspect, sys\nprint(__file__, __name__, __doc__, __spec__, sys.argv,"
        b" inspect.getsource(sys.modules['__main__']))\n"
    ),
    "its stack": TOP + b"import traceback\ntraceback.print_stack()\n",
    "a warning": (
        TOP + b"import warnings\nwarnings.warn('careful', stacklevel=2)\nwarnings.warn('deprecated', DeprecationWarning)\n"
    ),
    "logging": TOP + b"import logging\nlogging.warning('careful')\n",
    "ctypes": (
        TOP + b"import ctypes, socket, select, array\nprint(ctypes.CDLL(None).getpid(), ctypes.sizeof(ctypes.c_long),"
        b" array.array('i', [1]))\n"
    ),
    "a hook": TOP + b"import sys\nsys.excepthook = lambda *a: print('hooked', a[0].__name__)\n1 / 0\n",
    "input": TOP + b"input('name? ')\n",
    "a docstring": (
        b'"""What it does."""\nfrom __future__ import annotations\nimport json\nfrom requests import get\nprint(__doc__,'
        b" get.__module__, json.dumps(1))\n"
    ),
    "no requests": b"import urllib\nprint(hasattr(urllib, 'parse'), 'requests' in __import__('sys').modules)\n",
    "requests after all": (
        b"import sys\nprint('requests' in sys.modules, 'ssl' in sys.modules)\nimport requests\nprint('ssl' in sys.modules)\n"
    ),
    "a syntax error": TOP + b"def (:\n",
    "an indentation error": TOP + b"  x = 1\n",
    "an encoding": b"# coding: latin-1\nimport requests\nprint(ascii('\xe9'))\n",
    "an encoding that is none": b"# coding: no-such\nimport requests\n",
    "octets that are no text": TOP + b"print('\xff')\n",
    "a null octet": TOP + b"print(1)\0\n",
    "too much memory": TOP + b"bytearray(3 << 30)\n",
    "too deep": TOP + b"def f():\n    f()\nf()\n",
}


@pytest.fixture(scope="module")
def toolchain() -> Toolchain:
    found = find(PYTHON, BUILTIN.parent / ".cache" / "snippetgen")
    assert isinstance(found, Toolchain), found
    return found


def both(
    toolchain: Toolchain, texts: list[bytes], environment: dict[str, str] | None = None, limits: Limits | None = None
) -> list[tuple[Run, Run]]:
    """Each text run by a fresh process, and by a copy of one warm parent."""
    argv = toolchain.command("run", file="/snippet/python.py")
    assert argv and toolchain.warm
    parent = Parent(tuple(argv), tuple((toolchain.environment | toolchain.warm).items()))

    async def go(folder: Path) -> list[tuple[Run, Run]]:
        async with Namespaces({"a.test"}, folder, set(toolchain.visible), set()) as sandbox:
            jobs = [Job(argv, environment or {}, {"python.py": text}, limits=limits or Limits()) for text in texts]
            runs = [(await sandbox.run(job), await sandbox.run(replace(job, parent=parent))) for job in jobs]
            assert await sandbox.parents[parent] is not None, "the warm parent did not start"
            return runs

    return asyncio.run(go(Path("/dev/null")))


def test_nothing_tells_a_copy_from_a_fresh_process(toolchain: Toolchain) -> None:
    ((fresh, copy),) = both(toolchain, [FINGERPRINT], {"TOKEN": "secret", "SSL_CERT_FILE": "/etc/ssl/cert.pem"})
    assert (fresh.exit_code, fresh.stderr, copy.stderr) == (0, b"", b"")
    assert json.loads(copy.stdout) == json.loads(fresh.stdout)
    assert copy.cpu_seconds < fresh.cpu_seconds / 2, "it was not a copy"


@pytest.mark.long(20)
def test_it_prints_and_ends_as_a_fresh_process(toolchain: Toolchain) -> None:
    for name, (fresh, copy) in zip(PROGRAMS, both(toolchain, list(PROGRAMS.values()), limits=Limits(seconds=60)), strict=True):
        assert (copy.exit_code, copy.stopped, copy.files) == (fresh.exit_code, fresh.stopped, fresh.files), name
        assert (copy.stdout.decode(errors="replace"), copy.stderr.decode(errors="replace")) == (
            fresh.stdout.decode(errors="replace"),
            fresh.stderr.decode(errors="replace"),
        ), name


def test_nothing_of_one_run_reaches_the_next(toolchain: Toolchain) -> None:
    leave = (
        TOP + b"import os, builtins, json\nbuiltins.left = requests.left = json.left = os.environ['LEFT'] = 'left'\nopen('left',"
        b" 'w').write('x')\nopen('/tmp/left', 'w').write('x')\nrequests.get = None\n"
    )
    look = (
        TOP + b"import os, builtins, json, random\nprint([hasattr(x, 'left') for x in (requests, builtins, json)], 'LEFT' in"
        b" os.environ, os.listdir('.'), 'left' in os.listdir('/tmp'), requests.get)\n"
    )
    (_, first), (fresh, second) = both(toolchain, [leave, look])
    assert first.exit_code == 0
    assert (
        second.stdout.partition(b"<")[0] == fresh.stdout.partition(b"<")[0] == b"[False, False, False] False ['python.py'] False "
    )


def test_the_memory_of_a_run_holds_nothing_of_another(toolchain: Toolchain) -> None:
    """The parent reads no order: a secret of one run is not in the copies that it makes later."""
    search = (
        TOP + b"import os\nword = 'tneri' + 'cas'\nfound = 0\nfor line in open('/proc/self/maps'):\n    places, access ="
        b" line.split()[:2]\n    if access.startswith('r') and 'vvar' not in line and 'vsyscall' not in line:\n        start,"
        b" end = (int(place, 16) for place in places.split('-'))\n        with open('/proc/self/mem', 'rb', 0) as memory:\n    "
        b"        memory.seek(start)\n            try:\n                found += (memory.read(end - start) or"
        b" b'').count(word[::-1].encode())\n            except OSError:\n                pass\nprint(found)\n"
    )
    argv = toolchain.command("run", file="/snippet/python.py")
    assert argv and toolchain.warm
    parent = Parent(tuple(argv), tuple(toolchain.warm.items()))

    async def go() -> list[Run]:
        async with Namespaces(set(), Path("/dev/null"), set(toolchain.visible), set()) as sandbox:
            own = Job(argv, {"TOKEN": "sacirent"}, {"python.py": search}, parent=parent)
            return [await sandbox.run(own), await sandbox.run(replace(own, environment={}))]

    with_it, without = asyncio.run(go())
    assert int(with_it.stdout) > 0, with_it
    assert int(without.stdout) == 0, without


def test_random_numbers_differ_from_copy_to_copy(toolchain: Toolchain) -> None:
    text = TOP + b"import os, random, ssl, uuid\nprint(random.random(), os.urandom(4), ssl.RAND_bytes(4), uuid.uuid4())\n"
    printed = [copy.stdout.split() for _, copy in both(toolchain, [text, text, text])]
    assert all(len({words[index] for words in printed}) == 3 for index in range(4)), printed


def test_variables_that_python_reads_at_its_start_are_heeded(toolchain: Toolchain) -> None:
    ((fresh, copy),) = both(
        toolchain, [TOP + b"import sys\nprint(sys.flags.dont_write_bytecode)\n"], {"PYTHONDONTWRITEBYTECODE": "1"}
    )
    assert fresh.stdout == copy.stdout == b"1\n"


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        (b"while True:\n    pass\n", {"cpu_seconds": 1}),
        (b"import time\ntime.sleep(60)\n", {"seconds": 1}),
        (b"while True:\n    print('x' * 1000)\n", {"output": 1 << 20}),
        (b"open('big', 'wb').write(bytes(9 << 20))\n", {"disk": 1 << 20}),
        (
            b"import os, time\nfor i in range(60):\n    if os.fork() == 0:\n        time.sleep(30)\n        os._exit(0)\n",
            {"processes": 20},
        ),
    ],
)
def test_the_limits_are_those_of_every_run(toolchain: Toolchain, text: bytes, limits: dict) -> None:
    ((fresh, copy),) = both(toolchain, [TOP + text], limits=Limits(**limits))
    assert (copy.exit_code, copy.stopped) == (fresh.exit_code, fresh.stopped) != (0, "")
    assert copy.stderr[-200:] == fresh.stderr[-200:]


def test_a_parent_that_does_not_start_is_done_without(toolchain: Toolchain) -> None:
    argv = toolchain.command("run", file="/snippet/python.py")
    assert argv

    async def go() -> Run:
        async with Namespaces(set(), Path("/dev/null"), set(toolchain.visible), set()) as sandbox:
            broken = Parent(tuple(argv), (("PYTHONPATH", "/nowhere"),))
            return await sandbox.run(Job(argv, {}, {"python.py": b"print('runs')"}, parent=broken))

    assert asyncio.run(go()).stdout == b"runs\n"


def test_a_sitecustomize_of_the_machine_is_run_too(toolchain: Toolchain, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.customized = True\n")
    (tmp_path / "sitecustomize.py").chmod(0o644)
    assert toolchain.warm
    visible = {*toolchain.visible, str(tmp_path)}
    path = f"{toolchain.warm['PYTHONPATH']}:{tmp_path}"
    argv = toolchain.command("run", file="/snippet/python.py")
    assert argv

    async def go() -> Run:
        async with Namespaces(set(), Path("/dev/null"), visible, set()) as sandbox:
            parent = Parent(tuple(argv), (("PYTHONPATH", path),))
            return await sandbox.run(
                Job(
                    argv,
                    {},
                    {"python.py": TOP + b"import sys\nprint(sys.customized, sys.modules['sitecustomize'].__file__)"},
                    parent=parent,
                )
            )

    assert asyncio.run(go()).stdout.decode() == f"True {tmp_path}/sitecustomize.py\n"


def test_a_language_without_a_warm_parent_has_none() -> None:
    bare = Language(
        "new", PYTHON.folder, (), PYTHON.manifest | {"toolchains": [{**PYTHON.manifest["toolchains"][0], "warm": None}]}
    )
    found = find(bare, Path(sys.prefix))
    assert isinstance(found, Toolchain) and found.warm is None
