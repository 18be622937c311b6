/// Writes metrics in the Prometheus text format 0.0.4: HELP and TYPE once a family, then its samples.
///
/// See https://prometheus.io/docs/instrumenting/exposition_formats/
package struct PrometheusText {
    /// The media type of the text.
    package static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    package private(set) var text = ""

    package init() {}

    /// A family of counters or gauges, one sample for each set of labels.
    package mutating func add(_ metric: MetricDefinition, _ samples: [MetricSample]) {
        addHead(metric)
        for sample in samples {
            addLine(metric.name, sample.labels, sample.value)
        }
    }

    /// A counter or gauge without labels.
    package mutating func add(_ metric: MetricDefinition, _ value: some BinaryInteger) {
        add(metric, [MetricSample(value: String(value))])
    }

    /// A histogram without labels.
    package mutating func add(_ metric: MetricDefinition, _ figures: HistogramFigures) {
        addHead(metric)
        var total: UInt64 = 0
        for (bound, count) in zip(figures.bounds, figures.counts) {
            total += count
            addLine(metric.name + "_bucket", [("le", bound)], String(total))
        }
        total += figures.counts.count > figures.bounds.count ? figures.counts[figures.bounds.count] : 0
        addLine(metric.name + "_bucket", [("le", "+Inf")], String(total))
        addLine(metric.name + "_sum", [], figures.sum)
        addLine(metric.name + "_count", [], String(total))
    }

    private mutating func addHead(_ metric: MetricDefinition) {
        text += "# HELP \(metric.name) \(Self.escaped(metric.help, quotes: false))\n"
        text += "# TYPE \(metric.name) \(metric.kind.rawValue)\n"
    }

    private mutating func addLine(_ name: String, _ labels: [(String, String)], _ value: String) {
        text += name
        if !labels.isEmpty {
            let list = labels.map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }
            text += "{" + list.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.append(character)
            }
        }
        return result
    }
}

/// One value of a counter or gauge with its labels, in order.
package struct MetricSample {
    package let labels: [(String, String)]
    /// The number as text: integers are never rounded through a Double.
    package let value: String

    package init(_ labels: [(String, String)] = [], value: String) {
        self.labels = labels
        self.value = value
    }
}

/// A histogram's figures as the text format prints them.
package struct HistogramFigures: Sendable, Equatable {
    /// Upper bounds as text, ascending, without `+Inf`.
    package let bounds: [String]
    /// Observations in each bucket alone; the last one is `+Inf`'s.
    package let counts: [UInt64]
    /// The sum of all observations, in the metric's unit, as text.
    package let sum: String

    package init(bounds: [String], counts: [UInt64], sum: String) {
        self.bounds = bounds
        self.counts = counts
        self.sum = sum
    }

    /// A histogram that counts microseconds, as seconds.
    package init(boundsMicros: [Int64], counts: [UInt64], sumMicros: Int64) {
        self.init(
            bounds: boundsMicros.map(Self.seconds(micros:)), counts: counts, sum: Self.seconds(micros: sumMicros))
    }

    /// Microseconds as seconds in plain decimals, exact.
    static func seconds(micros: Int64) -> String {
        let fraction = String(micros.magnitude % 1_000_000)
        var text = String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
        while text.count > 1, text.hasSuffix("0") { text.removeLast() }
        return (micros < 0 ? "-" : "") + String(micros.magnitude / 1_000_000) + "." + text
    }
}
