/// What goes wrong with an answer when its directives say `fault=…`.
package enum Fault: String, Sendable, CaseIterable {
    case refuse
    case closeBeforeHead = "close_before_head"
    case stallBeforeHead = "stall_before_head"
    case slowHead = "slow_head"
    case drip
    case stallMidStream = "stall_mid_stream"
    case cutMidStream = "cut_mid_stream"
    case cleanCloseNoDone = "clean_close_no_done"
    case cleanCloseNoFinish = "clean_close_no_finish"
    case noFinish = "no_finish"
    case errorEvent = "error_event"
    case noUsage = "no_usage"
    case malformedJSON = "malformed_json"
    case largeBody = "large_body"
    case gzip
    case wrongLength = "wrong_length"
    case keepaliveClose = "keepalive_close"

    /// One line for `tollbook simulate --help`: what a client sees.
    package var help: String {
        switch self {
        case .refuse: "reset (RST) after the request, before any byte of an answer"
        case .closeBeforeHead: "closed (FIN) after the request, before any byte of an answer"
        case .stallBeforeHead: "silence before the head: for stall_ms, else until the client leaves"
        case .slowHead: "the head one byte at a time, gap_ms apart (default 20)"
        case .drip: "the body one byte at a time, gap_ms apart (default 1)"
        case .stallMidStream: "silence after `after` chunks (plain: bytes) for stall_ms, else until the client leaves"
        case .cutMidStream: "closed inside the body after `after` chunks (plain: bytes); cut=rst resets instead"
        case .cleanCloseNoDone: "a stream that ends properly but without [DONE]"
        case .cleanCloseNoFinish: "a stream that ends properly with neither finish_reason, usage nor [DONE]"
        case .noFinish: "no finish_reason, all else as it should be"
        case .errorEvent: "after `after` chunks an error inside the stream, then its end; plain: 500"
        case .noUsage: "usage is missing though asked for"
        case .malformedJSON: "truncated JSON with a correct length; stream: one broken chunk after `after` chunks"
        case .largeBody: "`bytes` bytes of content (default 2,000,000); stream: in one chunk"
        case .gzip: "content-encoding: gzip, whatever the client accepts"
        case .wrongLength: "the length promises more than is sent, then closed; stream: in its last chunk"
        case .keepaliveClose: "promises keep-alive, then closes the idle connection after close_after_ms (default 0)"
        }
    }
}
