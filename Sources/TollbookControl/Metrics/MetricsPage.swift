package import TollbookGateway
package import TollbookLedger

/// What the page of metrics is made of, read at one moment.
package struct MetricsPage: Sendable {
    let version: String
    let ledger: LedgerMetrics
    let gateway: GatewayMetrics
    let isReady: Bool
    let controlRefusals: UInt64
    let webhooks: WebhookFigures.Reading

    package init(
        version: String, ledger: LedgerMetrics, gateway: GatewayMetrics, isReady: Bool, controlRefusals: UInt64,
        webhooks: WebhookFigures.Reading
    ) {
        self.version = version
        self.ledger = ledger
        self.gateway = gateway
        self.isReady = isReady
        self.controlRefusals = controlRefusals
        self.webhooks = webhooks
    }

    /// The page in the text format.
    package var text: String {
        var page = PrometheusText()
        page.add(ControlMetric.build, [MetricSample([("version", version)], value: "1")])
        if let bytes = ProcessFigures.residentBytes() { page.add(ControlMetric.residentBytes, bytes) }
        page.add(ControlMetric.ready, isReady ? 1 : 0)
        addLedger(to: &page)
        addCalls(to: &page)
        addTraffic(to: &page)
        addWebhooks(to: &page)
        page.add(ControlMetric.controlRefusals, controlRefusals)
        return page.text
    }

    private func addLedger(to page: inout PrometheusText) {
        page.add(ControlMetric.ledgerReady, ledger.isReady ? 1 : 0)
        page.add(ControlMetric.commitSeconds, HistogramFigures(micros: ledger.commitMicros))
        page.add(ControlMetric.batchSize, HistogramFigures(count: ledger.batchSize))
        page.add(ControlMetric.queueDepth, ledger.queueDepth)
        page.add(ControlMetric.openHolds, ledger.openHolds)
        page.add(ControlMetric.walBytes, ledger.walBytes)
        page.add(ControlMetric.failedBatches, ledger.failedBatches)
        page.add(ControlMetric.deferredSettlements, ledger.deferredSettlements)
        page.add(ControlMetric.logIndex, ledger.logIndex)
        let longest = HistogramFigures.seconds(micros: ledger.longestCheckpointMicros)
        page.add(ControlMetric.longestCheckpoint, [MetricSample(value: longest)])
    }

    private func addCalls(to page: inout PrometheusText) {
        page.add(
            ControlMetric.calls,
            AnswerCode.allCases.map { MetricSample([("code", $0.rawValue)], value: String(gateway.count(of: $0))) })
        page.add(
            ControlMetric.denied,
            Self.denials.map { MetricSample([("reason", $0.rawValue)], value: String(gateway.count(of: $0))) })
        page.add(ControlMetric.unknownKeys, gateway.count(of: .invalidAPIKey))
        page.add(
            ControlMetric.addedSeconds,
            HistogramFigures(gateway.addedLatency))
    }

    private func addAdmission(to page: inout PrometheusText) {
        page.add(ControlMetric.placesHeld, gateway.placesHeld)
        page.add(ControlMetric.queuedCalls, gateway.queuedCalls)
        page.add(ControlMetric.queueSeconds, HistogramFigures(gateway.admissionWait))
        page.add(
            ControlMetric.shedCalls,
            AdmissionShed.allCases.map {
                MetricSample([("reason", $0.rawValue)], value: String(gateway.count(of: $0)))
            })
    }

    private func addTraffic(to page: inout PrometheusText) {
        page.add(ControlMetric.activeCalls, gateway.activeCalls)
        addAdmission(to: &page)
        page.add(ControlMetric.clientConnections, gateway.clientConnections)
        page.add(
            ControlMetric.upstreamConnections,
            [
                MetricSample([("state", "busy")], value: String(gateway.busyUpstreamConnections)),
                MetricSample([("state", "idle")], value: String(gateway.idleUpstreamConnections)),
            ])
        page.add(
            ControlMetric.upstreamConnects,
            [
                MetricSample([("result", "made")], value: String(gateway.upstreamConnects)),
                MetricSample([("result", "failed")], value: String(gateway.upstreamConnectFailures)),
            ])
        page.add(ControlMetric.requestBytes, gateway.requestBytes)
        page.add(ControlMetric.answerBytes, gateway.answerBytes)
    }

    private func addWebhooks(to page: inout PrometheusText) {
        page.add(
            ControlMetric.webhookDeliveries,
            [
                MetricSample([("result", "delivered")], value: String(webhooks.delivered)),
                MetricSample([("result", "failed")], value: String(webhooks.failed)),
            ])
        let lag = HistogramFigures.seconds(micros: webhooks.lagMicros)
        page.add(ControlMetric.webhookLag, [MetricSample(value: lag)])
        page.add(ControlMetric.webhooksSuspended, webhooks.suspended)
    }

    /// The outcomes that are a decision's, each with a request row of its own.
    private static let denials: [AnswerCode] = [
        .keyExpired, .modelNotFound, .routeNotPermitted, .unservable, .rateLimited, .budgetExhausted, .unpricedModel,
        .budgetHeld, .budgetThrottled,
    ]
}

extension HistogramFigures {
    /// A reading of microseconds, as seconds.
    init(micros reading: Histogram.Reading) {
        self.init(
            boundsMicros: reading.bounds, counts: reading.counts.map { UInt64(clamping: $0) }, sumMicros: reading.sum)
    }

    /// A data plane's histogram, as seconds.
    init(_ latency: LatencyHistogram) {
        self.init(
            boundsMicros: LatencyHistogram.boundsMicros, counts: latency.counts,
            sumMicros: Int64(clamping: latency.sumMicros))
    }

    /// A reading of plain counts.
    init(count reading: Histogram.Reading) {
        self.init(
            bounds: reading.bounds.map { String($0) }, counts: reading.counts.map { UInt64(clamping: $0) },
            sum: String(reading.sum))
    }
}
