"""schema/openapi.yaml and the control plane say the same: every described call is made, and its answer checked.

That every route of the server is described is shown by the tidy tests, which read its source.
"""

import json
from collections.abc import Iterator

import httpx
import jsonschema
import pytest
import yaml

from harness.gateway import Gateway
from harness.process import ROOT

DESCRIPTION = yaml.safe_load((ROOT / "schema" / "openapi.yaml").read_text())
OPERATIONS = {
    operation["operationId"]: (method, path, operation)
    for path, methods in DESCRIPTION["paths"].items() for method, operation in methods.items()}


def resolve(node: dict) -> dict:
    """What a reference stands for."""
    while "$ref" in node:
        found = DESCRIPTION
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def check(operation: dict, answer: httpx.Response) -> None:
    """The answer has a status and a media type that the operation describes, and a body of its schema."""
    described = operation["responses"]
    found = resolve(described.get(str(answer.status_code)) or described["default"])
    media = answer.headers["content-type"].split(";")[0]
    assert media in found["content"], (answer.status_code, media, answer.text[:300])
    if media.endswith("json"):
        schema = found["content"][media]["schema"]
        jsonschema.Draft202012Validator({**schema, "components": DESCRIPTION["components"]}).validate(answer.json())


@pytest.fixture(scope="module")
def owner(gateway: Gateway) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {gateway.token}"}
    with httpx.Client(trust_env=False, base_url=gateway.admin_url, headers=headers, timeout=60) as client:
        yield client


def calls(gateway: Gateway, owner: httpx.Client) -> dict[str, tuple[str, dict | None]]:
    """For each operation a path with its query, and a body."""
    request_id = gateway.chat(sim="prompt=10,completion=10").request_id
    made = owner.post("/api/v1/exports", json={"name": "request_trail"}).json()
    created = owner.post("/api/v1/keys", json={"project": "ranking", "name": "to-revoke", "user": "ada"}).json()
    document = {"version": 1, "rate_limits": [{"scope": "project/ranking", "requests_per_minute": 60}]}
    budget = {
        "name": "described", "scope": "project/ranking", "limit": "1000 requests", "period": "month",
        "enforcement": "soft"}
    owner.post("/api/v1/apply", json={"document": {"version": 1, "manager": "described", "budgets": [budget]}})
    return {
        "health": ("/healthz", None), "readiness": ("/readyz", None), "metrics": ("/metrics", None),
        "apply": ("/api/v1/apply", {"document": document, "dry_run": True, "change_ref": "TICKET-1"}),
        "listKeys": ("/api/v1/keys?closed=true", None),
        "createKey": ("/api/v1/keys", {"project": "ranking", "name": "made", "expires": "2099-01-01"}),
        "revokeKey": (f"/api/v1/keys/{created['id']}?reason=test", None),
        "listBudgets": ("/api/v1/budgets", None),
        "raiseBudget": (
            "/api/v1/budgets/described/raises", {"amount": "5 requests", "until": "2099-01-01", "reason": "launch"}),
        "showBudget": ("/api/v1/budgets/described", None),
        "reportSpend": ("/api/v1/reports/spend?by=project,key,day&basis=usage", None),
        "explainRequest": (f"/api/v1/requests/{request_id}/explanation", None),
        "readEvents": ("/api/v1/events?after=0&limit=5&type=project.*,request.denied,events.read", None),
        "makeExport": ("/api/v1/exports", {"name": "charges", "from": "2026-01-01", "tz": "Europe/Berlin"}),
        "downloadExport": (f"/api/v1/exports/{made['id']}/files/manifest.json", None),
        "verify": ("/api/v1/verify", None),
        "query": ("/api/v1/query", {"sql": "SELECT 1, 'a', NULL, x'00ff', 1.5", "limit": 5, "seconds": 5}),
    }


def test_every_described_call_answers_as_described(gateway: Gateway, owner: httpx.Client):
    prepared = calls(gateway, owner)
    assert prepared.keys() == OPERATIONS.keys()
    for name, (method, path, operation) in OPERATIONS.items():
        target, body = prepared[name]
        answer = owner.request(method, target, json=body)
        assert answer.is_success, (name, answer.status_code, answer.text[:300])
        assert len(target.split("?")[0].split("/")) == len(path.split("/"))
        check(operation, answer)


@pytest.mark.parametrize("name", [name for name, (_, _, one) in OPERATIONS.items() if "default" in one["responses"]])
def test_refusals_are_the_described_problem(gateway: Gateway, name: str):
    method, path, operation = OPERATIONS[name]
    answer = gateway.admin.request(method, path.replace("{id}", "1").replace("{name}", "x"))
    assert answer.status_code in (401, 429)
    check(operation, answer)


@pytest.mark.parametrize(("name", "body"), [
    ("apply", {"document": {"version": 1}, "dryrun": True}), ("createKey", {"project": "ranking", "secret": "x"}),
    ("makeExport", {"name": "request_trail", "form": "2026-01-01"}), ("query", {"sql": "SELECT 1", "limits": 1}),
    ("query", {"sql": "SELECT 1", "limit": 100_001}), ("query", {"sql": "SELECT 1", "seconds": 61}),
    ("makeExport", {"name": "everything"}), ("createKey", {}), ("apply", {}),
])
def test_bodies_outside_the_schema_are_refused(owner: httpx.Client, name: str, body: dict):
    """What `additionalProperties: false` and the bounds promise: a mistyped field is not passed over."""
    method, path, operation = OPERATIONS[name]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator({**schema, "components": DESCRIPTION["components"]}).validate(body)
    answer = owner.request(method, path, json=body)
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text)
    check(operation, answer)


@pytest.mark.parametrize("query", ["format=xml", "as_of=-1", "basis=cash", "by=nothing", "as_of=soon"])
def test_parameters_outside_the_schema_are_refused(owner: httpx.Client, query: str):
    answer = owner.get(f"/api/v1/reports/spend?{query}")
    assert 400 <= answer.status_code < 500, answer.text
    check(OPERATIONS["reportSpend"][2], answer)


@pytest.mark.parametrize(
    "path", ["/", "/api", "/api/v1", "/api/v1/nothing", "/api/v2/keys", "/console", "/openapi.yaml"])
def test_what_is_not_described_is_not_there(owner: httpx.Client, path: str):
    answer = owner.get(path)
    assert answer.status_code == 404 and json.loads(answer.content)["code"] == "not_found"
