import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// What is read of answers of moderations, images and audio.
@Suite struct MediaAnswerTests {
    private static func plain(_ body: String, _ medium: AnswerMedium, size: Int = 0) -> MediaResponseReader {
        var reader = MediaResponseReader(medium)
        for chunk in chunks(Array(body.utf8), size) { reader.read(chunk) }
        reader.finish()
        return reader
    }

    private static func usage(_ json: String, _ medium: AnswerMedium) -> MediaUsage? {
        MediaUsage(ByteBuffer(string: json), medium)
    }

    @Test func readsTheUsageBehindAPicture() throws {
        let picture = String(repeating: "iVBORw0KGgo", count: 400)
        let usage =
            #"{"total_tokens":100,"input_tokens":50,"output_tokens":50,"#
            + #""input_tokens_details":{"text_tokens":10,"image_tokens":40}}"#
        let body = #"{"created":1,"data":[{"b64_json":"\#(picture)"},{"b64_json":"\#(picture)"}],"usage":\#(usage)}"#
        for size in [0, 1, 7, 1_000] {
            let reader = Self.plain(body, .images, size: size)
            #expect(reader.isWellFormed && !reader.hasError && reader.images == 2)
            let report = reader.usageReport()
            #expect(report.usage == Usage([.input: 10, .inputImage: 40, .outputImage: 50]) && !report.isInconsistent)
            #expect(report.raw == usage)
        }
    }

    struct Told: Sendable {
        let json: String
        let medium: AnswerMedium
        let meters: [Meter: Int64]

        init(_ medium: AnswerMedium, _ meters: [Meter: Int64], _ json: String) {
            self.json = json
            self.medium = medium
            self.meters = meters
        }
    }

