/// When a request may be sent again, as Google tells it within an error: an element of `details` of the type
/// `google.rpc.RetryInfo`, whose `retryDelay` is a duration as Protocol Buffers have it in JSON (`"37.5s"`).
/// https://google.aip.dev/193 and google/rpc/error_details.proto.
enum RetryInfo {
    /// Whole seconds, rounded up; nil: not told, or no duration from 0 on.
    ///
    /// - Parameter error: the object with `details`.
    static func seconds(of error: JSONView) -> Int64? {
        guard let details = error.value("details"), details.kind == .array else { return nil }
        for detail in details.elements {
            guard let type = detail.value("@type")?.text, type.string.hasSuffix("/google.rpc.RetryInfo") else {
                continue
            }
            return detail.value("retryDelay")?.text.flatMap(seconds)
        }
        return nil
    }

    private static func seconds(_ duration: JSONText) -> Int64? {
        let text = duration.string
        guard text.hasSuffix("s"), text.count > 1 else { return nil }
        var number = PlainDecimal()
        var digits = String(text.dropLast())
        digits.withUTF8 { number.append(UnsafeRawBufferPointer($0)) }
        return number.roundedUp
    }
}
