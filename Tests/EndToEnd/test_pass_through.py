"""What goes upstream and what comes back: the same bytes, but for the few that must change."""

import gzip
import json
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import pytest

from harness.gateway import UPSTREAM_KEY, Gateway, cost_comments, sse_events
from harness.net import chunked
from harness.upstream import DONE, ScriptedUpstream, answer_chat, completion, delta, usage_event
from harness.waiting import until

# Key order, spacing, escapes, numbers beyond 64 bits, repeated unknown keys: nothing of it may be touched.
PECULIAR = (
    b'{ "zeta" : [1.50, 1e400, -0, 123456789012345678901234567890] ,\r\n\t"model":"demo", "messages":'
    b'[{"role":"user","content":"caf\\u00e9 \xe2\x82\xac \\ud83d\\ude00 \\/"}],'
    b'"x":1,"x":2, "metadata":{"model":"demo","stream":true}, "temperature":0.10 }\n'
)


@pytest.fixture(autouse=True)
def ordinary(upstream: ScriptedUpstream):
    upstream.handler = answer_chat


def test_only_the_model_name_changes(scripted: Gateway, upstream: ScriptedUpstream):
    assert scripted.chat(PECULIAR).status == 200
    assert upstream.last.body == PECULIAR.replace(b'"model":"demo", ', b'"model":"upstream-model", ', 1)


def test_the_patch_does_not_depend_on_how_the_body_arrives(scripted: Gateway, upstream: ScriptedUpstream):
    expected = PECULIAR.replace(b'"model":"demo", ', b'"model":"upstream-model", ', 1)
    for size in (1, 2, 3, 7, 64):
        head = scripted.raw_chat(b"", {"content-length": "", "transfer-encoding": "chunked"})
        with scripted.wire() as wire:
            wire.send(head + chunked(PECULIAR, size))
            assert wire.read_answer().status == 200
        assert upstream.last.body == expected


@pytest.mark.parametrize(
    ("sent", "reaches"),
    [
        (b'{"model":"demo","stream":true}', b'{"stream_options":{"include_usage":true},"model":"U","stream":true}'),
        (b'{"stream":true,"stream_options":null,"model":"demo"}',
         b'{"stream":true,"stream_options":{"include_usage":true},"model":"U"}'),
        (b'{"stream":true,"stream_options":{},"model":"demo"}',
         b'{"stream":true,"stream_options":{"include_usage":true},"model":"U"}'),
        (b'{"stream":true,"stream_options":{ "include_usage" : false },"model":"demo"}',
         b'{"stream":true,"stream_options":{ "include_usage" : true },"model":"U"}'),
        (b'{"stream":true,"stream_options":{"include_usage":true,"z":1},"model":"demo"}',
         b'{"stream":true,"stream_options":{"include_usage":true,"z":1},"model":"U"}'),
        (b'{"stream":true,"stream_options":{"z":1},"model":"demo"}',
         b'{"stream":true,"stream_options":{"include_usage":true,"z":1},"model":"U"}'),
        (b'{"stream":false,"model":"demo"}', b'{"stream":false,"model":"U"}'),
        (b'{"stream":false,"stream_options":{"include_usage":false},"model":"demo"}',
         b'{"stream":false,"stream_options":{"include_usage":false},"model":"U"}'),
        (b'{"\\u006dodel":"de\\u006do","stream":false}', b'{"\\u006dodel":"U","stream":false}'),
    ])
def test_usage_is_asked_for_upstream(scripted: Gateway, upstream: ScriptedUpstream, sent: bytes, reaches: bytes):
    assert scripted.chat(sent).status == 200
    assert upstream.last.body == reaches.replace(b'"U"', b'"upstream-model"')


def test_request_headers(scripted: Gateway, upstream: ScriptedUpstream):
    scripted.chat(headers={
        "x-custom": "Kept As It Is", "openai-beta": "assistants=v2", "user-agent": "app/1.0",
        "cookie": "session=1", "x-api-key": "other", "x-tollbook-tags": "a=b", "x-tollbook-anything": "1",
        "accept-encoding": "gzip, br", "proxy-authorization": "Basic x", "te": "trailers",
        "connection": "keep-alive, x-hop", "x-hop": "1",
    })
    sent = upstream.last
    assert sent.start == "POST /v1/chat/completions HTTP/1.1"
    assert sent.all("authorization") == [f"Bearer {UPSTREAM_KEY}"]
    assert sent.all("host") == [f"127.0.0.1:{upstream.port}"]
    assert sent.all("content-length") == [str(len(sent.body))]
    assert sent.header("accept-encoding") == "identity"
    assert sent.header("x-custom") == "Kept As It Is"
    assert sent.header("openai-beta") == "assistants=v2"
    assert sent.header("user-agent") == "app/1.0"
    names = {name.lower() for name, _ in sent.headers}
    stopped = {"cookie", "x-api-key", "proxy-authorization", "te", "x-hop", "transfer-encoding"}
    assert not names & stopped
    assert not [name for name in names if name.startswith("x-tollbook")]
    assert scripted.key not in sent.raw.decode()


