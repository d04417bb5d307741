// Bundles the page into the package: `node build.mjs [folder]`. The same sources and lock file give the same bytes.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const folder = process.argv[2] ?? "../provisioner/workbench/static";
const MOST_BYTES = 300 * 1024;

mkdirSync(folder, { recursive: true });
await build({
  entryPoints: { app: "src/main.tsx" },
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "eof",
  outdir: folder,
  logLevel: "warning",
});
for (const name of ["index.html", "icon.svg", "app.css"]) copyFileSync(`src/${name}`, `${folder}/${name}`);
const names = ["index.html", "icon.svg", "app.css", "app.js"];
const size = names.reduce((sum, name) => sum + gzipSync(readFileSync(`${folder}/${name}`)).length, 0);
console.log(`the page is ${Math.round(size / 1024)} KiB compressed`);
if (size > MOST_BYTES) {
  console.error(`more than ${MOST_BYTES / 1024} KiB: take something out`);
  process.exit(1);
}
