"""A real editor: Neovim without a screen opens the quickstart, shows a finding, completes a column, applies a fix."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from tests.support.paths import ROOT

NEOVIM = shutil.which("nvim")
SCRIPT = """
local results = {}
local function wait(condition) return vim.wait(60000, condition, 50) end
local folder, python = vim.env.PROJECT, vim.env.PYTHON
vim.cmd("edit " .. folder .. "/provisioner.yaml")
local buffer = vim.api.nvim_get_current_buf()
local id = vim.lsp.start_client({
  name = "provisioner", cmd = { python, "-m", "provisioner", "lsp", "-q" }, root_dir = folder, cmd_cwd = folder,
})
vim.lsp.buf_attach_client(buffer, id)
wait(function() return #vim.diagnostic.get(buffer) > 0 end)
local finding = vim.diagnostic.get(buffer)[1]
results.code, results.line = finding.code, finding.lnum
local client = vim.lsp.get_client_by_id(id)
local function request(method, params)
  local answer = client.request_sync(method, params, 60000, buffer)
  return answer and answer.result
end
local lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
local document = { uri = vim.uri_from_bufnr(buffer) }
for number, line in ipairs(lines) do
  local column = line:find("isnotempty(", 1, true)
  if column then
    local at = { line = number - 1, character = column - 1 + #"isnotempty(" }
    results.labels = {}
    for _, item in ipairs(request("textDocument/completion", { textDocument = document, position = at }).items) do
      table.insert(results.labels, item.label)
    end
  end
end
local range = {
  start = { line = finding.lnum, character = finding.col },
  ["end"] = { line = finding.end_lnum, character = finding.end_col },
}
local asked = { textDocument = document, range = range, context = { diagnostics = {} } }
local actions = request("textDocument/codeAction", asked)
for _, action in ipairs(actions) do
  if action.isPreferred then
    vim.lsp.util.apply_workspace_edit(action.edit, client.offset_encoding)
    break
  end
end
results.mended = wait(function() return #vim.diagnostic.get(buffer) == 0 end)
results.text = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\\n")
local file = io.open(folder .. "/results.json", "w")
file:write(vim.fn.json_encode(results))
file:close()
client.stop(true)
vim.cmd("qall!")
"""


@pytest.mark.skipif(NEOVIM is None, reason="Neovim is not installed: apt-get install neovim")
def test_neovim_shows_a_finding_completes_a_column_and_applies_a_fix(tmp_path):
    folder = tmp_path / "quickstart"
    shutil.copytree(ROOT / "examples" / "quickstart", folder)
    manifest = folder / "provisioner.yaml"
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace("= toguid(order.id)", "= order.id"), "utf-8")
    script = tmp_path / "script.lua"
    script.write_text(SCRIPT, "utf-8")
    subprocess.run(
        [NEOVIM, "--clean", "--headless", "-c", f"luafile {script}"],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PROJECT": str(folder), "PYTHON": sys.executable},
        cwd=folder,
        check=True,
        timeout=200,
        capture_output=True,
    )
    results = json.loads((folder / "results.json").read_text("utf-8"))
    assert results["code"] == "FIT003"
    assert {"order", "placed", "tostring"} <= set(results["labels"])
    assert results["mended"] is True
    assert results["text"] == text.rstrip("\n")
