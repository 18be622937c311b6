internal import NIOCore
internal import TollbookPolicy
internal import TollbookWire

/// `GET /v1/models` in OpenAI's shape: the routes that a key may ask for.
enum ModelList {
    static func body(for key: KeyRecord, in snapshot: GovernanceSnapshot) -> ByteBuffer {
        var json = JSONWriter()
        json.object { json in
            json.name("object")
            json.value("list")
            json.name("data")
            json.array { json in
                for route in snapshot.routesInOrder where key.project.permits(route: route) { write(route, to: &json) }
            }
        }
        return json.buffer
    }

    /// One model; nil when there is none of the name that the key may ask for.
    static func body(for name: String, key: KeyRecord, in snapshot: GovernanceSnapshot) -> ByteBuffer? {
        guard let route = snapshot.routes[name], key.project.permits(route: route) else { return nil }
        var json = JSONWriter()
        write(route, to: &json)
        return json.buffer
    }

    private static func write(_ route: RouteRecord, to json: inout JSONWriter) {
        json.object { json in
            json.name("id")
            json.value(route.name)
            json.name("object")
            json.value("model")
            json.name("created")
            json.value(route.createdMicros / 1_000_000)
            json.name("owned_by")
            json.value("tollbook")
        }
    }
}
