internal import NIOCore
internal import NIOHTTP1
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy

/// The head of an answer, serialized straight into a buffer.
struct AnswerHead {
    /// How the body's end is told.
    enum Framing {
        case length(Int)
        case chunked
        /// The connection's end, for HTTP/1.0.
        case untilClose
    }

    let status: Int
    let framing: Framing
    let isHTTP10: Bool
    let keepsAlive: Bool
    /// Header lines, each with its line end.
    var lines = ByteBuffer()
    /// The call whose row the headers name.
    var request: OpenRequest?
    var attempts = 0
    /// nil: not known, or in another currency.
    var costNano: Int64?
    /// nil: no rate limit applies.
    var rates: RateStanding?

    func write(to buffer: inout ByteBuffer) {
        let reason = status == 200 ? "" : HTTPResponseStatus(statusCode: status).reasonPhrase
        let route = request?.route.name ?? ""
        let fixed = Self.fixedBytes + (rates == nil ? 0 : Self.rateBytes)
        buffer.write(atMost: fixed + lines.readableBytes + reason.utf8.count + route.utf8.count) { cursor in
            if status == 200 { cursor.write("HTTP/1.1 200 OK\r\n") } else { writeStatus(reason, to: &cursor) }
            cursor.write(lines)
            if let request { writeCall(request, route, to: &cursor) }
            if let rates { writeRates(rates, to: &cursor) }
            writeEnd(to: &cursor)
        }
    }

    /// More than all fixed texts, the request's id and the numbers together.
    private static let fixedBytes = 512
    /// More than the headers of rate limits.
    private static let rateBytes = 512

    private func writeStatus(_ reason: String, to cursor: inout ByteCursor) {
        cursor.write("HTTP/1.1 ")
        cursor.writeDecimal(UInt64(status))
        cursor.write(" ")
        cursor.write(reason)
        cursor.write("\r\n")
    }

    private func writeCall(_ request: OpenRequest, _ route: String, to cursor: inout ByteCursor) {
        cursor.write("x-tollbook-request-id: ")
        cursor.write(request.id)
        cursor.write("\r\n")
        if let costNano {
            cursor.write("x-tollbook-cost-usd: ")
            cursor.writeDecimal(nano: costNano)
            cursor.write("\r\n")
        }
        if HeaderName.isSafeValue(route) { cursor.writeHeader("x-tollbook-route", route) }
        cursor.write("x-tollbook-attempts: ")
        cursor.writeDecimal(UInt64(attempts))
        cursor.write("\r\n")
    }

    /// The names and forms of OpenAI's headers.
    private func writeRates(_ rates: RateStanding, to cursor: inout ByteCursor) {
        if let figures = rates.requests {
            cursor.writeHeader("x-ratelimit-limit-requests", String(figures.limit))
            cursor.writeHeader("x-ratelimit-remaining-requests", String(figures.remaining))
            cursor.writeHeader("x-ratelimit-reset-requests", "\(figures.resetSeconds)s")
        }
        if let figures = rates.tokens {
            cursor.writeHeader("x-ratelimit-limit-tokens", String(figures.limit))
            cursor.writeHeader("x-ratelimit-remaining-tokens", String(figures.remaining))
            cursor.writeHeader("x-ratelimit-reset-tokens", "\(figures.resetSeconds)s")
        }
    }

    private func writeEnd(to cursor: inout ByteCursor) {
        switch framing {
        // Such an answer has no body and tells no length of one (RFC 9110, section 8.6).
        case .length where status == 204 || status == 304: break
        case .length(let length):
            cursor.write("content-length: ")
            cursor.writeDecimal(UInt64(length))
            cursor.write("\r\n")
        case .chunked: cursor.write("transfer-encoding: chunked\r\n")
        case .untilClose: break
        }
        if !keepsAlive {
            cursor.write("connection: close\r\n")
        } else if isHTTP10 {
            cursor.write("connection: keep-alive\r\n")
        }
        cursor.write("\r\n")
    }
}

extension SettlementReceipt {
    /// The cost in nano-dollars; nil when it is not known, or in another currency.
    var costNano: Int64? {
        guard let total, currency ?? "USD" == "USD" else { return nil }
        return total.nano
    }
}
