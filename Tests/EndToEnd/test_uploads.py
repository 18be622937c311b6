"""Bodies that are streamed to the provider: forms and files of any size go up while they arrive, in bounded memory, and
have their rows, holds and charges like any call."""

import gzip
import hashlib
import os
import random
import signal
import threading

import pytest

from harness.authority import Authority
from harness.gateway import Gateway
from harness.governance import hard_budget
from harness.media import UNITS, form, newest, send_form
from harness.upstream import Exchange, ScriptedUpstream
from harness.uploads import (
    END, FILE, HEAD, PREFIX, TRANSCRIPT, Upload, answer_whole, large_form, send_large, upload_row, uploading)
from harness.waiting import until

ZEROS = bytes(32)
MODEL = b"\r\n\r\ndemo\r\n", b"\r\n\r\nupstream-model\r\n"
PASSED = {"path": "/passthrough/up/files", "kind": "application/octet-stream"}


@pytest.fixture(scope="module")
def sink():
    with ScriptedUpstream(answer_whole, heads_only=True) as server:
        yield server


@pytest.fixture(scope="module")
def streaming(sink: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    gateway = Gateway(tmp_path_factory.mktemp("streaming"), uploading(sink.base_url))
    try:
        yield gateway
        gateway.check_books()
        assert gateway.stop() == 0
    finally:
        gateway.close()


@pytest.fixture(autouse=True)
def ordinary(sink: ScriptedUpstream):
    sink.handler = answer_whole


class Halves:
    """Reads the first bytes of a body, tells of them, and goes on when it may."""

    def __init__(self, sink: ScriptedUpstream):
        self.arrived, self.go_on = threading.Event(), threading.Event()
        sink.handler = self.handle

    def handle(self, exchange: Exchange) -> None:
        pieces = exchange.pieces()
        body = b""
        while len(body) < PREFIX // 2:
            body += next(pieces)
        self.arrived.set()
        assert self.go_on.wait(20)
        exchange.request.body = body + b"".join(pieces)
        exchange.send_plain(TRANSCRIPT)


# What goes up


@pytest.mark.parametrize("is_chunked", [False, True], ids=["length", "chunks"])
@pytest.mark.parametrize("is_form", [True, False], ids=["form", "file"])
def test_a_body_goes_up_while_it_arrives(streaming: Gateway, sink: ScriptedUpstream, is_form: bool, is_chunked: bool):
    halves = Halves(sink)
    content = os.urandom(3 << 20)
    body = HEAD + FILE + content + END if is_form else content
    upload = Upload(streaming, None if is_chunked else len(body), **({} if is_form else PASSED))
    upload.send(body[:PREFIX])
    # The provider has the first half before the second is sent; the row and the hold are there.
    assert halves.arrived.wait(20)
    request = streaming.ledger.story(streaming.ledger.requests[-1])
    assert request.outcome is None and (request.held > 0) == is_form and streaming.ledger.open_holds == 1
    assert (request.request["body_bytes"], request.request["body_hash"]) == (0, ZEROS[:16])
    halves.go_on.set()
    upload.send(body[PREFIX:-1])
    upload.send(body[-1:])
    upload.end()
    answer = upload.wire.read_answer()
    assert answer.status == 200 and answer.body == TRANSCRIPT
    sent = body.replace(*MODEL) if is_form else body
    assert sink.last.body == sent
    assert sink.last.header("content-length") == (None if is_chunked else str(len(sent)))
    assert sink.last.header("transfer-encoding") == ("chunked" if is_chunked else None)
    story = streaming.story(answer.header("x-tollbook-request-id"))
    row = upload_row(streaming, story.request)
    assert row["body_bytes"] == len(body) and row["whole"] == 1 and row["body_hash"] != ZEROS[:16]
    assert story.end_reason == "completed" and story.caveat is None
    assert story.tokens == {"audio_second": 3}
    shown = streaming.cli_json("explain", answer.header("x-tollbook-request-id"))
    assert shown["upload"] == {
        "body_bytes": len(body), "body_hash": row["body_hash"].hex(), "whole": True}


def test_the_connections_go_on(streaming: Gateway, sink: ScriptedUpstream):
    before = sink.connections
    body = HEAD + FILE + bytes(PREFIX * 2) + END
    for _ in range(3):
        assert send_form(streaming, body).json["text"] == "hi"
    assert sink.connections <= before + 1


def test_the_same_body_has_the_same_hash_however_it_comes(streaming: Gateway):
    body = HEAD + FILE + os.urandom(PREFIX) + END
    hashes = set()
    for is_chunked in (False, True):
        upload = Upload(streaming, None if is_chunked else len(body))
        for start in range(0, len(body), 50_000):
            upload.send(body[start : start + 50_000])
        upload.end()
        story = streaming.story(upload.wire.read_answer().header("x-tollbook-request-id"))
        hashes.add(upload_row(streaming, story.request)["body_hash"])
    # A form whose model comes last is held whole; its hash is in the request's own row.
    moved = send_form(streaming, FILE + os.urandom(PREFIX) + b"\r\n" + HEAD + b"--xYz--\r\n")
    assert upload_row(streaming, streaming.story(moved).request) is None
    assert len(hashes) == 1


def test_small_bodies_are_held_whole(streaming: Gateway):
    body = HEAD + FILE + bytes(100_000) + END
    story = streaming.story(send_form(streaming, body))
    assert story.request["body_bytes"] == len(body) and upload_row(streaming, story.request) is None


def test_a_path_can_name_the_model(streaming: Gateway, sink: ScriptedUpstream):
    body = FILE + os.urandom(PREFIX * 2) + END
    answer = send_form(streaming, body, "/openai/deployments/demo/audio/transcriptions")
    part = b'--xYz\r\nContent-Disposition: form-data; name="model"\r\n\r\nupstream-model\r\n'
    assert answer.status == 200 and sink.last.body == part + body
    assert sink.last.header("content-length") == str(len(part + body))
    assert upload_row(streaming, streaming.story(answer).request)["body_bytes"] == len(body)


# What must be known before


def test_fields_behind_a_file_have_it_held(streaming: Gateway, sink: ScriptedUpstream):
    body = FILE + os.urandom(2 << 20) + b"\r\n" + HEAD + b"--xYz--\r\n"
    answer = send_form(streaming, body)
    assert answer.status == 200 and sink.last.body == body.replace(*MODEL)
    story = streaming.story(answer)
    assert story.request["body_bytes"] == len(body) and upload_row(streaming, story.request) is None


@pytest.mark.parametrize("is_chunked", [False, True], ids=["length", "chunks"])
def test_fields_behind_a_file_too_large_to_hold_are_refused(
    sink: ScriptedUpstream, make_gateway, is_chunked: bool
):
    gateway = make_gateway(uploading(sink.base_url), flags=["--max-body", "1MiB"])
    before = len(sink.requests)
    body = FILE + bytes(4 << 20) + b"\r\n" + HEAD + b"--xYz--\r\n"
    upload = Upload(gateway, None if is_chunked else len(body))
    upload.send(body[: 3 << 19])
    answer = upload.wire.read_answer()
    assert answer.status == 413 and b"before its files" in answer.body
    assert len(sink.requests) == before and gateway.ledger.requests == []


@pytest.mark.parametrize("n", [None, 3])
def test_an_edit_goes_up_once_its_number_of_images_is_known(streaming: Gateway, sink: ScriptedUpstream, n: int | None):
    sink.handler = lambda exchange: (exchange.read_body(), exchange.send_plain(b'{"created":1,"data":[{},{},{}]}'))
    fields = [('name="model"', b"demo"), *([('name="n"', b"3")] if n else [])]
    body = form(*fields, ('name="image"; filename="a.png"', os.urandom(PREFIX * 2)))
    story = streaming.story(send_form(streaming, body, "/v1/images/edits"))
    assert story.tokens == {"image": 3} and story.held == 40_000_000 * (n or 1)
    assert (upload_row(streaming, story.request) is not None) == (n is not None)


def test_the_hold_covers_the_announced_length(streaming: Gateway):
    story = streaming.story(send_large(streaming, 40).headers["x-tollbook-request-id"])
    assert 0 <= story.held - (40 << 20) // 4_000 * 100_000 < 200_000
    body = HEAD + FILE + bytes(PREFIX) + END
    upload = Upload(streaming, None)
    upload.send(body)
    upload.end()
    story = streaming.story(upload.wire.read_answer().header("x-tollbook-request-id"))
    # Of a form without a length 25 MiB are assumed.
    assert 6_553 * 100_000 <= story.held <= 6_555 * 100_000 and story.total == 300_000


@pytest.mark.parametrize("more", [{}, PASSED], ids=["form", "file"])
def test_a_budget_refuses_it_before_it_has_come(sink: ScriptedUpstream, make_gateway, more: dict):
    prices = {**UNITS, "request": "500.00"}
    gateway = make_gateway(uploading(sink.base_url, prices=prices, budgets=[hard_budget(400_000)]))
    before = len(sink.requests)
    upload = Upload(gateway, 100 << 20, **more)
    upload.send(HEAD + FILE + bytes(PREFIX))
    answer = upload.wire.read_answer()
    assert answer.status == 402 and b"budget_exhausted" in answer.body and answer.header("connection") == "close"
    assert len(sink.requests) == before
    story = newest(gateway)
    assert story.end_reason == "denied" and upload_row(gateway, story.request) is None
    gateway.check_books()


def test_what_is_longer_than_the_limit(sink: ScriptedUpstream, make_gateway):
    gateway = make_gateway(uploading(sink.base_url), flags=["--max-upload", "1MiB"])
    before = len(sink.requests)
    announced = Upload(gateway, 2 << 20, **PASSED)
    assert announced.wire.read_answer().status == 413
    assert len(sink.requests) == before and gateway.ledger.requests == []
    # Its length is not known until it has come: the provider is left with a part of it.
    closed = threading.Event()

    def handle(exchange: Exchange) -> None:
        exchange.read_body()
        closed.set()
        exchange.keeps_alive = False

    sink.handler = handle
    chunked = Upload(gateway, None, **PASSED)
    for _ in range(9):
        chunked.send(bytes(128 << 10))
    answer = chunked.wire.read_answer()
    assert answer.status == 413 and b"request_too_large" in answer.body
    assert closed.wait(10) and not sink.last.whole
    broken(gateway, "request_broken", "error")


def test_requests_behind_it_are_answered_in_order(streaming: Gateway):
    body = HEAD + FILE + bytes(PREFIX) + END
    upload = Upload(streaming, len(body))
    upload.send(body + upload.head + body + upload.head + body)
    assert [upload.wire.read_answer().body for _ in range(3)] == [TRANSCRIPT] * 3


def test_it_goes_up_over_tls(tmp_path, make_gateway, make_upstream):
    authority = Authority(tmp_path)
    provider = make_upstream(answer_whole, tls=authority.server_context("IP:127.0.0.1"), heads_only=True)
    gateway = make_gateway(uploading(provider.base_url), flags=["--ca-file", str(authority.certificate)])
    length, pieces = large_form(20)
    assert send_large(gateway, 20).status_code == 200
    assert provider.last.body == b"".join(pieces()).replace(*MODEL)
    assert upload_row(gateway, newest(gateway).request)["body_bytes"] == length


# How it ends early


def broken(gateway: Gateway, error_class: str | None, end_reason: str, caveat: str = "upload_incomplete"):
    """The newest call cost nothing, because its request did not reach the provider whole; and says so."""
    story = newest(gateway)
    assert story.charges == [] and story.end_reason == end_reason and story.caveat == caveat
    assert story.attempts[-1]["dispatched"] == 1 and story.attempts[-1]["error_class"] == error_class
    assert gateway.ledger.open_holds == 0
    row = upload_row(gateway, story.request)
    assert row["whole"] == 0 and row["body_bytes"] > 0
    return story


@pytest.fixture
def begun(streaming: Gateway, sink: ScriptedUpstream):
    """An upload of which the provider has the first bytes, and what becomes of its connection there."""
    closed = threading.Event()
    halves = threading.Event()

    def handle(exchange: Exchange) -> None:
        pieces = exchange.pieces()
        next(pieces)
        halves.set()
        for _ in pieces:
            pass
        exchange.keeps_alive = False
        closed.set()

    sink.handler = handle
    upload = Upload(streaming, 8 << 20)
    upload.send(HEAD + FILE + bytes(PREFIX))
    assert halves.wait(20)
    return upload, closed


@pytest.mark.parametrize("ending", ["close", "reset"])
def test_a_client_that_leaves_in_the_middle(streaming: Gateway, sink: ScriptedUpstream, begun, ending: str):
    upload, closed = begun
    getattr(upload.wire, ending)()
    assert closed.wait(10) and not sink.last.whole
    story = broken(streaming, "client_gone", "client_gone")
    assert story.outcome["status"] == 499


def test_a_client_that_leaves_behind_the_whole_body_is_held_for_it(streaming: Gateway, sink: ScriptedUpstream):
    arrived = threading.Event()
    sink.handler = lambda exchange: (exchange.read_body(), arrived.set(), exchange.wait_for_close())
    body = HEAD + FILE + bytes(PREFIX) + END
    upload = Upload(streaming, len(body))
    upload.send(body)
    assert arrived.wait(20)
    upload.wire.close()
    story = newest(streaming)
    assert story.caveat == "hold_posted" and story.total == story.held
    assert upload_row(streaming, story.request)["whole"] == 1


def test_the_connection_outlives_an_early_refusal_of_what_is_small(streaming: Gateway, sink: ScriptedUpstream):
    def handle(exchange: Exchange) -> None:
        next(exchange.pieces())
        exchange.send_plain(b'{"error":{"message":"no"}}', "400 Bad")
        exchange.keeps_alive = False

    sink.handler = handle
    body = HEAD + FILE + bytes(PREFIX * 3) + END
    upload = Upload(streaming, len(body))
    upload.send(body[:PREFIX])
    assert upload.wire.read_answer().status == 400
    sink.handler = answer_whole
    upload.send(body[PREFIX:] + upload.head + body)
    assert upload.wire.read_answer().body == TRANSCRIPT


@pytest.mark.parametrize(("tail", "code"), [
    (b"\r\n--xYz\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nother\r\n--xYz--\r\n", "duplicate_field"),
    (b"\r\n--xYz--", None),
    (b"\r\n--xYz-x", "invalid_request"),
    (b"\r\nno end", "invalid_request"),
])
def test_a_form_that_turns_out_wrong_reaches_nobody_whole(
    streaming: Gateway, sink: ScriptedUpstream, tail: bytes, code: str | None
):
    body = HEAD + FILE + bytes(PREFIX * 2) + tail
    answer = send_form(streaming, body)
    if code is None:
        assert answer.status == 200 and sink.last.whole
        return
    assert (answer.status, answer.code) == (400, code)
    broken(streaming, "request_broken", "error")
    until(lambda: not sink.last.whole, "the provider to be left")
    # The last bytes, with which it would have been whole, were kept back.
    assert b"no end" not in sink.last.body


def test_chunks_that_are_none(streaming: Gateway, sink: ScriptedUpstream):
    upload = Upload(streaming, None, **PASSED)
    upload.send(bytes(PREFIX))
    until(lambda: sink.last.target.endswith("/files"), "the provider to be asked")
    upload.wire.send(b"zz\r\n")
    assert upload.wire.read_answer().status == 400 and upload.wire.is_closed()
    broken(streaming, "request_broken", "error")


@pytest.mark.parametrize(("status", "shown"), [("413 Too Large", 413), ("400 Bad", 400), ("401 No", 502)])
@pytest.mark.parametrize("stays", [True, False], ids=["reads on", "closes"])
def test_a_provider_that_refuses_before_it_has_read_all(
    streaming: Gateway, sink: ScriptedUpstream, status: str, shown: int, stays: bool
):
    closed = threading.Event()

    def handle(exchange: Exchange) -> None:
        pieces = exchange.pieces()
        next(pieces)
        exchange.send_plain(b'{"error":{"message":"too large"}}', status)
        exchange.keeps_alive = False
        if stays:
            for _ in pieces:
                pass
            closed.set()

    sink.handler = handle
    upload = Upload(streaming, 64 << 20)
    upload.send(HEAD + FILE + bytes(PREFIX))
    answer = upload.wire.read_answer()
    assert answer.status == shown and answer.header("connection") == "close"
    if shown != 502:
        assert answer.body == b'{"error":{"message":"too large"}}'
    # The connection is not used again.
    assert not stays or closed.wait(10)
    broken(streaming, "upstream_status", "error")


def test_an_sdk_reads_an_early_refusal(streaming: Gateway, sink: ScriptedUpstream):
    def handle(exchange: Exchange) -> None:
        next(exchange.pieces())
        exchange.send_plain(b'{"error":{"message":"too large"}}', "413 Too Large", {"connection": "close"})
        exchange.read_body()
        exchange.keeps_alive = False

    sink.handler = handle
    assert send_large(streaming, 3).status_code == 413
    # Three megabytes may all have gone up before the refusal was read, or not: the test above tells them apart.
    story = newest(streaming)
    assert story.charges == [] and story.end_reason == "error"


def test_a_provider_may_answer_while_it_reads(streaming: Gateway, sink: ScriptedUpstream):
    def handle(exchange: Exchange) -> None:
        digest = hashlib.sha256()
        pieces = exchange.pieces()
        digest.update(next(pieces))
        exchange.begin_stream({"content-type": "text/event-stream"})
        exchange.send_chunk(b": reading\n\n")
        for piece in pieces:
            digest.update(piece)
        exchange.send_chunk(f"data: {digest.hexdigest()}\n\n".encode())
        exchange.end_stream()

    sink.handler = handle
    content = os.urandom(6 << 20)
    upload = Upload(streaming, len(content), **PASSED)
    upload.send(content[:PREFIX])
    head = upload.wire.read_head()
    assert head.status == 200 and upload.wire.read_chunk() == b": reading\n\n"
    upload.send(content[PREFIX:])
    upload.wire.read_body(head, is_answer=True)
    assert hashlib.sha256(content).hexdigest().encode() in head.body
    story = newest(streaming)
    assert story.end_reason == "completed" and upload_row(streaming, story.request)["whole"] == 1


def test_a_provider_that_is_done_before_it_has_read_all(streaming: Gateway, sink: ScriptedUpstream):
    def handle(exchange: Exchange) -> None:
        next(exchange.pieces())
        exchange.send_plain(TRANSCRIPT)
        exchange.keeps_alive = not exchange.wait_for_close()

    sink.handler = handle
    upload = Upload(streaming, 32 << 20)
    upload.send(HEAD + FILE + bytes(PREFIX))
    assert upload.wire.read_answer().body == TRANSCRIPT
    story = newest(streaming)
    assert story.end_reason == "completed" and story.tokens == {"audio_second": 3}
    assert story.caveat is None and upload_row(streaming, story.request)["whole"] == 0


@pytest.mark.parametrize("ending", ["close", "reset"])
def test_a_provider_that_breaks_off_in_the_middle(streaming: Gateway, sink: ScriptedUpstream, ending: str):
    def handle(exchange: Exchange) -> None:
        next(exchange.pieces())
        getattr(exchange, ending)()

    sink.handler = handle
    before = len(sink.requests)
    upload = Upload(streaming, 64 << 20)
    upload.send(HEAD + FILE + bytes(PREFIX))
    answer = upload.wire.read_answer()
    assert answer.status == 502 and b"upstream_closed" in answer.body
    # What was sent cannot be sent again.
    assert len(sink.requests) == before + 1
    broken(streaming, "closed_before_head", "error")


@pytest.fixture(scope="module")
def hurried(sink: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    """A gateway that waits for nobody."""
    gateway = Gateway(
        tmp_path_factory.mktemp("hurried"), uploading(sink.base_url),
        flags=["--chunk-timeout", "700ms", "--body-timeout", "700ms"])
    try:
        yield gateway
        gateway.check_books()
    finally:
        gateway.close()


def test_a_provider_that_takes_no_more(hurried: Gateway, sink: ScriptedUpstream):
    sink.handler = stall
    upload = Upload(hurried, 256 << 20)
    upload.send(HEAD + FILE)
    sender = threading.Thread(target=lambda: send_until_closed(upload))
    sender.start()
    answer = upload.wire.read_answer()
    assert answer.status == 504 and b"upstream_timeout" in answer.body
    upload.wire.close()
    sender.join()
    broken(hurried, "upload_timeout", "error")


def stall(exchange: Exchange) -> None:
    next(exchange.pieces())
    exchange.keeps_alive = False
    threading.Event().wait(3)


def send_until_closed(upload: Upload) -> None:
    try:
        while True:
            upload.send(bytes(1 << 20))
    except OSError:
        pass


def test_a_client_that_sends_no_more(hurried: Gateway, sink: ScriptedUpstream):
    upload = Upload(hurried, 8 << 20)
    upload.send(HEAD + FILE + bytes(PREFIX))
    answer = upload.wire.read_answer()
    assert answer.status == 408 and b"request_timeout" in answer.body and upload.wire.is_closed()
    broken(hurried, "request_broken", "error")


def test_a_slow_client_that_goes_on_is_served(hurried: Gateway, sink: ScriptedUpstream):
    body = HEAD + FILE + bytes(PREFIX) + END
    upload = Upload(hurried, len(body))
    upload.send(body[:-8])
    pause = threading.Event()
    for index in range(8):
        pause.wait(0.2)
        upload.send(body[len(body) - 8 + index :][:1])
    assert upload.wire.read_answer().status == 200 and newest(hurried).caveat is None


def test_expect_100_continue(streaming: Gateway, sink: ScriptedUpstream):
    body = HEAD + FILE + bytes(PREFIX * 2) + END
    upload = Upload(streaming, len(body), expect="100-continue")
    assert upload.wire.read_head().status == 100
    upload.send(body)
    assert upload.wire.read_answer().status == 200
    assert sink.last.header("expect") is None and sink.last.body == body.replace(*MODEL)


def test_compressed_bodies_are_held_within_the_limit(sink: ScriptedUpstream, make_gateway):
    gateway = make_gateway(uploading(sink.base_url), flags=["--max-body", "2MiB"])
    body = HEAD + FILE + bytes(1 << 20) + END
    answer = send_form(gateway, gzip.compress(body), **{"content-encoding": "gzip"})
    assert answer.status == 200 and sink.last.body == body.replace(*MODEL)
    assert upload_row(gateway, gateway.story(answer).request) is None
    large = gzip.compress(HEAD + FILE + bytes(3 << 20) + END)
    assert send_form(gateway, large, **{"content-encoding": "gzip"}).status == 413


@pytest.mark.parametrize("seed", range(30))
def test_mutated_uploads_are_answered_and_settled(streaming: Gateway, sink: ScriptedUpstream, seed: int):
    """Bytes changed anywhere, in pieces of any size, sometimes cut off: an answer, or an end of the caller's own."""
    chance = random.Random(seed)
    body = bytearray(HEAD + FILE + chance.randbytes(PREFIX + chance.randrange(100_000)) + END)
    for _ in range(chance.randrange(4)):
        near_end = len(body) - 1 - chance.randrange(30)
        place = chance.choice([chance.randrange(len(body)), chance.randrange(300), near_end])
        body[place : place + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
    is_chunked, is_cut = chance.random() < 0.5, chance.random() < 0.3
    upload = Upload(streaming, None if is_chunked else len(body))
    end = chance.randrange(len(body)) if is_cut else len(body)
    start = 0
    try:
        while start < end:
            size = chance.choice([1, 7, 5_000, 70_000, 200_000])
            upload.send(bytes(body[start : min(end, start + size)]))
            start += size
        if not is_cut:
            upload.end()
    except OSError:
        pass
    if is_cut:
        upload.wire.close()
    else:
        assert upload.wire.read_answer().status in (200, 400, 404, 413)
    until(lambda: streaming.ledger.open_holds == 0 and not streaming.ledger.unsettled, "it to be settled")


# The gateway's own end


@pytest.mark.parametrize("in_time", [True, False], ids=["in time", "too late"])
def test_a_stop_in_the_middle(sink: ScriptedUpstream, make_gateway, in_time: bool):
    gateway = make_gateway(
        uploading(sink.base_url), flags=[] if in_time else ["--drain-timeout", "300ms"])
    halves = Halves(sink)
    halves.go_on.set()
    body = HEAD + FILE + bytes(4 << 20) + END
    upload = Upload(gateway, len(body))
    upload.send(body[:PREFIX])
    assert halves.arrived.wait(20)
    gateway.process.send_signal(signal.SIGTERM)
    until(lambda: not gateway.is_ready(), "the gateway to say that it is going down")
    if in_time:
        upload.send(body[PREFIX:])
        assert upload.wire.read_answer().status == 200
        assert gateway.wait() == 0 and newest(gateway).end_reason == "completed"
    else:
        answer = upload.wire.read_answer()
        assert answer.status == 503 and b"shutting_down" in answer.body
        assert gateway.wait() == 0
        broken(gateway, "shutdown", "error", caveat="shutdown")
    gateway.check_books()


def test_a_crash_in_the_middle_costs_the_hold(sink: ScriptedUpstream, make_gateway):
    gateway = make_gateway(uploading(sink.base_url))
    halves = Halves(sink)
    upload = Upload(gateway, 4 << 20)
    upload.send(HEAD + FILE + bytes(PREFIX))
    assert halves.arrived.wait(20)
    gateway.kill()
    halves.go_on.set()
    story = gateway.start().ledger.story(gateway.ledger.requests[-1])
    assert story.end_reason == "recovered" and story.caveat == "hold_posted" and story.total == story.held
    gateway.check_books()


# Memory


def test_300_megabytes_pass_in_bounded_memory(streaming: Gateway, sink: ScriptedUpstream):
    """A provider that takes 60 MB a second slows the caller, not the gateway's memory."""
    length, _ = large_form(300)
    taken, most = [0], [0]
    pause = threading.Event()

    def handle(exchange: Exchange) -> None:
        for piece in exchange.pieces():
            taken[0] += len(piece)
            if taken[0] % (6 << 20) < len(piece):
                most[0] = max(most[0], streaming.resident_bytes())
                pause.wait(0.1)
        exchange.send_plain(TRANSCRIPT)

    send_large(streaming, 1)
    before = streaming.resident_bytes()
    sink.handler = handle
    assert send_large(streaming, 300).status_code == 200
    assert taken[0] == length + len("upstream-model") - len("demo")
    assert most[0] - before < 16 << 20, f"{(most[0] - before) >> 20} MiB more"
    assert upload_row(streaming, newest(streaming).request)["body_bytes"] == length


def test_many_uploads_at_once_stay_bounded(streaming: Gateway, sink: ScriptedUpstream):
    """Forty callers press forty megabytes each on a provider that takes nothing: none is kept here."""
    count = 40
    go_on = threading.Event()
    arrived = threading.Semaphore(0)

    def handle(exchange: Exchange) -> None:
        pieces = exchange.pieces()
        next(pieces)
        arrived.release()
        go_on.wait(30)
        exchange.close()

    send_large(streaming, 1)
    before = streaming.resident_bytes()
    sink.handler = handle
    uploads = [Upload(streaming, 40 << 20) for _ in range(count)]
    senders = [threading.Thread(target=send_until_closed, args=(upload,), daemon=True) for upload in uploads]
    for upload, sender in zip(uploads, senders):
        upload.send(HEAD + FILE + bytes(PREFIX))
        sender.start()
    for _ in range(count):
        assert arrived.acquire(timeout=20)
    threading.Event().wait(0.5)
    grown = streaming.resident_bytes() - before
    go_on.set()
    for upload, sender in zip(uploads, senders):
        upload.wire.close()
        sender.join()
    assert grown < count * (640 << 10), f"{grown >> 10} KiB more for {count} uploads"
    until(lambda: streaming.ledger.open_holds == 0, "every call to be settled")
