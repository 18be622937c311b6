internal import NIOCore

/// The files and batches of a simulated account.
struct StoredState: Sendable {
    struct File: Sendable {
        let id: String
        let purpose: String
        let name: String
        let created: Int
        let content: ByteBuffer
        /// How long its content takes to come.
        var delayMillis = 0

        var json: String {
            #"{"id":"\#(id)","object":"file","bytes":\#(content.readableBytes),"created_at":\#(created),"#
                + #""filename":"\#(JSONText.escaped(name))","purpose":"\#(JSONText.escaped(purpose))","#
                + #""status":"processed","status_details":null,"expires_at":null}"#
        }
    }

    private var files: [File] = []
    private var batches: [SimulatedBatch] = []
    private var number = 0

    /// nil: there is no such thing.
    mutating func answer(_ call: StoredCall, now: Int, _ lines: BatchLineAnswers) -> StoredAnswer? {
        switch (call.path.isFile, call.method, call.path.id, call.path.verb) {
        case (true, "POST", nil, nil): return upload(call, now: now)
        case (true, "GET", nil, nil): return list(files.reversed().map(\.json))
        case (true, "GET", let id?, nil): return file(id).map { StoredAnswer($0.json) } ?? missing("File", id)
        case (true, "GET", let id?, "content"):
            return file(id).map { StoredAnswer(content: $0.content, delayMillis: $0.delayMillis) }
                ?? missing("File", id)
        case (true, "DELETE", let id?, nil): return delete(id)
        case (false, "POST", nil, nil): return create(call, now: now)
        case (false, "GET", nil, nil): return list(batches.reversed().map(\.json))
        case (false, "GET", let id?, nil): return look(id, now: now, lines)
        case (false, "POST", let id?, "cancel"): return cancel(id, now: now)
        default: return nil
        }
    }

    private func file(_ id: String) -> File? { files.first { $0.id == id } }

    private func missing(_ what: String, _ id: String) -> StoredAnswer {
        .error(404, "No such \(what) object: \(id)")
    }

    private func list(_ objects: [String]) -> StoredAnswer {
        StoredAnswer(#"{"object":"list","data":[\#(objects.joined(separator: ","))],"has_more":false}"#)
    }

    private mutating func add(
        _ content: ByteBuffer, name: String, purpose: String, now: Int, delayMillis: Int = 0
    ) -> File {
        number += 1
        let file = File(
            id: "file-sim\(number)", purpose: purpose, name: name, created: now, content: content,
            delayMillis: delayMillis)
        if files.count >= SimulatorLimits.storedObjects { files.removeFirst() }
        files.append(file)
        return file
    }

    private mutating func upload(_ call: StoredCall, now: Int) -> StoredAnswer {
        guard let form = FormFields(call.request), form.files == 1, let purpose = form.values["purpose"] else {
            return .error(400, "The body is no form with a file and a purpose.")
        }
        return StoredAnswer(add(form.content, name: form.fileName, purpose: purpose, now: now).json)
    }

    private mutating func delete(_ id: String) -> StoredAnswer {
        guard let index = files.firstIndex(where: { $0.id == id }) else { return missing("File", id) }
        files.remove(at: index)
        return StoredAnswer(#"{"id":"\#(id)","object":"file","deleted":true}"#)
    }

    private mutating func create(_ call: StoredCall, now: Int) -> StoredAnswer {
        guard let wanted = BatchWish(call.request.body) else {
            return .error(400, "The body names no input file and endpoint, or its directives are unknown.")
        }
        guard let input = file(wanted.inputFileID), input.purpose == "batch" else {
            return .error(400, "The input file does not exist, or is for something else.")
        }
        number += 1
        let batch = SimulatedBatch(id: "batch_sim\(number)", wish: wanted, input: input.content, created: now)
        if batches.count >= SimulatorLimits.storedObjects { batches.removeFirst() }
        batches.append(batch)
        return StoredAnswer(batch.json)
    }

    private mutating func look(_ id: String, now: Int, _ lines: BatchLineAnswers) -> StoredAnswer {
        guard let index = batches.firstIndex(where: { $0.id == id }) else { return missing("Batch", id) }
        if let results = batches[index].look(now: now, lines) {
            let delay = batches[index].wish.delayMillis
            let output = results.output.map {
                add($0, name: "\(id)_output.jsonl", purpose: "batch_output", now: now, delayMillis: delay)
            }
            let errors = results.errors.map {
                add($0, name: "\(id)_error.jsonl", purpose: "batch_output", now: now, delayMillis: delay)
            }
            batches[index].outputFileID = output?.id
            batches[index].errorFileID = errors?.id
        }
        return StoredAnswer(batches[index].json)
    }

    private mutating func cancel(_ id: String, now: Int) -> StoredAnswer {
        guard let index = batches.firstIndex(where: { $0.id == id }) else { return missing("Batch", id) }
        guard batches[index].cancel(now: now) else {
            return .error(409, "A batch that has ended cannot be cancelled.")
        }
        return StoredAnswer(batches[index].json)
    }
}
