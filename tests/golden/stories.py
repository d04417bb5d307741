"""The cases: each story is a few command lines, one after the other in one directory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from provisioner.reports.format_registry import FORMATS
from tests.golden.runs import azure_changes

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups"
SHOP = f"{GROUP}/rg-webshop-logs/providers"
WORKSPACE = f"{SHOP}/Microsoft.OperationalInsights/workspaces/law-webshop"
TABLE = f"{WORKSPACE}/tables/Orders_CL?api-version=2025-07-01"
RULES = f"{SHOP}/Microsoft.Insights/dataCollectionRules"
STATE = "quickstart/.provisioner"

FORMS = {subject: tuple(forms) for subject, forms in FORMATS.items()}
"""Each command's formats. What is played in all of them needs a recording of each, so a new one cannot be forgotten."""
COMMANDS = [
    *(
        "init",
        "validate",
        "test",
        "render",
        "plan",
        "apply",
        "verify",
        "up",
        "graph",
        "send",
        "workbench",
        "outputs",
        "drift",
        "doctor",
        "import",
        "destroy",
    ),
    *("log", "emulator", "calibrate", "explain", "rules", "schema", "format", "lsp"),
    *(f"emulator {name}" for name in ("env", "faults", "reset", "serve", "status", "stop")),
]
FAMILIES = (
    "FIT001",
    "GRA001",
    "IMP001",
    "INC001",
    "KQL101",
    "KQL203",
    "MAN001",
    "NAM003",
    "REG001",
    "RES001",
    "SEC001",
)
FAMILIES += ("STR001", "TAB001", "TRN001", "VAR001", "YAML001")


@dataclass(frozen=True)
class Step:
    """One command line; before it `change` may touch files or the local Azure, after it `shows` are printed too."""

    case: str
    words: str
    change: Callable[[], None] | None = None
    shows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Story:
    """Steps that share a directory."""

    name: str
    steps: tuple[Step, ...] = field(repr=False)


def edit(file: str, before: str, after: str) -> Callable[[], None]:
    """A change of a file: the first `before` becomes `after`."""

    def change() -> None:
        text = Path(file).read_text("utf-8")
        assert before in text, f"{before!r} is not in {file}"
        Path(file).write_text(text.replace(before, after, 1), "utf-8")

    return change


def azure(method: str, path: str, body: object = None, state: str = STATE) -> Callable[[], None]:
    """A change in the local Azure made by hand."""
    return lambda: azure_changes(state, method, path, body)


def stories() -> Iterator[Story]:
    """All of them, in the order of the work."""
    for collect in (_help, _usage, _reference, _validate, _test, _graph, _render, _init, _import, _emulator):
        yield Story(collect.__name__.strip("_"), tuple(collect()))
    yield Story("quickstart", tuple(_quickstart()))
    yield Story("drift", tuple(_drift()))
    yield Story("classic", tuple(_classic()))
    yield Story("several", tuple(_several()))
    yield Story("twins", tuple(_environment_pair()))
    yield Story("forgetful", tuple(_forgetful()))
    yield Story("deployment", tuple(_deployment()))
    yield Story("cloud", tuple(_cloud()))


def _forms(case: str, words: str, but: tuple[str, ...] = ()) -> Iterator[Step]:
    """The command line in each form of its command, `but` some."""
    command = "emulator status" if words.startswith("emulator") else words.split(maxsplit=1)[0]
    for form in (form for form in FORMS[command] if form not in but):
        yield Step(f"{case}.{form}", f"{words} --format {form}")


def _help() -> Iterator[Step]:
    yield Step("help/provisioner", "--help")
    yield Step("help/version", "--version")
    for command in COMMANDS:
        yield Step(f"help/{command.replace(' ', '-')}", f"{command} --help")


