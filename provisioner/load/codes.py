"""What each diagnostic of loading means: its page for `explain`, in the form of a rule's docstring."""

from __future__ import annotations

from provisioner.codes import Code, code_table

CODES = code_table(
    Code(
        "YAML001",
        "error",
        """The file is no YAML.

Why: nothing can be checked in a text that does not parse; the place is where the parser gave up, the cause often
stands on the line above.
Wrong: `name: shop: eu`
Right: `name: "shop: eu"`
Source: https://yaml.org/spec/1.2.2/
""",
    ),
    Code(
        "YAML002",
        "error",
        """A tab stands where YAML allows only spaces.

Why: YAML measures indentation in spaces, and a tab has no agreed width.
Source: https://yaml.org/spec/1.2.2/#61-indentation-spaces
""",
    ),
    Code(
        "YAML003",
        "error",
        """A key stands twice in one mapping.

Why: most readers would silently take the last one, and the first would be a lie.
Wrong: `{retention: 30, retention: 90}`
Right: `{retention: 90}`
Source: https://yaml.org/spec/1.2.2/#3213-node-comparison
""",
    ),
    Code(
        "YAML004",
        "error",
        """The file is not UTF-8.

Why: manifests are UTF-8, with or without a byte order mark; UTF-16 and other encodings are refused rather than guessed.
""",
    ),
    Code(
        "YAML005",
        "error",
        """The file holds a control character.

Why: NUL and other control characters cannot be seen in a review and are no YAML.
Source: https://yaml.org/spec/1.2.2/#51-character-set
""",
    ),
    Code(
        "YAML006",
        "error",
        """A file is larger, deeper or fuller than a manifest can be.

Why: a file may have 16 MB, 100 levels and 1,000,000 values, aliases may repeat 100,000 values, and a manifest may
include 10,000 files; more is an accident or an attack, and would take the memory of the machine that checks it.
""",
    ),
    Code(
        "YAML007",
        "error",
        """Merge keys (`<<`) and tags (`!!str`) are not taken.

Why: both change what a reader sees; YAML 1.2 has no merge key. Anchors and aliases work.
Wrong: `columns: {<<: *base}`
Right: `columns: *base`
Source: https://yaml.org/spec/1.2.2/
""",
    ),
    Code(
        "YAML008",
        "error",
        """A key is not text.

Why: keys of a manifest are names. A number, a flag, null, a list or a mapping is none.
Wrong: `tags: {2026: yes}`
Right: `tags: {"2026": yes}`
""",
    ),
    Code(
        "YAML009",
        "error",
        """An alias has no anchor before it, or stands inside its own.

Wrong: `columns: *base` without `&base` above
Right: `columns: &base {…}` above, `columns: *base` below
Source: https://yaml.org/spec/1.2.2/#71-alias-nodes
""",
    ),
    Code(
        "YAML010",
        "error",
        """A file holds a second document.

Why: what stands behind `---` would be read by some tools and not by others. Use `include`.
""",
    ),
    Code(
        "INC001",
        "error",
        """A file that the manifest names is not there.

Why: paths of `include` and `file:` are relative to the file that writes them.
""",
    ),
    Code(
        "INC002",
        "error",
        """A file cannot be read: it is a directory, no regular file, or its permissions forbid it.
""",
    ),
    Code(
        "INC003",
        "error",
        """A path leaves the project's directory.

Why: the project is the directory of the main manifest, symbolic links resolved. A manifest from elsewhere must not
read the files of the machine that checks it.
Wrong: `transform: {file: ../../secrets.kql}`
""",
    ),
    Code(
        "INC004",
        "warning",
        """A glob matches no file.

Why: an empty folder is no error, a misspelt one looks the same.
""",
    ),
    Code(
        "INC005",
        "error",
        """A section has no place in an included file.

Why: tables, streams, dcrs, grants and variables may be spread over files; name, target, workspace, endpoint and
environments say what the whole is, and stand in the main file.
""",
    ),
    Code(
        "INC006",
        "error",
        """Files include each other in a circle.
""",
    ),
    Code(
        "INC007",
        "error",
        """The same key stands in two files.

Why: which of them holds would depend on the order of reading.
""",
    ),
    Code(
        "MAN001",
        "error",
        """There is no such key.

Why: a misspelt key that is silently ignored is a setting that does not hold.
Wrong: `workspace: {nmae: law}`
Right: `workspace: {name: law}`
""",
    ),
    Code(
        "MAN002",
        "error",
        """A value is of the wrong kind.

Why: a quoted number is text, a word is no list. Unquoted `yes`, `on`, dates and `030` are text, as YAML 1.2 has it.
Wrong: `retention: "90"`
Right: `retention: 90`
""",
    ),
    Code(
        "MAN003",
        "error",
        """Something that is required is missing.
""",
    ),
    Code(
        "MAN004",
        "error",
        """A word is none of those that may stand here.

Wrong: `plan: archive`
Right: `plan: basic`
""",
    ),
    Code(
        "MAN005",
        "error",
        """Two keys exclude each other.

Why: a workspace or endpoint is ours by `name` or existing by `id`; a stream has one `table` or several `flows`.
Wrong: `workspace: {name: law, id: /subscriptions/…}`
""",
    ),
    Code(
        "MAN006",
        "info",
        """A word is understood, and spelt otherwise in a manifest.

Why: one spelling can be searched for. Azure's own places spell types differently; the manifest has one word for each.
Wrong: `Amount: Double`
Right: `Amount: real`
""",
    ),
    Code(
        "MAN007",
        "error",
        """The manifest's name does not fit.

Why: names of resources and the ownership tag are made from it: 2 to 40 characters, a letter, then letters, digits or -.
""",
    ),
    Code(
        "MAN008",
        "error",
        """The manifest is written in another version of the language.
""",
    ),
    Code(
        "MAN009",
        "warning",
        """An entry has no content and is left out.

Why: null is as if absent. An empty table or DCR by accident would silently not be made.
""",
    ),
    Code(
        "MAN010",
        "error",
        """A samples file is no JSON of records.

Why: samples are an array of objects, or one object to a line.
""",
    ),
    Code(
        "MAN013",
        "info",
        """A grant is left out, because its principal is null.

Why: a variable declared with `default: null` is optional; without a value there is no principal to grant to.
""",
    ),
    Code(
        "MAN014",
        "error",
        """A stream flows twice into one table.

Why: each row would arrive twice, and a data collection rule tells its flows apart by stream and table.
""",
    ),
    Code(
        "MAN015",
        "error",
        """A stream needs columns of its own.

Why: columns that are left out are taken from the stream's only table, as far as it is known.
""",
    ),
    Code(
        "MAN016",
        "error",
        """There is no such environment.
""",
    ),
    Code(
        "MAN017",
        "error",
        """A test expects rows of a table that the stream does not feed, or does not say of which.

Why: with several flows the same records make rows for several tables.
Wrong: `expect: [{OrderId: A1}]` where the stream has two flows
Right: `expect: {Orders_CL: [{OrderId: A1}], Refunds_CL: []}`
""",
    ),
    Code(
        "VAR001",
        "error",
        """A variable has no value.

Why: a variable without a default needs one from --var, the environment's `variables` or PROVISIONER_VAR_NAME.
""",
    ),
    Code(
        "VAR002",
        "error",
        """`$(…)` is not closed, empty, or stands where variables are not filled in.

Wrong: `name: law-$(env`
Right: `name: law-$(env)`
""",
    ),
    Code(
        "VAR003",
        "error",
        """There is no such variable.

Why: a variable that is used or given a value, and not declared, is a misspelling.
""",
    ),
    Code(
        "VAR004",
        "error",
        """`$(environment)` has no value without an environment.
""",
    ),
    Code(
        "VAR005",
        "error",
        """A variable that is null is part of a text.
""",
    ),
    Code(
        "VAR006",
        "error",
        """A variable cannot have this name.

Why: `environment` and `name` are built in; other names are a letter, then letters, digits, _ or -.
""",
    ),
)
