package import TollbookCore

/// One policy's verdict on one request at one stage; becomes a row of `decision`.
package struct Decision: Sendable, Equatable {
    package var stage: DecisionStage
    package var policyKind: PolicyKind
    package var policyID: Int64?
    /// The journal index of the policy's version.
    package var policyVersion: Int64?
    package var verdict: Verdict
    package var mode: PolicyMode = .enforce
    package var reason: DecisionReason
    /// For limits: the figures that the verdict rests on.
    package var figures: LimitFigures?
    /// For the plan: the chosen or refused target.
    package var deploymentID: Int64?
    package var detail: String?

    package init(
        stage: DecisionStage, policyKind: PolicyKind, policyID: Int64?, policyVersion: Int64?, verdict: Verdict,
        reason: DecisionReason, figures: LimitFigures? = nil, deploymentID: Int64? = nil, detail: String? = nil
    ) {
        self.stage = stage
        self.policyKind = policyKind
        self.policyID = policyID
        self.policyVersion = policyVersion
        self.verdict = verdict
        self.reason = reason
        self.figures = figures
        self.deploymentID = deploymentID
        self.detail = detail
    }
}

/// What a limit's verdict rests on, all in the limit's unit: nano-units of its currency, tokens or requests.
package struct LimitFigures: Sendable, Equatable {
    package let limit: Int64
    package let spent: Int64
    package let held: Int64
    package let asked: Int64

    package init(limit: Int64, spent: Int64, held: Int64, asked: Int64) {
        self.limit = limit
        self.spent = spent
        self.held = held
        self.asked = asked
    }
}
