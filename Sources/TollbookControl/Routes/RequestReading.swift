internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TollbookCore

/// A JSON body whose fields are known; others are refused, so that a misspelled option is never ignored.
protocol ClosedBody: Decodable, Sendable {
    /// Every field the body may have.
    static var fields: Set<String> { get }
}

extension Request {
    /// The whole body, at most `limit` bytes.
    ///
    /// - Throws: a 413 `body_too_large` problem, or 415 when the body is not said to be JSON: a page of another
    ///   origin cannot send that without asking first.
    func jsonBytes(upTo limit: Int) async throws -> [UInt8] {
        let type = headers[.contentType] ?? ""
        guard type.split(separator: ";").first?.lowercased() == "application/json" else {
            throw Problem(status: 415, code: .invalidRequest, "the body must be application/json")
        }
        do {
            return Array(buffer: try await body.collect(upTo: limit))
        } catch is NIOTooManyBytesError {
            throw Problem(status: 413, code: .bodyTooLarge, "the body is larger than \(limit) bytes")
        }
    }

    /// The body as `type`.
    ///
    /// - Throws: a 400 `invalid_request` problem that names the field.
    func decoded<Body: ClosedBody>(_ type: Body.Type) async throws -> Body {
        let bytes = try await jsonBytes(upTo: ControlLimits.bodyBytes)
        return try ClosedJSON.decode(type, from: bytes)
    }

    /// The query's items; a repeated one is refused.
    ///
    /// - Parameter names: every item that the route takes.
    func query(_ names: Set<String>) throws -> [String: String] {
        var items: [String: String] = [:]
        for (name, value) in uri.queryParameters {
            guard names.contains(String(name)) else {
                throw Problem(
                    status: 400, code: .invalidRequest, "the query item `\(name)` is not known here",
                    hint: "known are: " + names.sorted().joined(separator: ", "))
            }
            guard items.updateValue(String(value), forKey: String(name)) == nil else {
                throw Problem(status: 400, code: .invalidRequest, "the query item `\(name)` is given twice")
            }
        }
        return items.filter { !$0.value.isEmpty }
    }
}

/// Decodes JSON objects and says in plain words what is wrong with them.
enum ClosedJSON {
    static func decode<Body: ClosedBody>(_ type: Body.Type, from bytes: [UInt8]) throws -> Body {
        let data = Data(bytes)
        do {
            let keys = try ControlJSON.decoder.decode([String: Ignored].self, from: data).keys
            if let unknown = keys.sorted().first(where: { !type.fields.contains($0) }) {
                throw Problem(
                    status: 400, code: .invalidRequest, "the field `\(unknown)` is not known here",
                    hint: "known are: " + type.fields.sorted().joined(separator: ", "))
            }
            return try ControlJSON.decoder.decode(type, from: data)
        } catch let error as DecodingError {
            throw Problem(status: 400, code: .invalidRequest, describe(error))
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "the field `\(key.stringValue)` is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            context.codingPath.isEmpty
                ? "the body must be a JSON object" : "the field `\(path(context))` has the wrong type"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty ? "the body is not JSON" : "the field `\(path(context))` is malformed"
        @unknown default: "the body is not what the route takes"
        }
    }

    private static func path(_ context: DecodingError.Context) -> String {
        context.codingPath.map(\.stringValue).joined(separator: ".")
    }

    /// Stands for a value of any type.
    private struct Ignored: Decodable {
        init(from decoder: any Decoder) {}
    }
}

extension [String: String] {
    /// An item that is a number of at least 0; nil where there is none.
    ///
    /// - Throws: a 400 `invalid_request` problem.
    func integer(_ name: String) throws -> Int64? {
        guard let text = self[name] else { return nil }
        guard let value = Int64(text), value >= 0 else {
            throw Problem(status: 400, code: .invalidRequest, "the query item `\(name)` is not a number")
        }
        return value
    }
}
