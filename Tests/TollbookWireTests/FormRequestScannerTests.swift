import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// Requests that come as forms: what is found in them at any split, and what is refused.
@Suite struct FormRequestScannerTests {
    static func boundary(_ text: String = "b0Und") throws -> FormBoundary {
        try #require(FormBoundary(contentType: "multipart/form-data; boundary=\(text)"))
    }

    static func part(_ name: String, _ value: String, more: String = "") -> String {
        "--b0Und\r\nContent-Disposition: form-data; name=\"\(name)\"\(more)\r\n\r\n\(value)\r\n"
    }

    static func scan(
        _ body: [UInt8], _ size: Int = 0, form: RequestForm = .transcription
    ) throws(WireError) -> ChatRequestScan {
        guard let boundary = FormBoundary(contentType: "multipart/form-data; boundary=b0Und") else {
            throw WireError(.malformedForm, at: -1)
        }
        var scanner = FormRequestScanner(form: form, boundary: boundary)
        for chunk in chunks(body, size) { try scanner.scan(chunk) }
        return try scanner.finish()
    }

    private static func error(_ body: String, form: RequestForm = .transcription) -> WireError? {
        let bytes = Array(body.utf8)
        func code(_ size: Int) -> WireError? {
            do throws(WireError) { _ = try scan(bytes, size, form: form) } catch { return error }
            return nil
        }
        let whole = code(0)
        for size in [1, 2, 3, 7, 64] { #expect(code(size) == whole, "in pieces of \(size)") }
        return whole
    }

    private static let file =
        "--b0Und\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.mp3\"\r\n"
        + "content-type: audio/mpeg\r\n\r\n"

    @Test func findsTheFieldsAtEverySplit() throws {
        // The file is full of what could be taken for a delimiter.
        let noise = "\r\r\n--b0Un\r\n--b0UnX\r\n\r\n--\r\n-\r\n--b0un\r\n\n--b0Und\r"
        let body =
            [Self.file, noise, "\r\n", Self.part("model", "whisper"), Self.part("stream", "true"), Self.end].joined()
        let bytes = Array(body.utf8)
        for size in 0...80 {
            let scan = try Self.scan(bytes, size)
            #expect(scan.model?.value == "whisper" && scan.stream && scan.bodyBytes == bytes.count)
            let range = try #require(scan.model?.range)
            #expect(String(decoding: bytes[range], as: UTF8.self) == "whisper")
            #expect(scan.units == 1 && scan.prompt.audioTokens == 17 && scan.outputTokenLimit == 69)
        }
    }

    @Test func replacesTheModelsBytesOnly() throws {
        let body =
            [Self.part("prompt", "model whisper"), Self.part("model", "whisper"), Self.file, "\u{0}\r\n", Self.end]
            .joined()
        for size in [0, 1, 9] {
            let bytes = Array(body.utf8)
            let patch = ChatRequestPatch(try Self.scan(bytes, size), model: "other-1")
            let parts = patch.apply(to: chunks(bytes, size))
            #expect(
                String(decoding: parts.flatMap(\.array), as: UTF8.self)
                    == body.replacing("\r\nwhisper", with: "\r\nother-1"))
            #expect(patch.patchedLength(of: bytes.count) == parts.reduce(0) { $0 + $1.readableBytes })
        }
    }

    @Test func putsAModelInThatThePathNames() throws {
        let body = Self.part("language", "en") + Self.file + "x\r\n--b0Und--"
        let boundary = try Self.boundary()
        func scan(_ bytes: [UInt8], needsModel: Bool) throws(WireError) -> ChatRequestScan {
            var scanner = FormRequestScanner(form: .transcription, needsModel: needsModel, boundary: boundary)
            try scanner.scan(ByteBuffer(bytes: bytes))
            return try scanner.finish()
        }
        let bytes = Array(body.utf8)
        let patch = ChatRequestPatch(try scan(bytes, needsModel: false), model: "new")
        let patched = patch.apply(to: [ByteBuffer(bytes: bytes)]).flatMap(\.array)
        #expect(try scan(patched, needsModel: true).model?.value == "new" && patched.suffix(bytes.count) == bytes[...])
    }

