internal import NIOCore
internal import TollbookCore
internal import TollbookPolicy
internal import TollbookWire

/// `GET /v1/models` in the caller's dialect: the routes that a key may ask for, all on one page.
enum ModelList {
    static func body(for key: KeyRecord, in snapshot: GovernanceSnapshot, dialect: Dialect) -> ByteBuffer {
        let routes = snapshot.routesInOrder.filter { !$0.isPassThrough && key.project.permits(route: $0) }
        var json = JSONWriter()
        if dialect == .gemini {
            json.object { json in
                json.name("models")
                json.array { json in
                    for route in routes { writeGemini(route, to: &json) }
                }
            }
            return json.buffer
        }
        json.object { json in
            if !dialect.isAnthropic {
                json.name("object")
                json.value("list")
            }
            json.name("data")
            json.array { json in
                for route in routes { write(route, dialect, to: &json) }
            }
            if dialect.isAnthropic {
                json.name("has_more")
                json.value(false)
                json.name("first_id")
                json.value(routes.first?.name)
                json.name("last_id")
                json.value(routes.last?.name)
            }
        }
        return json.buffer
    }

    /// One model; nil when there is none of the name that the key may ask for.
    static func body(
        for name: String, key: KeyRecord, in snapshot: GovernanceSnapshot, dialect: Dialect
    ) -> ByteBuffer? {
        guard let route = snapshot.routes[name], !route.isPassThrough, key.project.permits(route: route) else {
            return nil
        }
        var json = JSONWriter()
        if dialect == .gemini { writeGemini(route, to: &json) } else { write(route, dialect, to: &json) }
        return json.buffer
    }

    private static func write(_ route: RouteRecord, _ dialect: Dialect, to json: inout JSONWriter) {
        json.object { json in
            json.name("id")
            json.value(route.name)
            guard dialect.isAnthropic else {
                json.name("object")
                json.value("model")
                json.name("created")
                json.value(route.createdMicros / 1_000_000)
                json.name("owned_by")
                return json.value("tollbook")
            }
            json.name("type")
            json.value("model")
            json.name("display_name")
            json.value(route.name)
            json.name("created_at")
            json.value(UTCTime(micros: route.createdMicros).iso8601)
        }
    }

    /// https://ai.google.dev/api/models#Model. The limits are those of the target that is tried first.
    private static func writeGemini(_ route: RouteRecord, to json: inout JSONWriter) {
        json.object { json in
            json.name("name")
            json.value("models/" + route.name)
            json.name("version")
            json.value(String(route.version))
            json.name("displayName")
            json.value(route.name)
            if let window = route.targets.first?.contextWindow {
                json.name("inputTokenLimit")
                json.value(window)
            }
            if let output = route.targets.first?.maxOutput {
                json.name("outputTokenLimit")
                json.value(output)
            }
            json.name("supportedGenerationMethods")
            json.array { json in
                for method in Endpoint.allCases.compactMap(\.geminiVerb) { json.value(method) }
            }
        }
    }
}
