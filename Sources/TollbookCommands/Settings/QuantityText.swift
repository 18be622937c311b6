/// Durations and sizes as people write them.
enum QuantityText {
    /// Milliseconds of `500ms`, `20s`, `5m` or `1h`; nil for anything else, zero, or more than a day.
    static func millis(_ text: String) -> Int64? {
        let units: [(String, Int64)] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)]
        guard let value = scaled(text, units), value <= 86_400_000 else { return nil }
        return value
    }

    /// Bytes of `1048576`, `512KiB`, `64MiB` or `1GiB`; nil for anything else or zero.
    static func bytes(_ text: String) -> Int? {
        scaled(text, [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("", 1)]).map { Int($0) }
    }

    private static func scaled(_ text: String, _ units: [(String, Int64)]) -> Int64? {
        for (suffix, factor) in units where text.hasSuffix(suffix) {
            guard let number = Int64(text.dropLast(suffix.count)), number > 0 else { continue }
            let (product, overflow) = number.multipliedReportingOverflow(by: factor)
            return overflow ? nil : product
        }
        return nil
    }
}