    @Test func estimatesAudioByTheFilesBytes() throws {
        let bytes = Array((Self.file + String(repeating: "x", count: 400_001) + "\r\n").utf8)
        let scan = try Self.scan(bytes + Array((Self.part("model", "m") + "--b0Und--").utf8))
        #expect(scan.units == 101 && scan.prompt.audioTokens == 101 * 17)
        #expect(scan.estimatedInputTokens >= 101 * 17 && scan.outputTokenLimit == 101 * 5 + 64)
    }

    @Test func countsTheImagesOfAnEdit() throws {
        let image = Self.file.replacing("\"file\"", with: "\"image[]\"") + "png\r\n"
        let body =
            [Self.part("model", "m"), image, image, Self.part("n", "3"), Self.part("user", "ann"), Self.end].joined()
        let scan = try Self.scan(Array(body.utf8), form: .images)
        #expect(scan.choices == 3 && scan.units == 3 && scan.user == "ann" && scan.prompt.attachments == 2)
    }

    private static func interim(_ body: String, form: RequestForm, announced: Int?) throws -> ChatRequestScan? {
        var scanner = FormRequestScanner(form: form, boundary: try boundary())
        try scanner.scan(ByteBuffer(string: body))
        return scanner.interim(announcedBytes: announced)
    }

    @Test func knowsAFormBeforeItIsWhole() throws {
        let body = Self.part("model", "m") + Self.file + String(repeating: "x", count: 1_000)
        let scan = try #require(try Self.interim(body, form: .transcription, announced: body.utf8.count + 399_000))
        #expect(scan.model?.value == "m" && scan.formOpening == "--b0Und" && scan.units == 100)
        // Without a length, the largest file that OpenAI takes.
        let open = try #require(try Self.interim(body, form: .transcription, announced: nil))
        #expect((6_550...6_560).contains(open.units))
        #expect(try Self.interim(Self.file + "x", form: .transcription, announced: nil) == nil)
        #expect(try Self.interim(Self.part("model", "m") + "--b0Und", form: .transcription, announced: nil) != nil)
    }

    @Test func waitsForTheNumberOfImages() throws {
        let image = Self.file.replacing("\"file\"", with: "\"image[]\"") + "png\r\n"
        let body = Self.part("model", "m") + image
        #expect(try Self.interim(body, form: .images, announced: nil) == nil)
        let scan = try #require(try Self.interim(Self.part("n", "3") + body, form: .images, announced: nil))
        #expect(scan.choices == 3 && scan.units == 3 && scan.prompt.attachments == 16)
    }

    struct Refusal: Sendable {
        let code: String
        let body: String

        init(_ code: String, _ parts: String...) {
            self.code = code
            body = parts.joined()
        }
    }

    private static let end = "--b0Und--"
    private static let longHeader = "\r\nx: \(String(repeating: "y", count: 9_000))"

    static let refusals: [Refusal] = [
        Refusal("malformed_form"),
        Refusal("missing_field", end),
        Refusal("malformed_form", "--b0Und"),
        Refusal("malformed_form", "x", end),
        Refusal("malformed_form", "\r\n", end),
        Refusal("malformed_form", "--b0Und \r\n"),
        Refusal("malformed_form", "--b0Und\n"),
        Refusal("malformed_form", "--b0Und\r\n\r\n"),
        Refusal("malformed_form", part("model", "m"), "--b0Und-"),
        Refusal("malformed_form", part("model", "m")),
        Refusal("invalid_field", part("model", ""), end),
        Refusal("invalid_field", part("model", String(repeating: "m", count: 257)), end),
        Refusal("invalid_field", part("model", "a\nb"), end),
        Refusal("invalid_field", part("model", "m", more: "; filename=\"x\""), end),
        Refusal("invalid_field", part("Model", "m"), end),
        Refusal("invalid_field", part("mod\\el", "m"), end),
        Refusal("invalid_field", part("model", "m", more: "\r\ncontent-transfer-encoding: base64"), end),
        Refusal("malformed_form", part("model", "m", more: "; name=\"x\""), end),
        Refusal("malformed_form", part("model", "m", more: "; name*=utf-8''x"), end),
        Refusal("malformed_form", part("model", "m", more: "\r\n folded"), end),
        Refusal("malformed_form", part("model", "m", more: "\r\ncontent-disposition: form-data; name=\"x\""), end),
        Refusal("malformed_form", part("model", "m", more: "\nx: y"), end),
        Refusal("duplicate_field", part("model", "m"), part("model", "m"), end),
        Refusal("duplicate_field", part("model", "m"), part("MODEL", "m"), end),
        Refusal("form_too_large", part("a", "m", more: longHeader), end),
        Refusal("form_too_large", String(repeating: part("a", "b"), count: 257), end),
        Refusal("malformed_form", part("model", "m"), "--b0Und\r\nContent-Type: text/plain\r\n\r\nx\r\n", end),
    ]

