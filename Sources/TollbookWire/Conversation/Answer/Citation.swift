internal import NIOCore

/// A source on the web that an answer's text rests on.
package struct Citation: Sendable {
    package var url: JSONText
    package var title: JSONText?
    /// What the source says, in its own words.
    package var quote: JSONText?
    /// The characters (Unicode scalars) that rest on it, counted in the answer's text; nil: not known.
    package var place: Range<Int>?

    init(url: JSONText, title: JSONText? = nil, quote: JSONText? = nil, place: Range<Int>? = nil) {
        self.url = url
        self.title = title
        self.quote = quote
        self.place = place
    }
}

extension JSONText {
    /// Unicode scalars in the text; a pair of surrogates that is spelled out is one.
    var scalarCount: Int {
        escaped.withUnsafeReadableBytes { bytes in
            var count = 0
            var position = 0
            while position < bytes.count {
                let byte = bytes[position]
                if byte == UInt8(ascii: "\\"), position + 1 < bytes.count {
                    let isUnicode = bytes[position + 1] == UInt8(ascii: "u")
                    // The second of a pair: \udc00 to \udfff.
                    let isSecond =
                        isUnicode && position + 3 < bytes.count && bytes[position + 2] | 0x20 == UInt8(ascii: "d")
                        && "cdefCDEF".utf8.contains(bytes[position + 3])
                    if !isSecond { count += 1 }
                    position += isUnicode ? 6 : 2
                } else {
                    if byte & 0xC0 != 0x80 { count += 1 }
                    position += 1
                }
            }
            return count
        }
    }

    /// Whether each character takes one byte, so that places in bytes are places in characters.
    var isASCII: Bool {
        escaped.withUnsafeReadableBytes { bytes in
            var position = 0
            while position < bytes.count {
                guard bytes[position] < 0x80 else { return false }
                guard bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count else {
                    position += 1
                    continue
                }
                let isUnicode = bytes[position + 1] == UInt8(ascii: "u")
                // \u0000 to \u007f.
                if isUnicode, position + 4 < bytes.count {
                    guard bytes[position + 2] == UInt8(ascii: "0"), bytes[position + 3] == UInt8(ascii: "0"),
                        bytes[position + 4] < UInt8(ascii: "8")
                    else { return false }
                }
                position += isUnicode ? 6 : 2
            }
            return true
        }
    }
}

// MARK: Reading

extension Citation {
    /// An element of `annotations` of OpenAI's chats; nil: no citation of a page.
    ///
    /// https://platform.openai.com/docs/api-reference/chat/object#annotations
    init?(openAI annotation: JSONView) {
        guard annotation.value("type")?.text?.equals("url_citation") ?? true,
            let citation = annotation.value("url_citation"), let url = citation.value("url")?.text
        else { return nil }
        self.init(url: url, title: citation.value("title")?.text, quote: citation.value("content")?.text)
        if let start = citation.value("start_index")?.place, let end = citation.value("end_index")?.place, start < end {
            place = start..<end
        }
    }

    /// An element of a text's `citations` of Anthropic's; nil: a place in a document.
    ///
    /// https://docs.anthropic.com/en/docs/build-with-claude/citations
    init?(anthropic citation: JSONView) {
        guard let url = (citation.value("url") ?? citation.value("source"))?.text, url.isWebAddress else { return nil }
        self.init(url: url, title: citation.value("title")?.text, quote: citation.value("cited_text")?.text)
    }

    /// An element of `citations` of Converse's `citationsContent`, or the citation of a stream's delta.
    init?(bedrock citation: JSONView) {
        let source = citation.value("location")?.value("web")?.value("url") ?? citation.value("source")
        guard let url = source?.text, url.isWebAddress else { return nil }
        self.init(url: url, title: citation.value("title")?.text)
        var quotes = citation.value("sourceContent")?.elements ?? JSONView.noElements
        quote = quotes.next()?.value("text")?.text
    }

