/// The append-only tables whose rows a journal leaf covers, and their columns in leaf version 1.
///
/// Leaf version 1 freezes each table's columns and their order: a later migration that adds a column adds a leaf
/// version, and this one stays readable. A new table joins it as it was made. A test compares it with the schema.
package enum TruthTable: String, CaseIterable, Sendable {
    case account
    case apiKeyVersion = "api_key_version"
    case applicationVersion = "application_version"
    case attempt
    case budgetVersion = "budget_version"
    case charge
    case credentialVersion = "credential_version"
    case decision
    case deploymentVersion = "deployment_version"
    case event
    case export
    case organizationVersion = "organization_version"
    case outcome
    case price
    case principalVersion = "principal_version"
    case projectSettingVersion = "project_setting_version"
    case projectVersion = "project_version"
    case providerSettingVersion = "provider_setting_version"
    case providerVersion = "provider_version"
    case rateLimitVersion = "rate_limit_version"
    case request
    case routeVersion = "route_version"
    case storedBatch = "stored_batch"
    case storedBatchResult = "stored_batch_result"
    case storedFile = "stored_file"
    case storedFileDeletion = "stored_file_deletion"
    case teamVersion = "team_version"
    case transfer
    case upload
    case webhookVersion = "webhook_version"

    /// The table's columns in the schema's order.
    package var columns: [String] {
        switch self {
        case .account:
            [
                "id", "log_index", "kind", "owner_id", "currency",
            ]
        case .apiKeyVersion:
            [
                "id", "log_index", "project_id", "application_id", "user_subject_id", "name", "hash_kind",
                "secret_hash", "hint", "expires_micros", "managed_by", "closed", "actor_id", "change_reference",
                "reason",
            ]
        case .applicationVersion:
            [
                "id", "log_index", "project_id", "name", "managed_by", "closed", "actor_id", "change_reference",
                "reason",
            ]
        case .attempt:
            [
                "request_id", "ordinal", "log_index", "deployment_id", "provider_id", "credential_id", "region",
                "region_basis", "served_model", "upstream_request_id", "started_micros", "head_after_micros",
                "first_token_after_micros", "ended_after_micros", "status", "error_class", "dispatched", "raw_usage",
            ]
        case .budgetVersion:
            [
                "id", "log_index", "name", "scope_kind", "scope_id", "limit_nano", "currency", "period",
                "enforcement", "time_zone", "contact", "managed_by", "closed", "actor_id", "change_reference",
                "reason",
            ]
        case .charge:
            [
                "request_id", "ordinal", "log_index", "attempt_ordinal", "meter", "quantity", "price_id",
                "amount_nano", "currency", "usage_source", "origin", "kind", "corrects", "reason", "usage_at_micros",
                "posting_period",
            ]
        case .credentialVersion:
            [
                "id", "log_index", "provider_id", "name", "source", "projects", "managed_by", "closed", "actor_id",
                "change_reference", "reason",
            ]
        case .decision:
            [
                "request_id", "ordinal", "log_index", "stage", "policy_kind", "policy_id", "policy_version",
                "verdict", "mode", "reason", "limit_nano", "spent_nano", "held_nano", "asked_nano", "deployment_id",
                "detail",
            ]
        case .deploymentVersion:
            [
                "id", "log_index", "name", "provider_id", "model", "region", "context_window", "max_output",
                "managed_by", "closed", "actor_id", "change_reference", "reason",
            ]
        case .event:
            [
                "log_index", "ordinal", "time_micros", "actor_id", "action", "object_kind", "object_id", "outcome",
                "detail", "address_subject_id",
            ]
        case .export:
            [
                "id", "log_index", "name", "from_micros", "to_micros", "as_of_index", "row_count", "sha256",
                "actor_id",
            ]
        case .organizationVersion:
            [
                "id", "log_index", "name", "time_zone", "managed_by", "closed", "actor_id", "change_reference",
                "reason",
            ]
        case .outcome:
            [
                "request_id", "log_index", "ended_micros", "status", "end_reason", "total_nano", "currency",
                "opened_after_micros", "caveat",
            ]
        case .price:
            [
                "id", "log_index", "provider_id", "model", "meter", "pico_per_unit", "currency",
                "effective_from_micros", "effective_to_micros", "source", "managed_by", "actor_id", "change_reference",
            ]
        case .principalVersion:
            [
                "id", "log_index", "name", "kind", "managed_by", "closed", "actor_id", "change_reference", "reason",
            ]
        case .projectSettingVersion:
            [
                "id", "log_index", "project_id", "name", "value", "managed_by", "closed", "actor_id",
                "change_reference", "reason",
            ]
        case .projectVersion:
            [
                "id", "log_index", "organization_id", "team_id", "name", "regions", "routes", "managed_by", "closed",
                "actor_id", "change_reference", "reason",
            ]
        case .providerSettingVersion:
            [
                "id", "log_index", "provider_id", "name", "value", "managed_by", "closed", "actor_id",
                "change_reference", "reason",
            ]
        case .providerVersion:
            [
                "id", "log_index", "name", "dialect", "base_url", "managed_by", "closed", "actor_id",
                "change_reference", "reason",
            ]
        case .rateLimitVersion:
            [
                "id", "log_index", "name", "scope_kind", "scope_id", "requests_per_minute", "tokens_per_minute",
                "concurrent", "managed_by", "closed", "actor_id", "change_reference", "reason",
            ]
        case .request:
            [
                "id", "log_index", "accepted_micros", "organization_id", "team_id", "project_id", "application_id",
                "api_key_id", "user_subject_id", "end_user_subject_id", "address_subject_id", "interaction",
                "parent_id", "origin", "tags", "endpoint", "dialect", "route_id", "stream", "body_bytes", "body_hash",
                "estimated_input_tokens", "held_output_tokens", "revision", "trace_id",
            ]
        case .routeVersion:
            [
                "id", "log_index", "name", "strategy", "targets", "managed_by", "closed", "actor_id",
                "change_reference", "reason",
            ]
        case .storedBatch:
            [
                "request_id", "log_index", "file_id", "upstream_id", "started_micros",
            ]
        case .storedBatchResult:
            [
                "request_id", "log_index", "status", "answered_count", "failed_count", "unread_count",
            ]
        case .storedFile:
            [
                "id", "log_index", "request_id", "project_id", "provider_id", "credential_id", "route_id",
                "upstream_id", "purpose", "file_bytes", "deployment_id", "line_endpoint", "line_count",
                "estimated_input_tokens", "held_output_tokens",
            ]
        case .storedFileDeletion:
            [
                "file_id", "log_index", "request_id",
            ]
        case .teamVersion:
            [
                "id", "log_index", "organization_id", "name", "managed_by", "closed", "actor_id", "change_reference",
                "reason",
            ]
        case .transfer:
            [
                "request_id", "ordinal", "log_index", "kind", "code", "debit_account_id", "credit_account_id",
                "amount_nano", "charge_ordinal",
            ]
        case .upload:
            [
                "request_id", "log_index", "body_bytes", "body_hash", "whole",
            ]
        case .webhookVersion:
            [
                "id", "log_index", "name", "url", "secret", "previous_secret", "types", "organization_id",
                "private_network", "managed_by", "closed", "actor_id", "change_reference", "reason",
            ]
        }
    }
}
