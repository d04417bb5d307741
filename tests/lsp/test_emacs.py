"""A second real editor: Emacs with eglot and the configuration of the documentation, over the quickstart."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.support.paths import ROOT

EMACS = shutil.which("emacs")
SCRIPT = """
(package-initialize)
(require 'yaml-mode)
(require 'eglot)
(require 'json)
(load (getenv "CONFIGURATION") nil t)
(setq eglot-sync-connect 60)
(defun wait-for (condition)
  (let ((rounds 0))
    (while (and (not (funcall condition)) (< rounds 300))
      (flymake-start)
      (accept-process-output nil 0.1)
      (setq rounds (1+ rounds)))
    (funcall condition)))
(find-file "provisioner.yaml")
;; Without a screen no command is ever over: what waits for the end of the first one is called here.
(run-hooks 'post-command-hook)
(let (results labels finding)
  (push (cons 'managed (and (eglot-managed-p) t)) results)
  (wait-for #'flymake-diagnostics)
  (setq finding (car (flymake-diagnostics)))
  (push (cons 'finding (flymake-diagnostic-text finding)) results)
  (push (cons 'line (line-number-at-pos (flymake-diagnostic-beg finding))) results)
  (goto-char (point-min))
  (search-forward "isnotempty(")
  (let ((found (eglot-completion-at-point)))
    (setq labels (all-completions "" (nth 2 found))))
  (push (cons 'labels (vconcat labels)) results)
  (dolist (action (append (eglot-code-actions (flymake-diagnostic-beg finding) (flymake-diagnostic-end finding)) nil))
    (when (eq (plist-get action :isPreferred) t)
      (eglot--apply-workspace-edit (plist-get action :edit))))
  ;; Sent when the keyboard is idle, which it never is here.
  (eglot--signal-textDocument/didChange)
  (push (cons 'fixed (and (wait-for (lambda () (null (flymake-diagnostics)))) t)) results)
  (push (cons 'text (buffer-substring-no-properties (point-min) (point-max))) results)
  (with-temp-file "results.json" (insert (json-encode results))))
(eglot-shutdown-all)
"""


def documented_configuration() -> str:
    page = (ROOT / "docs" / "editors.md").read_text("utf-8")
    (configuration,) = re.findall(r"```elisp\n(.*?)```", page, re.DOTALL)
    return configuration


def has_eglot() -> bool:
    if EMACS is None:
        return False
    program = "(progn (package-initialize) (require 'eglot) (require 'yaml-mode))"
    return subprocess.run([EMACS, "--batch", "--eval", program], capture_output=True, check=False).returncode == 0


def test_emacs_shows_a_finding_completes_a_column_and_applies_a_fix(tmp_path):
    # Asked here and not at collection: an Emacs starts for it.
    if not has_eglot():
        pytest.skip("there is no Emacs with eglot: apt-get install emacs-nox elpa-eglot elpa-yaml-mode")
    folder = tmp_path / "quickstart"
    shutil.copytree(ROOT / "examples" / "quickstart", folder)
    manifest = folder / "provisioner.yaml"
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace("= toguid(order.id)", "= order.id"), "utf-8")
    program = tmp_path / "bin" / "provisioner"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m provisioner "$@"\n', "utf-8")
    program.chmod(0o755)
    (tmp_path / "configuration.el").write_text(documented_configuration(), "utf-8")
    (tmp_path / "script.el").write_text(SCRIPT, "utf-8")
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "PATH": f"{program.parent}:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "CONFIGURATION": str(tmp_path / "configuration.el"),
    }
    subprocess.run(
        [EMACS, "--batch", "--load", str(tmp_path / "script.el")],
        env=environment,
        cwd=folder,
        check=True,
        timeout=200,
        capture_output=True,
    )
    results = json.loads((folder / "results.json").read_text("utf-8"))
    assert results["managed"] is True
    assert "is dynamic, the table's column is guid" in results["finding"]
    assert {"order", "placed", "tostring"} <= {label.strip() for label in results["labels"]}
    assert results["fixed"] is True
    assert results["text"] == text