    /// A candidate's sources of Gemini's, with the places that rest on each: in bytes, which are told on only where
    /// `countsBytes` says that they are characters.
    ///
    /// https://ai.google.dev/gemini-api/docs/google-search#response
    static func read(gemini candidate: JSONView, countsBytes: Bool) -> [Citation] {
        var found: [Citation] = []
        let grounding = candidate.value("groundingMetadata")
        for chunk in grounding?.value("groundingChunks")?.elements ?? JSONView.noElements {
            let page = chunk.value("web") ?? chunk.value("retrievedContext") ?? chunk.value("maps")
            guard let url = page?.value("uri")?.text else { continue }
            found.append(Citation(url: url, title: page?.value("title")?.text))
        }
        let pages = found
        for support in grounding?.value("groundingSupports")?.elements ?? JSONView.noElements {
            guard countsBytes, let segment = support.value("segment"),
                segment.value("partIndex")?.count ?? 0 == 0, let end = segment.value("endIndex")?.place
            else { continue }
            let start = segment.value("startIndex")?.place ?? 0
            for index in support.value("groundingChunkIndices")?.elements ?? JSONView.noElements {
                guard let index = index.place, pages.indices.contains(index), start < end else { continue }
                if found[index].place == nil {
                    found[index].place = start..<end
                } else if found.count < WireLimits.answerCitations {
                    found.append(Citation(url: pages[index].url, title: pages[index].title, place: start..<end))
                }
            }
        }
        return found + read(metadata: candidate.value("citationMetadata"), countsBytes: countsBytes)
    }

    /// Texts that the model repeats; `citations` is Vertex AI's name of them.
    private static func read(metadata: JSONView?, countsBytes: Bool) -> [Citation] {
        let sources = metadata?.value("citationSources") ?? metadata?.value("citations")
        return (sources?.elements ?? JSONView.noElements).compactMap { source in
            guard let url = source.value("uri")?.text else { return nil }
            var citation = Citation(url: url, title: source.value("title")?.text)
            let start = source.value("startIndex")?.place ?? 0
            if countsBytes, let end = source.value("endIndex")?.place, start < end { citation.place = start..<end }
            return citation
        }
    }
}

extension JSONText {
    fileprivate var isWebAddress: Bool {
        let text = string.prefix(8).lowercased()
        return text.hasPrefix("https://") || text.hasPrefix("http://")
    }
}

extension JSONView {
    /// A place in a text; none has so many characters as would not fit.
    fileprivate var place: Int? { count.flatMap { $0 <= 1 << 40 ? Int($0) : nil } }
}

// MARK: Writing

extension Citation {
    /// As an annotation of OpenAI's.
    ///
    /// - Parameters:
    ///   - base: where the text begins that the place is told in.
    ///   - isNested: whether what is told stands in a member of its own, as in chats.
    func writeOpenAI(_ json: inout JSONWriter, base: Int = 0, isNested: Bool) {
        json.object { json in
            json.member("type", JSONText("url_citation"))
            guard isNested else { return writeMembers(&json, base) }
            json.name("url_citation")
            json.object { json in writeMembers(&json, base) }
        }
    }

    /// The same as an object of its own, as responses have it.
    func annotation(base: Int) -> ByteBuffer {
        var json = JSONWriter()
        writeOpenAI(&json, base: base, isNested: false)
        return json.buffer
    }

    private func writeMembers(_ json: inout JSONWriter, _ base: Int) {
        let place = place.flatMap { $0.lowerBound >= base ? $0 : nil } ?? base..<base
        json.name("end_index")
        json.value(Int64(place.upperBound - base))
        json.name("start_index")
        json.value(Int64(place.lowerBound - base))
        json.member("title", title ?? JSONText(""))
        json.member("url", url)
    }

    /// As a citation of Anthropic's. What only the provider can tell, an index that lets the citation come back, is
    /// empty.
    func writeAnthropic(_ json: inout JSONWriter) {
        json.object { json in
            json.member("type", JSONText("web_search_result_location"))
            json.member("cited_text", quote ?? JSONText(""))
            json.member("encrypted_index", JSONText(""))
            json.name("title")
            if let title { json.value(title) } else { json.null() }
            json.member("url", url)
        }
    }

    /// As what Gemini's answer rests on.
    static func writeGemini(_ citations: [Citation], _ json: inout JSONWriter) {
        json.name("groundingMetadata")
        json.object { json in
            json.name("groundingChunks")
            json.array { json in
                for citation in citations {
                    json.object { json in
                        json.name("web")
                        json.object { json in
                            json.member("uri", citation.url)
                            if let title = citation.title { json.member("title", title) }
                        }
                    }
                }
            }
        }
    }
}
