"""Verification on executors: the same verdicts as in one process, whoever dies on the way."""

from __future__ import annotations

import os
import pickle
import signal
import time
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import distributed
import pytest

from snippetgen.errors import UsageError
from snippetgen.languages.language import BUILTIN, discover
from snippetgen.render.case import cases
from snippetgen.spec.pages import load_specs
from snippetgen.verify.cluster import batches, connect, prove, spread
from snippetgen.verify.planner import Options
from snippetgen.verify.verdicts import FAILED, PASSED

ROOT = BUILTIN.parent
CACHE = ROOT / ".cache" / "snippetgen"
LANGUAGES = discover([BUILTIN])
OPTIONS = Options(errors=(), workers=1)


def some_cases(*languages):
    return cases(load_specs(ROOT / "tests" / "specs", ["kinds"]), [LANGUAGES[name] for name in languages])


def test_a_case_can_be_sent_to_another_process():
    for case in some_cases(*LANGUAGES):
        case.language.literals  # noqa: B018 - a used language holds functions that cannot be sent
        copy = pickle.loads(pickle.dumps(case))
        assert (copy.name, copy.snippet, copy.example) == (case.name, case.snippet, case.example)
        assert copy.language.manifest == case.language.manifest


def test_batches_hold_one_language_each_and_every_case_once():
    all_cases = some_cases("curl", "php")
    found = batches(all_cases, 10)
    assert all(len({case.language.name for case in batch}) == 1 and len(batch) <= 10 for batch in found)
    assert sorted(case.name for batch in found for case in batch) == sorted(case.name for case in all_cases)


@pytest.mark.parametrize(
    "make", [lambda: ThreadPoolExecutor(2), lambda: ProcessPoolExecutor(2, get_context("spawn"))], ids=["threads", "processes"]
)
def test_any_executor_gives_the_verdicts_in_the_order_of_the_cases(make):
    all_cases, heard = some_cases("curl"), []
    with make() as executor:
        verdicts = spread(executor, all_cases, CACHE, OPTIONS, heard.append, fresh=True, size=12)
    assert [verdict.name for verdict in verdicts] == [case.name for case in all_cases]
    assert {verdict.outcome for verdict in verdicts} == {PASSED} and len(heard) == len(all_cases)


class Dying(ThreadPoolExecutor):
    """Loses the first `deaths` batches."""

    deaths = 0

    def submit(self, *arguments, **named):
        if self.deaths:
            self.deaths -= 1
            lost: Future = Future()
            lost.set_exception(RuntimeError("the worker died"))
            return lost
        return super().submit(*arguments, **named)


def test_a_lost_batch_is_given_to_another_worker_and_an_error_that_stays_is_raised():
    all_cases = some_cases("curl")[:4]
    with Dying(1) as executor:
        executor.deaths = 2
        assert {verdict.outcome for verdict in spread(executor, all_cases, CACHE, OPTIONS, fresh=True)} == {PASSED}
        executor.deaths = 3
        with pytest.raises(RuntimeError, match="died"):
            spread(executor, all_cases, CACHE, OPTIONS, fresh=True)


def test_a_failure_on_a_worker_is_a_failed_verdict(tmp_path):
    (tmp_path / "templates" / "curl").mkdir(parents=True)
    (tmp_path / "templates" / "curl" / "request.sh.j2").write_text("curl http://nowhere.example/\n")
    (wrong,) = [language for language in discover([tmp_path / "templates", BUILTIN]).values() if language.name == "curl"]
    all_cases = cases(load_specs(ROOT / "tests" / "specs", ["kinds/null"]), [wrong])
    assert [verdict.outcome for verdict in prove(all_cases, CACHE, OPTIONS, True)] == [FAILED]


@pytest.mark.long(15)
def test_a_dask_worker_that_is_killed_loses_nothing_but_time(tmp_path):
    all_cases, heard = some_cases("curl", "php"), []
    pids: list[int] = []
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=str(tmp_path)
    ) as cluster:
        with distributed.Client(cluster) as client:
            pids += client.run(os.getpid).values()

        def on_verdict(verdict):
            if not heard:
                os.kill(pids[0], signal.SIGKILL)
            heard.append(verdict)

        with connect(cluster.scheduler_address) as executor:
            verdicts = spread(executor, all_cases, CACHE, OPTIONS, on_verdict, fresh=True, size=6)
    assert len(pids) == 2 and not Path(f"/proc/{pids[0]}/cmdline").exists()
    assert [verdict.name for verdict in verdicts] == [case.name for case in all_cases]
    assert {verdict.outcome for verdict in verdicts} == {PASSED}
    assert len(heard) == len(all_cases)


@pytest.mark.long(10)
def test_the_command_runs_on_a_dask_cluster(snippetgen, tmp_path):
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, local_directory=str(tmp_path)
    ) as cluster:
        ran = snippetgen(
            "verify", "chat/gpt-4o", "-l", "curl", "--errors", "", "--fresh", "--dask", cluster.scheduler_address, cwd=ROOT
        )
    assert ran.code == 0, ran.err
    assert "0 failed" in ran.out and "private namespaces" in ran.out


@pytest.mark.long(10)
def test_a_scheduler_that_is_not_there_is_told(snippetgen):
    started = time.monotonic()
    ran = snippetgen("verify", "chat/gpt-4o", "-l", "curl", "--dask", "tcp://127.0.0.1:9", cwd=ROOT)
    assert ran.code == 2 and "no Dask scheduler at tcp://127.0.0.1:9" in ran.err and "help:" in ran.err
    assert time.monotonic() - started < 60


def test_connect_says_how_to_install_dask(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install distributed"), connect("tcp://127.0.0.1:9"):
        pass
