import * as vscode from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import { findServer, INSTALL_LINE } from "./serverCommand";
import { showTests } from "./testExplorer";

let client: LanguageClient | undefined;

/** Starts the server of the workspace, or says how to install it. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand("provisioner.restart", async () => {
      await client?.stop();
      client = undefined;
      await start(context);
    }),
  );
  await start(context);
}

/** Ends the server with the editor. */
export async function deactivate(): Promise<void> {
  await client?.stop();
}

async function start(context: vscode.ExtensionContext): Promise<void> {
  const settings = vscode.workspace.getConfiguration("provisioner");
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  const server = findServer(settings.get("server.command", ""), folders, process.env.PATH ?? "");
  if (server === undefined) {
    await offerInstall();
    return;
  }
  const executable = { ...server, transport: TransportKind.stdio };
  client = new LanguageClient("provisioner", "Provisioner", executable, {
    documentSelector: [
      { scheme: "file", language: "yaml" },
      { scheme: "file", language: "kql" },
    ],
    initializationOptions: settings,
    synchronize: { configurationSection: "provisioner" },
    middleware: {
      async executeCommand(command, args, next) {
        const answer: unknown = await next(command, args);
        if (command === "provisioner.showRows") {
          await showRows(answer);
        }
        return answer;
      },
    },
  });
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    void vscode.window.showErrorMessage(`${server.command} did not start: ${String(error)}`);
    await offerInstall();
    return;
  }
  showTests(client, context);
}

async function showRows(answer: unknown): Promise<void> {
  const content = JSON.stringify((answer as { rows?: unknown } | null)?.rows ?? [], null, 2);
  const document = await vscode.workspace.openTextDocument({ language: "json", content });
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
}

async function offerInstall(): Promise<void> {
  const install = "Install in a terminal";
  const choice = await vscode.window.showWarningMessage(
    `The language server of provisioner was not found. Install it in the workspace's environment: ${INSTALL_LINE}`,
    install,
  );
  if (choice === install) {
    const terminal = vscode.window.createTerminal("provisioner");
    terminal.show();
    // Not run for the user: the environment may have to be made or chosen first.
    terminal.sendText(INSTALL_LINE, false);
  }
}
