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

/// What a limit's verdict rests on, all in nano-units of the limit's currency.
package struct LimitFigures: Sendable, Equatable {
    package let limit: NanoAmount
    package let spent: NanoAmount
    package let held: NanoAmount
    package let asked: NanoAmount

    package init(limit: NanoAmount, spent: NanoAmount, held: NanoAmount, asked: NanoAmount) {
        self.limit = limit
        self.spent = spent
        self.held = held
        self.asked = asked
    }
}
