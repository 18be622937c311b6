extension WireLimits {
    /// Turns of a conversation that is translated, and parts of all of them together; one provider refuses more than
    /// 100,000 messages. Each costs some hundred bytes beside its text. Passed: `invalid_field`.
    static let conversationParts = 100_000

    /// Tools of a request that is translated; providers take 128 to 10,000.
    static let conversationTools = 10_000

    /// Unknown fields that a translation names one by one; the names go into a header and a decision. Of more, the
    /// first are named and `isCut` says so.
    static let namedFields = 32

    /// Bytes of an unknown field's name as it is named; known ones have at most 40.
    static let fieldNameBytes = 64

    /// Tool calls of one answer; a stream's reader keeps a number for each. More is an answer gone wrong, and what
    /// is past it is left out and counted.
    static let answerToolCalls = 1_024

    /// Content blocks of a stream that are open at once; providers open one after the other.
    static let openBlocks = 64

    /// Bytes of a provider's error message that are handed on.
    static let errorMessageBytes = 4_096
}