    static let told: [Told] = [
        Told(.images, [.input: 5, .outputImage: 7], #"{"input_tokens":5,"output_tokens":7}"#),
        Told(
            .images, [.input: 5, .output: 2, .outputImage: 7],
            #"{"input_tokens":5,"output_tokens":9,"output_tokens_details":{"image_tokens":7,"text_tokens":2}}"#),
        Told(
            .speech, [.input: 14, .outputAudio: 101], #"{"input_tokens":14,"output_tokens":101,"total_tokens":115}"#),
        Told(
            .transcript, [.input: 10, .inputAudio: 4, .output: 31],
            #"{"input_tokens":14,"input_token_details":{"text_tokens":10,"audio_tokens":4},"output_tokens":31}"#),
        Told(.transcript, [.audioSecond: 9], #"{"type":"duration","seconds":9}"#),
        Told(.transcript, [.audioSecond: 9], #"{"type":"duration","seconds":8.0001}"#),
        Told(.transcript, [.audioSecond: 8], #"{"type":"duration","seconds":8.000}"#),
        Told(.images, [.input: 5, .outputImage: 7], #"{"input_tokens":5,"total_tokens":12}"#),
    ]

    @Test(arguments: told) func readsUsage(_ told: Told) {
        let read = Self.usage(told.json, told.medium)
        #expect(read?.usage == Usage(told.meters) && read?.isInconsistent == false)
    }

    @Test(arguments: [
        "{}", "[]", "null", #"{"input_tokens":5}"#, #"{"output_tokens":5}"#, #"{"seconds":-1}"#, #"{"seconds":1e3}"#,
        #"{"input_tokens":1.5,"output_tokens":2}"#, #"{"seconds":"9"}"#, #"{"input_tokens":5,"#,
    ]) func knowsWhatIsNoUsage(_ json: String) {
        #expect(Self.usage(json, .transcript) == nil)
    }

    @Test(arguments: [
        #"{"input_tokens":5,"output_tokens":7,"input_tokens_details":{"image_tokens":6}}"#,
        #"{"input_tokens":5,"output_tokens":7,"total_tokens":13}"#,
        #"{"input_tokens":5,"output_tokens":7,"output_tokens_details":{"image_tokens":8}}"#,
    ]) func cutsPartsThatContradictTheirWhole(_ json: String) {
        let read = Self.usage(json, .images)
        #expect(read?.isInconsistent == true)
        #expect(read?.usage.inputTokens == 5 && read?.usage.outputTokens == 7)
    }

    @Test(arguments: [
        (#"{"text":"abcdefgh","duration":8.47}"#, 9), (#"{"duration":"8","text":"abcdefgh"}"#, 8),
    ]) func aTranscriptWithoutUsageIsMeasuredByItsLength(_ body: String, _ seconds: Int64) {
        let reader = Self.plain(body, .transcript, size: 3)
        #expect(reader.usageReport().usage == Usage([.audioSecond: seconds]) && reader.estimatedOutputTokens == 2)
        #expect(reader.images == nil)
    }

    @Test func anErrorIsNoAnswer() {
        #expect(Self.plain(#"{"error":{"message":"no"}}"#, .images).hasError)
        #expect(!Self.plain(#"{"data":[{"error":1}]}"#, .images).hasError)
        #expect(!Self.plain(#"{"data":["#, .images).isWellFormed)
    }

    // MARK: Streams

    private static func stream(
        _ events: [String], _ medium: AnswerMedium, images: Int = 1
    ) -> (
        MediaStreamReader, [AnswerEvent]
    ) {
        var reader = MediaStreamReader(medium, imagesAsked: images)
        var splitter = SSESplitter()
        splitter.append(ByteBuffer(string: events.map { "data: \($0)\n\n" }.joined()))
        var kinds: [AnswerEvent] = []
        while let event = try? splitter.next() { kinds.append(reader.read(event)) }
        return (reader, kinds)
    }

    private static func completed(_ tokens: Int) -> String {
        #"{"type":"image_generation.completed","b64_json":"aGk=","#
            + #""usage":{"input_tokens":3,"output_tokens":\#(tokens)}}"#
    }

    @Test func aStreamOfImagesEndsWithTheLastOne() {
        let partial = #"{"type":"image_generation.partial_image","b64_json":"aGk=","partial_image_index":0}"#
        let (reader, kinds) = Self.stream([partial, Self.completed(5), partial, Self.completed(6)], .images, images: 2)
        #expect(kinds == [.content, .usage(isExtra: false), .content, .done])
        #expect(reader.usageReport().usage == Usage([.input: 6, .outputImage: 11]) && reader.images == 2)
        #expect(reader.usageReport().raw?.hasPrefix("[{") == true)
    }

    @Test func aStreamThatBreaksOffHasNoUsage() {
        let (reader, _) = Self.stream([Self.completed(5)], .images, images: 2)
        #expect(!reader.sawFinishReason && reader.usageReport().usage == nil && reader.images == 1)
    }

    @Test func aTranscriptIsCountedOnce() {
        let events = [
            #"{"type":"transcript.text.delta","delta":"abcd"}"#, #"{"type":"transcript.text.delta","delta":"efgh"}"#,
            #"{"type":"transcript.text.done","text":"abcdefgh","#
                + #""usage":{"type":"tokens","input_tokens":4,"output_tokens":2}}"#,
        ]
        let (reader, kinds) = Self.stream(events, .transcript)
        #expect(kinds == [.content, .content, .done] && reader.estimatedOutputTokens == 2)
        #expect(reader.usageReport().usage == Usage([.input: 4, .output: 2]))
    }

    @Test func speechEndsWithItsUsage() {
        let events = [
            #"{"type":"speech.audio.delta","audio":"aGk="}"#,
            #"{"type":"speech.audio.done","usage":{"input_tokens":14,"output_tokens":101,"total_tokens":115}}"#,
        ]
        let (reader, kinds) = Self.stream(events, .speech)
        #expect(kinds == [.content, .done])
        #expect(reader.usageReport().usage == Usage([.input: 14, .outputAudio: 101]))
    }

    @Test(arguments: [
        #"{"type":"error","error":{"message":"no"}}"#, #"{"error":{"message":"no"}}"#,
    ]) func tellsErrors(_ event: String) {
        let (reader, kinds) = Self.stream([event], .images)
        #expect(kinds == [.error] && reader.sawError)
    }

    @Test func passesOverWhatIsNoJSON() {
        let (reader, kinds) = Self.stream(["x", "[DONE]"], .images)
        #expect(kinds == [.other, .done] && reader.malformedEvents == 1)
    }

    // MARK: Passed through

    @Test(arguments: [
        #"{"usage":{"prompt_tokens":5,"completion_tokens":7}}"#, #"{"usage":{"input_tokens":5,"output_tokens":7}}"#,
        #"{"response":{"id":"x","usage":{"input_tokens":5,"output_tokens":7},"x":{"usage":{}}}}"#,
    ]) func findsUsageOfAnyForm(_ body: String) {
        #expect(Self.plain(body, .passed, size: 3).usageReport().usage == Usage([.input: 5, .output: 7]))
    }

    @Test func theLastUsageOfAStreamCounts() {
        let events = [
            #"{"usage":{"prompt_tokens":5,"completion_tokens":1}}"#, "x", #"{"error":{"message":"no"}}"#,
            #"{"usage":{"prompt_tokens":5,"completion_tokens":7}}"#,
        ]
        let (reader, kinds) = Self.stream(events, .passed)
        #expect(kinds == [.usage(isExtra: false), .other, .content, .usage(isExtra: false)])
        #expect(reader.sawFinishReason && !reader.sawError && reader.malformedEvents == 0)
        #expect(reader.usageReport().usage == Usage([.input: 5, .output: 7]))
    }
}
