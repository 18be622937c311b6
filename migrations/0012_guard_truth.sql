-- Why: the truth is append-only: no row is changed or deleted by any statement of any tool.
-- Effect on data: none. Cost at ten million rows: none (guards fire on UPDATE and DELETE only).
-- INSERT OR REPLACE fires the DELETE guard because the gateway sets recursive_triggers (sqlite.org/pragma.html).

CREATE TRIGGER journal_refuse_update BEFORE UPDATE ON journal
BEGIN
  SELECT RAISE(ABORT, 'journal is append-only');
END;

CREATE TRIGGER journal_refuse_delete BEFORE DELETE ON journal
BEGIN
  SELECT RAISE(ABORT, 'journal is append-only');
END;

CREATE TRIGGER organization_version_refuse_update BEFORE UPDATE ON organization_version
BEGIN
  SELECT RAISE(ABORT, 'organization_version is append-only');
END;

CREATE TRIGGER organization_version_refuse_delete BEFORE DELETE ON organization_version
BEGIN
  SELECT RAISE(ABORT, 'organization_version is append-only');
END;

CREATE TRIGGER team_version_refuse_update BEFORE UPDATE ON team_version
BEGIN
  SELECT RAISE(ABORT, 'team_version is append-only');
END;

CREATE TRIGGER team_version_refuse_delete BEFORE DELETE ON team_version
BEGIN
  SELECT RAISE(ABORT, 'team_version is append-only');
END;

CREATE TRIGGER project_version_refuse_update BEFORE UPDATE ON project_version
BEGIN
  SELECT RAISE(ABORT, 'project_version is append-only');
END;

CREATE TRIGGER project_version_refuse_delete BEFORE DELETE ON project_version
BEGIN
  SELECT RAISE(ABORT, 'project_version is append-only');
END;

CREATE TRIGGER application_version_refuse_update BEFORE UPDATE ON application_version
BEGIN
  SELECT RAISE(ABORT, 'application_version is append-only');
END;

CREATE TRIGGER application_version_refuse_delete BEFORE DELETE ON application_version
BEGIN
  SELECT RAISE(ABORT, 'application_version is append-only');
END;

CREATE TRIGGER principal_version_refuse_update BEFORE UPDATE ON principal_version
BEGIN
  SELECT RAISE(ABORT, 'principal_version is append-only');
END;

CREATE TRIGGER principal_version_refuse_delete BEFORE DELETE ON principal_version
BEGIN
  SELECT RAISE(ABORT, 'principal_version is append-only');
END;

CREATE TRIGGER provider_version_refuse_update BEFORE UPDATE ON provider_version
BEGIN
  SELECT RAISE(ABORT, 'provider_version is append-only');
END;

CREATE TRIGGER provider_version_refuse_delete BEFORE DELETE ON provider_version
BEGIN
  SELECT RAISE(ABORT, 'provider_version is append-only');
END;

CREATE TRIGGER credential_version_refuse_update BEFORE UPDATE ON credential_version
BEGIN
  SELECT RAISE(ABORT, 'credential_version is append-only');
END;

CREATE TRIGGER credential_version_refuse_delete BEFORE DELETE ON credential_version
BEGIN
  SELECT RAISE(ABORT, 'credential_version is append-only');
END;

CREATE TRIGGER deployment_version_refuse_update BEFORE UPDATE ON deployment_version
BEGIN
  SELECT RAISE(ABORT, 'deployment_version is append-only');
END;

CREATE TRIGGER deployment_version_refuse_delete BEFORE DELETE ON deployment_version
BEGIN
  SELECT RAISE(ABORT, 'deployment_version is append-only');
END;

CREATE TRIGGER route_version_refuse_update BEFORE UPDATE ON route_version
BEGIN
  SELECT RAISE(ABORT, 'route_version is append-only');
END;

CREATE TRIGGER route_version_refuse_delete BEFORE DELETE ON route_version
BEGIN
  SELECT RAISE(ABORT, 'route_version is append-only');
END;

CREATE TRIGGER api_key_version_refuse_update BEFORE UPDATE ON api_key_version
BEGIN
  SELECT RAISE(ABORT, 'api_key_version is append-only');
END;

CREATE TRIGGER api_key_version_refuse_delete BEFORE DELETE ON api_key_version
BEGIN
  SELECT RAISE(ABORT, 'api_key_version is append-only');
END;

