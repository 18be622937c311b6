/// What the data plane has done since it started, and what it is doing; the sum over its event loops.
package struct GatewayMetrics: Sendable {
    /// Answered requests by outcome; indexes are those of `AnswerCode.allCases`.
    private var outcomes = [UInt64](repeating: 0, count: AnswerCode.allCases.count)
    /// Time in Tollbook, in microseconds, of calls that reached a provider: from the request's last byte to the
    /// answer's, without the time that the provider took.
    package internal(set) var addedLatency = LatencyHistogram()
    /// Time that calls waited for a place, in microseconds, whether they got one or not.
    package internal(set) var admissionWait = LatencyHistogram()
    /// Calls that got no place; indexes are those of `AdmissionShed.allCases`.
    private var shedCalls = [UInt64](repeating: 0, count: AdmissionShed.allCases.count)
    /// Places held by calls in flight.
    package internal(set) var placesHeld = 0
    /// Calls that wait for a place.
    package internal(set) var queuedCalls = 0
    /// Calls between the end of their request and their settlement.
    package internal(set) var activeCalls = 0
    package internal(set) var clientConnections = 0
    package internal(set) var busyUpstreamConnections = 0
    package internal(set) var idleUpstreamConnections = 0
    /// Connections to providers made, and tried in vain.
    package internal(set) var upstreamConnects: UInt64 = 0
    package internal(set) var upstreamConnectFailures: UInt64 = 0
    /// Bytes of request bodies, as decoded.
    package internal(set) var requestBytes: UInt64 = 0
    /// Bytes of answer bodies from providers, as decoded.
    package internal(set) var answerBytes: UInt64 = 0

    package init() {}

    /// Requests answered with this outcome since the start.
    package func count(of code: AnswerCode) -> UInt64 { outcomes[code.index] }

    /// Calls that got no place for this reason since the start.
    package func count(of shed: AdmissionShed) -> UInt64 { shedCalls[shed.index] }

    mutating func count(_ shed: AdmissionShed) {
        shedCalls[shed.index] &+= 1
    }

    mutating func count(_ code: AnswerCode) {
        outcomes[code.index] &+= 1
    }

    mutating func add(_ other: GatewayMetrics) {
        for index in outcomes.indices { outcomes[index] &+= other.outcomes[index] }
        for index in shedCalls.indices { shedCalls[index] &+= other.shedCalls[index] }
        addedLatency.add(other.addedLatency)
        admissionWait.add(other.admissionWait)
        activeCalls += other.activeCalls
        clientConnections += other.clientConnections
        busyUpstreamConnections += other.busyUpstreamConnections
        idleUpstreamConnections += other.idleUpstreamConnections
        upstreamConnects &+= other.upstreamConnects
        upstreamConnectFailures &+= other.upstreamConnectFailures
        requestBytes &+= other.requestBytes
        answerBytes &+= other.answerBytes
    }
}

extension AdmissionShed {
    /// Its place in `allCases`.
    fileprivate var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
