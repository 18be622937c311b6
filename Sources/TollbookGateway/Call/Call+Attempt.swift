internal import NIOCore
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy
internal import TollbookWire

extension Call {
    /// Begins an attempt at a target of the plan. Those before it sent nothing.
    func tryTarget(_ index: Int) {
        guard index < targets.count else {
            let failure = lastFailure ?? GatewayError.upstream(.upstreamUnreachable)
            return settleFailed(failure)
        }
        let target = targets[index]
        let nanos = loop.readNanos()
        if attempts.isEmpty { upstreamStartNanos = nanos }
        progress = AttemptProgress(
            target: target, startedMicros: loop.configuration.clock.nowMicros(), startedNanos: nanos)
        setDeadline(inMillis: loop.configuration.timeouts.connectMillis + GatewayLimits.connectSlackMillis)
        switch loop.credentials.lookup(target.credential, of: target.deployment.provider) {
        case .ready(let secret): acquireConnection(target, secret)
        case .unavailable: targetFailed(.credentialUnavailable)
        case .unknown: loadCredential(target, index: index)
        }
    }

    private func loadCredential(_ target: PlannedTarget, index: Int) {
        guard let source = target.credential?.source else { return targetFailed(.credentialUnavailable) }
        // It ends by itself in time, also where a command has to be killed.
        setDeadline(inMillis: GatewayLimits.credentialWaitMillis)
        let provider = target.deployment.provider
        loop.credentials.load(source, of: provider, on: loop.eventLoop).assumeIsolated().whenComplete { [self] _ in
            guard machine.phase == .connecting, targetIndex == index else { return }
            if case .ready(let secret) = loop.credentials.lookup(target.credential, of: provider) {
                _ = loop.readNanos()
                setDeadline(inMillis: loop.configuration.timeouts.connectMillis + GatewayLimits.connectSlackMillis)
                return acquireConnection(target, secret)
            }
            targetFailed(.credentialUnavailable)
        }
    }

    private func acquireConnection(_ target: PlannedTarget, _ secret: CredentialSecret?) {
        guard let pool = loop.pool.pool(for: target.deployment.provider) else { return targetFailed(.connectFailed) }
        let connection = pool.acquire(
            for: .call(self), nowNanos: loop.coarseNanos, isNew: needsNewConnection, isOnlyTry: upload != nil,
            fitsStream: fitsStream(secret))
        needsNewConnection = false
        self.connection = connection
        if connection.isReady { dispatch(on: connection, pool: pool, target: target, secret: secret) }
    }

    /// Whether the request's head may go over HTTP/2: it is not large, and all of it ASCII.
    private func fitsStream(_ secret: CredentialSecret?) -> Bool {
        var bytes = intake.forwarded.readableBytes + (secret?.bearerLine.readableBytes ?? 0)
        for text in [intake.query, intake.passed?.path] {
            guard let text = text?.utf8 else { continue }
            bytes += text.count
            guard text.allSatisfy({ $0 < 0x80 }) else { return false }
        }
        guard bytes <= GatewayLimits.sharedHeadBytes else { return false }
        return intake.forwarded.withUnsafeReadableBytes { $0.allSatisfy { $0 < 0x80 } }
    }

    /// The connection that the call waited for is ready.
    func connected(_ connection: UpstreamLink) {
        self.connection = connection
        guard machine.phase == .connecting, let target = progress?.target,
            let pool = loop.pool.pool(for: target.deployment.provider)
        else { return }
        let provider = target.deployment.provider
        guard case .ready(let secret) = loop.credentials.lookup(target.credential, of: provider) else {
            connection.abandon()
            self.connection = nil
            return targetFailed(.credentialUnavailable)
        }
        guard pool.begin(.call(self), on: connection) else { return targetFailed(.connectFailed) }
        dispatch(on: connection, pool: pool, target: target, secret: secret)
    }

    /// No connection could be made; nothing was sent.
    func connectFailed(_ errorClass: ErrorClass) {
        guard machine.phase == .connecting else { return }
        connection = nil
        targetFailed(errorClass)
    }

    /// Nothing was sent, so the next target may be tried at once.
    func targetFailed(_ errorClass: ErrorClass) {
        guard let progress else { return }
        let wasCounted = isCounted
        attempts.append(progress.record(nanos: loop.readNanos(), errorClass: errorClass, charges: []))
        self.progress = nil
        if wasCounted { return answerWithEstimate() }
        lastFailure = GatewayError.upstream(failedWith: errorClass)
        tryTarget(targetIndex)
    }

    /// Which of the targets is tried.
    private var targetIndex: Int { attempts.count - repeats }

