/// Every metric of `/metrics`, in the order of the page; README's table is made of these.
package enum ControlMetric {
    package static let build = MetricDefinition(
        "tollbook_build_info", .gauge, "Always 1; the label says which version runs.", labels: ["version"])
    package static let residentBytes = MetricDefinition(
        "tollbook_process_resident_memory_bytes", .gauge, "Resident memory of the process.")
    package static let ready = MetricDefinition(
        "tollbook_ready", .gauge, "1 while calls are taken, 0 while /readyz answers 503.")

    package static let ledgerReady = MetricDefinition(
        "tollbook_ledger_ready", .gauge, "1 while the ledger commits, 0 while it cannot and calls are refused.")
    package static let commitSeconds = MetricDefinition(
        "tollbook_ledger_commit_seconds", .histogram, "Time of one batch from BEGIN to the end of COMMIT.")
    package static let batchSize = MetricDefinition(
        "tollbook_ledger_batch_size", .histogram, "Commands in one batch, which share one fsync.")
    package static let queueDepth = MetricDefinition(
        "tollbook_ledger_queue_depth", .gauge, "Commands that wait for the writer.")
    package static let openHolds = MetricDefinition(
        "tollbook_ledger_open_holds", .gauge, "Requests that are opened and not settled.")
    package static let walBytes = MetricDefinition(
        "tollbook_ledger_wal_bytes", .gauge, "Bytes in the write-ahead log since it was last reset.")
    package static let failedBatches = MetricDefinition(
        "tollbook_ledger_failed_batches_total", .counter, "Batches rolled back because they could not commit.")
    package static let deferredSettlements = MetricDefinition(
        "tollbook_ledger_deferred_settlements", .gauge, "Settlements that wait to be tried again.")
    package static let logIndex = MetricDefinition(
        "tollbook_ledger_log_index", .gauge, "The newest journal index.")
    package static let longestCheckpoint = MetricDefinition(
        "tollbook_ledger_longest_checkpoint_seconds", .gauge, "The longest checkpoint since the start.")

    package static let calls = MetricDefinition(
        "tollbook_calls_total", .counter, "Answered calls by outcome; the codes are those of the error table.",
        labels: ["code"])
    package static let denied = MetricDefinition(
        "tollbook_denied_calls_total", .counter, "Calls that a decision refused, by reason.", labels: ["reason"])
    package static let unknownKeys = MetricDefinition(
        "tollbook_unknown_keys_total", .counter, "Calls with a key that is not known; they make no request row.")
    package static let addedSeconds = MetricDefinition(
        "tollbook_added_latency_seconds", .histogram,
        "Time that Tollbook added to calls that reached a provider: total less the provider's.")
    package static let activeCalls = MetricDefinition(
        "tollbook_active_calls", .gauge, "Calls between the end of their request and their settlement.")
    package static let placesHeld = MetricDefinition(
        "tollbook_call_places_held", .gauge, "Calls in flight that --max-calls counts.")
    package static let queuedCalls = MetricDefinition(
        "tollbook_queued_calls", .gauge, "Calls that wait for a place.")
    package static let queueSeconds = MetricDefinition(
        "tollbook_call_queue_seconds", .histogram, "Time that calls waited for a place, whether they got one or not.")
    package static let shedCalls = MetricDefinition(
        "tollbook_shed_calls_total", .counter,
        "Calls that got no place: the queue was full, another project's call displaced it, or it waited too long.",
        labels: ["reason"])
    package static let clientConnections = MetricDefinition(
        "tollbook_client_connections", .gauge, "Open connections of clients.")
    package static let upstreamConnections = MetricDefinition(
        "tollbook_upstream_connections", .gauge, "Open connections to providers.", labels: ["state"])
    package static let upstreamConnects = MetricDefinition(
        "tollbook_upstream_connects_total", .counter, "Connections to providers, made or tried in vain.",
        labels: ["result"])
    package static let requestBytes = MetricDefinition(
        "tollbook_request_bytes_total", .counter, "Bytes of request bodies, as decoded.")
    package static let answerBytes = MetricDefinition(
        "tollbook_answer_bytes_total", .counter, "Bytes of providers' answer bodies, as decoded.")

    package static let webhookDeliveries = MetricDefinition(
        "tollbook_webhook_deliveries_total", .counter, "Events sent to webhooks: delivered, or to be sent again.",
        labels: ["result"])
    package static let webhookLag = MetricDefinition(
        "tollbook_webhook_lag_seconds", .gauge, "Age of the oldest event that a failing webhook is owed; 0: none is.")
    package static let webhooksSuspended = MetricDefinition(
        "tollbook_webhooks_suspended", .gauge, "Webhooks whose receivers said that they are gone.")

    package static let controlRefusals = MetricDefinition(
        "tollbook_control_refusals_total", .counter, "Requests of the control plane without the owner's token.")
}
