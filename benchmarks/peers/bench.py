"""What a run of a comparison has at hand: its settings, a folder that is thrown away, peers, the checkout."""
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from .install import Peers
from .rounds import say

ROOT = Path(__file__).resolve().parents[2]


class Bench:
    """Close it, or use it with `with`: the folder goes."""

    def __init__(self, settings):
        self.settings = settings
        self.peers = Peers(settings.install)
        self.folder = Path(tempfile.mkdtemp(prefix="limpet-compare-"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def fresh(self, name):
        """An empty folder in the one that is thrown away."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))


def build():
    """Builds the command and the load generators, as benchmarks/machine does."""
    say("building Limpet, if its sources are newer than the build")
    subprocess.run([str(ROOT / "limpet"), "--version"], check=True, stdout=subprocess.DEVNULL)
    classes = ROOT / "benchmarks" / "target" / "classes"
    sources = [*(ROOT / "benchmarks" / "src" / "main").rglob("*.java"), ROOT / "cli" / "target" / "built"]
    stamp = ROOT / "benchmarks" / "target" / "compared"
    if stamp.exists() and classes.exists() and all(path.stat().st_mtime <= stamp.stat().st_mtime for path in sources):
        return
    subprocess.run(
        ["mvn", "-B", "-q", "-pl", "benchmarks", "-am", "-DskipTests", "package"], cwd=ROOT, check=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    stamp.touch()


def jdk():
    """A JDK 25, as ./limpet finds one."""
    homes = [os.environ.get("JAVA_HOME", "")]
    for parent in ("/usr/lib/jvm", "/usr/java", Path.home() / ".sdkman/candidates/java", Path.home() / ".jdks"):
        homes += sorted(str(path) for path in Path(parent).glob("*"))
    for candidate in homes:
        release = Path(candidate) / "release"
        if candidate and release.exists() and 'JAVA_VERSION="25' in release.read_text(encoding="utf-8"):
            return Path(candidate)
    raise SystemExit("compare: needs a JDK 25: install one or set JAVA_HOME")


def java(main, *arguments):
    """The command line of a class of the benchmarks module."""
    libraries = os.pathsep.join(
        str(ROOT / part) for part in ("benchmarks/target/classes", "cli/target/limpet-cli.jar", "cli/target/lib/*"))
    return [jdk() / "bin" / "java", "-XX:+UseSerialGC", "-Xmx512m", "--enable-native-access=ALL-UNNAMED", "-cp", libraries,
            f"dev.limpet.benchmarks.{main}", *arguments]