    /// The provider closed a connection that had been idle as the request went out, and not a byte of an answer came:
    /// the request is sent once more, on a new connection, under the same hold.
    ///
    /// A server may close an idle connection at any time, and then a request crosses its end on the way; HTTP lets a
    /// client send again what the server has not read, as far as it can know (RFC 9110, section 9.2.2; RFC 9112,
    /// section 9.3.1). It cannot know it for certain: a provider that dies within `GatewayLimits.closedIdleMillis` of a
    /// request that it did read is asked twice. The first attempt is taken as not read: it has a row of its own class
    /// and costs nothing. On a new connection there is no such crossing, and what ends there unanswered costs the hold.
    /// What was sent of an upload is gone, and cannot be sent again.
    func upstreamClosedIdle() {
        let isRepeated = attempts.last?.errorClass == .closedIdle
        guard machine.phase == .dispatched, upload == nil, !isRepeated else { return upstreamFailed(nil) }
        connection = nil
        machine.tookBack()
        crossing = nil
        repeats += 1
        needsNewConnection = true
        targetFailed(.closedIdle)
    }

    /// The provider says that it has not processed the request (RFC 9113, section 8.7), so that it may be sent again:
    /// on another stream, or to the next target.
    func upstreamRefused() {
        connection = nil
        guard machine.phase == .dispatched else { return }
        progress?.wasDispatched = false
        // What was sent of an upload is gone.
        guard upload == nil else {
            return settle(
                .broken(.streamRefused), finale: .failure(.upstream(.upstreamClosed)), code: .upstreamClosed)
        }
        machine.tookBack()
        crossing = nil
        let mayRepeat = repeats < GatewayLimits.refusals
        if mayRepeat { repeats += 1 }
        targetFailed(.streamRefused)
    }

    /// Sends the request: from here on a byte may have left.
    private func dispatch(
        on connection: UpstreamLink, pool: ProviderPool, target: PlannedTarget, secret: CredentialSecret?
    ) {
        if let endpoint = target.service.crossedEndpoint {
            return dispatchTranslated(to: endpoint, on: connection, pool: pool, target: target, secret: secret)
        }
        willDispatch()
        let rules = target.deployment.provider.fieldRules
        var patch = ChatRequestPatch(
            intake.scan, model: intake.endpoint.hasModelInPath ? nil : target.deployment.model,
            includeUsage: intake.scan.stream && intake.endpoint.asksForUsage && rules.takesStreamOptions)
        if rules != .standard { patch.adapt(intake.scan, intake.body, to: rules) }
        if !intake.scan.repeatedModels.isEmpty {
            patch.renameRepeatedModels(of: intake.scan, to: pool.endpoint.modelResource(target.deployment.model))
        }
        let body = patch.edits.isEmpty ? [intake.body] : patch.apply(to: [intake.body])
        let length: Int? =
            upload.map { $0.announcedBytes.map { patch.patchedLength(of: $0) } }
            ?? patch.patchedLength(of: intake.body.readableBytes)
        let prefix =
            intake.passed.map { pool.requestPrefix(of: $0) }
            ?? pool.requestPrefix(for: intake.endpoint, model: target.deployment.model)
        connection.send(
            prefix: prefix, query: intake.query,
            secret: secret.map {
                pool.headerLines(
                    of: $0, prefix, query: intake.query, bodySHA256: intake.bodySHA256 ?? passedDigest(prefix),
                    nowMicros: loop.configuration.clock.nowMicros())
            },
            version: intake.hasAnthropicVersion ? nil : pool.anthropicVersion, forwarded: intake.forwarded,
            body: body, length: length, isWhole: upload == nil)
        if upload != nil { uploadBegan() }
    }

    /// A byte may leave from here on.
    func willDispatch() {
        machine.dispatched()
        progress?.wasDispatched = true
        wasDispatched = true
        setDeadline(inMillis: loop.configuration.timeouts.firstByteMillis)
    }

    /// Ends the attempt because of a stop.
    func stopAttempt(_ reason: CallStateMachine.Stop) {
        connection?.abandon()
        connection = nil
        switch reason {
        case .clientGone: settle(.clientGone, finale: .nothing, code: .clientGone)
        case .shutdown: settle(.shutdown, finale: .failure(.shuttingDown), code: .shuttingDown)
        case .openTimeout: settle(.shutdown, finale: .failure(.ledgerUnavailable), code: .ledgerUnavailable)
        }
    }

    /// Ends the attempt because it took too long.
    func giveUp(_ errorClass: ErrorClass) {
        connection?.abandon()
        connection = nil
        let error = GatewayError.upstream(.upstreamTimeout)
        settle(.broken(errorClass), finale: .failure(error), code: error.code)
    }

    /// The connection broke, or carried what is not HTTP.
    ///
    /// - Parameter errorClass: nil: it closed.
    func upstreamFailed(_ errorClass: ErrorClass?) {
        connection = nil
        let isAnswering = machine.phase == .answering
        if isAnswering, let reader, !reader.isSuccess {
            return settle(.errorStatus, finale: .failure(.upstream(.upstreamClosed)), code: .upstreamClosed)
        }
        let code: AnswerCode =
            errorClass == .malformedResponse ? .upstreamMalformed : isAnswering ? .upstreamCut : .upstreamClosed
        settle(
            .broken(errorClass ?? (isAnswering ? .closedMidBody : .closedBeforeHead)),
            finale: .failure(.upstream(code)), code: code)
    }
}
