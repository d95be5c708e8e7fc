"""The filter of system calls that a run may not use, as a program for seccomp(2).

Namespaces hide the machine, but these calls get around them. The caller's keyrings and the sockets of a hypervisor are in no
namespace. A nested user namespace would allow file systems beyond the disk limit. io_uring, bpf, userfaultfd and
perf_event_open are the parts of the kernel that were broken most often. No snippet needs any of them.

Sources: seccomp(2), bpf(4); numbers: Linux, arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
"""

from __future__ import annotations

import errno
import platform
import struct
from dataclasses import dataclass

LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, FAIL = 0x7FFF0000, 0x00050000  # SECCOMP_RET_ALLOW; SECCOMP_RET_ERRNO, with the error number in the low bits
NUMBER, MACHINE, FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data; low halves, as both machines are little-endian
X32 = 0x40000000  # the bit of x86_64's other calling convention, which would bypass these numbers
# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
NEW_NAMESPACES = 0x20000 | 0x2000000 | 0x4000000 | 0x8000000 | 0x10000000 | 0x20000000 | 0x40000000
FAMILIES = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6


@dataclass(frozen=True)
class Machine:
    """The numbers of one processor: AUDIT_ARCH, the calls that depend on their arguments, and the calls that are refused."""

    audit: int
    clone: int
    sockets: tuple[int, int]
    refused: dict[str, int]


# Calls with the same number everywhere. clone3 has its flags in memory, where a filter cannot look; without it, libraries use
# clone.
_EVERYWHERE = {
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "clone3": 435,
    "pidfd_getfd": 438,
    "mount_setattr": 442,
    "quotactl_fd": 443,
    "memfd_secret": 447,
    "open_tree_attr": 467,
}
_ABSENT = ("clone3", "io_uring_setup", "io_uring_enter", "io_uring_register")  # ENOSYS: programs then use another way
_MACHINES = {
    "x86_64": Machine(
        0xC000003E,
        56,
        (41, 53),
        {
            "ptrace": 101,
            "pivot_root": 155,
            "chroot": 161,
            "mount": 165,
            "umount2": 166,
            "quotactl": 179,
            "add_key": 248,
            "request_key": 249,
            "keyctl": 250,
            "unshare": 272,
            "perf_event_open": 298,
            "fanotify_init": 300,
            "open_by_handle_at": 304,
            "setns": 308,
            "process_vm_readv": 310,
            "process_vm_writev": 311,
            "kcmp": 312,
            "bpf": 321,
            "userfaultfd": 323,
            **_EVERYWHERE,
        },
    ),
    "aarch64": Machine(
        0xC00000B7,
        220,
        (198, 199),
        {
            "umount2": 39,
            "mount": 40,
            "pivot_root": 41,
            "chroot": 51,
            "quotactl": 60,
            "unshare": 97,
            "ptrace": 117,
            "add_key": 217,
            "request_key": 218,
            "keyctl": 219,
            "perf_event_open": 241,
            "fanotify_init": 262,
            "open_by_handle_at": 265,
            "setns": 268,
            "process_vm_readv": 270,
            "process_vm_writev": 271,
            "kcmp": 272,
            "bpf": 280,
            "userfaultfd": 282,
            **_EVERYWHERE,
        },
    ),
}


def program(machine: str | None = None) -> bytes:
    """The filter for a machine, by default this one: instructions of 8 bytes each. Empty if its numbers are unknown."""
    known = _MACHINES.get(machine or platform.machine())
    if known is None:
        return b""
    refuse = FAIL | errno.EPERM
    steps = [(LOAD, 0, 0, MACHINE), (JUMP_EQUAL, 1, 0, known.audit), (RETURN, 0, 0, refuse), (LOAD, 0, 0, NUMBER)]
    steps += [(JUMP_AT_LEAST, 0, 1, X32), (RETURN, 0, 0, refuse)]
    for name, number in known.refused.items():
        steps += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, FAIL | errno.ENOSYS if name in _ABSENT else refuse)]
    steps += [(JUMP_EQUAL, 0, 4, known.clone), (LOAD, 0, 0, FIRST_ARGUMENT), (JUMP_ANY_BIT, 0, 1, NEW_NAMESPACES)]
    steps += [(RETURN, 0, 0, refuse), (RETURN, 0, 0, ALLOW)]
    socket, socketpair = known.sockets
    steps += [(JUMP_EQUAL, 2, 0, socket), (JUMP_EQUAL, 1, 0, socketpair), (RETURN, 0, 0, ALLOW), (LOAD, 0, 0, FIRST_ARGUMENT)]
    steps += [(JUMP_EQUAL, len(FAMILIES) - place, 0, family) for place, family in enumerate(FAMILIES)]
    steps += [(RETURN, 0, 0, FAIL | errno.EAFNOSUPPORT), (RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)
