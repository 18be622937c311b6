/// The governance file that `scripts/serve` begins with: everything that a first call needs, no key, no network.
package enum DemoGovernance {
    /// The file's text.
    package static let yaml = """
        # Tollbook's demo: one organization, the built-in simulated provider, one hard budget.
        # Change it and run `tollbook apply FILE --dry-run` to see what would be different.
        version: 1
        manager: demo
        organizations:
          - name: demo
            time_zone: UTC
            teams:
              - name: search
                projects:
                  - name: ranking
                    applications: [web, batch]
        budgets:
          - scope: project/ranking
            limit: "25.00 USD"
            period: month
            enforcement: hard
            contact: finance@demo.example
        providers:
          - {name: simulated, dialect: simulated}
        deployments:
          - name: mini-simulated
            provider: simulated
            model: gpt-4o-mini
            region: local
            context_window: 128000
            max_output: 16384
          - name: large-simulated
            provider: simulated
            model: gpt-4o
            region: local
            context_window: 128000
            max_output: 16384
        routes:
          - {name: gpt-4o-mini, strategy: priority, targets: [mini-simulated]}
          - {name: gpt-4o, strategy: priority, targets: [large-simulated, mini-simulated]}
        prices:
          - provider: simulated
            model: gpt-4o-mini
            effective_from: 2026-01-01
            per_million: {input: "0.15", cache_read: "0.075", output: "0.60"}
          - provider: simulated
            model: gpt-4o
            effective_from: 2026-01-01
            per_million: {input: "2.50", cache_read: "1.25", output: "10.00"}
        guardrails: []

        """
}
