/// What Tollbook needs of a request, found without decoding the body.
///
/// Offsets are absolute bytes of the body as received. A field that is JSON null counts as absent.
package struct ChatRequestScan: Equatable, Sendable {
    /// A value and where it stands.
    package struct Field<Value: Equatable & Sendable>: Equatable, Sendable {
        package let value: Value
        /// The value's bytes in the body, quotes included.
        package let range: Range<Int>

        package init(value: Value, range: Range<Int>) {
            self.value = value
            self.range = range
        }
    }

    /// `stream_options` as it stands in the body, null included, because a patch has to replace it there.
    package struct StreamOptions: Equatable, Sendable {
        /// The value's bytes: an object with its braces, or `null`.
        package var range: Range<Int>
        package var isNull = false
        /// Whether the object has no member.
        package var isEmpty = true
        /// The value of `include_usage`; nil inside stands for null, nil outside for absent.
        package var includeUsage: Field<Bool?>?
        /// Offset behind the member's name and its closing quote.
        package let nameEnd: Int

        package init(range: Range<Int>, nameEnd: Int = 0) {
            self.range = range
            self.nameEnd = nameEnd
        }
    }

    /// The model asked for, unescaped, 1 to `WireLimits.modelBytes` bytes; nil only where the body need not name it.
    package var model: Field<String>?
    /// The places where a Gemini body repeats the model that its path names, with what stands there, in order.
    package var repeatedModels: [Field<String>] = []
    /// For a form: the delimiter that it begins with; the model's bytes stand in it as they are.
    package var formOpening: String?
    package var stream = false
    package var streamOptions: StreamOptions?
    /// `max_tokens`, or `max_output_tokens` of responses.
    package var maxTokens: Int?
    package var maxCompletionTokens: Int?
    /// Offset behind the name `max_completion_tokens` and its closing quote, where `max_tokens` is not there as well.
    package var maxCompletionTokensNameEnd: Int?
    /// Choices asked for; 1 when absent.
    package var choices = 1
    /// `user`, or Anthropic's `metadata.user_id`.
    package var user: String?
    package var serviceTier: String?
    /// Whether a response is to be made after the call has been answered.
    package var isBackground = false
    /// Whether the body's object has no member.
    package var isEmpty = true
    /// Offset of the body's opening brace.
    package var objectStart = 0
    package var bodyBytes = 0
    package var prompt = PromptSize()
    /// What the call asks for of what it may be charged by besides tokens: images, characters, seconds of audio.
    package var units = 0

    package init(model: Field<String>?) {
        self.model = model
    }

    /// Whether the caller asked for the usage chunk that ends a stream.
    package var includesUsage: Bool { (streamOptions?.includeUsage?.value ?? false) == true }

    /// The larger of the two output limits given; nil when neither is.
    package var outputTokenLimit: Int? {
        guard let maxTokens, let maxCompletionTokens else { return maxTokens ?? maxCompletionTokens }
        return max(maxTokens, maxCompletionTokens)
    }

    package var estimatedInputTokens: Int { prompt.estimatedTokens }
}

/// How large a prompt is, counted while its body is scanned.
package struct PromptSize: Equatable, Sendable {
    /// Text that reaches the model: in `messages`, the unescaped bytes of string values; elsewhere (tools,
    /// functions, response format), the bytes of the compact JSON, because names and punctuation of a
    /// schema are tokens too. Payloads that count as attachments are not in it.
    package var textBytes = 0
    /// Elements of the top-level `messages` array, or of `input`.
    package var messages = 0
    /// Images, audio and files: string values that begin with `data:`, values of a key `data` or `file_data`
    /// longer than 512 bytes that are no text, and within `messages` values of `url`, `image_url`, `file_url` and
    /// `file_id`.
    package var attachments = 0
    /// Bytes of the attachments that are in the body itself, base64 as sent.
    package var attachmentBytes = 0
    /// Tokens of what is no text and no attachment: audio.
    package var audioTokens = 0

    package init() {}

    /// ceil(text bytes / 3) + 8 per message + 2,000 per attachment + audio tokens + 16.
    ///
    /// For holds, which must rarely be below the truth: English text has about 4 bytes per token, code and
    /// CJK text about 3; chat templates add 3 to 7 tokens a message; an image of high detail costs 765 to
    /// 2,000 tokens with most models.
    package var estimatedTokens: Int {
        (textBytes + 2) / 3 + 8 * messages + 2_000 * attachments + audioTokens + 16
    }
}
