"""A session proves what fresh calls prove, quicker; it survives all that can happen to what it keeps; and it leaves nothing."""

from __future__ import annotations

import _thread
import os
import re
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from engine.handmade import PLAIN, case

from snippetgen.languages.language import BUILTIN, Language, discover
from snippetgen.render.case import Case, cases
from snippetgen.run.toolchain import find
from snippetgen.spec.loader import Spec
from snippetgen.verify import compiler
from snippetgen.verify.planner import WAITING, Keys, Options, verify
from snippetgen.verify.session import Session
from snippetgen.verify.verdicts import FAILED, NOT_RUN, PASSED, Verdict
from snippetgen.verify.workshop import Equipment, Workshop

CACHE = BUILTIN.parent / ".cache" / "snippetgen"
LANGUAGES = discover([BUILTIN])
SLOW = "import time\ntime.sleep(15)\n"
ONCE = {"errors": (), "isolation": "namespaces"}


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session that leaves no process, no folder and no thread behind."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    before = set(psutil.Process().children(recursive=True))
    threads = set(threading.enumerate())
    with Session() as session:
        yield session
    assert set(psutil.Process().children(recursive=True)) <= before
    assert list((tmp_path / "temporary").glob("snippetgen-*")) == []
    assert not any(thread.name == "session" for thread in set(threading.enumerate()) - threads)


def toolchains(all_cases: list[Case]) -> dict:
    return {one.language.name: find(one.language, CACHE) for one in all_cases}


def prove(session: Session | None, all_cases: list[Case], *, more: dict | None = None, **options: object) -> list[Verdict]:
    options = ONCE | options
    return verify(all_cases, toolchains(all_cases), None, Options(**options), session=session, **(more or {}))  # type: ignore[arg-type]


def essence(verdicts: list[Verdict]) -> list[tuple]:
    """What a verdict says, without times, and without what differs from run to run."""
    return [(v.page, v.language, v.outcome, v.reasons, v.isolation, v.runs, v.warm, v.output) for v in verdicts]


def compiled(page: Spec, **texts: str) -> list[Case]:
    """C# and Go, as rendered, and with a mistake that the compiler finds, and with one that the judge finds."""
    found = []
    for one in cases([page], [LANGUAGES["csharp"], LANGUAGES["go"]]):
        assert one.snippet
        for name, (old, new) in {"right": ("", ""), "broken": ("response", "respons "), "wrong": ("x=1", "x=2")}.items():
            old = "resp" if (one.language.name, name) == ("go", "broken") else old
            text = one.snippet.text.replace(old, new, 1) if old else one.snippet.text
            found.append(replace(one, spec=replace(page, id=f"{page.id}-{name}"), snippet=replace(one.snippet, text=text)))
    return found


@pytest.mark.long(10)
@pytest.mark.parametrize("isolation", ["namespaces", "swap"])
def test_it_proves_what_a_fresh_call_proves(
    pages: dict[str, Spec], handmade: Language, session: Session, isolation: str, caplog: pytest.LogCaptureFixture
) -> None:
    texts = {
        "right": PLAIN,
        "wrong": PLAIN.replace("x=1", "x=2"),
        "silent": PLAIN.replace("print(", "str("),
        "broken": "def (:\n" + PLAIN,
        "twice": PLAIN + PLAIN,
        "leaves": PLAIN + "import os, time\nif os.fork() == 0:\n    time.sleep(9)\n",
    }
    all_cases = [case(pages["plain"], handmade, text, name) for name, text in texts.items()]
    all_cases += cases([pages["plain"], *([pages["secure"]] if isolation == "namespaces" else [])], [LANGUAGES["python"]])
    all_cases += compiled(pages["plain"])
    if isolation == "swap":  # what is left behind is told in namespaces only
        all_cases = [one for one in all_cases if "leaves" not in one.name]
    fresh = essence(prove(None, all_cases, isolation=isolation))
    assert {outcome for _, _, outcome, *_ in fresh} == {PASSED, FAILED}
    places = re.compile(r"127\.0\.0\.1:\d+|snippetgen-\w+/\w+|\d{8,}")
    for _ in range(2):
        again = essence(prove(session, all_cases, isolation=isolation))
        assert places.sub("", repr(again)) == places.sub("", repr(fresh))
    assert [v[2] for v in essence(prove(session, all_cases[::-1], isolation=isolation))] == [v[2] for v in fresh[::-1]]
    session.close()
    assert caplog.text == ""


