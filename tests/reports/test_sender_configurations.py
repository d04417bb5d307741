"""Configurations of senders: complete, free of secrets, and well formed by the parsers of their own formats."""

from __future__ import annotations

import importlib
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from tree_sitter import Language, Parser

from provisioner.model import SENDERS, Columns, Flow, Stream
from provisioner.model.column_types import TYPES
from provisioner.package_data import load_facts
from provisioner.reports.format_registry import FORMATS, render_report
from provisioner.reports.sender_report import SenderReport
from provisioner.reports.sender_streams import SenderStream
from provisioner.resources.sender_outputs import DcrOutputs, Outputs
from tools.sender_pages import example_text

ENDPOINT = "https://dce-shop-ab12.westeurope-1.ingest.monitor.azure.com"
RULE = "dcr-0123456789abcdef0123456789abcdef"
CODE = {
    "dotnet": "tree_sitter_c_sharp",
    "javascript": "tree_sitter_javascript",
    "go": "tree_sitter_go",
    "java": "tree_sitter_java",
    "powershell": "tree_sitter_powershell",
    "az": "tree_sitter_bash",
}
YAML = ("fluent-bit", "vector", "otel-collector", "cribl")
CONFIGURATIONS = (*CODE, *YAML, "logstash", "syslog-ng", "rsyslog", "function-app")


@dataclass(frozen=True)
class Cloud:
    name: str = "public"
    authority: str = "https://login.microsoftonline.com"
    ca_file: Path | None = None


LOCAL = Cloud("local", "https://127.0.0.1:7001", Path("/tmp/it's here/.provisioner/ca.pem"))
CHINA = Cloud("china", "https://login.chinacloudapi.cn")


def stream(key, columns):
    return Stream(key, key, Columns(columns), (Flow("T_CL"),))


ALL_TYPES = {
    "TimeGenerated": "datetime",
    **{f"C_{name}": name for name in TYPES},
    "Message": "string",
    "Severity": "int",
}
STREAMS = {
    "Custom-Orders": stream("Custom-Orders", ALL_TYPES),
    "Custom-App_2-x": stream("Custom-App_2-x", {"when": "datetime", "Host": "string"}),
    "Microsoft-Syslog": stream("Microsoft-Syslog", {"SyslogMessage": "string"}),
}


def report(cloud=Cloud(), streams=STREAMS):
    urls = {key: f"{ENDPOINT}/dataCollectionRules/{RULE}/streams/{key}?api-version=2023-01-01" for key in streams}
    outputs = Outputs("https://monitor.azure.com", {"dcr-shop": DcrOutputs(RULE, ENDPOINT, urls)})
    return SenderReport(outputs, cloud, streams)


def text_of(name, cloud=Cloud(), streams=STREAMS):
    return render_report("outputs", name, report(cloud, streams))


def test_every_sender_has_a_format():
    assert set(CONFIGURATIONS) < set(FORMATS["outputs"])


@pytest.mark.parametrize("cloud", [Cloud(), LOCAL, CHINA], ids=lambda cloud: cloud.name)
@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_configuration_names_where_records_go_and_no_secret(name, cloud):
    text = text_of(name, cloud)
    assert text.endswith("\n")
    assert RULE in text
    assert "Source: https://" in text or "Sources: " in text
    for key in STREAMS:
        sent_as = key.removeprefix("Custom-") if name == "fluent-bit" else key
        assert sent_as in text
    # Fluent Bit and Cribl sign in with a secret: by a reference to it.
    assert not re.search(r"secret\"?\s*[:=]>?\s*[\"']?[A-Za-z0-9~._-]{20,}", text, re.IGNORECASE)
    assert ("provisioner emulator env" in text) == (cloud is LOCAL)