def _usage() -> Iterator[Step]:
    lines = {
        "no-command": "",
        "unknown-command": "valdate",
        "format-unknown-option": "format --nonsense",
        "unknown-option": "validate --fromat json",
        "unknown-format": "validate --format xml quickstart",
        "too-many": "validate quickstart several",
        "variable-without-value": "validate quickstart --var days",
        "no-number": "apply quickstart --parallelism many",
        "out-of-range": "log quickstart --limit 0",
        "risk-without-name": "plan quickstart -e local --allow destructive",
        "unknown-risk": "plan quickstart -e local --allow wild:Orders_CL",
        "only-without-name": "plan quickstart -e local --only table",
        "unknown-via": "apply quickstart --via magic",
        "import-no-files": "import --from-arm",
        "import-two": "import a b",
        "explain-nothing": "explain",
        "lsp-unknown-option": "lsp --nonsense",
        "send-nothing": "send",
        "send-both": "send Custom-Orders - --resume --restart",
        "emulator-unknown": "emulator explode",
    }
    for name, words in lines.items():
        yield Step(f"usage/{name}", words)
    for command in ("apply", "up", "destroy"):
        yield Step(f"{command}/unconfirmed", f"{command} quickstart")
    for command in ("validate", "test", "plan", "drift", "outputs", "up", "log", "render", "verify", "destroy"):
        yield Step(f"{command}/missing", f"{command} nothing.yaml")
        yield Step(f"{command}/unknown-environment", f"{command} quickstart -e prodd")
        if "json" in FORMS[command]:
            yield Step(f"{command}/missing.json", f"{command} nothing.yaml --format json")
    yield Step("apply/missing", "apply nothing.yaml -e local")
    yield Step("apply/unknown-environment", "apply quickstart -e prodd")
    yield Step("plan/unknown-environments.json", "plan quickstart -e prodd -e local2 --format json")
    yield Step("import/missing", "import nothing.yaml")
    yield Step("import/missing-arm", "import --from-arm nothing.json")


def _reference() -> Iterator[Step]:
    for code in FAMILIES:
        yield from _forms(f"explain/{code}", f"explain {code}")
    yield Step("explain/lower-case", "explain nam003")
    yield from _forms("explain/unknown", "explain NONE999")
    yield from _forms("calibrate/list", "calibrate --list --probe delays --probe literals")
    yield from _forms("rules/all", "rules")
    yield from _forms("schema/manifest", "schema")
    yield from _forms("schema/included", "schema --included")


def _validate() -> Iterator[Step]:
    for project in ("quickstart", "several", "broken", "mistaken", "duplicate", "tab", "fixable", "forgetful"):
        lists_each_rule = ("sarif",) if project in ("duplicate", "tab", "forgetful") else ()
        yield from _forms(f"validate/{project}", f"validate {project}", but=lists_each_rule)
    for project in ("atlassian-audit", "openai-audit", "twins"):
        yield Step(f"validate/{project}.text", f"validate {project}")
    yield Step("validate/quickstart-local", "validate quickstart -e local")
    yield Step("validate/quickstart-verbose", "validate quickstart -v")
    yield Step("validate/several-prod", "validate several -e prod")
    yield Step("validate/several-variable", "validate several --var days=3 --var team=x")
    yield Step("validate/several-unknown-variable", "validate several --var dayz=3")
    yield Step("validate/mistaken-selected", "validate mistaken --select KQL --select NAM --ignore KQL201")
    yield Step("validate/mistaken-unknown-code", "validate mistaken --select XYZ")
    yield Step("validate/mistaken-quiet", "validate mistaken -q")
    yield Step("validate/mistaken-prod", "validate mistaken -e prod")
    yield Step("validate/twins-strict", "validate twins --strict")
    yield Step("validate/fixable-diff", "validate fixable --diff")
    yield Step("validate/mistaken-diff", "validate mistaken --diff")
    yield Step("validate/fixable-fix-diff", "validate fixable --fix --diff", shows=("fixable/provisioner.yaml",))
    yield Step("validate/fixable-again", "validate fixable --fix")
    yield Step(
        "validate/mistaken-fix.json", "validate mistaken --fix --format json", shows=("mistaken/provisioner.yaml",)
    )


def _test() -> Iterator[Step]:
    for project in ("quickstart", "several"):
        yield from _forms(f"test/{project}", f"test {project}")
    for project in ("atlassian-audit", "openai-audit", "broken", "mistaken", "forgetful"):
        yield Step(f"test/{project}.text", f"test {project}")
    yield Step("test/broken.json", "test broken --format json")
    yield Step("test/broken.junit", "test broken --format junit")
    yield Step("test/several-stream", "test several --stream Custom-Visits -v")
    yield Step("test/several-unknown-stream", "test several --stream Custom-None")
    yield Step("test/several-prod", "test several -e prod")
    changed = ("several/tests/orders.yaml", "several/provisioner.yaml")
    yield Step("test/several-update", "test several --update", shows=changed)
    yield Step("test/several-updated", "test several")


