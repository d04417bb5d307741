import * as fs from "node:fs";
import * as path from "node:path";

/** What is started as the server, and where it was found. */
export interface ServerCommand {
  command: string;
  args: string[];
}

/**
 * The `provisioner` to start: the one that the user names, else that of an environment in one of the folders, else the
 * one on the path; undefined where there is none.
 */
export function findServer(
  configured: string,
  folders: string[],
  searchPath: string,
  platform: NodeJS.Platform = process.platform,
): ServerCommand | undefined {
  const args = ["lsp", "-q"];
  if (configured.trim()) {
    return { command: configured.trim(), args };
  }
  const windows = platform === "win32";
  const name = windows ? "provisioner.exe" : "provisioner";
  const environments = [".venv", "venv", "env"].map((folder) => path.join(folder, windows ? "Scripts" : "bin"));
  const candidates = [
    ...folders.flatMap((folder) => environments.map((environment) => path.join(folder, environment, name))),
    ...searchPath
      .split(path.delimiter)
      .filter((folder) => folder)
      .map((folder) => path.join(folder, name)),
  ];
  const command = candidates.find((candidate) => isFile(candidate));
  return command === undefined ? undefined : { command, args };
}

function isFile(candidate: string): boolean {
  try {
    return fs.statSync(candidate).isFile();
  } catch {
    // A folder of the path may be gone, or not ours to read.
    return false;
  }
}

/** The line that installs the server. */
export const INSTALL_LINE = "python -m pip install 'azure-logs-provisioner[lsp]'";
