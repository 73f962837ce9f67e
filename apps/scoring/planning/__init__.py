"""The cheapest set of gaps to close that reaches a lower level: `plan` searches, `dependence` says what matters."""
