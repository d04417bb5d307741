// The extension's side of the protocol, in Node: the server that it would start, asked as VS Code asks.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
const rpc = require("vscode-jsonrpc/node");
const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../../..");

function copyOfQuickstart() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "provisioner-"));
  fs.cpSync(path.join(root, "examples/quickstart"), folder, { recursive: true });
  return folder;
}

async function connected(folder, run) {
  const python = process.env.PROVISIONER_PYTHON ?? path.join(root, ".venv/bin/python");
  const server = spawn(python, ["-m", "provisioner", "lsp", "-q"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
  const connection = rpc.createMessageConnection(
    new rpc.StreamMessageReader(server.stdout),
    new rpc.StreamMessageWriter(server.stdin),
  );
  connection.onRequest("client/registerCapability", () => null);
  connection.listen();
  const uri = pathToFileURL(folder).toString();
  const { capabilities } = await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: uri,
    workspaceFolders: [{ uri, name: "quickstart" }],
    capabilities: { workspace: { workspaceEdit: { documentChanges: true } } },
    initializationOptions: { environment: "", inlayHints: true, codeLens: true },
  });
  await connection.sendNotification("initialized", {});
  try {
    await run(connection, capabilities);
    await connection.sendRequest("shutdown");
    await connection.sendNotification("exit");
    assert.equal(await new Promise((resolve) => server.once("exit", resolve)), 0);
  } finally {
    connection.dispose();
    server.kill();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function applied(text, edit) {
  const lines = text.split("\n");
  const offset = ({ line, character }) => lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
  return text.slice(0, offset(edit.range.start)) + edit.newText + text.slice(offset(edit.range.end));
}

test("the quickstart is opened, a finding shown, a column completed, a fix applied", { timeout: 120000 }, async () => {
  const folder = copyOfQuickstart();
  await connected(folder, async (connection, capabilities) => {
    assert.ok(capabilities.completionProvider && capabilities.codeActionProvider && capabilities.renameProvider);
    const file = path.join(folder, "provisioner.yaml");
    const uri = pathToFileURL(file).toString();
    const text = fs.readFileSync(file, "utf8").replace("= toguid(order.id)", "= order.id");
    const published = new Promise((resolve) => {
      connection.onNotification("textDocument/publishDiagnostics", (params) => {
        if (params.uri === uri && params.diagnostics.length > 0) {
          resolve(params.diagnostics);
        }
      });
    });
    await connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "yaml", version: 1, text },
    });
    const [finding] = await published;
    assert.equal(finding.code, "FIT003");
    const lines = text.split("\n");
    const { start, end } = finding.range;
    assert.equal(lines[start.line].slice(start.character, end.character), "OrderId");

    const line = lines.findIndex((one) => one.includes("isnotempty("));
    const completion = await connection.sendRequest("textDocument/completion", {
      textDocument: { uri },
      position: { line, character: lines[line].indexOf("isnotempty(") + "isnotempty(".length },
    });
    assert.ok(completion.items.some((item) => item.label === "order"));

    const actions = await connection.sendRequest("textDocument/codeAction", {
      textDocument: { uri },
      range: finding.range,
      context: { diagnostics: [finding] },
    });
    const fix = actions.find((action) => action.isPreferred);
    const [edit] = fix.edit.documentChanges[0].edits;
    const fixed = applied(text, edit);
    assert.ok(fixed.includes("= toguid(order.id)"));
    const mended = new Promise((resolve) => {
      connection.onNotification("textDocument/publishDiagnostics", (params) => resolve(params.diagnostics));
    });
    await connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: 2 },
      contentChanges: [{ range: edit.range, text: edit.newText }],
    });
    assert.deepEqual(await mended, []);

    const { tests } = await connection.sendRequest("workspace/executeCommand", {
      command: "provisioner.listTests",
      arguments: [uri],
    });
    assert.ok(tests.length > 0);
    const run = await connection.sendRequest("workspace/executeCommand", {
      command: "provisioner.runTests",
      arguments: [uri, null, null],
    });
    assert.equal(new Set(run.tests.map((one) => `${one.stream}/${one.position}`)).size, tests.length);
  });
});

test("the server is that of the workspace's environment, else the one on the path", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "provisioner-"));
  const built = path.join(folder, "serverCommand.cjs");
  await require("esbuild").build({
    entryPoints: [path.join(here, "../src/serverCommand.ts")],
    bundle: true,
    platform: "node",
    format: "cjs",
    outfile: built,
  });
  const { findServer } = require(built);
  const program = path.join(folder, ".venv", "bin", "provisioner");
  assert.equal(findServer("", [folder], "", "linux"), undefined);
  assert.equal(findServer(" /opt/provisioner ", [folder], "", "linux").command, "/opt/provisioner");
  fs.mkdirSync(path.dirname(program), { recursive: true });
  fs.writeFileSync(program, "");
  assert.deepEqual(findServer("", [folder], "", "linux"), { command: program, args: ["lsp", "-q"] });
  assert.equal(findServer("", [], path.dirname(program), "linux").command, program);
  fs.rmSync(folder, { recursive: true, force: true });
});