def _graph() -> Iterator[Step]:
    yield from _forms("graph/quickstart", "graph quickstart")
    yield Step("graph/several", "graph several")
    yield Step("graph/several-prod", "graph several -e prod --focus Custom-Visits")
    yield Step("graph/mistaken", "graph mistaken")
    yield Step("graph/broken", "graph broken")
    yield Step("graph/quickstart-column", "graph quickstart --lineage Orders_CL.Items")
    yield Step("graph/quickstart-stream-column", "graph quickstart --lineage Custom-Orders.order --format dot")
    yield Step("lsp/unknown-option", "lsp --nonsense")
    yield Step("format/quickstart-check", "format quickstart --check")
    yield Step("workbench/no-port", "workbench quickstart --port 99999")
    yield Step("graph/quickstart-unknown", "graph quickstart --lineage Orders_CL.Itmes")


def _render() -> Iterator[Step]:
    for project in ("quickstart", "several", "atlassian-audit", "openai-audit"):
        yield from _forms(f"render/{project}", f"render {project}")
    yield Step("render/broken", "render broken")
    yield Step("render/mistaken", "render mistaken")
    yield Step("render/several-prod", "render several -e prod --var days=30 --format definitions")
    yield Step("render/quickstart-out", "render quickstart --out built", shows=("built/*",))
    yield Step("render/several-out", "render several --format definitions --out parts", shows=("parts/*", "parts/*/*"))
    yield Step("render/several-templates", "render several --templates nowhere")


def _init() -> Iterator[Step]:
    records = "quickstart/samples/orders.json"
    yield Step("init/from-sample", f"init made --from {records} --table Orders_CL", shows=("made/*", "made/*/*"))
    yield Step("init/not-overwritten", f"init made --from {records} --table Orders_CL")
    names = (
        "--stream Custom-Mine --name mine --subscription 6f9619ff-8b86-4d01-b42d-00c04fc964ff --location northeurope"
    )
    yield Step("init/named", f"init named --from {records} {names}", shows=("named/provisioner.yaml",))
    yield Step("init/missing-sample", "init other --from nothing.json")
    yield Step("init/bad-sample", "init other --from several/kql/orders.kql")
    yield Step("init/wrong-table", f"init other --from {records} --table Orders")
    yield Step("init/no-terminal", "init other")
    yield Step("init/then-validate", "validate made")
    yield Step("init/then-test", "test made")


def _import() -> Iterator[Step]:
    connector = "connector/Shop_DCR.json connector/Shop_table.json"
    yield Step("import/connector.yaml", f"import --from-arm {connector} --name mine --workspace law-mine --format yaml")
    for name, file in (
        *(("lossy", "rules"), ("nested", "deployment"), ("packed", "mainTemplate"), ("template", "template")),
        ("solution", "mainTemplate"),
    ):
        yield Step(f"import/{name}", f"import --from-arm {name}/{file}.json")
    yield Step("import/lossy-strict", "import --from-arm lossy/rules.json --strict -q")
    yield Step("import/printed", "import --from-arm printed/dcr.json printed/table.json --location westus2")
    yield Step("import/out", f"import --from-arm {connector} --out imported.yaml", shows=("imported.yaml",))
    yield Step("import/not-overwritten", f"import --from-arm {connector} --out imported.yaml")
    classic = "import --classic --sample quickstart/samples/orders.json --log-type"
    yield Step("import/classic-sample", f"{classic} Orders --time-field placed --name shop")
    yield Step("import/classic-unknown-field", f"{classic} Orders --time-field when")
    yield Step("import/classic-log-type", f"{classic} Orders_CL")
    yield Step("import/no-json", "import --from-arm several/kql/orders.kql")


