internal import NIOCore
internal import TollbookLedger
internal import TollbookWire

/// Bodies that go to the provider while they arrive.
extension FrontHandler {
    /// Opens the call once enough of the body is there, if it need not be held whole.
    func startUploadIfReady() {
        guard let request, case .call(let endpoint, let model) = request.head.target,
            let (scan, held, upload) = request.takeUpload(loop)
        else { return }
        // The row of a request whose body is not whole has no hash; that of its upload will.
        let body = CallBody(scan: scan, bytes: held, hash: Array(repeating: 0, count: upload.record.bodyHash.count))
        startCall(request, endpoint, model: model, body, upload: upload)
    }

    /// Bytes of the body.
    func upload(_ bytes: ByteBuffer) {
        call?.uploadBytes(bytes)
        if phase == .uploading { watchCaller() }
    }

    /// The provider takes bytes again, or the first ones.
    func continueUpload() {
        guard phase == .uploading else { return }
        watchCaller()
        takeUp()
    }

    /// The provider is to have no more of the body.
    func uploadStopped() {
        if phase == .uploading { clearDeadline() }
    }

    /// The caller is late only while its bytes are awaited.
    private func watchCaller() {
        if call?.takesUpload ?? false {
            setDeadline(inMillis: loop.configuration.timeouts.bodyIdleMillis)
        } else {
            clearDeadline()
        }
    }

    /// Whether what is left of the body may be read only to keep the connection.
    var isRestSmall: Bool { request.map { isSmall($0.head.headers) } ?? false }
}
