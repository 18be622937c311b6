/// The append-only tables whose rows a journal leaf covers, and their columns in leaf version 2.
///
/// A leaf version freezes each table's columns and their order: a migration that adds a column adds a leaf version, and
/// the ones before stay readable. A new table joins as it was made. Version 2 has more columns of `budget_version` and
/// `rate_limit_version` than version 1. A test compares it with the schema.
package enum TruthTable: String, CaseIterable, Sendable {
    case account
    case apiKeyVersion = "api_key_version"
    case applicationVersion = "application_version"
    case attempt
    case budgetRaise = "budget_raise"
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
        case .budgetRaise:
            [
                "id", "log_index", "budget_id", "amount", "from_micros", "to_micros", "actor_id", "change_reference",
                "reason",
            ]
        case .budgetVersion:
            [
                "id", "log_index", "name", "scope_kind", "scope_id", "scope_value", "scope_also", "unit", "limit_nano",
                "limit_count", "currency", "period", "rolling_seconds", "enforcement", "throttle_per_minute",
                "fallback_route_id", "time_zone", "overcommit", "alerts", "contact", "managed_by", "closed", "actor_id",
                "change_reference", "reason",
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
                "id", "log_index", "name", "scope_kind", "scope_id", "scope_value", "scope_also",
                "requests_per_second", "requests_per_minute", "requests_per_hour", "requests_per_day",
                "tokens_per_second", "tokens_per_minute", "tokens_per_hour", "tokens_per_day",
                "input_tokens_per_second", "input_tokens_per_minute", "input_tokens_per_hour",
                "input_tokens_per_day", "output_tokens_per_second", "output_tokens_per_minute",
                "output_tokens_per_hour", "output_tokens_per_day", "concurrent", "managed_by", "closed", "actor_id",
                "change_reference", "reason",
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
