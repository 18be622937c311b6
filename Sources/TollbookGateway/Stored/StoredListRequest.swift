internal import NIOCore
internal import TollbookLedger
internal import TollbookWire

/// A list of a project's files or batches: what the query asks for, and the answer.
enum StoredListRequest {
    /// What a query asks for; other parameters are passed over.
    static func parse(_ query: String?, kind: StoredKind) -> Result<StoredListQuery, StoredRefusal> {
        let most = kind == .file ? GatewayLimits.listedFiles : GatewayLimits.listedBatches
        var list = StoredListQuery(kind: kind, limit: kind == .file ? most : GatewayLimits.listedBatchesUnasked)
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let value = PercentText.decode(parts[1]), !value.isEmpty else { continue }
            switch parts[0] {
            case "limit":
                guard let limit = Int(value), (1...most).contains(limit) else { return refused("limit") }
                list.limit = limit
            case "after":
                guard StoredOperation.isID(value) else { return refused("after") }
                list.after = value
            case "order" where kind == .file:
                guard value == "asc" || value == "desc" else { return refused("order") }
                list.isAscending = value == "asc"
            case "purpose" where kind == .file: list.purpose = value
            default: break
            }
        }
        return .success(list)
    }

    private static func refused(_ name: String) -> Result<StoredListQuery, StoredRefusal> {
        .failure(
            StoredRefusal(
                error: GatewayError(.invalidField, "The parameter \(name) has no value that can be.", param: name)))
    }

    /// - Parameters:
    ///   - objects: in JSON, one more than is shown if there are more.
    ///   - limit: how many are shown.
    static func body(_ objects: [String], limit: Int) -> ByteBuffer {
        let shown = objects.prefix(limit).map { ByteBuffer(string: $0) }
        var json = JSONWriter()
        json.object { json in
            json.name("object")
            json.value("list")
            json.name("data")
            json.array { json in
                for object in shown { json.raw(object) }
            }
            json.name("first_id")
            json.value(shown.first.flatMap { StoredObjectText($0)?.id })
            json.name("last_id")
            json.value(shown.last.flatMap { StoredObjectText($0)?.id })
            json.name("has_more")
            json.value(objects.count > limit)
        }
        return json.buffer
    }
}
