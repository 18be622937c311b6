internal import NIOCore
internal import TollbookCore

/// Calls whose body goes to the provider while it arrives. The front reads no more of it than the provider takes.
extension Call {
    /// Whether bytes of the body can be passed on now.
    var takesUpload: Bool {
        guard let upload, upload.isUnderWay, let connection else { return false }
        return connection.takesBody
    }

    /// Whether the provider has still to get bytes of the body.
    var isUploading: Bool { upload?.isUnderWay ?? false }

    /// The request's head and the first bytes of its body have gone out: the rest may follow.
    func uploadBegan() {
        intake.body = ByteBuffer()
        loop.releaseBody(intake.reservedBytes)
        intake.reservedBytes = 0
        upstreamTakesMore()
    }

    /// The provider's connection takes bytes again.
    func upstreamTakesMore() {
        guard isUploading else { return }
        awaitUpload()
        front?.continueUpload()
    }

    /// The next bytes of the body.
    func uploadBytes(_ bytes: ByteBuffer) {
        guard let step = upload?.take(bytes) else { return }
        loop.metrics.requestBytes &+= UInt64(bytes.readableBytes)
        switch step {
        case .passes(let bytes): connection?.sendBody(bytes)
        case .waits: break
        case .fails(let error): return uploadFailed(error)
        }
        awaitUpload()
    }

    /// The body has come to its end.
    func uploadEnded() {
        guard let ending = upload?.finish() else { return }
        switch ending {
        case .whole(let tail, let scan):
            // What was assumed of a form that was not whole is known now.
            intake.scan = scan
            connection?.endBody(tail)
            if machine.phase == .dispatched { setDeadline(inMillis: loop.configuration.timeouts.firstByteMillis) }
        case .fails(let error): uploadFailed(error)
        }
    }

    /// The body cannot be passed on whole: the provider is left in the middle of it, with nothing that it could answer.
    func uploadFailed(_ error: GatewayError) {
        guard machine.phase == .dispatched || machine.phase == .answering else { return }
        connection?.abandon()
        connection = nil
        upload?.stop()
        settle(.broken(.requestBroken), finale: .failure(error), code: error.code)
    }

    /// The provider has refused the request before it had the whole of it, or is done with it.
    func stopUpload() {
        guard isUploading else { return }
        upload?.stop()
        front?.uploadStopped()
    }

    /// Waits for whoever is to go on: the caller, whom the front watches, or the provider, which takes no more for now.
    private func awaitUpload() {
        let timeouts = loop.configuration.timeouts
        switch machine.phase {
        case .dispatched: setDeadline(inMillis: takesUpload ? timeouts.totalMillis : timeouts.betweenChunksMillis)
        // It has begun to answer and is not late while it takes bytes.
        case .answering: setDeadline(inMillis: timeouts.betweenChunksMillis)
        case .waiting, .opening, .connecting, .settling, .finished: break
        }
    }
}
