// Terraform's own parser of HCL, compiled to WebAssembly: `node read.mjs FILE…` prints {file: its content as JSON}.
import { readFileSync } from "node:fs";
import { parse } from "@cdktf/hcl2json";

const contents = {};
for (const file of process.argv.slice(2)) {
  contents[file] = await parse(file, readFileSync(file, "utf8"));
}
process.stdout.write(JSON.stringify(contents));
