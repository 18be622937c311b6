package import NIOCore
package import TollbookCore

/// Follows a stream of images or audio, or one that is passed through, event by event; a kind is told by the payload's
/// `type`.
///
/// A stream of images ends with the last image's event, a stream of audio or of a transcript with its `…done`.
package struct MediaStreamReader: AnswerStreamReader {
    /// None of these streams names its model.
    package var model: String? { nil }
    package var responseID: String? { nil }
    /// A stream that is passed through ends where its provider ends it.
    package var sawFinishReason: Bool { isFinished || medium == .passed }
    package private(set) var sawError = false
    package private(set) var malformedEvents = 0
    /// Images that came whole.
    package private(set) var images: Int64 = 0

    private let medium: AnswerMedium
    private let imagesAsked: Int64
    private var isFinished = false
    /// Whether the line that was read last calls itself the last.
    private var isLastLine = false
    private var lastUsage: ByteBuffer?
    private var lastCounts: OllamaCounts?
    private var textBytes = 0
    private var total: MediaUsage?
    private var raw: [String] = []

    package init() {
        self.init(.images, imagesAsked: 1)
    }

    /// - Parameter imagesAsked: how many images end the stream.
    package init(_ medium: AnswerMedium, imagesAsked: Int) {
        self.medium = medium
        self.imagesAsked = Int64(imagesAsked)
    }

    /// ceil(bytes of a transcript / 4).
    package var estimatedOutputTokens: Int { (textBytes + 3) / 4 }

    /// Reads the next event and says what it is.
    package mutating func read(_ event: SSEEvent) -> AnswerEvent {
        guard event.dataLines > 0 else {
            guard event.isNamed("error") else { return .comment }
            sawError = true
            return .error
        }
        let kind = event.withData { read($0) }
        guard event.isNamed("error"), kind != .error else { return kind }
        sawError = true
        return .error
    }

    /// Reads the next line of a stream that has a JSON value on each.
    package mutating func read(line: ByteBuffer) -> AnswerEvent {
        let kind = line.withUnsafeReadableBytes { read($0) }
        return isLastLine ? .done : kind
    }

    private mutating func read(_ data: UnsafeRawBufferPointer) -> AnswerEvent {
        if data.elementsEqual("[DONE]".utf8) { return .done }
        var visitor = MediaOutputVisitor()
        var scanner = JSONScanner()
        do throws(WireError) {
            try scanner.feed(data, to: &visitor)
            try scanner.finish(&visitor)
        } catch {
            if medium != .passed { malformedEvents += 1 }
            isLastLine = false
            return .other
        }
        if medium == .passed { return recordPassed(visitor, data) }
        if visitor.hasError || visitor.isType("error") {
            sawError = true
            return .error
        }
        return record(visitor, data)
    }

    private mutating func record(_ visitor: MediaOutputVisitor, _ data: UnsafeRawBufferPointer) -> AnswerEvent {
        keepUsage(visitor, data)
        if visitor.isType("image_generation.completed") || visitor.isType("image_edit.completed") {
            images += 1
            isFinished = images >= imagesAsked
            return isFinished ? .done : .usage(isExtra: false)
        }
        if visitor.isType("speech.audio.done") || visitor.isType("transcript.text.done") {
            // The whole text again, which its pieces have told.
            textBytes = max(textBytes, visitor.textBytes)
            isFinished = true
            return .done
        }
        if visitor.isType("transcript.text.delta") { textBytes += visitor.textBytes }
        return visitor.type.bytes.isEmpty ? .other : .content
    }

    /// The last usage object counts: those before it are running totals.
    private mutating func recordPassed(_ visitor: MediaOutputVisitor, _ data: UnsafeRawBufferPointer) -> AnswerEvent {
        isLastLine = visitor.isDone
        if let counts = visitor.ollama {
            lastCounts = counts
            return .usage(isExtra: false)
        }
        guard !visitor.usage.isEmpty, visitor.usage.count <= WireLimits.usageBytes else { return .content }
        lastUsage = ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: data[visitor.usage]))
        return .usage(isExtra: false)
    }

    private mutating func keepUsage(_ visitor: MediaOutputVisitor, _ data: UnsafeRawBufferPointer) {
        guard !visitor.usage.isEmpty, visitor.usage.count <= WireLimits.usageBytes, raw.count < WireLimits.choices
        else { return }
        let bytes = ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: data[visitor.usage]))
        raw.append(String(buffer: bytes))
        guard let read = MediaUsage(bytes, medium) else { return }
        if total == nil { total = read } else { total?.add(read) }
    }

    /// The sum of what the stream's events told, once it came to its end.
    package func usageReport() -> UsageReport {
        if medium == .passed { return lastUsage.map { UsageReport(passed: $0) } ?? lastCounts?.report ?? UsageReport() }
        var report = UsageReport()
        report.raw = raw.count > 1 ? "[" + raw.joined(separator: ",") + "]" : raw.first
        guard let total, isFinished else { return report }
        report.usage = total.usage
        report.isInconsistent = total.isInconsistent
        return report
    }
}
