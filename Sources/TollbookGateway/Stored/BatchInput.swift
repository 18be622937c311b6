internal import NIOCore
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy
internal import TollbookWire

/// Reads a batch's input line by line: checks each, names the provider's model in it, and adds up what it may cost.
///
/// All lines call one endpoint and one route, as providers want it ("each input file can only include requests to a
/// single model", platform.openai.com/docs/guides/batch).
struct BatchInput {
    struct Target {
        let route: RouteRecord
        let deployment: DeploymentRecord
    }

    private let key: KeyRecord
    private let snapshot: GovernanceSnapshot
    private let acceptedMicros: Int64
    private var endpoint: Endpoint?
    private var count: Int64 = 0
    private var inputTokens: Int64 = 0
    private var outputTokens: Int64 = 0
    /// Where the lines go; nil: none was read.
    private(set) var target: Target?
    /// The lines as they go up.
    private(set) var output = ByteBuffer()

    init(key: KeyRecord, snapshot: GovernanceSnapshot, acceptedMicros: Int64) {
        self.key = key
        self.snapshot = snapshot
        self.acceptedMicros = acceptedMicros
    }

    /// What the lines ask for; nil: none was read.
    var lines: BatchLines? {
        guard let endpoint, let target, count > 0 else { return nil }
        return BatchLines(
            deploymentID: target.deployment.id, endpoint: endpoint, count: count,
            estimatedInputTokens: inputTokens, heldOutputTokens: outputTokens)
    }

    /// Reads a whole file.
    ///
    /// - Returns: what is wrong with it; nil: nothing.
    mutating func read(_ file: ByteBuffer) -> GatewayError? {
        output.reserveCapacity(file.readableBytes)
        var splitter = JSONLineSplitter()
        splitter.append(file)
        do throws(WireError) {
            while let line = try splitter.next() {
                if let error = take(line) { return error }
            }
            if let line = try splitter.finish() { return take(line) }
            return nil
        } catch {
            return .line(splitter.lines, GatewayError.unreadable(error))
        }
    }

    private mutating func take(_ line: JSONLineSplitter.Line) -> GatewayError? {
        do throws(WireError) {
            let request = try BatchRequestLine(line.bytes)
            guard let endpoint = Self.endpoint(request.url) else {
                return .line(line.number, .noBatchEndpoint(request.url))
            }
            if let first = self.endpoint, first != endpoint { return .line(line.number, .mixedEndpoints) }
            let scan = try request.scan(endpoint.requestForm, needsModel: endpoint.defaultModel == nil)
            self.endpoint = endpoint
            return add(request, scan, endpoint).map { .line(line.number, $0) }
        } catch {
            return .line(line.number, .unreadable(error))
        }
    }

    private mutating func add(
        _ request: BatchRequestLine, _ scan: ChatRequestScan, _ endpoint: Endpoint
    ) -> GatewayError? {
        guard scan.choices > 0 else { return .noChoices }
        guard !scan.isBackground else { return .backgroundResponse }
        guard !scan.stream else { return .streamedLine }
        let name = scan.model?.value ?? endpoint.defaultModel ?? ""
        if let target, target.route.name != name { return .mixedModels }
        let facts = CallFacts(
            routeName: name, endpoint: endpoint, estimatedInputTokens: Int64(scan.estimatedInputTokens),
            maxOutputTokens: scan.outputTokenLimit.map { Int64($0) }, choices: Int64(scan.choices),
            units: Int64(scan.units), acceptedMicros: acceptedMicros)
        switch Planner.admit(facts, key: key, snapshot: snapshot) {
        case .unknownRoute: return .unknownRoute(name)
        case .denied(let denial): return .denied(denial)
        case .planned(let plan):
            let planned = plan.targets.first {
                $0.service == .native && StoredPlaces.keepsFiles($0.deployment.provider)
                    && (target == nil || target?.deployment.id == $0.deployment.id)
            }
            guard let planned else { return .noKeeper("'\(name)'") }
            target = Target(route: plan.route, deployment: planned.deployment)
            write(request, scan, planned.deployment)
            let held = endpoint.hasOutput ? Hold.outputTokens(facts, maxOutput: planned.deployment.maxOutput) : 0
            count += 1
            inputTokens = Self.sum(inputTokens, facts.estimatedInputTokens)
            outputTokens = Self.sum(outputTokens, held)
            return nil
        }
    }

    private mutating func write(_ request: BatchRequestLine, _ scan: ChatRequestScan, _ deployment: DeploymentRecord) {
        let rules = deployment.provider.fieldRules
        var patch = ChatRequestPatch(scan, model: deployment.model)
        if rules != .standard { patch.adapt(scan, request.bodyBytes, to: rules) }
        request.write(patch, to: &output)
    }

    /// A sum that stays at the largest number, whose hold does not fit and is refused.
    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }

    /// The endpoint that a path stands for in a batch, with `/v1` or, as Azure has it, without.
    static func endpoint(_ url: String) -> Endpoint? {
        let path = url.hasPrefix("/v1/") ? url : "/v1" + url
        guard case .call(let endpoint, model: nil) = FrontTarget(method: "POST", path: Substring(path)) else {
            return nil
        }
        switch endpoint {
        case .chatCompletions, .completions, .embeddings, .responses, .moderations: return endpoint
        default: return nil
        }
    }
}
