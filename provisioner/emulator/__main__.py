"""`python -m provisioner.emulator serve`: the server alone, without the other commands."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from provisioner.state_directory import STATE_DIRECTORY


def main(arguments: list[str] | None = None) -> int:
    """Parse the options and serve; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m provisioner.emulator", description="A local Azure Monitor on loopback."
    )
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path, default=Path(STATE_DIRECTORY))
    parser.add_argument("--latency", type=float, default=0.0, metavar="MS")
    parser.add_argument("--faults", type=Path)
    parser.add_argument("--idle", type=float, metavar="SECONDS", help="end after so long without a request")
    parser.add_argument("--owner", type=int, metavar="PID", help="end when this process is gone")
    options = parser.parse_args(arguments)

    from provisioner.emulator.process import ServerOptions
    from provisioner.emulator.process import main as run

    return run(
        ServerOptions(
            options.state, options.host, options.port, options.latency, options.faults, options.idle, options.owner
        )
    )


if __name__ == "__main__":
    sys.exit(main())
