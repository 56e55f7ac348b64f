"""The sentences that the demo’s reports are made of."""