@pytest.mark.parametrize("cloud", [Cloud(), LOCAL], ids=lambda cloud: cloud.name)
@pytest.mark.parametrize("name", CODE)
def test_code_is_code_of_its_language(name, cloud):
    parser = Parser(Language(importlib.import_module(CODE[name]).language()))
    tree = parser.parse(text_of(name, cloud).encode())
    assert not tree.root_node.has_error, tree.root_node


@pytest.mark.parametrize("cloud", [Cloud(), LOCAL], ids=lambda cloud: cloud.name)
@pytest.mark.parametrize("name", YAML)
def test_yaml_is_yaml_with_a_part_for_each_stream(name, cloud):
    document = yaml.safe_load(text_of(name, cloud))
    parts = {
        "fluent-bit": lambda: document["pipeline"]["outputs"],
        "vector": lambda: document["sinks"],
        "otel-collector": lambda: [key for key in document["nodes"] if key != "otlp-receiver"],
        "cribl": lambda: document["outputs"],
    }[name]()
    assert len(parts) == len(STREAMS)


def test_vector_keeps_batches_under_a_call_and_writes_the_stream_s_time():
    sink = yaml.safe_load(text_of("vector"))["sinks"]["app_2_x"]
    assert sink["batch"]["max_bytes"] < 1_048_576
    assert sink["timestamp_field"] == "when"


@pytest.mark.parametrize("cloud", [Cloud(), LOCAL], ids=lambda cloud: cloud.name)
def test_the_function_is_python(cloud):
    compile(text_of("function-app", cloud), "function_app.py", "exec")


@pytest.mark.parametrize("name", ["logstash", "rsyslog", "syslog-ng"])
def test_brackets_and_quotes_close(name):
    text = re.sub(r"^\s*#.*$", "", text_of(name), flags=re.MULTILINE)
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    assert '"' not in bare
    for opening, closing in ("()", "{}", "[]"):
        assert bare.count(opening) == bare.count(closing)