def _emulator() -> Iterator[Step]:
    yield from _forms("emulator/status-none", "emulator status --state state")
    yield Step("emulator/stop-none", "emulator stop --state state")
    yield Step("emulator/reset-none", "emulator reset --state state")
    for shell in ("sh", "powershell", "json"):
        yield Step(f"emulator/env.{shell}", f"emulator env --state state/.provisioner --shell {shell}")
    yield from _forms("emulator/status", "emulator status --state state/.provisioner")
    fault = "emulator faults --state state/.provisioner"
    yield Step("emulator/faults-on", f"{fault} throttle retry_after=2 times=3 'match=PUT */dataCollectionRules/*'")
    yield Step("emulator/faults-wrong", f"{fault} earthquake")
    yield Step("emulator/faults-clear", f"{fault} --clear")
    yield Step("emulator/reset", "emulator reset --state state/.provisioner")
    yield Step("emulator/stop", "emulator stop --state state/.provisioner")


def _quickstart() -> Iterator[Step]:
    manifest = "quickstart/provisioner.yaml"
    yield Step("log/empty", "log quickstart -e local")
    yield from _forms("plan/quickstart-new", "plan quickstart -e local")
    yield Step("plan/quickstart-new-exitcode", "plan quickstart -e local --detailed-exitcode -v")
    yield Step("plan/quickstart-saved", "plan quickstart -e local --out plan.json -q", shows=("plan.json",))
    yield Step("outputs/quickstart-before", "outputs quickstart -e local")
    yield Step("outputs/quickstart-before.json", "outputs quickstart -e local --format json")
    yield Step("verify/quickstart-before", "verify quickstart -e local --timeout 0")
    yield Step("drift/quickstart-before", "drift quickstart -e local")
    yield Step("apply/quickstart-wrong-fingerprint", "apply quickstart -e local --fingerprint 0")
    yield Step("apply/quickstart-saved", "apply plan.json --parallelism 1")
    yield Step("apply/quickstart-stale", "apply plan.json")
    yield Step("up/quickstart.text", "up quickstart -e local --format text")
    yield Step("up/quickstart.json", "up quickstart -e local --format json")
    yield Step("up/quickstart-no-verify", "up quickstart -e local --no-verify -v")
    yield Step("up/quickstart-quiet", "up quickstart -e local -q")
    yield Step("up/quickstart-stale.json", "up quickstart -e local --fingerprint 0 --format json")
    yield from _forms("apply/quickstart-nothing", "apply quickstart -e local")
    yield from _forms("verify/quickstart", "verify quickstart -e local")
    yield Step("verify/quickstart-edge", "verify quickstart -e local --edge")
    yield Step("verify/quickstart-unknown-stream", "verify quickstart -e local --stream Custom-None")
    sample = "send Custom-Orders quickstart/samples/orders.json -m quickstart"
    yield from _forms("send/dry-run", f"{sample} --dry-run")
    yield from _forms("send/quickstart", f"{sample} -e local --wait")
    yield Step("send/warnings", "send Custom-Orders quickstart/provisioner.yaml -m quickstart -e local")
    yield Step("send/unknown-stream", "send Custom-Order quickstart/samples/orders.json -m quickstart -e local")
    yield Step("send/missing-file", "send Custom-Orders nothing.json -m quickstart -e local")
    yield Step("send/nothing-to-resume", f"{sample} -e local --resume")
    yield from _forms("doctor/quickstart", "doctor quickstart -e local")
    yield from _forms("outputs/quickstart", "outputs quickstart -e local")
    yield from _forms("log/quickstart", "log quickstart -e local --limit 3")
    yield Step("import/live-manifest", "import quickstart -e local")
    yield Step("import/live-options", "import quickstart -e local --workspace law-webshop --name webshop")
    yield Step("import/live-no-workspace", "import quickstart -e local --workspace law-other")
    shorter = edit(manifest, "total_retention: 365", "total_retention: 180")
    yield Step("plan/quickstart-refused.text", "plan quickstart -e local", shorter)
    yield Step("plan/quickstart-refused.json", "plan quickstart -e local --format json")
    yield Step("plan/quickstart-refused.markdown", "plan quickstart -e local --format markdown")
    yield from _forms("apply/quickstart-refused", "apply quickstart -e local")
    yield Step("up/quickstart-refused", "up quickstart -e local")
    yield Step("apply/quickstart-allowed", "apply quickstart -e local --allow destructive:Orders_CL")
    breaking = edit(manifest, "      Items: int\n", "      Items: long\n")
    yield Step("plan/quickstart-type", "plan quickstart -e local", breaking)
    yield Step("apply/quickstart-type", "apply quickstart -e local")
    back = edit(manifest, "      Items: long\n", "      Items: int\n      Extra: string\n")
    yield Step("plan/quickstart-column", "plan quickstart -e local", back)
    yield Step("plan/quickstart-only", "plan quickstart -e local --only table/Orders_CL")
    yield Step("plan/quickstart-only-unknown", "plan quickstart -e local --only table/None_CL")
    fault = f"emulator faults --state {STATE}"
    yield Step("emulator/faults-refusing", f"{fault} error status=403 code=AuthorizationFailed 'match=P* */tables/*'")
    yield Step("apply/quickstart-failing", "apply quickstart -e local --parallelism 1")
    yield Step("apply/quickstart-failing.json", "apply quickstart -e local --parallelism 1 --format json")
    yield Step("log/quickstart-failed", "log quickstart -e local --limit 1")
    yield Step("emulator/faults-healed", f"{fault} --clear")
    yield Step("apply/quickstart-column", "apply quickstart -e local")
    yield Step("destroy/quickstart", "destroy quickstart -e local --parallelism 1")
    yield Step("destroy/quickstart-nothing.json", "destroy quickstart -e local --format json")
    all_of_it = "--allow destructive:Orders_CL --allow destructive:law-webshop"
    yield Step("destroy/quickstart-all.json", f"destroy quickstart -e local {all_of_it} --format json --parallelism 1")
    yield Step("log/quickstart-all.text", "log quickstart -e local")


