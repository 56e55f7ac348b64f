"""One's own account: signing in, factors."""
