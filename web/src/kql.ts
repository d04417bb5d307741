// The colours of KQL in the editor. What is right and wrong says the server; this only tells words apart.
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { tags } from "@lezer/highlight";

const OPERATORS = new Set(
  ("where filter extend project project-away project-keep project-rename project-reorder parse parse-kv parse-where " +
    "mv-expand summarize count take limit top sort order distinct union join print datatable range let source and or " +
    "not in has contains startswith endswith matches regex by with kind asc desc on as").split(" "),
);

export const kqlLanguage = StreamLanguage.define<{ inText: string }>({
  name: "kql",
  startState: () => ({ inText: "" }),
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match("//")) {
      stream.skipToEnd();
      return "comment";
    }
    if (stream.match(/^[hH]?@"(?:[^"]|"")*"?/) || stream.match(/^[hH]?@'(?:[^']|'')*'?/)) return "string";
    if (stream.match(/^[hH]?"(?:[^"\\]|\\.)*"?/) || stream.match(/^[hH]?'(?:[^'\\]|\\.)*'?/)) return "string";
    if (stream.match(/^\d[\w.]*/)) return "number";
    if (stream.match(/^[A-Za-z_][\w-]*/)) {
      const word = stream.current();
      if (OPERATORS.has(word)) return "keyword";
      if (word.includes("-")) stream.backUp(word.length - word.indexOf("-"));
      if (/^(true|false|null)$/.test(stream.current())) return "atom";
      return stream.peek() === "(" ? "typeName" : "variableName";
    }
    if (stream.eat("|")) return "controlOperator";
    stream.next();
    return "operator";
  },
});

export const kqlColours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: tags.keyword, class: "k-word" },
    { tag: tags.controlOperator, class: "k-pipe" },
    { tag: tags.string, class: "k-text" },
    { tag: tags.number, class: "k-number" },
    { tag: tags.atom, class: "k-number" },
    { tag: tags.comment, class: "k-comment" },
    { tag: tags.typeName, class: "k-call" },
  ]),
);