@pytest.mark.skipif(not shutil.which("syslog-ng"), reason="needs syslog-ng")
def test_syslog_ng_takes_the_configuration(tmp_path):
    lines = "source s { internal(); };\n" + "".join(
        f"log {{ source(s); destination(d_{SenderStream(one, '', None).slug}); }};\n" for one in STREAMS.values()
    )
    file = tmp_path / "syslog-ng.conf"
    file.write_text(text_of("syslog-ng") + lines)
    environment = {"PATH": "/usr/sbin:/usr/bin:/bin", "LOGS_TOKEN": "token"}
    done = subprocess.run(
        ["syslog-ng", "-s", "-f", str(file)], capture_output=True, text=True, check=False, env=environment, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_a_column_of_a_syslog_line_is_known_by_its_name():
    columns = {"TimeGenerated": "datetime", "Message": "string", "HostName": "string", "Severity": "int", "Own": "real"}
    pairs = dict(SenderStream(stream("Custom-S", columns), "", None).syslog_pairs)
    assert pairs == {
        "TimeGenerated": "$ISODATE", "Message": "$MSG", "HostName": "$HOST", "Severity": "int64($LEVEL_NUM)",
        "Own": "double(${Own})",
    }  # fmt: skip


def test_every_sender_that_a_manifest_may_name_has_facts_and_a_format():
    assert set(SENDERS) == set(load_facts("senders.yaml")["senders"])
    assert set(SENDERS) == set(FORMATS["outputs"]) - {"text", "json", "env"}


RSYSLOG_INPUT = """
module(load="imfile")
input(type="imfile" file="{lines}" tag="app[7]:" severity="warning" ruleset="all")
"""
VALUES = {"C_real": "1.5", "C_int": "many", "C_boolean": "true", "C_dynamic": '{"a":1}', "C_string": 'say "hi"'}


@pytest.mark.skipif(not shutil.which("rsyslogd"), reason="needs rsyslog")
def test_rsyslog_makes_records_with_the_columns_names_and_types(tmp_path):
    """omhttp is not to be had everywhere: the same template is written to a pipe."""
    one = {"Custom-Orders": STREAMS["Custom-Orders"]}
    text = re.sub(r"action\(.*?\n\)", f'action(type="ompipe" pipe="{tmp_path}/out" template="record_orders")',
                  text_of("rsyslog", streams=one).replace('module(load="omhttp")', ""), flags=re.DOTALL)  # fmt: skip
    sets = "".join(f"set $!{name} = {json.dumps(value)};\n" for name, value in VALUES.items())
    (tmp_path / "lines").write_text("hello world\n")
    os.mkfifo(tmp_path / "out")
    file = tmp_path / "rsyslog.conf"
    # Templates stand outside of rulesets, what runs for each message inside.
    head, template = text.split("template(", 1)
    template, action = template.split("\n}\n", 1)
    file.write_text(
        f'global(workDirectory="{tmp_path}")\n{RSYSLOG_INPUT.format(lines=tmp_path / "lines")}'
        f'template({template}\n}}\nruleset(name="all") {{\n{sets}{head}{action}\n}}\n'
    )
    checked = subprocess.run(["rsyslogd", "-N1", "-f", str(file)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    command = ["rsyslogd", "-n", "-f", str(file), "-i", str(tmp_path / "pid")]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            record = json.JSONDecoder().raw_decode(read_until((tmp_path / "out"), "}"))[0]
        finally:
            process.terminate()
    assert list(record) == list(ALL_TYPES)
    assert {name: record[name] for name in VALUES} == {
        "C_real": 1.5, "C_int": None, "C_boolean": True, "C_dynamic": {"a": 1}, "C_string": 'say "hi"'
    }  # fmt: skip
    assert (record["Message"], record["Severity"]) == ("hello world", 4)


def read_until(pipe, end):
    """What is written to a pipe, up to a piece that ends so."""
    text = ""
    with pipe.open("rb", buffering=0) as file:
        while not text.endswith(end):
            piece = file.read(65536)
            assert piece, text
            text += piece.decode()
    return text


def option_names(name):
    """The options in the configuration of a sender that is written in a format of options."""
    text = example_text(name)
    if name == "logstash":
        return set(re.findall(r"(?:^|\{)\s*(\w+) =>", text, re.MULTILINE))
    if name == "syslog-ng":
        return set(re.findall(r"(?<![$\w-])([a-z][a-z-]*)\(", text.split("  http(")[1])) - {"format-json", "double"}
    if name == "rsyslog":
        return set(re.findall(r"([\w.]+)=[\"\[]", text.split("action(")[1]))
    document = yaml.safe_load(text)
    parts = {"fluent-bit": lambda: document["pipeline"]["outputs"][0], "vector": lambda: document["sinks"]["orders"],
             "otel-collector": lambda: document["nodes"]["orders"]["config"]["api"],
             "cribl": lambda: document["outputs"]["orders"]}[name]()  # fmt: skip
    return {f"{key}.{inner}" if isinstance(value, dict) and name == "vector" else key
            for key, value in parts.items() for inner in (value if isinstance(value, dict) else [""])}  # fmt: skip


@pytest.mark.parametrize("name", [*YAML, "logstash", "syslog-ng", "rsyslog"])
def test_every_option_of_a_configuration_is_explained_with_a_source(name):
    facts = load_facts("senders.yaml")["senders"][name]
    names = option_names(name)
    assert len(names) >= 3
    assert names - set(facts["options"]) - {"schema"} == set()


@pytest.mark.parametrize("name", SENDERS)
def test_every_option_that_is_explained_stands_in_the_configuration(name):
    facts = load_facts("senders.yaml")["senders"][name]
    text = example_text(name)
    for option, entry in facts["options"].items():
        assert option.rsplit(".", 1)[-1 if name == "vector" else 0] in text, option
        assert (entry["source"] if isinstance(entry, dict) else facts["source"]).startswith("https://")
