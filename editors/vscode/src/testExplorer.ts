import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

interface ListedTest {
  stream: string;
  position: number;
  name: string;
  line: number;
}

interface RunTest {
  stream: string;
  position: number;
  ok: boolean;
  reason: string | null;
  table: string;
}

/** Shows the transform tests of every manifest in the test explorer, and runs them on the server. */
export function showTests(client: LanguageClient, context: vscode.ExtensionContext): void {
  const controller = vscode.tests.createTestController("provisioner", "Transform tests");
  context.subscriptions.push(controller);

  const request = <T>(command: string, args: unknown[]): Promise<T> =>
    client.sendRequest<T>("workspace/executeCommand", { command, arguments: args });

  async function refresh(): Promise<void> {
    const manifests = await vscode.workspace.findFiles("**/provisioner.yaml", "**/{node_modules,.venv,venv}/**");
    controller.items.replace(await Promise.all(manifests.map(listTests)));
  }

  async function listTests(uri: vscode.Uri): Promise<vscode.TestItem> {
    const manifest = controller.createTestItem(uri.toString(), vscode.workspace.asRelativePath(uri), uri);
    const { tests } = await request<{ tests: ListedTest[] }>("provisioner.listTests", [uri.toString()]);
    for (const test of tests) {
      const stream =
        manifest.children.get(test.stream) ?? controller.createTestItem(test.stream, test.stream, uri);
      manifest.children.add(stream);
      const item = controller.createTestItem(`${test.stream}/${test.position}`, test.name, uri);
      item.range = new vscode.Range(test.line - 1, 0, test.line - 1, 0);
      stream.children.add(item);
    }
    return manifest;
  }

  async function run(asked: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    const testRun = controller.createTestRun(asked);
    const items = new Map<string, vscode.TestItem>();
    const collect = (item: vscode.TestItem): void => {
      if (item.children.size === 0) {
        items.set(`${item.uri?.toString()} ${item.id}`, item);
      }
      item.children.forEach(collect);
    };
    if (asked.include) {
      asked.include.forEach(collect);
    } else {
      controller.items.forEach(collect);
    }
    const uris = new Set([...items.values()].map((item) => item.uri?.toString() ?? ""));
    for (const uri of uris) {
      if (token.isCancellationRequested) {
        break;
      }
      const { tests } = await request<{ tests: RunTest[] }>("provisioner.runTests", [uri, null, null]);
      for (const [key, item] of items) {
        const results = tests.filter((test) => key === `${uri} ${test.stream}/${test.position}`);
        const failed = results.filter((test) => !test.ok);
        if (failed.length > 0) {
          testRun.failed(
            item,
            failed.map((test) => new vscode.TestMessage(`${test.table}: ${test.reason ?? "other rows"}`)),
          );
        } else if (results.length > 0) {
          testRun.passed(item);
        }
      }
    }
    testRun.end();
  }

  controller.refreshHandler = refresh;
  controller.resolveHandler = async (item) => {
    if (item === undefined) {
      await refresh();
    }
  };
  controller.createRunProfile("Run", vscode.TestRunProfileKind.Run, run, true);
  context.subscriptions.push(
    vscode.workspace.onDidSaveTextDocument((document) => {
      if (document.languageId === "yaml" || document.languageId === "kql") {
        void refresh();
      }
    }),
  );
}