    @Test(arguments: refusals) func refuses(_ refusal: Refusal) {
        #expect(Self.error(refusal.body)?.code.rawValue == refusal.code)
    }

    @Test(arguments: ["0x1", "-1", "129", "1.0", ""]) func refusesCountsThatAreNone(_ text: String) {
        let body = Self.part("model", "m") + Self.part("n", text) + "--b0Und--"
        #expect(Self.error(body, form: .images)?.code == .invalidField)
    }

    @Test(arguments: [
        "multipart/form-data; boundary=b", "multipart/form-data;boundary=\"b \\\"\"", "multipart/form-data",
        "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"", "multipart/mixed; boundary=b",
        "multipart/form-data; boundary=b; boundary=b", "multipart/form-data; boundary=\"b ",
        "Multipart/Form-Data; BOUNDARY=b",
        "multipart/form-data; charset=utf-8; boundary=----b:1", "multipart/form-data; boundary=\"a b\"",
        "multipart/form-data; boundary=" + String(repeating: "b", count: 71), "multipart/form-data; boundary=b\u{e9}",
    ]) func readsBoundaries(_ type: String) {
        let good = [
            "multipart/form-data; boundary=b", "Multipart/Form-Data; BOUNDARY=b",
            "multipart/form-data; charset=utf-8; boundary=----b:1", "multipart/form-data; boundary=\"a b\"",
        ]
        #expect((FormBoundary(contentType: type) != nil) == good.contains(type))
    }

    /// Mutated forms: the same verdict at every split, and nothing that grows with a hostile part.
    @Test(arguments: [1, 2, 3] as [UInt64]) func mutatedFormsReadTheSameAtEverySplit(seed: UInt64) {
        let body =
            [
                Self.part("model", "m-1"), Self.file, "\r\n--b0Un\r\n\r\n", Self.part("stream", "true"),
                Self.part("n", "2"), Self.end, "\r\n",
            ].joined()
        let pieces = [
            "\r\n", "--", "b0Und", "--b0Und", "\"", ";", "name=", "\r\n\r\n", "model", ":", "\\", "\u{0}", "é",
        ]
        var generator = SeededGenerator(seed: seed)
        var accepted = 0
        for round in 0..<6_000 {
            var bytes = Array(body.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let at = Int.random(in: 0...bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes.insert(contentsOf: Array((pieces.randomElement(using: &generator) ?? "").utf8), at: at)
                case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 0...9, using: &generator)))
                case 2: if at < bytes.count { bytes[at] = UInt8.random(in: 0...255, using: &generator) }
                default:
                    let end = min(bytes.count, at + Int.random(in: 0...60, using: &generator))
                    bytes.insert(contentsOf: bytes[at..<end], at: Int.random(in: 0...bytes.count, using: &generator))
                }
            }
            func verdict(_ size: Int) -> Result<ChatRequestScan, WireError> {
                Result { () throws(WireError) in try Self.scan(bytes, size, form: .images) }
            }
            let whole = verdict(0)
            #expect(verdict(Int.random(in: 1...40, using: &generator)) == whole, "seed \(seed) round \(round)")
            guard case .success(let scan) = whole else { continue }
            accepted += 1
            guard let model = scan.model, model.range.upperBound <= bytes.count else {
                Issue.record("seed \(seed) round \(round): no model")
                continue
            }
            #expect(Array(bytes[model.range]) == Array(model.value.utf8), "seed \(seed) round \(round)")
        }
        #expect(accepted > 300, "the mutations leave something valid to test")
    }
}
