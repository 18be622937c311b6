"""Vertex AI with a service account's key: tokens fetched, renewed, followed and kept from everybody's eyes."""

import json
import re
import threading
from pathlib import Path

import pytest

from harness.authority import Authority
from harness.gateway import Gateway
from harness.gemini import chunk, usage
from harness.governance import governance, hard_budget
from harness.proxy import TunnelProxy
from harness.tokens import ACCOUNT, SCOPE, ServiceAccount, TokenServer
from harness.upstream import Exchange, ScriptedUpstream
from harness.waiting import until

ASK = {"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]}


def answer(exchange: Exchange) -> None:
    exchange.send_plain(json.dumps(chunk("Hello.", finish="STOP", usage=usage(5, 2))).encode())


@pytest.fixture
def vertex(make_upstream) -> ScriptedUpstream:
    upstream = make_upstream()
    upstream.handler = answer
    return upstream


@pytest.fixture
def account() -> ServiceAccount:
    return ServiceAccount()


@pytest.fixture
def tokens(make_upstream, account: ServiceAccount) -> TokenServer:
    return TokenServer(make_upstream(), account)


@pytest.fixture
def key(tmp_path: Path, account: ServiceAccount, tokens: TokenServer) -> Path:
    return account.write(tmp_path / "key.json", tokens.uri)


def file(vertex: ScriptedUpstream, key: Path, **settings: object) -> dict:
    made = governance(
        f"{vertex.base_url}/projects/acme-1/locations/global", dialect="vertex", credential=f"service_account:{key}",
        budgets=[hard_budget(10**9)])
    made["providers"][0].update({name: str(value) for name, value in settings.items()})
    return made


def call(gateway: Gateway):
    return gateway.post(
        "/v1beta/models/demo:generateContent", ASK, {"authorization": f"Bearer {gateway.key}"})


def sent(vertex: ScriptedUpstream) -> list[str]:
    return vertex.last.all("authorization")


def check_nothing_told(gateway: Gateway, account: ServiceAccount, *more: str) -> None:
    """Neither the key nor a token stands in the log or in a file of the gateway's."""
    secrets = [line for line in account.pem.splitlines() if "PRIVATE" not in line][1:4] + ["token-1", *more]
    written = [path for path in gateway.data.rglob("*") if path.is_file()]
    assert written
    for text in [gateway.output.encode(), *(path.read_bytes() for path in written)]:
        for secret in secrets:
            assert secret.encode() not in text


def test_one_token_for_all_calls(make_gateway, vertex, tokens: TokenServer, account: ServiceAccount, key: Path):
    gateway: Gateway = make_gateway(file(vertex, key), flags=["--log-level", "trace"])
    gateway.key
    assert tokens.asked == 0
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(call(gateway).status)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 8 and tokens.asked == 1
    assert sent(vertex) == ["Bearer token-1"]
    claims = tokens.claims[0]
    assert (claims["iss"], claims["aud"], claims["scope"]) == (ACCOUNT, tokens.uri, SCOPE)
    assert set(claims) == {"iss", "aud", "scope", "iat", "exp"}
    # Applied again, nothing changes; the key's place is no secret.
    assert gateway.cli_json("apply", str(gateway.file))["changes"] == []
    assert f"service_account:{key}" in gateway.cli("query", "SELECT source FROM credential").stdout
    check_nothing_told(gateway, account)
    gateway.check_books()


def test_a_token_is_renewed_before_its_end(make_gateway, vertex, tokens: TokenServer, key: Path):
    tokens.lifetime = 5
    gateway: Gateway = make_gateway(file(vertex, key))
    seen = set()

    def calls() -> bool:
        assert call(gateway).status == 200
        seen.update(sent(vertex))
        return len(seen) >= 3

    until(calls, "the third token")
    # Each was asked for while the one before it was good.
    assert seen == {"Bearer token-1", "Bearer token-2", "Bearer token-3"} and tokens.asked == 3


def test_the_last_token_is_used_while_it_is_valid(make_gateway, vertex, tokens: TokenServer, key: Path):
    tokens.lifetime = 6
    gateway: Gateway = make_gateway(file(vertex, key), flags=["--log-level", "trace"])
    assert call(gateway).status == 200
    tokens.refusal = ("503 Busy", b"busy token-9")
    statuses = []

    def calls() -> bool:
        answer = call(gateway)
        statuses.append(answer.status)
        return answer.status != 200

    until(calls, "the token's end")
    # It was tried anew meanwhile, and then a call that nothing can serve is told at once what is missing.
    assert tokens.asked >= 2 and statuses.count(502) == 1
    failed = call(gateway)
    assert failed.json["error"]["details"][0]["reason"] == "CREDENTIAL_UNAVAILABLE"
    attempt = gateway.story(failed).attempts[0]
    assert (attempt["error_class"], attempt["dispatched"]) == ("credential_unavailable", 0)
    assert "the token endpoint refused (status 503)" in gateway.output and "token-9" not in gateway.output
    assert gateway.output.count("A service account gets no token") == 1
    tokens.refusal = None
    until(lambda: call(gateway).status == 200, "a token again")
    assert "has its token again" in gateway.output
    gateway.check_books()


def test_failing_exchanges_come_less_and_less_often(make_gateway, vertex, tokens: TokenServer, key: Path):
    tokens.refusal = ("400 Bad Request", b'{"error":"invalid_grant","error_description":"secret-text"}')
    gateway: Gateway = make_gateway(file(vertex, key))
    for _ in range(50):
        assert call(gateway).status == 502
    assert tokens.asked <= 2 and vertex.requests == []
    assert "the token endpoint refused the key (status 400, invalid_grant)" in gateway.output
    assert "secret-text" not in gateway.output
    tokens.refusal = None
    until(lambda: call(gateway).status == 200, "the token after all")


@pytest.mark.parametrize(("body", "reason"), [
    (b"not json", "is not what it should be"), (b"{}", "is not what it should be"),
    (b'{"access_token":"a b\\nc","expires_in":60}', "is not what it should be"),
    (b'{"access_token":"t","expires_in":0}', "is not what it should be"),
    (b'{"access_token":"t","token_type":"mac"}', "is not what it should be"),
    (b'{"access_token":"' + b"t" * 70_000 + b'"}', "is not what it should be")])
def test_answers_that_are_no_tokens(make_gateway, vertex, tokens: TokenServer, key: Path, body: bytes, reason: str):
    tokens.refusal = ("200 OK", body)
    gateway: Gateway = make_gateway(file(vertex, key))
    assert call(gateway).status == 502 and vertex.requests == []
    assert reason in gateway.output


def test_an_endpoint_that_is_not_there(make_gateway, vertex, account: ServiceAccount, tmp_path: Path):
    key = account.write(tmp_path / "key.json", "http://127.0.0.1:1/token")
    gateway: Gateway = make_gateway(file(vertex, key))
    assert call(gateway).status == 502
    assert "no connection to the token endpoint" in gateway.output


def test_a_connection_that_closes_without_an_answer(make_gateway, vertex, tokens: TokenServer, key: Path):
    tokens.upstream.handler = lambda exchange: exchange.close()
    gateway: Gateway = make_gateway(file(vertex, key))
    assert call(gateway).status == 502
    assert "no connection to the token endpoint" in gateway.output


def test_a_key_that_changes_is_followed(
    make_gateway, vertex, tokens: TokenServer, account: ServiceAccount, key: Path
):
    gateway: Gateway = make_gateway(file(vertex, key))
    assert call(gateway).status == 200 and sent(vertex) == ["Bearer token-1"]
    # The token endpoint knows the new key alone.
    tokens.account = ServiceAccount("key-2")
    tokens.account.write(key, tokens.uri)
    until(lambda: call(gateway).status == 200 and sent(vertex) == ["Bearer token-2"], "the new key's token")
    # A file that becomes useless changes nothing but the log.
    key.write_text("{}")
    until(lambda: "its type is not service_account" in gateway.output, "the log to tell of the file")
    assert call(gateway).status == 200 and sent(vertex) == ["Bearer token-2"]
    check_nothing_told(gateway, account, "token-2")
    check_nothing_told(gateway, tokens.account)


def test_a_key_that_is_missing_may_come(
    make_gateway, vertex, tokens: TokenServer, account: ServiceAccount, tmp_path: Path
):
    key = tmp_path / "key.json"
    gateway: Gateway = make_gateway(file(vertex, key))
    assert f"the file '{key}' of a service account cannot be read" in gateway.output
    assert call(gateway).status == 502 and "the key's file cannot be read" in gateway.output
    account.write(key, tokens.uri)
    until(lambda: call(gateway).status == 200, "the key to be found")


def test_a_token_that_vertex_refuses_is_fetched_anew(make_gateway, vertex, tokens: TokenServer, key: Path):
    gateway: Gateway = make_gateway(file(vertex, key))
    assert call(gateway).status == 200
    vertex.handler = lambda exchange: (
        answer(exchange) if exchange.request.all("authorization") != ["Bearer token-1"]
        else exchange.send_plain(b'{"error":{"code":401,"message":"no","status":"UNAUTHENTICATED"}}', "401 No"))
    refused = call(gateway)
    # The call itself is not repeated.
    assert refused.status == 502 and gateway.story(refused).attempts[0]["status"] == 401
    until(lambda: call(gateway).status == 200, "another token")
    assert sent(vertex) == ["Bearer token-2"] and tokens.asked == 2


def test_the_exchange_takes_the_providers_network(
    make_gateway, make_upstream, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
):
    """Its proxy with its credential, and its trust root; the key's address has TLS."""
    authority = Authority(tmp_path_factory.mktemp("authority"))
    names = "DNS:localhost,IP:127.0.0.1"
    vertex = make_upstream(tls=authority.server_context(names))
    vertex.handler = answer
    tokens = TokenServer(make_upstream(tls=authority.server_context(names)), ServiceAccount())
    key = tokens.account.write(tmp_path / "key.json", tokens.uri)
    with TunnelProxy(credential="agent:proxy-secret") as proxy:
        (tmp_path / "proxy").write_text("agent:proxy-secret")
        gateway: Gateway = make_gateway(
            file(vertex, key, ca_file=authority.certificate, proxy=proxy.url,
                 proxy_credential=f"file:{tmp_path / 'proxy'}"))
        assert call(gateway).status == 200
        targets = [request.target for request in proxy.requests]
        assert targets == [f"127.0.0.1:{tokens.upstream.port}", f"127.0.0.1:{vertex.port}"]
        assert "Bearer" not in b"".join(request.raw for request in proxy.requests).decode()
        # Nothing goes around the proxy, nor to a server that the provider does not trust.
        proxy.answer = b"HTTP/1.1 403 No\r\n\r\n"
        tokens.account.write(key, tokens.uri, client_id="2")
        until(lambda: "the proxy refused the tunnel (status 403)" in gateway.output, "the proxy's refusal")
        assert tokens.asked == 1
        gateway.apply(file(vertex, key, proxy=proxy.url))
        proxy.answer = None
        proxy.credential = None
        assert call(gateway).status == 502 and tokens.asked == 1
        assert "the token endpoint's certificate is not trusted" in gateway.output


@pytest.mark.parametrize(("change", "told"), [
    ({"type": "authorized_user"}, "its type is not service_account"),
    ({"client_email": ""}, "it has no client_email"),
    ({"token_uri": "http://oauth2.googleapis.com/token"}, "its token_uri is no https address"),
    ({"private_key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}, "is no RSA key in PEM"),
])
def test_a_useless_key_is_refused(
    make_gateway, vertex, tokens: TokenServer, account: ServiceAccount, key: Path, change: dict, told: str
):
    gateway: Gateway = make_gateway(file(vertex, key))
    account.write(key, **{"token_uri": tokens.uri, **change})
    refused = gateway.apply(file(vertex, key), check=False)
    assert refused.returncode != 0 and told in refused.stderr
    assert re.search(r"governance\.yaml:\d+", refused.stderr) and account.pem[40:90] not in refused.stderr


def test_only_vertex_has_service_accounts(make_gateway, vertex, key: Path):
    gateway: Gateway = make_gateway(file(vertex, key))
    wrong = governance(vertex.base_url, credential=f"service_account:{key}")
    refused = gateway.apply(wrong, check=False)
    assert refused.returncode != 0 and "only a provider of dialect vertex has a service account" in refused.stderr
    wrong = file(vertex, key, proxy="http://127.0.0.1:1", proxy_credential=f"service_account:{key}")
    refused = gateway.apply(wrong, check=False)
    assert refused.returncode != 0 and "a proxy takes no service account" in refused.stderr
    relative = governance(vertex.base_url, dialect="vertex", credential="service_account:key.json")
    refused = gateway.apply(relative, check=False)
    assert refused.returncode != 0 and "what follows service_account: is not an absolute path" in refused.stderr


def test_the_end_does_not_wait_for_a_token(make_gateway, vertex, tokens: TokenServer, key: Path):
    asked = threading.Event()
    tokens.upstream.handler = lambda exchange: (asked.set(), exchange.wait_for_close())
    gateway: Gateway = make_gateway(file(vertex, key), flags=["--drain-timeout", "200ms"])
    gateway.key
    thread = threading.Thread(target=lambda: call(gateway))
    thread.start()
    assert asked.wait(10)
    assert gateway.stop() == 0
    thread.join()
    gateway.check_books()
