"""Governance files: applied whole or not at all, the difference shown, mistakes named with their line."""

import copy

import pytest

from harness.gateway import Gateway
from harness.governance import governance, hard_budget
from harness.simulator import Simulator

YAML = """\
version: 1
organizations:
  - name: acme
    time_zone: Europe/Berlin
    teams:
      - name: search
        projects:
          - name: ranking
            applications: [web, batch]
            routes: [demo]
providers:
  - {name: up, dialect: openai, base_url: "http://127.0.0.1:9/v1", credential: "env:UPSTREAM_KEY"}
deployments:
  - {name: up-d, provider: up, model: upstream-model, region: eu, context_window: 128000, max_output: 16384}
routes:
  - {name: demo, strategy: priority, targets: [up-d]}
budgets:
  - {scope: project/ranking, limit: "25.00 USD", period: month, enforcement: hard}
rate_limits:
  - {scope: project/ranking, requests_per_minute: 600, tokens_per_minute: 200000, concurrent: 50}
prices:
  - {provider: up, model: upstream-model, effective_from: 2026-01-01, per_million: {input: "0.15", output: "0.60"}}
guardrails: []
"""


@pytest.fixture(scope="module")
def server(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    gateway = Gateway(tmp_path_factory.mktemp("governed"), governance(simulator.base_url))
    try:
        yield gateway
        gateway.check_books()
    finally:
        gateway.close()


def journal(gateway: Gateway) -> int:
    """How many governance changes there were."""
    return gateway.ledger.value("SELECT count(*) FROM journal WHERE kind = 6")


def test_the_file_of_the_design_applies(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(YAML.replace("http://127.0.0.1:9/v1", simulator.base_url))
    assert gateway.chat().status == 200
    assert gateway.ledger.value("SELECT time_zone FROM organization WHERE name = 'acme'") == "Europe/Berlin"
    assert gateway.ledger.value("SELECT limit_nano FROM budget") == 25 * 10**9


def test_the_same_file_again_makes_no_revision(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(governance(simulator.base_url, budgets=[hard_budget(10**9)]))
    before = journal(gateway)
    gateway.cli("apply", str(gateway.file))
    assert journal(gateway) == before
    assert gateway.ledger.value("SELECT count(*) FROM price") == 2


def test_dry_run_shows_the_difference_and_changes_nothing(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(governance(simulator.base_url, budgets=[hard_budget(10**9)]))
    before = journal(gateway)
    changed = governance(simulator.base_url, budgets=[hard_budget(2 * 10**9)], projects=[
        {"name": "ranking", "applications": ["web"]}, {"name": "brand-new"}])
    shown = gateway.apply(changed, "--dry-run").stdout
    assert "brand-new" in shown and "1.00 USD -> 2.00 USD" in shown
    assert journal(gateway) == before
    assert gateway.ledger.value("SELECT count(*) FROM project") == 1
    gateway.cli("apply", str(gateway.file), "--change-ref", "TICKET-7")
    assert journal(gateway) == before + 1
    reference = "SELECT change_reference FROM budget_version ORDER BY log_index DESC LIMIT 1"
    assert gateway.ledger.value(reference) == "TICKET-7"
    assert gateway.ledger.value("SELECT limit_nano FROM budget") == 2 * 10**9


MISTAKES = [
    ("unknown field", "    time_zone: Europe/Berlin", "    time_zome: Europe/Berlin", 4, "time_zone"),
    ("unknown time zone", "Europe/Berlin", "Europe/Berlim", 4, "Berlim"),
    ("unknown dialect", "dialect: openai", "dialect: openia", 12, "openai"),
    ("unknown provider", "provider: up, model: upstream-model, region", "provider: upp, model: upstream-model, region",
     14, "upp"),
    ("unknown target", "targets: [up-d]", "targets: [up-e]", 16, "up-e"),
    ("unknown route", "routes: [demo]", "routes: [dema]", 10, "dema"),
    ("unknown region", "region: eu,", "region: europe,", 14, "eu"),
    ("unknown strategy", "strategy: priority", "strategy: fastest", 16, "priority"),
    ("unknown scope", "{scope: project/ranking, limit", "{scope: project/rankin, limit", 18, "rankin"),
    ("scope without a kind", "{scope: project/ranking, limit", "{scope: ranking, limit", 18, "project/"),
    ("limit without a currency", '"25.00 USD"', '"25.00"', 18, "USD"),
    ("limit that is no number", '"25.00 USD"', '"lots USD"', 18, "lots"),
    ("negative limit", '"25.00 USD"', '"-1.00 USD"', 18, "negative"),
    ("unknown period", "period: month", "period: fortnight", 18, "month"),
    ("unknown enforcement", "enforcement: hard", "enforcement: firm", 18, "hard"),
    ("rate that is no number", "requests_per_minute: 600", "requests_per_minute: many", 20, "requests_per_minute"),
    ("unknown meter", 'input: "0.15"', 'inputs: "0.15"', 22, "input"),
    ("price that is no number", '"0.15"', '"cheap"', 22, "cheap"),
    ("price as a float", '"0.60"', "0.6000000000001", 22, ""),
    ("date that is none", "2026-01-01", "2026-13-01", 22, "2026-13-01"),
    ("base URL without a scheme", '"http://127.0.0.1:9/v1"', '"127.0.0.1:9/v1"', 12, "http"),
    ("credential in the file", '"env:UPSTREAM_KEY"', '"sk-live-123"', 12, "env:"),
    ("name twice", "applications: [web, batch]", "applications: [web, web]", 9, "web"),
    ("version missing", "version: 1\n", "\n", 1, "version"),
    ("version unknown", "version: 1", "version: 2", 1, "1"),
    ("broken YAML", "guardrails: []", "guardrails: [", 24, ""),
    ("tabs", "    teams:", "\tteams:", 5, ""),
    ("a list for a map", "version: 1\n", "- version: 1\n", 0, ""),
]


@pytest.mark.parametrize(("text", "instead", "line", "hint"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_mistakes_name_their_line(server: Gateway, text: str, instead: str, line: int, hint: str):
    assert YAML.count(text) >= 1
    before = journal(server)
    done = server.apply(YAML.replace(text, instead, 1), check=False)
    assert done.returncode != 0 and journal(server) == before
    message = done.stderr + done.stdout
    if line:
        assert f"line {line}" in message or f":{line}:" in message or f":{line} " in message, message
    assert hint in message, message
    assert "sk-live-123" not in message


BAD_NAMES = [
    "=cmd", "+1", "-x", "@sum", "a\nb", "a\u0000b", "a\u001bb", "tab\there", "", " lead", "a\u2028b", "x" * 500]


@pytest.mark.parametrize("name", BAD_NAMES, ids=[repr(name)[:20] for name in BAD_NAMES])
@pytest.mark.parametrize("kind", ["organization", "team", "project", "application", "provider", "deployment", "route"])
def test_names_that_hurt_later_are_refused(server: Gateway, simulator: Simulator, kind: str, name: str):
    """Control characters break terminals and logs; a leading = + - @ is a formula in a spreadsheet."""
    file = copy.deepcopy(governance(simulator.base_url))
    organization = file["organizations"][0]
    target = {
        "organization": organization, "team": organization["teams"][0],
        "project": organization["teams"][0]["projects"][0], "provider": file["providers"][0],
        "deployment": file["deployments"][0], "route": file["routes"][0],
    }
    if kind == "application":
        organization["teams"][0]["projects"][0]["applications"] = [name]
    else:
        target[kind]["name"] = name
    if kind == "provider":
        file["deployments"][0]["provider"] = name
        file["prices"][0]["provider"] = name
    if kind == "deployment":
        file["routes"][0]["targets"] = [name]
    before = journal(server)
    assert server.apply(file, check=False).returncode != 0
    assert journal(server) == before


@pytest.mark.parametrize("name", ["=cmd", "+1", "-x", "@sum", "a\nb", "a\u001bb", "x" * 500])
def test_key_names_that_hurt_later_are_refused(server: Gateway, name: str):
    done = server.cli("key", "create", "--project", "ranking", f"--name={name}", check=False)
    assert done.returncode != 0 and "tb-" not in done.stdout


@pytest.mark.parametrize("name", ["Größe", "检索", "a b", "a.b-c_d", "r&d", "O'Neil", '"quoted"'])
def test_other_names_are_welcome(server: Gateway, name: str):
    assert server.create_key(name=name).startswith("tb-")


def test_an_invalid_file_stops_the_start(make_gateway):
    gateway: Gateway = make_gateway(YAML.replace("dialect: openai", "dialect: openia"), start=False)
    gateway.start(wait=False)
    assert gateway.wait(30) != 0
    assert "openia" in gateway.output


def test_a_missing_file_stops_the_start(make_gateway):
    gateway: Gateway = make_gateway(YAML, start=False)
    gateway.file.unlink()
    gateway.start(wait=False)
    assert gateway.wait(30) != 0
    assert "governance.yaml" in gateway.output


def test_prune_closes_what_the_file_no_longer_has(make_gateway, simulator: Simulator):
    projects = [{"name": "ranking"}, {"name": "old"}]
    gateway: Gateway = make_gateway(governance(simulator.base_url, projects=projects))
    key = gateway.create_key("old")
    less = governance(simulator.base_url, projects=projects[:1])
    gateway.apply(less)
    assert gateway.ledger.value("SELECT closed FROM project WHERE name = 'old'") == 0
    gateway.apply(less, "--prune")
    assert gateway.ledger.value("SELECT closed FROM project WHERE name = 'old'") == 1
    assert gateway.chat(key=key).status == 401
    assert gateway.chat().status == 200


def test_renaming_keeps_the_object(make_gateway, simulator: Simulator):
    gateway: Gateway = make_gateway(governance(simulator.base_url))
    key = gateway.key
    gateway.apply(governance(simulator.base_url, projects=[{"name": "sorting", "was": "ranking"}]))
    assert gateway.ledger.rows("SELECT name, closed FROM project") == [{"name": "sorting", "closed": 0}]
    assert gateway.chat(key=key).status == 200
    rows = gateway.cli_json("report", "spend", "--by", "project")["rows"]
    assert [row["project"] for row in rows] == ["sorting"]


def test_routes_of_a_project_bind(make_gateway, simulator: Simulator):
    routes = [
        {"name": "demo", "strategy": "priority", "targets": ["up-d"]},
        {"name": "large", "strategy": "priority", "targets": ["up-d"]}]
    gateway: Gateway = make_gateway(governance(
        simulator.base_url, routes=routes, projects=[{"name": "ranking", "routes": ["demo"]}]))
    assert gateway.chat().status == 200
    refused = gateway.chat({"model": "large", "messages": []})
    assert refused.status == 403 and refused.code == "route_not_permitted"
    assert gateway.story(refused).decisions[-1]["reason"] == "route_not_permitted"
    listed = gateway.client.get("/v1/models", headers={"authorization": f"Bearer {gateway.key}"}).json()
    assert [model["id"] for model in listed["data"]] == ["demo"]


def test_residency_binds(make_gateway, simulator: Simulator):
    deployments = [
        {"name": "us-d", "provider": "up", "model": "upstream-model", "region": "us-east"},
        {"name": "eu-d", "provider": "up", "model": "upstream-model", "region": "eu-west"}]
    both = [{"name": "demo", "strategy": "priority", "targets": ["us-d", "eu-d"]}]
    file = governance(
        simulator.base_url, deployments=deployments, routes=both, projects=[{"name": "ranking", "regions": ["eu"]}])
    gateway: Gateway = make_gateway(file)
    story = gateway.story(gateway.chat())
    assert story.attempts[0]["region"] == "eu-west"
    assert {(d["reason"], d["verdict"]) for d in story.decisions} >= {
        ("region_not_allowed", "deny"), ("target_chosen", "route")}
    file["routes"][0]["targets"] = ["us-d"]
    gateway.apply(file)
    simulator.reset()
    refused = gateway.chat()
    assert refused.status == 422 and refused.code == "unservable" and simulator.calls == 0


def test_context_window_binds(make_gateway, simulator: Simulator):
    deployments = [{"name": "up-d", "provider": "up", "model": "upstream-model", "context_window": 1_000}]
    gateway: Gateway = make_gateway(governance(simulator.base_url, deployments=deployments))
    assert gateway.chat().status == 200
    body = {"model": "demo", "messages": [{"role": "user", "content": "word " * 5_000}]}
    refused = gateway.chat(body)
    assert refused.status == 422
    assert "over_context_window" in {d["reason"] for d in gateway.story(refused).decisions}


def test_a_directory_of_files(make_gateway, simulator: Simulator, tmp_path):
    import json

    whole = governance(simulator.base_url)
    parts = tmp_path / "parts"
    parts.mkdir()
    for number, name in enumerate(("organizations", "providers", "deployments", "routes", "prices")):
        (parts / f"{number}-{name}.yaml").write_text(json.dumps({"version": 1, name: whole[name]}))
    gateway: Gateway = make_gateway({"version": 1})
    gateway.cli("apply", str(parts))
    assert gateway.chat().status == 200
