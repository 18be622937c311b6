import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// What is read of a request in Gemini's form.
@Suite struct GeminiRequestTests {
    private static func scan(
        _ body: String, _ size: Int = 0, form: RequestForm = .gemini
    ) throws(WireError) -> ChatRequestScan {
        var scanner = ChatRequestScanner(form: form, needsModel: false)
        for chunk in chunks(Array(body.utf8), size) { try scanner.scan(chunk) }
        return try scanner.finish()
    }

    @Test(arguments: [
        #"{"generationConfig":{"maxOutputTokens":77,"candidateCount":3},"model":"models/m","contents":[]}"#,
        #"{"generation_config":{"max_output_tokens":"77","candidate_count":"3"},"contents":{},"model":"models/m"}"#,
        #"{"model":"models/m","generationConfig":{"stop":{"maxOutputTokens":1},"max_output_tokens":77,"#
            + #""m\u0061x":5,"candidateCount":3},"tools":[{"maxOutputTokens":5,"model":7}]}"#,
    ]) func readsItsFieldsAtEveryCut(_ body: String) throws {
        for size in 0...40 {
            let scan = try Self.scan(body, size)
            #expect(scan.outputTokenLimit == 77 && scan.choices == 3 && !scan.stream)
            #expect(scan.repeatedModels.map(\.value) == ["models/m"] && scan.model == nil)
            #expect(scan.bodyBytes == body.utf8.count)
        }
        #expect(try Self.scan(body, form: .geminiStream).stream)
    }

