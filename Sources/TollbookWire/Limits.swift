/// Every bound of this target with its reason. What happens past a bound is told where it is used.
package enum WireLimits {
    /// Nested containers of a body that is scanned; more is `too_deep`.
    ///
    /// Structured outputs allow ten levels of nested schema, three JSON levels each (`properties`, the
    /// property, `items`), inside eight levels of request: 38. Parsers behind providers commonly stop at
    /// 128. The open containers are one bit each of one 128-bit integer.
    package static let jsonDepth = 128

    /// Bytes of a key that are kept for comparison, after unescaping. The longest key compared is
    /// `cache_creation_input_tokens` (27 bytes); a longer key compares equal to none.
    static let jsonNameBytes = 32

    /// Bytes of `model`, after unescaping. Provider names with an account, a region and a version stay
    /// under 150; the value becomes a row and a header.
    package static let modelBytes = 256

    /// Bytes of `user`, after unescaping. It is hashed and stored once per person, so the bound is on
    /// what one caller can make the ledger keep.
    package static let userBytes = 1_024

    /// Bytes of `service_tier`, after unescaping; known values have at most 8.
    package static let serviceTierBytes = 64

    /// The largest `n`; the provider's own maximum for chat completions. The hold is multiplied by it.
    package static let choices = 128

    /// Prompts of one completions request that a hold is multiplied by; more are held as so many. Providers take 2,048
    /// at most.
    package static let prompts = 100_000

    /// Places where one Gemini body may repeat its model: one for each text that is embedded, of which Google takes
    /// 100. More are refused.
    package static let repeatedModels = 1_000

    /// The largest `max_tokens`, `max_completion_tokens` and `max_output_tokens`: a hundred times today's largest
    /// output window, and small enough that a product with `n` and a price stays within 63 bits.
    package static let outputTokens = 100_000_000

    /// Length from which the value of a key `data` or `file_data` counts as an attachment and not as text.
    /// A tool argument or a short note is under it; the smallest useful image is above it. As many of its first
    /// bytes are looked at to tell base64 from text.
    static let attachmentPayloadBytes = 512

    /// Parts of a form: the largest, an edit of sixteen images, has under 40.
    static let formParts = 256

    /// Bytes of one part's headers: a name, a file's name and a content type.
    static let formHeaderBytes = 8 << 10

    /// Bytes of a form field that Tollbook reads, other than the model.
    static let formFieldBytes = 1_024

    /// Bytes of one server-sent event that is held whole, as of a request's body: image models send a picture of 4K in
    /// one event (some 25 MB in base64), and the last event of a response repeats its pictures. An event that never
    /// ends must not grow without bound. Passed: `event_too_large`.
    package static let sseEventBytes = 32 << 20

    /// Bytes of one of Gemini's events that is held whole where nothing is translated. Passed: it goes on as it comes,
    /// and is read meanwhile.
    package static let heldEventBytes = 1 << 20

    /// Bytes at the end of such an event that wait for the settlement at least: with fewer of them missing, clients
    /// could take it for whole.
    package static let withheldTailBytes = 64

    /// Bytes of one message of an AWS event stream, for the same reason. Passed: `event_too_large`.
    package static let eventMessageBytes = 8 << 20

    /// Bytes of a stream that are kept back from the event that tells its end to the one that tells its usage. Two
    /// small events follow each other there. Passed: `event_too_large`.
    package static let withheldEventBytes = 1 << 20

    /// Bytes of one line of a batch's file: a request or an answer with a picture inline. Passed: `line_too_large`.
    package static let batchLineBytes = 8 << 20

    /// Bytes of a short text of a batch: a line's `custom_id`, `method` and `url`, an object's `id`; as they stand,
    /// with their escapes. Known ones stay under 100. Passed: `invalid_field`.
    package static let batchTextBytes = 512

    /// Bytes of a raw usage object that are kept. Real ones are under 1 KiB; a longer one is treated as
    /// no usage.
    package static let usageBytes = 16 << 10

    /// The largest number of tokens that a usage object may report of one meter. A year of the fastest model is
    /// below it, and times any price it stays within 63 bits of micro-units; a larger number is a fault.
    package static let usageTokens: Int64 = 1_000_000_000_000

    /// Bytes of an answer's `model` and `id` that are kept; a longer one is cut off there, at a character.
    package static let answerTextBytes = 256

    /// Bytes of a response item's `type` and `status` that are kept; known ones have at most 21.
    static let responseItemTextBytes = 64

    /// The largest `sequence_number` that is gone on from; a stream has some thousand events.
    static let sequenceNumber: Int64 = 1_000_000_000_000
}