def _classic() -> Iterator[Step]:
    yield Step("up/classic", "up quickstart -e local --format json -q")
    columns = [
        {"name": "Name_s", "type": "string"},
        {"name": "Size_d", "type": "real"},
        {"name": "Computer", "type": "string"},
    ]
    old = f"/emulator/classic{GROUP.removeprefix('/subscriptions').removesuffix('/resourceGroups')}/rg-webshop-logs"
    put_table = azure("PUT", f"{old}/law-webshop/Old_CL", {"columns": columns})
    adopted = "import quickstart -e local --classic --out quickstart/moved.yaml"
    yield Step("import/classic-live", adopted, put_table, shows=("quickstart/moved.yaml",))
    yield Step("plan/classic", "plan quickstart/moved.yaml -e local")
    yield Step("apply/classic-refused", "apply quickstart/moved.yaml -e local")
    yield Step("apply/classic-allowed", "apply quickstart/moved.yaml -e local --allow breaking:Old_CL --parallelism 1")
    yield Step("verify/classic", "verify quickstart/moved.yaml -e local --stream Custom-Old")


def _drift() -> Iterator[Step]:
    yield Step("apply/quickstart.json", "apply quickstart -e local --parallelism 1 --format json")
    yield from _forms("drift/quickstart-none", "drift quickstart -e local")
    retention = azure("PATCH", TABLE, {"properties": {"retentionInDays": 45}})
    yield Step("drift/quickstart-by-hand.text", "drift quickstart -e local", retention)
    for form in ("json", "markdown", "sarif", "junit"):
        yield Step(f"drift/quickstart-by-hand.{form}", f"drift quickstart -e local --format {form}")
    yield Step("plan/quickstart-by-hand", "plan quickstart -e local")
    foreign = {
        "location": "westeurope",
        "kind": "Direct",
        "properties": {
            "streamDeclarations": {"Custom-X": {"columns": [{"name": "TimeGenerated", "type": "datetime"}]}},
            "destinations": {"logAnalytics": [{"name": "law", "workspaceResourceId": WORKSPACE}]},
            "dataFlows": [{"streams": ["Custom-X"], "destinations": ["law"], "outputStream": "Custom-Orders_CL"}],
        },
    }
    stranger = azure("PUT", f"{RULES}/dcr-stranger?api-version=2024-03-11", foreign)
    yield Step("drift/quickstart-stranger", "drift quickstart -e local --strict-undeclared", stranger)
    gone = azure("DELETE", f"{RULES}/dcr-webshop?api-version=2024-03-11")
    yield Step("drift/quickstart-gone.text", "drift quickstart -e local", gone)
    yield Step("drift/quickstart-gone.json", "drift quickstart -e local --format json")
    yield Step("outputs/quickstart-gone", "outputs quickstart -e local")
    yield Step("verify/quickstart-gone", "verify quickstart -e local --timeout 0")
    faults = f"emulator faults --state {STATE} error status=403 code=AuthorizationFailed"
    yield Step("emulator/faults-blind", f"{faults} 'match=GET *dataCollectionEndpoints*'")
    yield from _forms("drift/quickstart-blind", "drift quickstart -e local --strict")
    yield Step("plan/quickstart-blind", "plan quickstart -e local")
    yield Step("plan/quickstart-blind.json", "plan quickstart -e local --format json")