CREATE TRIGGER budget_version_refuse_update BEFORE UPDATE ON budget_version
BEGIN
  SELECT RAISE(ABORT, 'budget_version is append-only');
END;

CREATE TRIGGER budget_version_refuse_delete BEFORE DELETE ON budget_version
BEGIN
  SELECT RAISE(ABORT, 'budget_version is append-only');
END;

CREATE TRIGGER rate_limit_version_refuse_update BEFORE UPDATE ON rate_limit_version
BEGIN
  SELECT RAISE(ABORT, 'rate_limit_version is append-only');
END;

CREATE TRIGGER rate_limit_version_refuse_delete BEFORE DELETE ON rate_limit_version
BEGIN
  SELECT RAISE(ABORT, 'rate_limit_version is append-only');
END;

CREATE TRIGGER price_refuse_update BEFORE UPDATE ON price
BEGIN
  SELECT RAISE(ABORT, 'price is append-only');
END;

CREATE TRIGGER price_refuse_delete BEFORE DELETE ON price
BEGIN
  SELECT RAISE(ABORT, 'price is append-only');
END;

CREATE TRIGGER request_refuse_update BEFORE UPDATE ON request
BEGIN
  SELECT RAISE(ABORT, 'request is append-only');
END;

CREATE TRIGGER request_refuse_delete BEFORE DELETE ON request
BEGIN
  SELECT RAISE(ABORT, 'request is append-only');
END;

CREATE TRIGGER decision_refuse_update BEFORE UPDATE ON decision
BEGIN
  SELECT RAISE(ABORT, 'decision is append-only');
END;

CREATE TRIGGER decision_refuse_delete BEFORE DELETE ON decision
BEGIN
  SELECT RAISE(ABORT, 'decision is append-only');
END;

CREATE TRIGGER attempt_refuse_update BEFORE UPDATE ON attempt
BEGIN
  SELECT RAISE(ABORT, 'attempt is append-only');
END;

CREATE TRIGGER attempt_refuse_delete BEFORE DELETE ON attempt
BEGIN
  SELECT RAISE(ABORT, 'attempt is append-only');
END;

CREATE TRIGGER outcome_refuse_update BEFORE UPDATE ON outcome
BEGIN
  SELECT RAISE(ABORT, 'outcome is append-only');
END;

CREATE TRIGGER outcome_refuse_delete BEFORE DELETE ON outcome
BEGIN
  SELECT RAISE(ABORT, 'outcome is append-only');
END;

CREATE TRIGGER charge_refuse_update BEFORE UPDATE ON charge
BEGIN
  SELECT RAISE(ABORT, 'charge is append-only');
END;

CREATE TRIGGER charge_refuse_delete BEFORE DELETE ON charge
BEGIN
  SELECT RAISE(ABORT, 'charge is append-only');
END;

CREATE TRIGGER account_refuse_update BEFORE UPDATE ON account
BEGIN
  SELECT RAISE(ABORT, 'account is append-only');
END;

CREATE TRIGGER account_refuse_delete BEFORE DELETE ON account
BEGIN
  SELECT RAISE(ABORT, 'account is append-only');
END;

CREATE TRIGGER transfer_refuse_update BEFORE UPDATE ON transfer
BEGIN
  SELECT RAISE(ABORT, 'transfer is append-only');
END;

CREATE TRIGGER transfer_refuse_delete BEFORE DELETE ON transfer
BEGIN
  SELECT RAISE(ABORT, 'transfer is append-only');
END;

CREATE TRIGGER event_refuse_update BEFORE UPDATE ON event
BEGIN
  SELECT RAISE(ABORT, 'event is append-only');
END;

CREATE TRIGGER event_refuse_delete BEFORE DELETE ON event
BEGIN
  SELECT RAISE(ABORT, 'event is append-only');
END;

CREATE TRIGGER export_refuse_update BEFORE UPDATE ON export
BEGIN
  SELECT RAISE(ABORT, 'export is append-only');
END;

CREATE TRIGGER export_refuse_delete BEFORE DELETE ON export
BEGIN
  SELECT RAISE(ABORT, 'export is append-only');
END;

CREATE TRIGGER vocabulary_refuse_update BEFORE UPDATE ON vocabulary
BEGIN
  SELECT RAISE(ABORT, 'vocabulary is append-only');
END;

CREATE TRIGGER vocabulary_refuse_delete BEFORE DELETE ON vocabulary
BEGIN
  SELECT RAISE(ABORT, 'vocabulary is append-only');
END;
