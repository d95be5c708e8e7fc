"""The filter of system calls, as the kernel reads it: an interpreter of its instructions says what becomes of a call."""

from __future__ import annotations

import errno
import struct

import pytest
from cases import each

from snippetgen.run import seccomp

AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOWED = 0
# What interpreters and compilers ask for all the time: read, mmap, execve, futex, memfd_create, clone of a thread.
ORDINARY = {"x86_64": (0, 9, 59, 202, 319), "aarch64": (63, 222, 221, 98, 279)}
THREAD = 0x3D0F00


def outcome(machine: str, number: int, argument: int = 0, audit: int | None = None) -> int:
    """0 where a call is allowed, else the number of the error it ends with. Source: bpf(4)."""
    data = struct.pack("<IIQQ", number, AUDIT[machine] if audit is None else audit, 0, argument)
    steps = list(struct.iter_unpack("HBBI", seccomp.program(machine)))
    place, held = 0, 0
    while True:
        code, if_true, if_false, value = steps[place]
        place += 1
        if code == seccomp.LOAD:
            held = struct.unpack_from("<I", data, value)[0]
        elif code == seccomp.RETURN:
            return ALLOWED if value == seccomp.ALLOW else value & 0xFFFF
        else:
            test = {
                seccomp.JUMP_EQUAL: held == value,
                seccomp.JUMP_AT_LEAST: held >= value,
                seccomp.JUMP_ANY_BIT: bool(held & value),
            }
            place += if_true if test[code] else if_false


@pytest.mark.parametrize("machine", AUDIT)
def test_every_call_of_the_list_is_refused(machine: str) -> None:
    calls = seccomp._MACHINES[machine].refused
    assert {"keyctl", "unshare", "bpf", "ptrace", "io_uring_setup", "mount", "clone3"} <= calls.keys()
    for name, number in calls.items():
        assert outcome(machine, number) == (errno.ENOSYS if name in seccomp._ABSENT else errno.EPERM), name


@pytest.mark.parametrize("machine", AUDIT)
def test_what_programs_need_is_allowed(machine: str) -> None:
    known = seccomp._MACHINES[machine]
    for number in ORDINARY[machine]:
        assert outcome(machine, number) == ALLOWED, number
    assert outcome(machine, known.clone, THREAD) == outcome(machine, known.clone, 17) == ALLOWED


@each("machine", AUDIT)
@each("flag", [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000])
def test_no_process_is_made_in_a_new_namespace(machine: str, flag: int) -> None:
    assert outcome(machine, seccomp._MACHINES[machine].clone, flag | 17) == errno.EPERM


@each("machine", AUDIT)
@each("family", range(64))
def test_sockets_are_of_the_three_families_that_snippets_need(machine: str, family: int) -> None:
    for call in seccomp._MACHINES[machine].sockets:
        assert outcome(machine, call, family) == (ALLOWED if family in (1, 2, 10) else errno.EAFNOSUPPORT)


@pytest.mark.parametrize("machine", AUDIT)
def test_another_calling_convention_is_refused(machine: str) -> None:
    assert outcome(machine, 20, audit=0x40000003) == errno.EPERM  # AUDIT_ARCH_I386
    assert outcome(machine, 0x40000000 | 39) == errno.EPERM


def test_a_machine_whose_numbers_are_not_known_gets_no_filter() -> None:
    assert seccomp.program("riscv64") == b""
