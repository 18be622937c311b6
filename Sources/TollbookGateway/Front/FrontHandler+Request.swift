internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPCompression
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy
internal import TollbookWire

extension FrontHandler {
    /// A request begins. Where two errors apply, the earlier of the documented order is told.
    func begin(_ head: RequestHead) {
        isHTTP10 = head.isHTTP10
        keepsAlive = head.keepsAlive && !loop.isDraining
        isCompressed = false
        dialect = head.dialect
        isArrayStream = head.isArrayStream
        _ = loop.readNanos()
        phase = .receiving
        setDeadline(inMillis: loop.configuration.timeouts.bodyIdleMillis)
        guard let hash = head.headers.secret.flatMap({ keys.hash($0.place, $0.value) }),
            let key = loop.ledger.snapshot.keys[hash]
        else { return refuse(.unknownKey, head) }
        if head.headers.signature != nil, let error = signatureError(head) { return refuse(error, head) }
        let details = RequestDetails(head.headers)
        if let error = headError(head, details) { return refuse(error, head) }
        request = FrontRequest(
            head: head, key: key, secretHash: hash, acceptedMicros: loop.configuration.clock.nowMicros(),
            details: details, hasher: loop.makeBodyHasher())
        let encoding = head.headers.encoding
        if encoding == .gzip || encoding == .deflate { beginDecompression(encoding) }
        if head.headers.expectsContinue, !isHTTP10 { writeContinue() }
    }

    /// What is wrong with a signature, as far as the head shows.
    private func signatureError(_ head: RequestHead) -> GatewayError? {
        guard let signature = head.signature else { return .invalidSignature }
        return signature.isCurrent(atMicros: loop.configuration.clock.nowMicros()) ? nil : .signatureExpired
    }

    /// What is wrong with a request of a known key, as far as its head shows.
    private func headError(_ head: RequestHead, _ details: RequestDetails) -> GatewayError? {
        let sizes = loop.configuration.sizes
        let limit = head.streamsBody ? sizes.uploadBytes : sizes.bodyBytes
        if (head.headers.contentLength ?? 0) > limit { return .requestTooLarge(limit: limit) }
        if head.headers.hostCount != 1, !isHTTP10 || head.headers.hostCount > 1 {
            return GatewayError(.invalidRequest, "The request needs exactly one Host header.", param: "host")
        }
        if let error = details.error { return error }
        switch head.target {
        case .notFound:
            return GatewayError(
                .notFound,
                "There is no such path. Calls go to /v1/chat/completions, /v1/completions, /v1/embeddings, "
                    + "/v1/responses, /v1/responses/input_tokens, /v1/moderations, /v1/images/generations, "
                    + "/v1/images/edits, /v1/audio/speech, /v1/audio/transcriptions, /v1/audio/translations, "
                    + "/v1/rerank, /v2/rerank, /v2/chat, /v1/files, /v1/batches, /v1/messages or "
                    + "/v1/messages/count_tokens, or to "
                    + "/openai/deployments/{model}/… in place of /v1/…, to /model/{model}/converse, "
                    + "…/converse-stream or …/count-tokens, to /v1beta/models/{model}:generateContent and its "
                    + "siblings, or to /passthrough/{provider}/….")
        case .storedResponse: return .storedResponse
        case .methodNotAllowed(let allow):
            var error = GatewayError(.methodNotAllowed, "This path takes \(allow) only.")
            error.allow = allow
            return error
        case .models, .model: return nil
        case .stored(let operation): return encodingError(head) ?? formError(head, operation)
        case .call(let endpoint, _):
            if let error = encodingError(head) { return error }
            if endpoint.dialect == .gemini { return head.query.flatMap { GeminiQuery.error(in: $0) } }
            return formError(head, endpoint)
        }
    }

    private func encodingError(_ head: RequestHead) -> GatewayError? {
        // What a signature covers is the body as sent, which nothing sees behind the decompressor.
        let isSupported = head.headers.encoding != .unsupported
        if isSupported, head.signature == nil || head.headers.encoding == .identity { return nil }
        return GatewayError(
            .unsupportedEncoding, "The body's content-encoding is not supported. Use gzip, deflate or none.",
            param: "content-encoding")
    }

    /// Only an upload is a form.
    private func formError(_ head: RequestHead, _ operation: StoredOperation) -> GatewayError? {
        operation == .upload ? formError(head, operation.endpoint) : nil
    }

    /// What is wrong with the content type of a call that takes forms.
    private func formError(_ head: RequestHead, _ endpoint: Endpoint) -> GatewayError? {
        guard endpoint.takesForms, head.formBoundary == nil, head.headers.formType != nil || !endpoint.takesJSON else {
            return nil
        }
        return GatewayError(
            .invalidRequest, "This path takes multipart/form-data, with one content-type that has a boundary.",
            param: "content-type")
    }

    /// Sends the body through a decompressor, which is put behind this handler for good with the first such body.
    private func beginDecompression(_ encoding: RequestHeaders.Encoding) {
        guard let context else { return }
        if !hasDecompressor {
            hasDecompressor = true
            let decompressor = NIOHTTPRequestDecompressor(limit: .size(loop.configuration.sizes.bodyBytes))
            let inflated = InflatedBody<HTTPRequestHead> { [unowned self] in receive($0) }
            let operations = context.pipeline.syncOperations
            guard (try? operations.addHandlers([decompressor, inflated], position: .after(self))) != nil else {
                return close()
            }
        }
        isCompressed = true
        let name = encoding == .gzip ? "gzip" : "deflate"
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/", headers: ["content-encoding": name])
        context.fireChannelRead(NIOAny(HTTPServerRequestPart.head(head)))
    }

