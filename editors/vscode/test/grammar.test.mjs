// The KQL inside of YAML is coloured before the server runs: the injection finds transforms, and ends with them.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const textmate = require("vscode-textmate");
const oniguruma = require("vscode-oniguruma");
const here = path.dirname(fileURLToPath(import.meta.url));

// The grammar of YAML that editors have, and not one that fits ours.
const YAML = fs.readFileSync(require.resolve("tm-grammars/grammars/yaml.json"), "utf8");

async function tokensOf(text) {
  await oniguruma.loadWASM(fs.readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")).buffer);
  const read = (name) => textmate.parseRawGrammar(fs.readFileSync(path.join(here, "../syntaxes", name), "utf8"), name);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (value) => new oniguruma.OnigString(value),
    }),
    getInjections: (scope) => (scope === "source.yaml" ? ["provisioner.transform.injection"] : undefined),
    loadGrammar: async (scope) =>
      ({
        "source.yaml": () => textmate.parseRawGrammar(YAML, "yaml.json"),
        "source.kql": () => read("kql.tmLanguage.json"),
        "provisioner.transform.injection": () => read("transform-in-yaml.tmLanguage.json"),
      })[scope]?.(),
  });
  const grammar = await registry.loadGrammar("source.yaml");
  let state = textmate.INITIAL;
  const words = new Map();
  for (const line of text.split("\n")) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    for (const token of tokens) {
      words.set(line.slice(token.startIndex, token.endIndex).trim(), token.scopes);
    }
  }
  return words;
}

const EMBEDDED = "meta.embedded.block.kql";
const places = {
  "a block": ["    transform: |", "      source", "", "      | where isempty(x)", "    table: T_CL"],
  "a folded block with a comment": ["    transform: >-  # why", "      source", "      | where isempty(x)", "    table: T_CL"],
  "a block of an item": ["  - transform: |", "      source", "      | where isempty(x)", "    table: T_CL"],
  "a plain text": ["    transform: source | where isempty(x)  # why", "    table: T_CL"],
  "double quotes": ['    transform: "source | where isempty(x) and y == \\"//\\" // why"', "    table: T_CL"],
  "single quotes": ["    transform: 'source | where isempty(x) and y == ''a'''", "    table: T_CL"],
  braces: ["  - {transform: source | where isempty(x), table: T_CL}"],
  "quotes in braces": ['  - {table: T_CL, transform: "source | where isempty(x)"}', "    table: T_CL"],
};

for (const [place, lines] of Object.entries(places)) {
  test(`a transform in ${place} is KQL, what follows is YAML again`, async () => {
    const words = await tokensOf(["streams:", "  Custom-A:", ...lines, "    more: x", ""].join("\n"));
    assert.ok(words.get("where").includes("keyword.control.kql"));
    assert.ok(words.get("isempty").includes("entity.name.function.kql"));
    assert.ok(words.get("isempty").includes(EMBEDDED));
    // The grammar of YAML takes a word apart: its first letter, and the rest of it.
    const outside = ["T_CL", "T", "_CL", "table", "able", "more", "ore"].filter((word) => words.has(word));
    assert.ok(outside.length > 0);
    for (const word of outside) {
      assert.ok(!words.get(word).includes(EMBEDDED), word);
    }
  });
}

test("what only resembles a transform is none", async () => {
  const lines = [
    "  my_transform: source | where x",
    "  transforms: source | where x",
    "  # transform: source | where x",
    "  transform: {file: where.kql}",
  ];
  for (const line of lines) {
    for (const scopes of (await tokensOf(line)).values()) {
      assert.ok(!scopes.includes(EMBEDDED), line);
    }
  }
});
