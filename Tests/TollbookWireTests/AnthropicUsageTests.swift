import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// From Anthropic's usage objects to disjoint meters.
@Suite struct AnthropicUsageTests {
    private static func read(_ totals: String, start: String? = nil) -> AnthropicUsage? {
        AnthropicUsage(start: start.map { ByteBuffer(string: $0) }, totals: ByteBuffer(string: totals))
    }

    @Test func inputLeavesOutWhatTheCacheHas() {
        let usage = Self.read(
            #"{"input_tokens":4,"cache_creation_input_tokens":426,"cache_read_input_tokens":14210,"output_tokens":290,"#
                + #""cache_creation":{"ephemeral_5m_input_tokens":400,"ephemeral_1h_input_tokens":26},"#
                + #""output_tokens_details":{"thinking_tokens":15},"server_tool_use":{"web_search_requests":2}}"#)
        #expect(
            usage?.usage
                == Usage([
                    .input: 4, .cacheRead: 14_210, .cacheWrite5m: 400, .cacheWrite1h: 26, .output: 275, .reasoning: 15,
                    .search: 2,
                ]))
        #expect(usage?.isInconsistent == false && usage?.hasUncounted == false)
    }

    @Test(arguments: [
        // No split: the lifetime is not stated.
        (
            #"{"input_tokens":1,"cache_creation_input_tokens":9,"output_tokens":0}"#, [Meter.input: 1, .cacheWrite: 9],
            false
        ),
        // A total that grew past its split.
        (
            #"{"input_tokens":1,"cache_creation_input_tokens":9,"cache_creation":{"ephemeral_5m_input_tokens":4},"#
                + #""output_tokens":2}"#, [.input: 1, .cacheWrite: 5, .cacheWrite5m: 4, .output: 2], false
        ),
        // A split that says more than its total.
        (
            #"{"input_tokens":1,"cache_creation_input_tokens":3,"cache_creation":{"ephemeral_1h_input_tokens":4},"#
                + #""output_tokens":2}"#, [.input: 1, .cacheWrite1h: 4, .output: 2], true
        ),
        // More thinking than output.
        (
            #"{"input_tokens":1,"output_tokens":2,"output_tokens_details":{"thinking_tokens":9}}"#,
            [.input: 1, .reasoning: 2], true
        ),
        (#"{"input_tokens":1,"output_tokens":2,"cache_read_input_tokens":null}"#, [.input: 1, .output: 2], false),
        (#"{"input_tokens":1,"output_tokens":2,"cache_read_input_tokens":-1}"#, [.input: 1, .output: 2], true),
        (#"{"input_tokens":1,"output_tokens":2,"cache_read_input_tokens":{}}"#, [.input: 1, .output: 2], true),
    ]) func readsParts(_ totals: String, _ expected: [Meter: Int64], _ isInconsistent: Bool) {
        let usage = Self.read(totals)
        #expect(usage?.usage == Usage(expected))
        #expect(usage?.isInconsistent == isInconsistent)
    }

    @Test(arguments: [
        "{}", "[", #"{"input_tokens":"1","output_tokens":1}"#, #"{"input_tokens":1e3,"output_tokens":1}"#,
    ])
    func needsTheInput(_ totals: String) {
        #expect(Self.read(totals) == nil)
    }

    @Test func totalsReplaceTheStartNumberByNumber() {
        let start =
            #"{"input_tokens":10,"cache_read_input_tokens":5,"cache_creation_input_tokens":6,"#
            + #""cache_creation":{"ephemeral_1h_input_tokens":6},"output_tokens":1}"#
        let some = Self.read(#"{"output_tokens":8}"#, start: start)
        #expect(some?.usage == Usage([.input: 10, .cacheRead: 5, .cacheWrite1h: 6, .output: 8]))
        let all = Self.read(
            #"{"input_tokens":20,"cache_read_input_tokens":0,"cache_creation_input_tokens":7,"output_tokens":8}"#,
            start: start)
        #expect(all?.usage == Usage([.input: 20, .cacheWrite: 1, .cacheWrite1h: 6, .output: 8]))
    }

    @Test func iterationsAreNotAddedAgain() {
        let own =
            #"{"input_tokens":9,"output_tokens":3,"#
            + #""iterations":[{"type":"message","input_tokens":9,"output_tokens":3}]}"#
        #expect(Self.read(own)?.usage == Usage([.input: 9, .output: 3]))
        #expect(Self.read(own)?.hasUncounted == false)
        let advised = own.replacing("\"message\"", with: "\"advisor_message\"")
        #expect(Self.read(advised)?.usage == Usage([.input: 9, .output: 3]))
        #expect(Self.read(advised)?.hasUncounted == true)
    }
}
