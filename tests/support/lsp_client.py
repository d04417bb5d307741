"""A client of the Language Server Protocol for tests: requests wait for their answers."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path

TIMEOUT = 60


class LspClient:
    """Speaks to `provisioner lsp` over its standard input and output."""

    def __init__(self, folder: Path, *, settings=None, encodings=("utf-16",), command=None, pulls=False) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            command or [sys.executable, "-m", "provisioner", "lsp", "-q"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
        )
        self.stderr = []
        self.answers: dict[int, queue.Queue] = {}
        self.notifications = queue.Queue()
        self.diagnostics: dict[str, list] = {}
        self.count = 0
        self.versions: dict[Path, int] = {}
        self.threads = [
            threading.Thread(target=self._read, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for thread in self.threads:
            thread.start()
        self.capabilities = self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": folder.as_uri(),
                "capabilities": {
                    "general": {"positionEncodings": list(encodings)},
                    **({"textDocument": {"diagnostic": {}}} if pulls else {}),
                    **({"workspace": {"diagnostics": {"refreshSupport": True}}} if pulls else {}),
                },
                "initializationOptions": settings or {},
                "workspaceFolders": [{"uri": folder.as_uri(), "name": "project"}],
            },
        )["capabilities"]
        self.notify("initialized", {})

    def _read(self):
        stream = self.process.stdout
        while line := stream.readline():
            length = 0
            while line.strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                line = stream.readline()
            message = json.loads(stream.read(length))
            if "method" in message and "id" in message:
                self._send({"jsonrpc": "2.0", "id": message["id"], "result": None})
                self.notifications.put(message)
            elif "method" in message:
                self.notifications.put(message)
            elif message.get("id") in self.answers:
                self.answers[message["id"]].put(message)

    def _read_errors(self):
        for line in self.process.stderr:
            self.stderr.append(line.decode())

    def _send(self, message):
        body = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def notify(self, method, params):
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def send_request(self, method, params):
        """Send a request without waiting; its number."""
        self.count += 1
        self.answers[self.count] = queue.Queue()
        self._send({"jsonrpc": "2.0", "id": self.count, "method": method, "params": params})
        return self.count

    def answer(self, number):
        """The whole answer to a request that was sent."""
        answer = self.answers[number].get(timeout=TIMEOUT)
        del self.answers[number]
        return answer

    def request(self, method, params):
        """The result of a request; an error of the server is an assertion."""
        answer = self.answer(self.send_request(method, params))
        assert "error" not in answer, answer
        return answer["result"]

    def open(self, path, text=None, language="yaml"):
        path = Path(path)
        text = path.read_text("utf-8") if text is None else text
        self.versions[path] = 1
        item = {"uri": path.as_uri(), "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, path, text):
        """Replace the whole text of an open document."""
        self.versions[path] += 1
        self.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": path.as_uri(), "version": self.versions[path]},
                "contentChanges": [{"text": text}],
            },
        )

    def at(self, path, line, character, **more):
        return {
            "textDocument": {"uri": path.as_uri()},
            "position": {"line": line, "character": character},
            **more,
        }

    def published(self, path):
        """The diagnostics that the server publishes next for a file."""
        while True:
            message = self.notifications.get(timeout=TIMEOUT)
            if message["method"] == "textDocument/publishDiagnostics":
                self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
                if message["params"]["uri"] == path.as_uri():
                    return message["params"]["diagnostics"]

    def pulled(self, path):
        """The diagnostics of a file when they are asked for."""
        return self.request("textDocument/diagnostic", {"textDocument": {"uri": path.as_uri()}})["items"]

    def close(self):
        """Shut the server down; its exit code."""
        self.request("shutdown", None)
        self.notify("exit", None)
        code = self.process.wait(timeout=TIMEOUT)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()
        return code
