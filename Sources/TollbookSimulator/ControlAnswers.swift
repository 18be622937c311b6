internal import NIOCore

/// The bodies of the endpoints beside chat completions.
enum ControlAnswers {
    /// `GET /v1/models`. Any model name works; these are the ones that are listed.
    static func models(created: Int) -> String {
        let list = ["sim", "sim-small", "sim-large"].map { name in
            #"{"id":"\#(name)","object":"model","created":\#(created),"owned_by":"tollbook"}"#
        }
        return #"{"object":"list","data":[\#(list.joined(separator: ","))]}"#
    }

    /// `GET /sim/calls`; model names stand as the requests wrote them.
    static func calls(_ counts: (requests: Int, chats: Int, byModel: [String: Int])) -> String {
        let models = counts.byModel.sorted { $0.key < $1.key }.map { #""\#($0.key)":\#($0.value)"# }
        return #"{"calls":\#(counts.requests),"chat":\#(counts.chats),"by_model":{\#(models.joined(separator: ","))}}"#
    }

    /// `GET /sim/last`: the request line, the header fields in their order and case, and the beginning of the body.
    static func last(_ request: RequestHead.WithBody) -> String {
        let head = String(decoding: request.head.raw.readableBytesView, as: UTF8.self)
        let lines = head.split(whereSeparator: \.isNewline)
        let fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
            return #"["\#(JSONText.escaped(String(parts[0])))","\#(JSONText.escaped(value))"]"#
        }
        let kept = request.body.readableBytesView.prefix(SimulatorLimits.recordedBytes)
        return #"{"request_line":"\#(JSONText.escaped(String(lines.first ?? "")))","#
            + #""headers":[\#(fields.joined(separator: ","))],"body_bytes":\#(request.body.readableBytes),"#
            + #""body_base64":"\#(Base64.encoded(kept))"}"#
    }
}
