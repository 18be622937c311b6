import Testing

/// `schema/openapi.yaml` describes the routes that the control plane has, no more and no fewer.
struct OpenAPITests {
    private static let path = "schema/openapi.yaml"

    @Test func describesEveryRoute() {
        let described = Self.described
        #expect(Self.routes.count > 10)
        expectNone(
            Self.routes.filter { !described.contains($0.route) }.map {
                Finding(
                    path: $0.path, line: $0.line, problem: "\($0.route) is not in \(Self.path)",
                    replacement: "an operation for it there")
            })
    }

    @Test func describesOnlyRoutesThatAreThere() {
        let routes = Set(Self.routes.map(\.route))
        expectNone(
            Self.described.subtracting(routes).sorted().map {
                Finding(
                    path: Self.path, line: 0, problem: "the server has no \($0)", replacement: "no operation for it")
            })
    }

    /// `get /api/v1/keys/{}` for every route in the source.
    private static let routes: [(route: String, path: String, line: Int)] = SourceTree.sources
        .filter { $0.path.hasPrefix("Sources/TollbookControl/Routes/") }
        .flatMap { file in
            file.lines.enumerated().flatMap { number, line in
                line.matches(of: #/\b(api|router)\.(get|post|put|patch|delete)\("([^"]+)"/#).map { match in
                    let path = (match.1 == "api" ? "/api/v1/" : "/") + String(match.3)
                    return ("\(match.2) \(path.replacing(#/:\w+/#, with: "{}"))", file.path, number + 1)
                }
            }
        }

    /// The same for every operation of the description: a path at two spaces, its methods at four.
    private static let described: Set<String> = {
        var found: Set<String> = []
        var path = ""
        for line in SourceTree.text(Self.path).split(separator: "\n") {
            if let match = line.wholeMatch(of: #/ {2}(/\S*):/#) {
                path = String(match.1).replacing(#/\{\w+\}/#, with: "{}")
            } else if let match = line.wholeMatch(of: #/ {4}(get|post|put|patch|delete):/#) {
                found.insert("\(match.1) \(path)")
            }
        }
        return found
    }()
}