def test_nothing_of_one_call_reaches_the_next(pages: dict[str, Spec], handmade: Language, session: Session) -> None:
    leave = PLAIN + (
        "import os, socket, time\n"
        "for place in ('.', '/tmp', '/dev/shm', '/home', '/snippet'):\n"
        "    try:\n        open(f'{place}/left', 'w').write('left')\n    except OSError:\n        pass\n"
        "os.environ['LEFT'] = 'left'\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n    server = socket.create_server(('127.0.0.1', 4567))\n    time.sleep(60)\n"
    )
    look = (
        "import os, socket\n"
        "found = [p for p in ('.', '/tmp', '/dev/shm', '/home', '/snippet', '/stage', '/built') if 'left' in os.listdir(p)]\n"
        "found += [p for p in ('/stage', '/built', '/old') if os.listdir(p)]\n"
        "found += [name for name in os.environ if name == 'LEFT']\n"
        "found += [pid for pid in os.listdir('/proc') if pid.isdigit() and int(pid) not in (1, os.getpid())]\n"
        "for family, place in ((socket.AF_INET, ('127.0.0.1', 4567)), (socket.AF_INET, ('127.0.0.1', 443))):\n"
        "    with socket.socket(family) as client:\n        found += [place] if client.connect_ex(place) == 0 else []\n"
        "if found:\n    raise SystemExit(repr(found))\n"
    ) + PLAIN
    (left,) = prove(session, [case(pages["plain"], handmade, leave)])
    assert left.outcome == FAILED and "left processes behind" in str(left.reasons)
    workshop = session._workshop
    (looked,) = prove(session, [case(pages["plain"], handmade, look)])
    assert looked.outcome == PASSED, looked
    assert session._workshop is workshop is not None, "it was the same sandbox"
    assert list(workshop.sandbox.stage.rglob("*")) == []


def test_what_was_built_is_gone_after_the_call(pages: dict[str, Spec], session: Session) -> None:
    all_cases = cases([pages["plain"]], [LANGUAGES["go"]])
    assert [v.outcome for v in prove(session, all_cases)] == [PASSED]
    assert session._workshop
    assert list((session._workshop.sandbox.stage / "build" / "go").iterdir()) == []


