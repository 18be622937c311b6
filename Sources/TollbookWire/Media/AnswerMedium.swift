/// What an answer brings besides text: decides which meters its tokens are.
package enum AnswerMedium: Sendable {
    case moderation
    case images
    case speech
    case transcript
    case ranking
    /// Whatever a provider answers to a call that is passed through.
    case passed
}
