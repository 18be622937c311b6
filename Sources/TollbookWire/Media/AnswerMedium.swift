/// What an answer brings besides text: decides which meters its tokens are.
package enum AnswerMedium: Sendable {
    case moderation
    case images
    case speech
    case transcript
    case ranking
}
