"""`python -m benchmarks.supply_chain licences | sbom [FILE] | audit`, from the root of the repository."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.supply_chain import licences
from benchmarks.supply_chain.locked import packages

LOCK = Path("requirements.lock")
NOT_KNOWN = 3  # exit code: the data could not be had, which is not the same as none found


def show_licences() -> int:
    judged = list(licences.judge(packages(LOCK), licences.read_rules()))
    for licence, count in Counter(each.licence for each in judged).most_common():
        print(f"{count:4} {licence}")
    bad = [each for each in judged if each.problem]
    for each in bad:
        print(f"{LOCK}: {each.package.name} {each.package.version} ({each.licence}) {each.problem}", file=sys.stderr)
    print(f"{len(judged)} packages, {len(bad)} problems")
    return 1 if bad else 0


def write_sbom(file: Path) -> int:
    """CycloneDX JSON, the same bytes for the same lock. Without network: versions and hashes are the lock's."""
    file.parent.mkdir(parents=True, exist_ok=True)
    installed = "".join(f"{line}\n" for line in _lines(LOCK))
    command = [
        sys.executable, "-m", "cyclonedx_py", "requirements", "--pyproject", "pyproject.toml", "--output-reproducible",
        "--of", "JSON", "--sv", "1.6", "-o", str(file), "-",
    ]  # fmt: skip
    done = subprocess.run(command, input=installed, encoding="utf-8", capture_output=True, check=False)
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
        return 1
    found = json.loads(file.read_text(encoding="utf-8"))
    print(f"{file}: {len(found['components'])} components, CycloneDX {found['specVersion']}")
    return 0


def audit() -> int:
    """0: nothing known; 1: vulnerabilities, listed; 3: the database could not be asked."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--require-hashes", "-r", str(LOCK)]
    done = subprocess.run(
        [*command, "-s", "osv", "-f", "json", "--progress-spinner", "off"],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    try:
        found = json.loads(done.stdout)
    except ValueError:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1][:200]
        print(
            f"Nothing is known: the OSV database could not be asked ({reason}). Run it where it can.", file=sys.stderr
        )
        return NOT_KNOWN
    known = [(each, flaw) for each in found["dependencies"] for flaw in each.get("vulns", ())]
    for each, flaw in known:
        print(f"{each['name']} {each['version']}: {flaw['id']}, fixed in {', '.join(flaw['fix_versions']) or 'none'}")
    print(f"{len(found['dependencies'])} packages, {len(known)} known vulnerabilities")
    return 1 if known else 0


def _lines(lock: Path) -> list[str]:
    """The lock without what is never installed."""
    kept, lines, taken = {package.name for package in packages(lock)}, [], False
    for line in lock.read_text(encoding="utf-8").splitlines():
        if "==" in line:
            taken = line.partition("==")[0] in kept
        if taken:
            lines.append(line)
    return lines


def main(arguments: Sequence[str]) -> int:
    match list(arguments):
        case ["licences"]:
            return show_licences()
        case ["sbom", *rest]:
            return write_sbom(Path(rest[0] if rest else "out/sbom.cdx.json"))
        case ["audit"]:
            return audit()
    print("usage: ./run licences | sbom [FILE] | audit", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
