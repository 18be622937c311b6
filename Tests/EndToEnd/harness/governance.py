"""Governance files for tests. JSON is YAML, so a dictionary is written as it is."""

import json

# One US dollar a million tokens is 1,000 nano-dollars a token.
INPUT_NANO = 1_000
OUTPUT_NANO = 2_000
PRICES = {"input": "1.00", "output": "2.00"}


def governance(
    base_url: str,
    *,
    budgets: list[dict] | None = None,
    prices: dict | None = PRICES,
    projects: list[dict] | None = None,
    deployments: list[dict] | None = None,
    routes: list[dict] | None = None,
    credential: str | None = "env:UPSTREAM_KEY",
    dialect: str = "openai",
    model: str = "upstream-model",
    extra_providers: list[dict] | None = None,
    **more: object,
) -> dict:
    """One organization, team and project; one provider at `base_url`, its model behind the route `demo`."""
    provider: dict = {"name": "up", "dialect": dialect, "base_url": base_url, "credential": credential or "none"}
    file = {
        "version": 1,
        "organizations": [{
            "name": "acme",
            "teams": [{"name": "search", "projects": projects or [{"name": "ranking", "applications": ["web"]}]}],
        }],
        "budgets": budgets or [],
        "providers": [provider, *(extra_providers or [])],
        "deployments": deployments or [{"name": "up-d", "provider": "up", "model": model, "max_output": 4096}],
        "routes": routes or [{"name": "demo", "strategy": "priority", "targets": ["up-d"]}],
        "guardrails": [],
        **more,
    }
    if prices:
        file["prices"] = [
            {"provider": "up", "model": name, "effective_from": "2024-01-01", "per_million": prices}
            for name in sorted({d["model"] for d in file["deployments"] if d["provider"] == "up"})]
    return file


def hard_budget(limit_nano: int, scope: str = "project/ranking", period: str = "total", **more: object) -> dict:
    """A hard budget whose limit is given in nano-dollars."""
    limit = f"{limit_nano // 1_000_000_000}.{limit_nano % 1_000_000_000:09d} USD"
    return {"scope": scope, "limit": limit, "period": period, "enforcement": "hard", **more}


def text(file: dict) -> str:
    return json.dumps(file, indent=2)
