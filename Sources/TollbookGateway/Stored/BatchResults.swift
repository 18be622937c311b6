internal import NIOCore
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy
internal import TollbookWire

/// Reads the results of a batch that has ended.
enum BatchResults {
    /// The statuses that a batch does not leave again.
    static let ends: Set<String> = ["completed", "failed", "expired", "cancelled"]

    /// What a batch came to, by its files.
    ///
    /// - Throws: `UpstreamExchange.Failure` when they cannot be fetched now.
    static func end(
        of batch: StoredBatch, _ object: StoredObjectText, status: String, _ source: BatchSource
    ) async throws -> BatchEnd {
        var end = BatchEnd(status: status)
        end.object = object.json
        let tally = BatchTally(batch.file.lines?.endpoint ?? .chatCompletions)
        var isOutputThere = false
        for id in [object.outputFileID, object.errorFileID].compactMap(\.self) where StoredOperation.isID(id) {
            let isRead = try await read(id, source, into: tally)
            if id == object.outputFileID { isOutputThere = isRead }
            let told = try? await source.object("/files/\(id)")
            let text = told.flatMap { $0.status == 200 ? StoredObjectText($0.body) : nil }
            end.outputs.append(BatchOutput(upstreamID: id, object: text?.json))
        }
        tally.write(to: &end)
        if !isOutputThere {
            // What was answered is known by its number alone.
            end.unread += max(0, (object.completedCount ?? 0) - end.answered)
        }
        return end
    }

    /// - Returns: false for a file that is not there any more.
    private static func read(_ id: String, _ source: BatchSource, into tally: BatchTally) async throws -> Bool {
        tally.beginFile()
        switch try await source.content(id, into: tally) {
        case 200..<300:
            tally.endFile()
            return true
        case 404, 410: return false
        default: throw UpstreamExchange.Failure()
        }
    }

    /// What is left to say of a batch that cannot be asked for any more.
    static func unknown(_ batch: StoredBatch) -> BatchEnd {
        var end = BatchEnd(status: BatchEnd.unknownStatus)
        end.unread = batch.file.lines?.count ?? 0
        return end
    }
}

/// Adds up the lines of a batch's results while they come.
///
/// `@unchecked Sendable`: one exchange after the other feeds it on its loop, and it is read when they have ended.
final class BatchTally: @unchecked Sendable {
    private let endpoint: Endpoint
    private var splitter = JSONLineSplitter()
    /// Whether the rest of a file is passed over, because a line of it is too large.
    private var isBroken = false
    private var answered: Int64 = 0
    private var failed: Int64 = 0
    private var unread: Int64 = 0
    private var quantities: [Meter: Int64] = [:]
    private var rawUsages: [String] = []
    private var rawUsageBytes = 0
    private var model: String?
    private var hasUncounted = false
    private var isInconsistent = false

    /// - Parameter endpoint: what the lines called.
    init(_ endpoint: Endpoint) {
        self.endpoint = endpoint
    }

    func beginFile() {
        splitter = JSONLineSplitter()
        isBroken = false
    }

    func read(_ bytes: ByteBuffer) {
        guard !isBroken else { return }
        splitter.append(bytes)
        do throws(WireError) {
            while let line = try splitter.next() { take(line.bytes) }
        } catch {
            breakOff()
        }
    }

    func endFile() {
        guard !isBroken else { return }
        do throws(WireError) {
            if let line = try splitter.finish() { take(line.bytes) }
        } catch {
            breakOff()
        }
    }

    /// A line that cannot be read is one answer at least.
    private func breakOff() {
        isBroken = true
        unread += 1
    }

    private func take(_ bytes: ByteBuffer) {
        guard let line = try? BatchResultLine(bytes) else {
            unread += 1
            return
        }
        guard line.isAnswered else {
            failed += 1
            return
        }
        guard let body = line.body, let summary = summary(of: body), let usage = summary.evidence.usage else {
            unread += 1
            return
        }
        answered += 1
        for line in usage.lines { quantities[line.meter] = Self.sum(quantities[line.meter] ?? 0, line.quantity) }
        hasUncounted = hasUncounted || summary.evidence.hasUncountedUsage
        isInconsistent = isInconsistent || summary.evidence.isUsageInconsistent
        if model == nil { model = summary.model }
        if let raw = summary.rawUsage { keep(raw) }
    }

    private func summary(of body: ByteBuffer) -> AnswerSummary? {
        let reader = AnswerReader.make(
            for: endpoint, form: .plain, isSuccess: true, translation: nil, answers: 1, isOpaque: false,
            provider: .openai)
        reader.readPlain(body)
        reader.finishPlain()
        return reader.isWellFormed && !reader.hasError ? reader.summary() : nil
    }

    private func keep(_ raw: String) {
        guard rawUsageBytes + raw.utf8.count <= GatewayLimits.batchUsageBytes else { return }
        rawUsageBytes += raw.utf8.count
        rawUsages.append(raw)
    }

    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }

    /// What was added up.
    func write(to end: inout BatchEnd) {
        end.answered = answered
        end.failed = failed
        end.unread = unread
        end.usage = Usage(quantities)
        end.rawUsage = rawUsages.isEmpty ? nil : "[" + rawUsages.joined(separator: ",") + "]"
        end.servedModel = model
        end.hasUncountedUsage = hasUncounted
        end.isUsageInconsistent = isInconsistent
    }
}
