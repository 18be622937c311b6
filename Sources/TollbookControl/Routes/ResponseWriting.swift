internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension Response {
    /// A JSON answer.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        bytes(Array(try ControlJSON.encoder.encode(value)), mediaType: "application/json", status: status)
    }

    /// Text of a media type.
    static func text(_ text: String, mediaType: String) -> Response {
        bytes(Array(text.utf8), mediaType: mediaType)
    }

    /// Bytes of a media type, which no cache keeps.
    static func bytes(_ bytes: [UInt8], mediaType: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: mediaType, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
