"""The lines with which a script reaches the emulator in place of Azure."""

from __future__ import annotations

import shlex

from provisioner.reports.sender_report import SenderCloud


def emulator_comment(cloud: SenderCloud) -> str:
    """A comment with the command that sets the emulator's address, credentials and certificate authority."""
    if cloud.ca_file is None:
        return ""
    state = shlex.quote(str(cloud.ca_file.parent))
    return f'# first: eval "$(provisioner emulator env --state {state})"\n'
