/// The `detail` of an error of servers that are made with FastAPI (Mistral's, vLLM's and many others): a text, or a list
/// of what is wrong with the body, `[{"loc": ["body", "messages", 0, "role"], "msg": "Field required", …}]`.
/// https://fastapi.tiangolo.com/tutorial/handling-errors/
struct ErrorDetail {
    /// The text, or each `msg` with its place before it.
    let message: JSONText
    /// The first place; nil: the text names none.
    let parameter: JSONText?

    /// nil for what is neither of the two, and for a list with nothing to tell.
    init?(_ detail: JSONView?) {
        guard let detail else { return nil }
        if let text = detail.text {
            message = text
            parameter = nil
            return
        }
        guard detail.kind == .array else { return nil }
        var told: JSONText?
        var first: JSONText?
        var left = WireLimits.errorDetails
        for element in detail.elements where left > 0 {
            guard let what = element.value("msg")?.text ?? element.text else { continue }
            left -= 1
            let place = element.value("loc").flatMap(Self.place)
            if first == nil { first = place }
            Self.append(what, at: place, to: &told)
        }
        guard let told else { return nil }
        message = told
        parameter = first
    }

    private static func append(_ what: JSONText, at place: JSONText?, to told: inout JSONText?) {
        var text = told ?? JSONText("")
        if told != nil { text.append(JSONText("; ")) }
        if let place {
            text.append(place)
            text.append(JSONText(": "))
        }
        text.append(what)
        told = text
    }

    /// `messages.0.role` for a place in the body; nil for the body itself, and for what is no place.
    private static func place(_ loc: JSONView) -> JSONText? {
        guard loc.kind == .array else { return nil }
        var place: JSONText?
        for (index, element) in loc.elements.prefix(WireLimits.jsonDepth).enumerated() {
            guard let name = element.text ?? element.number.map({ JSONText(escaped: $0) }) else { return nil }
            if index == 0, name.equals("body") { continue }
            var longer = place ?? JSONText("")
            if place != nil { longer.append(JSONText(".")) }
            longer.append(name)
            place = longer
        }
        return place
    }
}