    /// Sends compressed bytes of the body on their way.
    func decompress(_ bytes: ByteBuffer) {
        context?.fireChannelRead(NIOAny(HTTPServerRequestPart.body(bytes)))
    }

    /// Ends the compressed body.
    func endDecompression() {
        context?.fireChannelRead(NIOAny(HTTPServerRequestPart.end(nil)))
    }

    private func receive(_ part: InflatedBody<HTTPRequestHead>.Part) {
        switch part {
        case .bytes(let bytes): if phase == .receiving { receive(bytes) }
        case .end: end()
        case .failed(let error): decompressionFailed(error)
        }
    }

    func receive(_ bytes: ByteBuffer) {
        setDeadline(inMillis: loop.configuration.timeouts.bodyIdleMillis)
        guard let request else { return }
        if let error = request.append(bytes, loop: loop) { return refuse(error) }
        if request.streamsBody { startUploadIfReady() }
    }

    /// The request is whole.
    func finishRequest() {
        clearDeadline()
        guard let request else { return }
        let digest = request.finishDigest()
        if let signature = request.head.signature, !signature.isValid(bodySHA256: digest ?? "") {
            return refuse(.invalidSignature)
        }
        switch request.head.target {
        case .call(let endpoint, let model):
            do throws(WireError) {
                let (scan, hash) = try request.body.finish()
                let body = CallBody(scan: scan, bytes: request.body.body, hash: hash, sha256: digest)
                startCall(request, endpoint, model: model, body)
            } catch {
                refuse(.unreadable(error))
            }
        case .stored(let operation): startStored(operation)
        case .models: answer(with: ModelList.body(for: request.key, in: loop.ledger.snapshot, dialect: dialect))
        case .model(let name):
            let snapshot = loop.ledger.snapshot
            if let body = ModelList.body(for: name, key: request.key, in: snapshot, dialect: dialect) {
                answer(with: body)
            } else {
                refuse(.unknownRoute(name))
            }
        case .notFound, .storedResponse, .methodNotAllowed: break
        }
    }

    /// - Parameters:
    ///   - model: as the path has it; nil: the body names it.
    ///   - body: what is there of it.
    ///   - upload: the rest of the body; nil: it is whole.
    func startCall(
        _ request: FrontRequest, _ endpoint: Endpoint, model: String?, _ body: CallBody, upload: Upload? = nil
    ) {
        guard body.scan.choices > 0 else { return refuse(.noChoices) }
        guard !body.scan.isBackground else { return refuse(.backgroundResponse) }
        guard GeminiModel.isRepeated(model, by: body.scan) else { return refuse(.anotherModel) }
        // The scan has a model where neither the path nor the provider has one.
        let name = model ?? body.scan.model?.value ?? endpoint.defaultModel ?? ""
        var intake = makeIntake(request, endpoint, name, body)
        if endpoint.alwaysStreams { intake.scan.stream = true }
        phase = upload == nil ? .calling : .uploading
        clearDeadline()
        let call = Call(loop: loop, front: self, intake: intake, upload: upload)
        self.call = call
        loop.metrics.requestBytes &+= UInt64(body.bytes.readableBytes)
        call.start()
    }

    func makeIntake(
        _ request: FrontRequest, _ endpoint: Endpoint, _ model: String, _ body: CallBody
    ) -> CallIntake {
        CallIntake(
            endpoint: endpoint, model: model, secretHash: request.secretHash, acceptedMicros: request.acceptedMicros,
            acceptedNanos: loop.readNanos(), scan: body.scan, body: body.bytes, bodyHash: body.hash,
            bodySHA256: body.sha256, reservedBytes: request.takeReservation(), query: request.head.query,
            passed: request.head.passed, forwarded: request.head.headers.forwarded,
            hasAnthropicVersion: request.head.headers.hasAnthropicVersion, tags: request.details.tags,
            endUser: request.details.endUser ?? body.scan.user, interaction: request.details.interaction,
            traceID: request.head.headers.traceID, address: address)
    }

    /// Answers a request that makes no call, whole or not.
    func refuse(_ error: GatewayError) {
        refuse(error, request?.head)
    }

    /// - Parameter head: the request's; nil: there is no request to speak of, the connection is closed.
    private func refuse(_ error: GatewayError, _ head: RequestHead?) {
        if isAwaitingEnd, !(head.map { isSmall($0.headers) } ?? false) { keepsAlive = false }
        request?.release(loop)
        loop.metrics.count(error.code)
        answer(error, of: nil, nil, isHead: head?.isHEAD ?? false)
    }

    /// Whether the rest of a request is worth reading so that the connection can go on.
    func isSmall(_ headers: borrowing RequestHeaders) -> Bool {
        !headers.expectsContinue && !headers.isChunked
            && (headers.contentLength ?? 0) <= GatewayLimits.discardedBodyBytes
    }
}
