"""Records of files, of standard input or of a program, checked and sent to a stream; each loss has its reason.

The way of a record: `input_blocks` (bytes) → `record_formats` (records) → `record_check` and `drop_forecast` (what will
become of it) → `chunks` (bodies of calls) → `delivery` (calls) → `checkpoint` and `dead_letters` (what is done).
"""

from __future__ import annotations

from provisioner.send.send_options import SEND_DEFAULTS, SendOptions
from provisioner.send.send_result import ChunkResult, DeadRecord, SendResult

__all__ = ["SEND_DEFAULTS", "ChunkResult", "DeadRecord", "SendOptions", "SendResult"]
