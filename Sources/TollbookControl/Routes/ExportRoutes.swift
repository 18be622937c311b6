internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TollbookCore

/// `/api/v1/exports`: makes an export and hands out its files.
struct ExportRoutes: Sendable {
    let services: ControlServices

    func add(to api: RouterGroup<ControlContext>) {
        api.post("exports") { request, context in
            let body = try await request.decoded(ExportRequest.self)
            let maker = ExportMaker(services: services, address: context.callerAddress)
            return try Response.json(try await maker.make(body), status: .created)
        }
        api.get("exports/:id/files/:name") { _, context in
            guard let id = context.parameters.get("id").flatMap({ Int64($0) }),
                let name = context.parameters.get("name"), let path = services.spool.beginDownload(id: id, file: name)
            else {
                throw Problem(
                    status: 404, code: .notFound, "there is no such file",
                    hint: "exports are kept until they are fetched, an hour at most")
            }
            return try await download(id: id, name: name, path: path)
        }
    }

    func download(id: Int64, name: String, path: String) async throws -> Response {
        let (spool, readers) = (services.spool, services.readers)
        let file: SpooledFile
        do {
            file = try await readers.run { try SpooledFile(path: path) }
        } catch {
            try? await readers.run { spool.endDownload(id: id, file: name, isWhole: false) }
            throw error
        }
        let body = ResponseBody(contentLength: file.byteCount) { writer in
            do {
                try await Self.write(file, readers, to: &writer)
                spool.endDownload(id: id, file: name, isWhole: true)
            } catch {
                spool.endDownload(id: id, file: name, isWhole: false)
                throw error
            }
            try await writer.finish(nil)
        }
        let mediaType = name.hasSuffix(".json") ? "application/json" : ReportFormat.csv.mediaType
        return Response(status: .ok, headers: [.contentType: mediaType, .cacheControl: "no-store"], body: body)
    }

    /// Reads a piece only when the client has taken the one before.
    private static func write(
        _ file: SpooledFile, _ readers: ReadPool, to writer: inout any ResponseBodyWriter
    ) async throws {
        var offset = 0
        while offset < file.byteCount {
            let start = offset
            let piece = try await readers.run { try file.read(at: start, atMost: ControlLimits.downloadChunkBytes) }
            try await writer.write(ByteBuffer(bytes: piece))
            offset += piece.count
        }
    }
}

extension ExportRequest: ClosedBody {
    static var fields: Set<String> { Set(CodingKeys.allCases.map(\.rawValue)) }
}