    @Test(arguments: [
        (#"{"generationConfig":{"maxOutputTokens":1,"max_output_tokens":2}}"#, "generationConfig.maxOutputTokens"),
        (#"{"generationConfig":{"maxOutputTokens":1,"MaxOutputTokens":2}}"#, "generationConfig.maxOutputTokens"),
        (#"{"generationConfig":{"candidateCount":1,"candidate\u0043ount":2}}"#, "generationConfig.candidateCount"),
        (#"{"generationConfig":null,"generation_config":{}}"#, "generationConfig"),
        (#"{"contents":[],"Contents":[]}"#, "contents"),
        (#"{"system_instruction":{},"systemInstruction":{}}"#, "systemInstruction"),
        (#"{"model":"a","model":"a"}"#, "model"),
        (#"{"requests":[{"model":"a"},{"model":"a","content":{},"model":"a"}]}"#, "model"),
        (#"{"generateContentRequest":{"model":"a","model":"b"}}"#, "model"),
    ]) func refusesWhatComesTwice(_ body: String, _ field: String) {
        for size in [0, 1, 3] {
            #expect { try Self.scan(body, size) } throws: { error in
                let error = error as? WireError
                return error?.code == .duplicateField && error?.field == field
            }
        }
    }

    @Test(arguments: [
        #"{"generationConfig":{"maxOutputTokens":-1}}"#, #"{"generationConfig":{"maxOutputTokens":1.5}}"#,
        #"{"generationConfig":{"maxOutputTokens":""}}"#, #"{"generationConfig":{"maxOutputTokens":"1e3"}}"#,
        #"{"generationConfig":{"maxOutputTokens":[1]}}"#, #"{"generationConfig":{"maxOutputTokens":true}}"#,
        #"{"generationConfig":{"maxOutputTokens":999999999}}"#, #"{"generationConfig":{"candidateCount":0}}"#,
        #"{"generationConfig":{"candidateCount":1000}}"#, #"{"generationConfig":[]}"#, #"{"generationConfig":7}"#,
        #"{"model":7}"#, #"{"model":""}"#, #"{"model":{}}"#, #"{"requests":7}"#, #"{"requests":"x"}"#,
        #"{"generateContentRequest":[]}"#, #"{"requests":[{"model":true}]}"#,
    ]) func refusesWhatItCannotUse(_ body: String) {
        for size in [0, 1] {
            #expect { try Self.scan(body, size) } throws: { ($0 as? WireError)?.code == .invalidField }
        }
    }

    @Test(arguments: ["[]", "7", #""x""#, "null"]) func refusesWhatIsNoObject(_ body: String) {
        #expect { try Self.scan(body) } throws: { ($0 as? WireError)?.code == .notAnObject }
    }

    @Test func aNullCountsAsAbsent() throws {
        let scan = try Self.scan(
            #"{"model":null,"generationConfig":{"maxOutputTokens":null,"candidateCount":null},"contents":null}"#)
        #expect(scan.outputTokenLimit == nil && scan.choices == 1 && scan.repeatedModels.isEmpty)
        #expect(try Self.scan("{}").choices == 1)
    }

    @Test func otherSpellingsAreUnknownFields() throws {
        let scan = try Self.scan(#"{"GenerationConfig":{"maxOutputTokens":5},"generationConfiguration":{"n":1}}"#)
        #expect(scan.outputTokenLimit == nil)
        #expect(try Self.scan(#"{"generationConfig":{"maxoutputtokens":5}}"#).outputTokenLimit == nil)
    }

    @Test func renamesEveryPlaceThatRepeatsTheModel() throws {
        let body = #"{"requests":[{"model":"models/m","content":{"model":"x"}},{"model" : "models/m"},{"model":"n"}]}"#
        for size in 0...20 {
            let scan = try Self.scan(body, size)
            #expect(scan.repeatedModels.map(\.value) == ["models/m", "models/m", "n"])
            var patch = ChatRequestPatch(scan, model: nil)
            patch.renameRepeatedModels(of: scan, to: "models/n\"")
            let text = patch.apply(to: chunks(Array(body.utf8), size)).map(\.text).joined()
            let new = #""models/n\"""#
            #expect(text == body.replacing(#""models/m""#, with: new).replacing(#""n""#, with: new))
            #expect(patch.patchedLength(of: body.utf8.count) == text.utf8.count)
        }
        let single = try Self.scan(#"{"requests":{"model":"m"},"generateContentRequest":{"model":"n"}}"#)
        #expect(single.repeatedModels.map(\.value) == ["m", "n"])
    }

    @Test func takesOnlySoManyPlaces() throws {
        let many = { (count: Int) in
            #"{"requests":["# + Array(repeating: #"{"model":"m"}"#, count: count).joined(separator: ",") + "]}"
        }
        #expect(try Self.scan(many(WireLimits.repeatedModels)).repeatedModels.count == WireLimits.repeatedModels)
        #expect(throws: WireError.self) { try Self.scan(many(WireLimits.repeatedModels + 1)) }
    }

    // MARK: Prompt

    private static func size(_ body: String) throws -> PromptSize {
        let sizes = try [0, 1, 7].map { try scan(body, $0).prompt }
        #expect(sizes.allSatisfy { $0 == sizes[0] })
        return sizes[0]
    }

    @Test func textCountsItsBytes() throws {
        let text = String(repeating: "é", count: 50)
        for body in [
            #"{"contents":[{"role":"","parts":[{"text":"\#(text)"}]}]}"#,
            #"{"contents":{"parts":{"text":"\#(text)"}}}"#, #"{"content":{"parts":[{"text":"\#(text)"}]}}"#,
            #"{"system_instruction":{"parts":[{"text":"\#(text)"}]}}"#,
            #"{"requests":[{"content":{"parts":[{"text":"\#(text)"}]}}]}"#,
            #"{"generateContentRequest":{"contents":[{"parts":[{"text":"\#(text)"}]}]}}"#,
        ] {
            let size = try Self.size(body)
            #expect(size.textBytes == 100 && size.messages == 1 && size.attachments == 0, "\(body)")
        }
    }

    @Test func attachmentsCountByNumber() throws {
        let data = String(repeating: "QUJD", count: 300)
        let size = try Self.size(
            #"{"contents":[{"parts":[{"inlineData":{"mimeType":"","data":"\#(data)"}},"#
                + #"{"inline_data":{"data":"\#(data)"}},{"fileData":{"fileUri":"https://x"}},"#
                + #"{"file_data":{"file_uri":"https://x"}},{"inlineData":{"data":"QUJD"}}]}]}"#)
        #expect(size.attachments == 4 && size.attachmentBytes == 2_400 && size.textBytes == 4)
        // A function's argument that is called so and is text stays text.
        let words = String(repeating: "two words ", count: 100)
        #expect(try Self.size(#"{"contents":[{"parts":[{"data":"\#(words)"}]}]}"#).textBytes == 1_000)
    }

    @Test func functionsAndToolsCountAsJSON() throws {
        let call = try Self.size(#"{"contents":[{"parts":[{"functionCall":{"name":"f","args":{"city":"Köln"}}}]}]}"#)
        #expect(call.textBytes >= #"{"name":"f","args":{"city":"Köln"}}"#.utf8.count)
        let tools = #"[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT","n":[1,true]}}]}]"#
        #expect(try Self.size(#"{"tools":\#(tools)}"#).textBytes >= tools.utf8.count)
        let short = try Self.size(#"{"contents":[{"parts":[{"text":"x"}]}]}"#)
        #expect(short.textBytes == 1)
    }

    @Test func mutatedBodiesTellTheSameWhereverTheyAreCut() {
        let seed = """
            {"model":"models/m","contents":[{"role":"user","parts":[{"text":"hi"},{"inlineData":{"data":"QUJD"}},
            {"functionCall":{"name":"f","args":{"a":[1,"x",null]}}}]}],"generationConfig":{"maxOutputTokens":9,
            "candidateCount":2},"requests":[{"model":"m"}],"generateContentRequest":{"model":"n"},"tools":[]}
            """
        for seedNumber in 1...3 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seedNumber)
            var read = 0
            for round in 0..<3_000 {
                let bytes = Mutation.of(Array(seed.utf8), &generator)
                let size = Int.random(in: 1...30, using: &generator)
                let told = [0, size].map { size in
                    Result { () throws(WireError) -> ChatRequestScan in
                        var scanner = ChatRequestScanner(form: .gemini, needsModel: false)
                        for chunk in chunks(bytes, size) { try scanner.scan(chunk) }
                        return try scanner.finish()
                    }
                }
                if case .success = told[0] { read += 1 }
                #expect(told[0] == told[1], "seed \(seedNumber), round \(round), chunks of \(size)")
            }
            #expect(read > 200, "the mutations leave something to read")
        }
    }
}
