internal import NIOCore
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy
internal import TollbookWire

/// Reads a call about files or batches, and finds whose and where what it names is. Blocks, so that it runs on a
/// background thread.
struct StoredPreparation: Sendable {
    let operation: StoredOperation
    let key: KeyRecord
    let snapshot: GovernanceSnapshot
    let acceptedMicros: Int64
    let body: ByteBuffer
    /// Of a form.
    let boundary: FormBoundary?
    /// As `x-tollbook-route` names it.
    let routeName: String?
    let query: String?

    /// - Throws: what reading the ledger throws.
    func run(_ ledger: any StoredLedger) throws -> StoredDecision {
        switch operation {
        case .upload: upload()
        case .listFiles: try list(.file, ledger)
        case .listBatches: try list(.batch, ledger)
        case .file(let id), .content(let id), .deletion(let id): try file(id, ledger)
        case .creation: try creation(ledger)
        case .batch(let id), .cancellation(let id): try batch(id, ledger)
        }
    }

    // MARK: Files

    private func upload() -> StoredDecision {
        guard let boundary else { return .refusal(.unreadable(WireError(.malformedForm, at: 0))) }
        do throws(WireError) {
            let form = try FileForm(body, boundary: boundary)
            return form.purpose == "batch" ? batchInput(form) : plainFile(form)
        } catch {
            return .refusal(.unreadable(error))
        }
    }

    private func batchInput(_ form: FileForm) -> StoredDecision {
        var input = BatchInput(key: key, snapshot: snapshot, acceptedMicros: acceptedMicros)
        let start = body.readerIndex + form.file.lowerBound
        guard let file = body.getSlice(at: start, length: form.file.count) else {
            return .refusal(.unreadable(WireError(.malformedForm, at: 0)))
        }
        if let refusal = input.read(file) { return .refusal(refusal) }
        guard let target = input.target, let lines = input.lines else { return .refusal(.emptyBatchFile) }
        if let routeName, routeName != target.route.name { return .refusal(.otherRoute(target.route.name)) }
        let rest = body.readableBytes - form.file.upperBound
        var output = ByteBuffer()
        output.reserveCapacity(form.file.lowerBound + input.output.readableBytes + rest)
        if let head = body.getSlice(at: body.readerIndex, length: form.file.lowerBound) {
            output.writeImmutableBuffer(head)
        }
        output.writeImmutableBuffer(input.output)
        if let tail = body.getSlice(at: body.readerIndex + form.file.upperBound, length: rest) {
            output.writeImmutableBuffer(tail)
        }
        let pin = StoredPin(
            routeID: target.route.id, providerID: target.deployment.provider.id,
            deploymentID: target.deployment.id, credentialID: nil, load: nil)
        return plan(
            target.route.name, pin,
            .file(purpose: form.purpose, bytes: Int64(input.output.readableBytes), lines: lines), body: output)
    }

    private func plainFile(_ form: FileForm) -> StoredDecision {
        let keepers = StoredPlaces(key: key, snapshot: snapshot).keepers(routeName)
        switch keepers {
        case .failure(let refusal): return .refusal(refusal.error)
        case .success(let place):
            let pin = StoredPin(
                routeID: place.route.id, providerID: place.provider.id, deploymentID: nil, credentialID: nil, load: nil)
            return plan(
                place.route.name, pin,
                .file(purpose: form.purpose, bytes: Int64(form.file.count), lines: nil))
        }
    }

    private func file(_ id: String, _ ledger: any StoredLedger) throws -> StoredDecision {
        let found = try ledger.readStored { [key] in try $0.file(id, projectID: key.project.id) }
        guard let file = found else { return .refusal(.noFile(id)) }
        if case .deletion = operation { return plan(routeName(of: file), pin(file), .deletion(file)) }
        return plan(routeName(of: file), pin(file), .nothing)
    }

    // MARK: Batches

    private func creation(_ ledger: any StoredLedger) throws -> StoredDecision {
        let creation: BatchCreation
        do throws(WireError) {
            creation = try BatchCreation(body)
        } catch {
            return .refusal(.unreadable(error))
        }
        let id = creation.fileID
        let found = try ledger.readStored { [key] in try $0.file(id, projectID: key.project.id) }
        guard let file = found else { return .refusal(.noFile(id, param: "input_file_id")) }
        guard let lines = file.lines else { return .refusal(.noBatchFile(id)) }
        guard BatchInput.endpoint(creation.endpoint) == lines.endpoint else {
            return .refusal(.otherEndpoint(creation.endpoint))
        }
        let load = BatchLoad(
            endpoint: lines.endpoint, lines: lines.count, estimatedInputTokens: lines.estimatedInputTokens,
            heldOutputTokens: lines.heldOutputTokens)
        return plan(
            routeName(of: file), pin(file, deploymentID: lines.deploymentID, load: load), .creation(file))
    }

    private func batch(_ id: String, _ ledger: any StoredLedger) throws -> StoredDecision {
        let found = try ledger.readStored { [key] in try $0.batch(id, projectID: key.project.id) }
        guard let batch = found else { return .refusal(.noBatch(id)) }
        return plan(routeName(of: batch.file), pin(batch.file), .batch(batch))
    }

    // MARK: Plans

    private func plan(
        _ routeName: String, _ pin: StoredPin, _ recording: StoredPlan.Recording, body: ByteBuffer? = nil
    ) -> StoredDecision {
        guard let line = operation.line else { return .refusal(.ledgerUnavailable) }
        return .plan(StoredPlan(routeName: routeName, pin: pin, line: line, body: body, recording: recording))
    }

    private func pin(_ file: StoredFile, deploymentID: Int64? = nil, load: BatchLoad? = nil) -> StoredPin {
        StoredPin(
            routeID: file.routeID, providerID: file.providerID, deploymentID: deploymentID,
            credentialID: file.credentialID, load: load)
    }

    private func routeName(of file: StoredFile) -> String {
        snapshot.routesInOrder.first { $0.id == file.routeID }?.name ?? ""
    }

    // MARK: Lists

    private func list(_ kind: StoredKind, _ ledger: any StoredLedger) throws -> StoredDecision {
        switch StoredListRequest.parse(query, kind: kind) {
        case .failure(let refusal): return .refusal(refusal.error)
        case .success(let wanted):
            // One more tells whether there are more.
            var more = wanted
            more.limit += 1
            let asked = more
            let found = try ledger.readStored { [key] in try $0.list(asked, projectID: key.project.id) }
            return .answer(StoredListRequest.body(found, limit: wanted.limit))
        }
    }
}

/// A refusal as an error that can be thrown or returned.
struct StoredRefusal: Error {
    let error: GatewayError
}
