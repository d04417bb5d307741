"""A request that is answered with a reason for its author, and is no fault of ours."""

from __future__ import annotations

import logging

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException


class RefusedRequest(JsonRpcException):
    """What was asked for cannot be done: the message says why, and what to do."""

    CODE = lsp.LSPErrorCodes.RequestFailed.value
    MESSAGE = "the request cannot be carried out"


def leave_out_of_log(record: logging.LogRecord) -> bool:
    """Whether a record is to be logged: pygls logs each error, and a refusal is an answer."""
    return not (record.exc_info and isinstance(record.exc_info[1], RefusedRequest))
