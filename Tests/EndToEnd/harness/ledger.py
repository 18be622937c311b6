"""Reads a ledger as any SQLite tool would: read-only, while the gateway runs."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


def request_number(text: str) -> int:
    """The integer behind `req_…`."""
    assert text.startswith("req_"), text
    value = 0
    for digit in text[4:].lower():
        value = value * 32 + DIGITS.index(digit)
    return value


@dataclass
class Story:
    """Everything that the ledger says of one request; codes are replaced by their words."""

    request: dict
    decisions: list[dict]
    attempts: list[dict]
    charges: list[dict]
    transfers: list[dict]
    outcome: dict | None

    @property
    def end_reason(self) -> str:
        assert self.outcome, "the request has no outcome"
        return self.outcome["end_reason"]

    @property
    def caveat(self) -> str | None:
        assert self.outcome, "the request has no outcome"
        return self.outcome["caveat"]

    @property
    def total(self) -> int:
        """The sum of the charges in nano-units."""
        return sum(charge["amount_nano"] for charge in self.charges)

    @property
    def tokens(self) -> dict[str, int]:
        return {charge["meter"]: charge["quantity"] for charge in self.charges}

    @property
    def sources(self) -> set[str]:
        return {charge["usage_source"] for charge in self.charges}

    @property
    def held(self) -> int:
        """What was reserved before the call, in nano-units."""
        return sum(row["amount_nano"] for row in self.transfers if row["code"] in ("hold", "top_up"))


# Columns that hold codes of a vocabulary with another name than theirs.
CODED = {
    "request": {"origin": "origin", "endpoint": "endpoint", "dialect": "dialect"},
    "decision": {
        "stage": "stage", "policy_kind": "policy_kind", "verdict": "verdict", "mode": "mode", "reason": "reason"},
    "attempt": {"region_basis": "region_basis", "error_class": "error_class"},
    "charge": {"meter": "meter", "usage_source": "usage_source", "origin": "charge_origin", "kind": "charge_kind"},
    "transfer": {"kind": "transfer_kind", "code": "transfer_code"},
    "outcome": {"end_reason": "end_reason", "caveat": "caveat"},
}


class Ledger:
    """A ledger's file, opened anew for every question so that no read transaction stays open."""

    def __init__(self, path: Path):
        self.path = path
        self._words: dict[tuple[str, int], str] = {}

    def rows(self, sql: str, *values: object) -> list[dict]:
        connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=20)
        try:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, values)]
        finally:
            connection.close()

    def value(self, sql: str, *values: object):
        """The first column of the first row."""
        rows = self.rows(sql, *values)
        return next(iter(rows[0].values())) if rows else None

    def _children(self, table: str, number: int) -> list[dict]:
        if not self._words:
            codes = self.rows("SELECT domain, code, name FROM vocabulary")
            self._words = {(row["domain"], row["code"]): row["name"] for row in codes}
        key = "id" if table == "request" else "request_id"
        order = "" if table in ("request", "outcome") else " ORDER BY ordinal"
        found = self.rows(f"SELECT * FROM {table} WHERE {key} = ?{order}", number)
        for row in found:
            for column, domain in CODED[table].items():
                if row[column] is not None:
                    row[column] = self._words[domain, row[column]]
        return found

    def story(self, request: str | int) -> Story:
        number = request if isinstance(request, int) else request_number(request)
        requests = self._children("request", number)
        assert requests, f"no row for request {request}"
        outcomes = self._children("outcome", number)
        return Story(
            request=requests[0], decisions=self._children("decision", number),
            attempts=self._children("attempt", number), charges=self._children("charge", number),
            transfers=self._children("transfer", number), outcome=outcomes[0] if outcomes else None)

    @property
    def requests(self) -> list[int]:
        """All request ids, oldest first."""
        return [row["id"] for row in self.rows("SELECT id FROM request ORDER BY id")]

    @property
    def unsettled(self) -> list[int]:
        return [
            row["id"] for row in self.rows(
                "SELECT id FROM request WHERE NOT EXISTS (SELECT 1 FROM outcome WHERE request_id = request.id)")]

    @property
    def open_holds(self) -> int:
        return self.value("SELECT count(*) FROM open_hold")

    def budget(self, name: str | None = None) -> dict:
        """Limit, spent and held of one budget's newest period."""
        found = self.rows(
            "SELECT b.name, b.limit_nano, p.spent AS spent_nano, p.held AS held_nano FROM budget b JOIN budget_period p"
            " ON p.budget_id = b.id WHERE b.closed = 0 AND (?1 IS NULL OR b.name = ?1)"
            " ORDER BY p.period_start_micros DESC LIMIT 1", name)
        assert found, f"no period of budget {name}"
        return found[0]