def _several() -> Iterator[Step]:
    yield Step("up/several-failing-tests", "up several -e local")
    yield Step("up/several-failing-tests.json", "up several -e local --format json")
    yield from _forms("plan/several-new", "plan several -e local")
    yield Step("apply/several", "apply several -e local --parallelism 1")
    yield from _forms("verify/several", "verify several -e local")
    yield Step("verify/several-stream", "verify several -e local --stream Custom-Visits --no-grant-self")
    yield from _forms("outputs/several", "outputs several -e local")
    yield from _forms("log/several", "log several -e local")
    yield Step("plan/several-other.text", "plan several -e local", _rename_the_partners_rule)
    transition = "plan several -e local -q --transition several/transition.yaml"
    yield Step("plan/several-transition", transition, shows=("several/transition.yaml",))
    yield Step("plan/several-transition-again", transition)
    yield Step("plan/several-kept", "plan several/transition.yaml -e local")
    yield Step("plan/several-prune.json", "plan several -e local --prune --format json")
    yield Step("drift/several-other", "drift several -e local")
    prune = "apply several -e local --prune --parallelism 1"
    yield Step("apply/several-prune-refused", prune)
    yield Step("apply/several-prune", f"{prune} --allow breaking:dcr-partner")
    yield Step("destroy/several.text", "destroy several -e local --parallelism 1 --format text")


def _rename_the_partners_rule() -> None:
    edit("several/provisioner.yaml", "  dcr-partner:", "  dcr-other:")()
    edit("several/provisioner.yaml", "dcrs: [dcr-partner]", "dcrs: [dcr-other]")()


def _environment_pair() -> Iterator[Step]:
    pair = "-e east -e west"
    yield from _forms("plan/twins", f"plan twins {pair}")
    yield Step("plan/twins-exitcode", f"plan twins {pair} --detailed-exitcode -q")
    yield Step("apply/twins.text", f"apply twins {pair} --yes --parallelism 1")
    yield Step("apply/twins.json", f"apply twins {pair} --yes --format json")
    yield Step("plan/twins-all", "plan twins --all-environments")
    yield from _forms("drift/twins", "drift twins --all-environments")
    yield Step("plan/twins-out", f"plan twins {pair} --out plan.json")
    yield Step("plan/twins-all-and-one", "plan twins --all-environments -e east")


def _forgetful() -> Iterator[Step]:
    yield Step("up/forgetful.text", "up forgetful -e local --parallelism 1")
    yield from _forms("verify/forgetful", "verify forgetful -e local")
    fault = "emulator faults --state forgetful/.provisioner error status=403"
    yield Step("emulator/faults-ingestion", f"{fault} 'match=POST */streams/*' code=OperationFailed")
    yield from _forms("verify/forgetful-forbidden", "verify forgetful -e local --timeout 0")


def _deployment() -> Iterator[Step]:
    yield Step("apply/deployment.text", "apply quickstart -e local --via deployment")
    longer = edit("quickstart/provisioner.yaml", "retention: 90", "retention: 120")
    yield Step("apply/deployment-update.text", "apply quickstart -e local --via deployment", longer)
    yield Step("apply/deployment-nothing.json", "apply quickstart -e local --via deployment --format json")
    yield Step("log/deployment.json", "log quickstart -e local --format json")


def _cloud() -> Iterator[Step]:
    """What is refused before any request: wrong manifests, and a real cloud where nobody is signed in."""
    for project in ("broken", "mistaken"):
        yield Step(f"plan/{project}", f"plan {project}")
        yield Step(f"plan/{project}.json", f"plan {project} --format json")
        yield Step(f"up/{project}", f"up {project} -e local")
        yield Step(f"up/{project}.json", f"up {project} -e local --format json")
    for command in ("plan", "drift", "outputs"):
        yield Step(f"{command}/signed-out", f"{command} quickstart")
    yield Step("plan/signed-out.json", "plan quickstart --format json")