def test_answer_headers(scripted: Gateway, upstream: ScriptedUpstream):
    upstream.handler = lambda exchange: exchange.send_plain(completion(), headers={
        "x-request-id": "req-up-77", "x-ratelimit-remaining-requests": "12", "openai-processing-ms": "5",
        "x-tollbook-request-id": "req_forged", "keep-alive": "timeout=5", "set-cookie": "__cf=1"})
    answer = scripted.chat()
    assert answer.headers["x-request-id"] == "req-up-77"
    assert answer.headers["x-ratelimit-remaining-requests"] == "12"
    assert answer.headers["openai-processing-ms"] == "5"
    assert answer.headers.get_list("x-tollbook-request-id") == [answer.request_id] != ["req_forged"]
    assert "keep-alive" not in answer.headers and "set-cookie" not in answer.headers
    assert scripted.story(answer).attempts[0]["upstream_request_id"] == "req-up-77"


def test_plain_answer_bytes(scripted: Gateway, upstream: ScriptedUpstream):
    body = (
        b'\n{"choices" : [ ],"unknown":123456789012345678901234567890, "usage":{ "prompt_tokens":3,'
        b'"completion_tokens":2,"total_tokens":5,"new_field":{"a":[1]}},"a":"\\u00e9","a":"\xc3\xa9"}  \r\n')
    upstream.handler = lambda exchange: exchange.send_plain(body)
    answer = scripted.chat()
    assert answer.body == body
    assert scripted.story(answer).tokens == {"input": 3, "output": 2}


def test_error_answer_bytes(scripted: Gateway, upstream: ScriptedUpstream):
    body = b'{"error" : {"message":"no","type":"x","code":null} , "extra":1}'
    upstream.handler = lambda exchange: exchange.send_plain(body, status="418 Short And Stout")
    answer = scripted.chat()
    assert answer.status == 418 and answer.body == body


def test_stream_bytes(scripted: Gateway, upstream: ScriptedUpstream):
    """CRLF, comments, event names, several data lines and characters cut in two arrive as they were sent."""
    stream = (
        b": keep-alive\n\n" + delta("caf\u00e9 \u20ac") + b"event: note\r\ndata: {\"object\":\"x\"}\r\n\r\n"
        + b"data: {\"choices\":[{\"index\":0,\ndata: \"delta\":{\"content\":\"y\"}}]}\n\n" + b": bye\n\n"
        + delta(finish="stop") + usage_event() + DONE)
    for size in (1, 5, 4096):
        def send(exchange, size=size):
            exchange.begin_stream()
            for start in range(0, len(stream), size):
                exchange.send_chunk(stream[start : start + size])
            exchange.end_stream()

        upstream.handler = send
        answer = scripted.chat(stream=True, stream_options={"include_usage": True})
        comments = cost_comments(answer.body)
        assert len(comments) == 1
        assert answer.body.replace(comments[0], b"") == stream
        # The cost comes before the terminal event.
        assert answer.body.endswith(comments[0] + DONE)


def test_withholds_only_the_usage_chunk_that_it_asked_for(scripted: Gateway):
    events = [e for e in sse_events(scripted.chat(stream=True).body) if not e.startswith(b":")]
    assert events == [delta("Hel"), delta("lo"), delta("."), delta(finish="stop"), DONE]


def test_large_answers_are_relayed_whole(scripted: Gateway, upstream: ScriptedUpstream):
    body = completion("x" * 5_000_000)
    upstream.handler = lambda exchange: exchange.send_plain(body)
    answer = scripted.chat()
    assert answer.body == body
    assert scripted.ledger.story(answer.request_id).tokens == {"input": 11, "output": 7}


def test_chunked_plain_answers(scripted: Gateway, upstream: ScriptedUpstream):
    body = completion("y" * 1_000)

    def send(exchange):
        exchange.begin_stream({"content-type": "application/json"})
        for start in range(0, len(body), 100):
            exchange.send_chunk(body[start : start + 100])
        exchange.end_stream()

    upstream.handler = send
    assert scripted.chat().body == body


