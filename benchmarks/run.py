"""Run the measurements: ``python benchmarks/run.py [name …]``. Each prints ratios taken in one run."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(names: list[str]) -> None:
    """Run the named measurements, or all."""
    scripts = sorted(p for p in HERE.glob("*.py") if p.stem not in {"run", "__init__"})
    known = {p.stem: p for p in scripts}
    wrong = [n for n in names if n not in known]
    if wrong:
        sys.exit(f"no measurement called {', '.join(wrong)}; there are: {', '.join(known)}")
    for name in names or known:
        print(f"== {name}", flush=True)
        subprocess.run([sys.executable, str(known[name])], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