def builds(name: str) -> list[psutil.Process]:
    """The build processes of a language that live below this process."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if any(f"/{name}/build.py" in word for word in process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.mark.long(10)
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP], ids=["dies", "hangs"])
def test_a_compiler_that_dies_or_hangs_between_two_calls_is_replaced(
    end: signal.Signals, pages: dict[str, Spec], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiler, "PATIENCE", 5.0)
    for name in ("go", "csharp"):
        all_cases = cases([pages["plain"]], [LANGUAGES[name]])
        assert [v.outcome for v in prove(session, all_cases)] == [PASSED]
        (process,) = builds(name)
        assert [v.outcome for v in prove(session, all_cases)] == [PASSED]
        assert builds(name) == [process], "it stays"
        workshop = session._workshop
        process.send_signal(end)
        (verdict,) = prove(session, all_cases)
        assert (verdict.outcome, verdict.reasons) == (PASSED, ())
        assert process not in builds(name) and len(builds(name)) == 1 and session._workshop is workshop


def test_a_compiler_that_never_works_is_told_as_in_a_fresh_call(pages: dict[str, Spec], session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "mine"
    folder.mkdir(parents=True)
    go = LANGUAGES["go"]
    (folder / "build.py").write_text("import sys\nprint('no memory', file=sys.stderr)\nsys.exit(3)\n")
    recipe = go.manifest["toolchains"][0] | {"build": ["{python}", "-I", str(folder / "build.py"), "{folder}"]}
    mine = replace(go, manifest=go.manifest | {"toolchains": [recipe]})
    all_cases = cases([pages["plain"]], [mine])
    found = toolchains(all_cases)
    found["go"] = replace(found["go"], visible=(*found["go"].visible, str(folder)))
    for _ in range(2):
        (verdict,) = verify(all_cases, found, None, Options(errors=(), isolation="namespaces"), session=session)
        assert (
            verdict.outcome == FAILED and "the compiler ended with 3" in verdict.reasons[0] and "no memory" in verdict.reasons[0]
        )


def test_a_new_host_is_found_and_a_new_language_makes_it_begin_anew(
    pages: dict[str, Spec], handmade: Language, session: Session
) -> None:
    def at(host: str, page: str, text: str) -> Case:
        """The case of a page that is at another host."""
        (example,) = pages[page].examples
        moved = replace(example.request, uri=replace(example.request.uri, host=host))
        text = text.replace("api.example.test", host)
        return case(replace(pages[page], examples=(replace(example, request=moved),)), handmade, text, host)

    secure = PLAIN.replace("http:", "https:")
    workshops = []
    for one in (
        case(pages["plain"], handmade, PLAIN),
        at("other.example.test", "plain", PLAIN),
        case(pages["plain"], handmade, PLAIN),
        case(pages["secure"], handmade, secure),  # the first https
        at("other.example.test", "secure", secure),
        at("third.example.test", "secure", secure),
        case(pages["secure"], handmade, secure),
    ):
        (verdict,) = prove(session, [one])
        assert (verdict.outcome, verdict.reasons) == (PASSED, ()), one.name
        workshops.append(session._workshop)
    assert [workshops.index(one) for one in workshops] == [0, 0, 0, 3, 3, 3, 3]
    everywhere = [at(f"{name}.example.test", "plain", PLAIN) for name in ("other", "third")]
    assert [v.outcome for v in prove(session, [*everywhere, *cases([pages["plain"]], [LANGUAGES["python"]])])] == [PASSED] * 3
    assert session._workshop is not workshops[-1]
    assert [v.outcome for v in prove(session, [at("other.example.test", "secure", secure)])] == [PASSED], "it knows them all"


@pytest.mark.parametrize("when", ["between", "within"])
def test_a_sandbox_that_is_killed_is_replaced(when: str, pages: dict[str, Spec], handmade: Language, session: Session) -> None:
    slow = "import time\ntime.sleep(1)\n" + PLAIN
    all_cases = [case(pages["plain"], handmade, slow, str(n)) for n in range(4)]
    prove(session, all_cases[:1])
    workshop = session._workshop
    assert workshop

    def kill() -> None:
        os.kill(workshop.sandbox.supervisor.pid, signal.SIGKILL)  # type: ignore[attr-defined]

    if when == "between":
        kill()
    else:
        threading.Timer(0.5, kill).start()
    assert [v.outcome for v in prove(session, all_cases)] == [PASSED] * 4
    assert session._workshop is not workshop


def test_a_warm_parent_that_dies_is_replaced(pages: dict[str, Spec], session: Session) -> None:
    all_cases = cases([pages["plain"]], [LANGUAGES["python"]])
    prove(session, all_cases)
    workshop = session._workshop
    assert workshop
    (parent,) = [p for p in psutil.Process(workshop.sandbox.supervisor.pid).children() if "SNIPPETGEN_WARM" in p.environ()]  # type: ignore[attr-defined]
    parent.kill()
    for _ in range(2):
        assert [v.outcome for v in prove(session, all_cases)] == [PASSED]
    assert session._workshop is workshop and len(workshop.sandbox.parents) == 1  # type: ignore[attr-defined]


def test_it_serves_threads_that_end_and_calls_at_the_same_time(
    pages: dict[str, Spec], handmade: Language, session: Session
) -> None:
    found: list[str] = []

    def call(number: int) -> None:
        found.extend(v.outcome for v in prove(session, [case(pages["plain"], handmade, PLAIN, str(number))]))

    call(0)
    workshop = session._workshop
    for group in ([1], [2], [3, 4, 5]):
        threads = [threading.Thread(target=call, args=(number,)) for number in group]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [PASSED] * 6 and session._workshop is workshop


def stopped(session: Session, all_cases: list[Case], stop: threading.Event, seconds: float) -> list[Verdict]:
    """The verdicts of a call that another thread stops."""
    threading.Timer(seconds, stop.set).start()
    started = time.monotonic()
    verdicts = prove(session, all_cases, more={"stop": stop})
    assert time.monotonic() - started < seconds + 3
    return verdicts


def test_a_call_that_is_not_wanted_any_more_ends_and_keeps_its_verdicts(
    pages: dict[str, Spec], handmade: Language, session: Session
) -> None:
    quick, slow = case(pages["plain"], handmade, PLAIN, "quick"), case(pages["plain"], handmade, SLOW + PLAIN, "slow")
    verdicts = stopped(session, [quick, slow, quick], threading.Event(), 2)
    assert [(v.outcome, v.reasons) for v in verdicts] == [(PASSED, ()), (NOT_RUN, (WAITING,)), (PASSED, ())]
    workshop = session._workshop
    assert [v.outcome for v in prove(session, [quick])] == [PASSED]
    assert session._workshop is workshop is not None
    done = threading.Event()
    done.set()
    assert [v.outcome for v in prove(session, [slow], more={"stop": done})] == [NOT_RUN]


@pytest.mark.long(5)
def test_a_compiler_goes_on_after_a_call_that_was_stopped(pages: dict[str, Spec], session: Session) -> None:
    (one,) = cases([pages["plain"]], [LANGUAGES["go"]])
    assert one.snippet
    many = [replace(one, spec=replace(one.spec, id=f"pages/p{n}")) for n in range(30)]
    prove(session, [one])
    (process,) = builds("go")
    for seconds in (0.1, 0.3, 0.6):
        stopped(session, many, threading.Event(), seconds)
    assert [v.outcome for v in prove(session, many)] == [PASSED] * 30
    assert builds("go") == [process]


def test_an_interruption_leaves_a_session_that_can_go_on(pages: dict[str, Spec], handmade: Language, session: Session) -> None:
    slow = case(pages["plain"], handmade, SLOW + PLAIN, "slow")
    threading.Timer(1.5, _thread.interrupt_main).start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        prove(session, [slow])
    assert time.monotonic() - started < 5
    workshop = session._workshop
    assert [v.outcome for v in prove(session, [case(pages["plain"], handmade, PLAIN)])] == [PASSED]
    assert session._workshop is workshop is not None


def test_an_error_of_the_caller_leaves_a_session_that_can_go_on(
    pages: dict[str, Spec], handmade: Language, session: Session
) -> None:
    all_cases = [case(pages["plain"], handmade, PLAIN, "quick"), case(pages["plain"], handmade, SLOW + PLAIN, "slow")]

    def fail(verdict: Verdict) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        verify(all_cases, toolchains(all_cases), None, Options(**ONCE), fail, session=session)  # type: ignore[arg-type]
    assert [v.outcome for v in prove(session, all_cases[:1])] == [PASSED]


def test_the_page_under_work_comes_first(pages: dict[str, Spec], handmade: Language, session: Session) -> None:
    order: list[str] = []
    one = cases([pages["plain"]], [LANGUAGES["go"]])[0]
    many = [case(pages["plain"], handmade, PLAIN, str(n)) for n in range(8)]
    many += [replace(one, spec=replace(one.spec, id=f"pages/go{n}")) for n in range(8)]
    wanted = [case(pages["plain"], handmade, PLAIN, "mine"), replace(one, spec=replace(one.spec, id="pages/plain-mine"))]
    verify(
        [*many, *wanted],
        toolchains([*many, *wanted]),
        None,
        Options(workers=1, **ONCE),  # type: ignore[arg-type]
        lambda verdict: order.append(f"{verdict.page} {verdict.language}"),
        session=session,
        first={"pages/plain-mine"},
    )
    assert len(order) == 18
    assert order[0] == "pages/plain-mine handmade"
    assert order.index("pages/plain-mine go") < min(n for n, name in enumerate(order) if name.startswith("pages/go"))


def test_what_was_prepared_is_used(pages: dict[str, Spec], session: Session) -> None:
    all_cases = cases([pages["plain"]], [LANGUAGES["python"], LANGUAGES["go"]])
    options, found = Options(**ONCE), toolchains(all_cases)  # type: ignore[arg-type]
    plan = Keys(options)
    session.prepare([plan(one, found[one.language.name]) for one in all_cases], options)
    assert waits(lambda: len(builds("go")) == 1 and session._workshop is not None)
    workshop, (process,) = session._workshop, builds("go")
    assert [v.outcome for v in verify(all_cases, found, None, options, session=session)] == [PASSED, PASSED]
    assert session._workshop is workshop and builds("go") == [process]


def test_what_is_prepared_twice_is_started_once(
    pages: dict[str, Spec], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_cases = cases([pages["plain"]], [LANGUAGES["python"]])
    options, found = Options(**ONCE), toolchains(all_cases)  # type: ignore[arg-type]
    started: list[Equipment] = []
    monkeypatch.setattr(
        Workshop, "__init__", lambda self, needed, init=Workshop.__init__: started.append(needed) or init(self, needed)
    )
    for _ in range(3):
        session.prepare([Keys(options)(one, found[one.language.name]) for one in all_cases], options)
    assert [v.outcome for v in verify(all_cases, found, None, options, session=session)] == [PASSED]
    assert len(started) == 1


def test_it_can_be_closed_while_it_prepares_and_used_again(pages: dict[str, Spec], session: Session) -> None:
    all_cases = cases([pages["plain"]], [LANGUAGES["python"]])
    options, found = Options(**ONCE), toolchains(all_cases)  # type: ignore[arg-type]
    for _ in range(2):
        session.prepare([Keys(options)(one, found[one.language.name]) for one in all_cases], options)
        session.close()
        assert session._workshop is None
    assert [v.outcome for v in prove(session, all_cases)] == [PASSED]


def waits(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
