"""Ranking documents as Cohere, Jina and llama.cpp do it, with Cohere's SDK: rows, holds and charges by search units or
tokens."""

import json
import os
from pathlib import Path

import cohere
import httpx
import jsonschema
import pytest

from harness.gateway import Gateway
from harness.governance import governance, hard_budget
from harness.media import newest, serve
from harness.process import ROOT
from harness.simulator import Simulator
from harness.upstream import Exchange, ScriptedUpstream

SHARED = Path(os.environ.get("TOLLBOOK_SHARED") or ROOT.parent / "shared")
# Two dollars a thousand search units.
PRICES = {"search_unit": "2000.00"}
DOCUMENTS = ["Carson City", "Washington", "Saipan"]


def connect(url: str, key: str) -> cohere.ClientV2:
    return cohere.ClientV2(api_key=key, base_url=url, httpx_client=httpx.Client(trust_env=False))


def root(base_url: str) -> str:
    return base_url.removesuffix("/v1")


@pytest.fixture(scope="module")
def ranking(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    yield from serve(tmp_path_factory, governance(root(simulator.base_url), dialect="cohere", prices=PRICES))


@pytest.fixture(scope="module")
def client(ranking: Gateway) -> cohere.ClientV2:
    return connect(ranking.url, ranking.key)


def test_a_ranking_costs_its_search_units(client: cohere.ClientV2, ranking: Gateway, simulator: Simulator):
    answer = client.rerank(
        model="demo", query="capital?", documents=DOCUMENTS, top_n=2,
        request_options={"additional_headers": {"x-sim": "prompt=3"}})
    assert [result.index for result in answer.results] == [0, 1] and answer.meta.billed_units.search_units == 3
    assert simulator.last()["request_line"].startswith("POST /v2/rerank ")
    assert json.loads(simulator.last()["body"])["model"] == "upstream-model"
    story = newest(ranking)
    assert (story.request["endpoint"], story.request["dialect"]) == ("rerank_v2", "rerank")
    assert story.tokens == {"search_unit": 3} and story.sources == {"provider"} and story.caveat is None
    assert story.total == 3 * 2_000_000 and story.held == 2_000_000 and story.request["held_output_tokens"] == 0


def test_the_older_path_goes_to_the_older_path(ranking: Gateway, simulator: Simulator):
    answer = ranking.post(
        "/v1/rerank", {"model": "demo", "query": "x", "documents": [{"text": "a"}, {"text": "b"}]},
        {"authorization": f"Bearer {ranking.key}"})
    assert len(answer.json["results"]) == 2 and simulator.last()["request_line"].startswith("POST /v1/rerank ")
    story = ranking.story(answer)
    assert story.request["endpoint"] == "rerank" and story.tokens == {"search_unit": 1}
    assert answer.headers["x-tollbook-cost-usd"] == "0.002000000"


@pytest.mark.parametrize(("documents", "units"), [(1, 1), (100, 1), (101, 2), (1_000, 10)])
def test_the_hold_covers_every_hundred_documents(ranking: Gateway, documents: int, units: int):
    story = ranking.story(ranking.post(
        "/v2/rerank", {"model": "demo", "query": "x", "documents": ["d"] * documents},
        {"authorization": f"Bearer {ranking.key}"}))
    assert units <= story.held // 2_000_000 <= units + 2


def test_long_documents_are_held_for_their_pieces(ranking: Gateway):
    story = ranking.story(ranking.post(
        "/v2/rerank", {"model": "demo", "query": "x", "documents": ["d" * 3_000] * 100},
        {"authorization": f"Bearer {ranking.key}"}))
    assert story.held == 3 * 2_000_000


def test_jinas_rankings_cost_their_tokens(simulator: Simulator, make_gateway):
    gateway = make_gateway(governance(
        simulator.base_url, prices={"input": "0.05"}, model="jina-reranker-v2",
        budgets=[hard_budget(1_000_000_000)]))
    answer = gateway.post(
        "/v1/rerank", {"model": "demo", "query": "capital?", "documents": DOCUMENTS},
        {"authorization": f"Bearer {gateway.key}", "x-sim": "prompt=30"})
    assert answer.json["usage"]["total_tokens"] == 30
    story = gateway.story(answer)
    assert story.tokens == {"input": 30} and story.total == 30 * 50 and story.held >= story.total
    gateway.check_books()


def test_a_ranking_without_usage_is_estimated(ranking: Gateway):
    story = ranking.story(ranking.post(
        "/v2/rerank", {"model": "demo", "query": "x", "documents": DOCUMENTS},
        {"authorization": f"Bearer {ranking.key}", "x-sim": "fault=no_usage"}))
    assert story.tokens == {"search_unit": 1} and story.sources == {"estimated"}
    assert story.caveat == "usage_estimated"


@pytest.mark.parametrize(("status", "expected"), [
    (400, cohere.BadRequestError), (401, None), (404, cohere.NotFoundError), (500, cohere.InternalServerError)])
def test_errors_reach_the_sdk(client: cohere.ClientV2, ranking: Gateway, status: int, expected: type | None):
    options = {"additional_headers": {"x-sim": f"status={status}"}, "max_retries": 0}
    # What a refused credential says is the gateway's own affair.
    with pytest.raises(expected or cohere.core.ApiError):
        client.rerank(model="demo", query="x", documents=DOCUMENTS, request_options=options)
    assert newest(ranking).charges == []


def test_the_gateways_errors_reach_the_sdk(client: cohere.ClientV2, ranking: Gateway):
    with pytest.raises(cohere.NotFoundError) as unknown:
        client.rerank(model="nowhere", query="x", documents=DOCUMENTS)
    assert "nowhere" in unknown.value.body["message"]
    assert unknown.value.body["error"]["code"] == "model_not_found"
    with pytest.raises(cohere.UnauthorizedError):
        connect(ranking.url, "tb-wrong").rerank(model="demo", query="x", documents=DOCUMENTS)


def test_a_provider_for_rankings_moderates_nothing(ranking: Gateway):
    answer = ranking.post(
        "/v1/moderations", {"model": "demo", "input": "hello"}, {"authorization": f"Bearer {ranking.key}"})
    assert answer.status == 422 and answer.json["error"]["reason"] == "endpoint_not_served"


def test_an_anthropic_provider_ranks_nothing(simulator: Simulator, make_gateway):
    gateway = make_gateway(governance(simulator.base_url, dialect="anthropic", prices=PRICES))
    answer = gateway.post(
        "/v2/rerank", {"model": "demo", "query": "x", "documents": []}, {"authorization": f"Bearer {gateway.key}"})
    assert answer.status == 422 and "cohere" in answer.json["error"]["message"]


# Recordings


@pytest.mark.parametrize(("case", "tokens", "caveat"), [
    ("cohere/test-cohere-v2-rerank-legacy-0", {"search_unit": 1}, None), ("llamacpp/rerank", {}, None)])
@pytest.mark.parametrize("pieces", [7, 1 << 20], ids=["pieces", "whole"])
def test_replay(
    upstream: ScriptedUpstream, make_gateway, case: str, tokens: dict, caveat: str | None, pieces: int
):
    directory = SHARED / "recordings" / case
    if not directory.exists():
        pytest.skip(f"no recordings at {directory}: the replay tests did NOT run")
    meta = json.loads((directory / "meta.json").read_text())
    recorded = (directory / "response.json").read_bytes()
    body = (directory / "request.json").read_bytes()
    model = json.loads(body)["model"]

    def send(exchange: Exchange) -> None:
        exchange.send(
            f"HTTP/1.1 {meta['status']} Recorded\r\ncontent-type: application/json\r\n"
            "transfer-encoding: chunked\r\n\r\n".encode())
        for start in range(0, len(recorded), pieces):
            exchange.send_chunk(recorded[start : start + pieces])
        exchange.end_stream()

    upstream.handler = send
    gateway = make_gateway(governance(
        root(upstream.base_url), dialect="cohere" if "cohere" in case else "openai", prices=PRICES, model=model,
        routes=[{"name": model, "strategy": "priority", "targets": ["up-d"]}]))
    path = "/v2/rerank" if "v2" in meta["url"] else "/v1/rerank"
    answer = gateway.post(path, body, {"authorization": f"Bearer {gateway.key}"})
    assert answer.status == meta["status"] and answer.body == recorded
    assert upstream.last.target == path and upstream.last.body == body
    story = gateway.story(answer)
    assert story.tokens == tokens and story.caveat == caveat
    if answer.status == 200:
        asked = json.loads(body)
        straight = connect(root(upstream.base_url), "x").rerank(**asked)
        assert connect(gateway.url, gateway.key).rerank(**asked) == straight
    gateway.check_books()


def test_the_simulators_rankings_fit_the_published_description(ranking: Gateway):
    file = SHARED / "specs" / "derived" / "cohere.V2RerankResponse.schema.json"
    if not file.exists():
        pytest.skip(f"no descriptions at {file}: the schema tests did NOT run")
    answer = ranking.post(
        "/v2/rerank", {"model": "demo", "query": "x", "documents": DOCUMENTS},
        {"authorization": f"Bearer {ranking.key}"})
    jsonschema.validate(answer.json, json.loads(file.read_text()))
