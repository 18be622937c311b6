internal import NIOCore

/// A visitor that finds what the settlement needs in a plain answer.
protocol AnswerBodyVisitor: JSONVisitor, Sendable {
    /// The usage object's absolute bytes; empty while it is open, but for its start.
    var usage: Range<Int> { get }
    var isUsageOpen: Bool { get }
}

extension ChatOutputVisitor: AnswerBodyVisitor {}
extension MessagesOutputVisitor: AnswerBodyVisitor {}
extension ResponsesOutputVisitor: AnswerBodyVisitor {}
extension GeminiOutputVisitor: AnswerBodyVisitor {}

/// Reads a plain answer of any size, chunk by chunk, in any dialect. What was found before a fault stays.
struct AnswerBodyScan<Visitor: AnswerBodyVisitor>: Sendable {
    private(set) var visitor: Visitor
    /// The raw usage object; nil when missing, null, unfinished or over `WireLimits.usageBytes`.
    var usage: ByteBuffer? { capture.usage }
    /// Whether the whole answer was one JSON value; false until `finish()`.
    private(set) var isWellFormed = false

    private var scanner = JSONScanner()
    private var isBroken = false
    private var capture = UsageCapture()

    init(_ visitor: Visitor) {
        self.visitor = visitor
    }

    /// Reads the next chunk; does not consume it.
    mutating func read(_ chunk: ByteBuffer) {
        guard !isBroken else { return }
        chunk.withUnsafeReadableBytes { bytes in
            let chunkStart = scanner.offset
            do throws(WireError) {
                try scanner.feed(bytes, to: &visitor)
            } catch {
                isBroken = true
            }
            capture.take(bytes, at: chunkStart, range: visitor.usage, isOpen: visitor.isUsageOpen)
        }
    }

    /// Ends the answer.
    mutating func finish() {
        guard !isBroken else { return }
        do throws(WireError) {
            try scanner.finish(&visitor)
            isWellFormed = true
        } catch {
            isBroken = true
        }
    }
}
