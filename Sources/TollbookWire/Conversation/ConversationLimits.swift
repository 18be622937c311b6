extension WireLimits {
    /// Turns of a conversation that is translated, and parts of all of them together; one provider refuses more than
    /// 100,000 messages. Each costs some hundred bytes beside its text. Passed: `invalid_field`.
    static let conversationParts = 100_000

    /// Tools of a request that is translated; providers take 128 to 10,000.
    static let conversationTools = 10_000

    /// Bytes of a request that its response repeats, in up to three events of a stream. What does not fit, such as the
    /// tools of a large agent, is told as absent; SDKs read the caller's own copy.
    static let responseEchoBytes = 64 << 10

    /// Bytes of a stream that are kept for its last events, which repeat the answer in OpenAI's responses dialect. The
    /// longest answers of today's models have half as many. What is past it is streamed all the same, but not repeated:
    /// the response is told as incomplete then.
    static let repeatedAnswerBytes = 1 << 20

    /// What an item costs of `repeatedAnswerBytes` beside its text: its ids and the names of its members.
    static let repeatedItemBytes = 256

    /// Unknown fields that a translation names one by one; the names go into a header and a decision. Of more, the
    /// first are named and `isCut` says so.
    static let namedFields = 32

    /// Bytes of an unknown field's name as it is named; known ones have at most 40.
    static let fieldNameBytes = 64

    /// Tool calls of one answer; a stream's reader keeps a number for each. More is an answer gone wrong, and what
    /// is past it is left out and counted.
    static let answerToolCalls = 1_024

    /// Bytes of a stream's later tool calls, and of what is said between them, that wait for an earlier call to end,
    /// where the caller's dialect has one block open at a time: twice what the longest answers of today's models have.
    /// Passed: the earlier call is ended as it stands; if more of it comes, the stream ends as an error.
    static let heldCallBytes = 1 << 20

    /// Citations of one answer; search finds some dozen sources. What is past it is left out and named.
    static let answerCitations = 256

    /// Bytes of an answer's pictures that are kept for the last event of a streamed response, which repeats them: as
    /// many as of an event that is translated. Those past it are told once, and not repeated.
    static let repeatedImageBytes = 32 << 20

    /// Content blocks of a stream that are open at once; providers open one after the other.
    static let openBlocks = 64

    /// Bytes of a document's name at Bedrock, which takes no longer one.
    static let documentNameBytes = 200

    /// Bytes of a provider's error message that are handed on.
    static let errorMessageBytes = 4_096

    /// Characters of an error's message that are looked at for words on the credential: providers begin with them, and
    /// what a message quotes of the request stands behind.
    static let credentialMessageCharacters = 128

    /// Places of a refused body that an error's message names, of a list of them; those behind are left out.
    static let errorDetails = 8
}