def test_interim_answers_stop_here(scripted: Gateway, upstream: ScriptedUpstream):
    def send(exchange):
        exchange.send(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n")
        exchange.send_plain(completion())

    upstream.handler = send
    assert scripted.chat().body == completion()


def test_compressed_answers_share_a_connection_with_others(scripted: Gateway, upstream: ScriptedUpstream):
    packed = gzip.compress(completion())

    def send_chunked(exchange):
        exchange.begin_stream({"content-type": "application/json", "content-encoding": "gzip"})
        for start in range(0, len(packed), 20):
            exchange.send_chunk(packed[start : start + 20])
        exchange.end_stream()

    handlers = [
        lambda exchange: exchange.send_plain(packed, headers={"content-encoding": "gzip"}),
        lambda exchange: exchange.send_plain(completion()), send_chunked, answer_chat,
    ]
    connections = upstream.connections
    for handler in handlers:
        upstream.handler = handler
        answer = scripted.chat()
        assert answer.body == completion() and scripted.story(answer).sources == {"provider"}
    assert upstream.connections <= connections + 2


def test_bytes_behind_an_answer_are_no_one_elses(scripted: Gateway, upstream: ScriptedUpstream):
    """A provider that sends two answers to one request loses its connection, and no call gets the second."""
    extra = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwrong"
    closed = []

    def send(exchange):
        length = len(completion())
        exchange.send(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % length + completion() + extra)
        closed.append(exchange.wait_for_close())

    upstream.handler = send
    assert scripted.chat().body == completion()
    upstream.handler = answer_chat
    assert scripted.chat().body == completion()
    until(lambda: closed == [True], "the connection to be closed")


def test_answers_that_end_with_the_connection(scripted: Gateway, upstream: ScriptedUpstream):
    def send(exchange):
        exchange.send(b"HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n" + completion())
        exchange.close()

    upstream.handler = send
    answer = scripted.chat()
    assert answer.body == completion() and scripted.story(answer).sources == {"provider"}


def test_metadata_of_the_caller_is_recorded(scripted: Gateway, upstream: ScriptedUpstream):
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = scripted.chat(headers={
        "x-tollbook-tags": "feature=search, env=prod", "x-tollbook-end-user": "customer-17",
        "x-tollbook-interaction": "session-9", "traceparent": trace})
    request = scripted.story(answer).request
    assert request["tags"] == "env=prod,feature=search"
    assert request["interaction"] == "session-9"
    assert request["trace_id"] == bytes.fromhex(trace.split("-")[1])
    assert upstream.last.header("traceparent").split("-")[1] == trace.split("-")[1]
    subject = scripted.ledger.value(
        "SELECT value FROM subject WHERE subject_id = ?", request["end_user_subject_id"])
    assert subject == "customer-17"


def test_end_user_comes_from_the_body_too(scripted: Gateway):
    request = scripted.story(scripted.chat(user="customer-18")).request
    assert scripted.ledger.value(
        "SELECT value FROM subject WHERE subject_id = ?", request["end_user_subject_id"]) == "customer-18"


def test_a_route_with_the_models_own_name_changes_nothing(make_gateway, upstream: ScriptedUpstream):
    from harness.governance import governance

    gateway = make_gateway(governance(upstream.base_url, model="demo"))
    body = json.dumps({"messages": [], "model": "demo"}).encode()
    gateway.chat(body)
    assert upstream.last.body == body


def test_every_answer_has_a_date(scripted: Gateway, upstream: ScriptedUpstream):
    """RFC 9110, 6.6.1: an origin sends one, and a proxy adds one where it is missing; the provider's own stays."""
    now = datetime.now(timezone.utc)
    upstream.handler = answer_chat
    dates = [
        scripted.chat().headers["date"], scripted.chat(key="tb-unknown").headers["date"],
        scripted.chat(b"{").headers["date"], scripted.chat(stream=True).headers["date"],
        scripted.client.get("/v1/models", headers={"authorization": f"Bearer {scripted.key}"}).headers["date"],
    ]
    for date in dates:
        moment = parsedate_to_datetime(date)
        assert date.endswith(" GMT") and abs((moment - now).total_seconds()) < 60, date
    theirs = "Sun, 06 Nov 1994 08:49:37 GMT"
    upstream.handler = lambda exchange: exchange.send_plain(completion(), headers={"date": theirs})
    assert scripted.chat().headers.get_list("date") == [theirs]
