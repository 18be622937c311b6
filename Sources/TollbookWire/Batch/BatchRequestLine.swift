package import NIOCore

/// One line of a batch's input: a request with its address.
///
/// Source: platform.openai.com/docs/api-reference/batch/request-input.
package struct BatchRequestLine: Sendable {
    /// The path that is called, as `/v1/chat/completions`.
    package let url: String
    /// The caller's name for the line, escaped as it stands.
    package let customID: ByteBuffer
    private let line: ByteBuffer
    private let body: JSONView

    /// The request's body.
    package var bodyBytes: ByteBuffer { body.bytes }

    /// Reads a line. A member that is read must not come twice, also in other letters: servers could read either.
    ///
    /// - Throws: what `JSONScanner` throws, `not_an_object`, `duplicate_field`, `missing_field`, `invalid_field`.
    package init(_ line: ByteBuffer) throws(WireError) {
        let view = try JSONView(line)
        guard view.kind == .object else { throw WireError(.notAnObject, at: view.offset) }
        var found: [Member: JSONView] = [:]
        for (name, value) in view.members {
            guard let member = Member(name) else { continue }
            guard found[member] == nil else { throw WireError(.duplicateField, at: value.offset, field: member.path) }
            guard name.equals(member.name) else {
                throw WireError(.invalidField, at: value.offset, field: member.path)
            }
            found[member] = value
        }
        func value(_ member: Member) throws(WireError) -> JSONView {
            guard let value = found[member], !value.isNull else {
                throw WireError(.missingField, at: line.readableBytes, field: member.path)
            }
            return value
        }
        func text(_ member: Member) throws(WireError) -> JSONText {
            let value = try value(member)
            guard let text = value.text, (1...WireLimits.batchTextBytes).contains(text.escaped.readableBytes) else {
                throw WireError(.invalidField, at: value.offset, field: member.path)
            }
            return text
        }
        customID = try text(.customID).escaped
        guard try text(.method).equals("POST") else {
            throw WireError(.invalidField, at: try value(.method).offset, field: Member.method.path)
        }
        url = try text(.url).string
        body = try value(.body)
        guard body.kind == .object else {
            throw WireError(.invalidField, at: body.offset, field: Member.body.path)
        }
        self.line = line
    }

    /// What Tollbook needs of the request; offsets are those of `bodyBytes`.
    ///
    /// - Throws: what `ChatRequestScanner` throws.
    package func scan(_ form: RequestForm, needsModel: Bool) throws(WireError) -> ChatRequestScan {
        var scanner = ChatRequestScanner(form: form, needsModel: needsModel)
        try scanner.scan(body.bytes)
        return try scanner.finish()
    }

    /// Appends the line with a changed body, and a line end.
    ///
    /// - Parameter patch: of `bodyBytes`.
    package func write(_ patch: ChatRequestPatch, to output: inout ByteBuffer) {
        let start = body.offset
        let end = start + body.bytes.readableBytes
        if let head = line.getSlice(at: line.readerIndex, length: start) { output.writeImmutableBuffer(head) }
        for part in patch.apply(to: [body.bytes]) { output.writeImmutableBuffer(part) }
        let rest = line.readableBytes - end
        if let tail = line.getSlice(at: line.readerIndex + end, length: rest) { output.writeImmutableBuffer(tail) }
        output.writeInteger(UInt8(ascii: "\n"))
    }

    private enum Member: CaseIterable {
        case customID, method, url, body

        var name: StaticString {
            switch self {
            case .customID: "custom_id"
            case .method: "method"
            case .url: "url"
            case .body: "body"
            }
        }

        var path: String { "\(name)" }

        init?(_ text: JSONText) {
            let spelled = text.escaped.readableBytes <= WireLimits.batchTextBytes ? text.string.lowercased() : ""
            guard let member = Self.allCases.first(where: { $0.path == spelled }) else { return nil }
            self = member
        }
    }
}
